package rawjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestRead_SaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		text string
		want Error
	}{
		{``, Error{RuleSyntax, "", 0, "a value", "the end of the text"}},
		{` `, Error{RuleSyntax, "", 1, "a value", "the end of the text"}},
		{`nul`, Error{RuleSyntax, "", 0, "null", "'n'"}},
		{`{"a":1} x`, Error{RuleSyntax, "", 8, "the end of the text", "'x'"}},
		{`{"a":1}{"a":1}`, Error{RuleSyntax, "", 7, "the end of the text", "'{'"}},
		{"\ufeff{}", Error{RuleSyntax, "", 0, "a value", "a byte order mark"}},
		{`{'a':1}`, Error{RuleSyntax, "", 1, "a name in double quotes", `'\''`}},
		{`{"a" 1}`, Error{RuleSyntax, "", 5, "':'", "'1'"}},
		{`{"a":1,}`, Error{RuleSyntax, "", 7, "a name in double quotes", "'}'"}},
		{`[1,]`, Error{RuleSyntax, "/1", 3, "a value", "']'"}},
		{`[1 2]`, Error{RuleSyntax, "", 3, "',' or ']'", "'2'"}},
		{`{"a":[{"b/c":tru}]}`, Error{RuleSyntax, "/a/0/b~1c", 13, "true", "'t'"}},
		{`[01]`, Error{RuleSyntax, "/0", 2, "a number without leading zeros", "'1'"}},
		{`[1.]`, Error{RuleSyntax, "/0", 3, "a digit", "']'"}},
		{`[-]`, Error{RuleSyntax, "/0", 2, "a digit", "']'"}},
		{`[1e+]`, Error{RuleSyntax, "/0", 4, "a digit", "']'"}},
		{`[+1]`, Error{RuleSyntax, "/0", 1, "a value", "'+'"}},
		{`[NaN]`, Error{RuleSyntax, "/0", 1, "a value", "'N'"}},
		{"[\"a\nb\"]", Error{RuleSyntax, "/0", 3, "an escape sequence: strings have no control characters", `'\n'`}},
		{`["a`, Error{RuleSyntax, "/0", 3, "the end of the string", "the end of the text"}},
		{`["\x"]`, Error{RuleSyntax, "/0", 3, `one of "\/bfnrtu behind a backslash`, "'x'"}},
		{`["\u12g4"]`, Error{RuleSyntax, "/0", 6, "four hexadecimal digits", "'g'"}},
		{"[\"\xff\"]", Error{RuleEncoding, "/0", 2, "UTF-8", "byte 0xff"}},
		{"[\"\xc0\x80\"]", Error{RuleEncoding, "/0", 2, "UTF-8", "byte 0xc0"}},
		{"[\"\xed\xa0\x80\"]", Error{RuleEncoding, "/0", 2, "UTF-8", "byte 0xed"}},
		{"[\"\\n\xff\"]", Error{RuleEncoding, "/0", 4, "UTF-8", "byte 0xff"}},
		{`["\ud800"]`, Error{RuleEncoding, "/0", 2, "a pair of surrogates", `\ud800 alone`}},
		{`["\udc00\ud800"]`, Error{RuleEncoding, "/0", 2, "a pair of surrogates", `\udc00 alone`}},
		{`["a\ud800\u0041"]`, Error{RuleEncoding, "/0", 3, "a pair of surrogates", `\ud800 alone`}},
		{`{"a":1,"b":{"a":1,"\u0061":2}}`, Error{RuleDuplicate, "/b/a", 18, "each name once", `a second "\u0061"`}},
		{`[1e309]`, Error{RuleNumber, "/0", 1, "at most 1.7976931348623157e+308", "1e309"}},
		{"[1" + strings.Repeat("0", 309) + ".0]", Error{RuleNumber, "/0", 1, "at most 1.7976931348623157e+308", "1" + strings.Repeat("0", 59) + "…"}},
		{`[1e401]`, Error{RuleNumber, "/0", 1, "an exponent of at most 400", "1e401"}},
		{`[1e-9999999999]`, Error{RuleNumber, "/0", 1, "an exponent of at most 400", "1e-9999999999"}},
		{"[" + strings.Repeat("9", 401) + "]", Error{RuleNumber, "/0", 1, "at most 400", "a number of 401 characters"}},
	} {
		_, err := Parse([]byte(test.text))
		if err == nil {
			t.Errorf("%q was read", test.text)
			continue
		}
		if diff := cmp.Diff(test.want, *err); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.text, diff)
		}
	}
}

// TestRead_IsStricterThanTheStandardLibrary has a text for every rule that
// encoding/json does not know.
func TestRead_IsStricterThanTheStandardLibrary(t *testing.T) {
	texts := map[string]string{
		RuleEncoding:  `{"a":"\ud800"}`,
		RuleDuplicate: `{"a":1,"a":2}`,
		RuleNumber:    `{"a":1e9999999}`,
		RuleDepth:     strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1),
		RuleSize:      `"` + strings.Repeat("x", MaxBytes) + `"`,
	}
	for _, rule := range Rules {
		text, stricter := texts[rule.ID]
		if !stricter {
			if rule.ID != RuleSyntax {
				t.Errorf("%s has no text", rule.ID)
			}
			continue
		}
		if _, err := Parse([]byte(text)); err == nil || err.Rule != rule.ID {
			t.Errorf("%s: %v", rule.ID, err)
		}
		if !json.Valid([]byte(text)) {
			t.Errorf("%s: encoding/json refuses it too", rule.ID)
		}
	}
}

func TestRead_BoundsDepthAndSize(t *testing.T) {
	deep := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if _, err := Parse(deep(MaxDepth)); err != nil {
		t.Errorf("%d levels: %v", MaxDepth, err)
	}
	if _, err := Parse(deep(MaxDepth + 1)); err == nil || err.Rule != RuleDepth {
		t.Errorf("%d levels: %v", MaxDepth+1, err)
	}
	if _, err := Parse(bytes.Repeat([]byte("["), 1<<20)); err == nil || err.Rule != RuleDepth {
		t.Errorf("a million brackets: %v", err)
	}
	if _, err := Parse(bytes.Repeat([]byte(" "), MaxBytes+1)); err == nil || err.Rule != RuleSize {
		t.Errorf("long text: %v", err)
	}
}

func TestRead_FindsARepeatedNameAmongMany(t *testing.T) {
	for _, n := range []int{2, manyMembers, manyMembers + 1, 1000, 100_000} {
		var b strings.Builder
		b.WriteString("{")
		for i := range n {
			fmt.Fprintf(&b, `"k%d":%d,`, i, i)
		}
		if _, err := Parse([]byte(b.String() + `"last":0}`)); err != nil {
			t.Errorf("%d names: %v", n, err)
		}
		if _, err := Parse([]byte(b.String() + `"k\u0031":0}`)); err == nil || err.Rule != RuleDuplicate || err.Pointer != "/k1" {
			t.Errorf("%d names and one again: %v", n, err)
		}
	}
}

func TestRead_AllocatesNothingTheSecondTime(t *testing.T) {
	text := []byte(`{"a":[1,2.5,"x\ty"],"b":{"c":null,"d":true},"long":"` + strings.Repeat("é", 100) + `"}`)
	var d Document
	if n := testing.AllocsPerRun(100, func() {
		if err := d.Read(text); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestRead_AgreesWithTheStandardLibrary goes through texts that are strict JSON.
func TestRead_AgreesWithTheStandardLibrary(t *testing.T) {
	for _, text := range seeds {
		compareWithStandard(t, []byte(text))
	}
}

var seeds = []string{
	`null`, `true`, `false`, `0`, `-0`, `-1.5e+3`, `""`, `"a\"\\\/\b\f\n\r\té\ud83d\ude00"`, `[]`, `{}`,
	" \t\r\n[ 1 , [ ] , { } ] ", `{"a":{"b":[1,2,{"c":"d"}]},"e":1e3}`, `[[],[[]],[[[]]]]`, `"\u0000"`,
	`{"":1}`, "\"\u2028\"", `{"a":1,"a":2}`, `["\ud800"]`, "\"\xff\"", `[1e999]`, `{"a"}`, `[,]`, `tru`, `1 2`, "\x00",
}

// compareWithStandard checks that what we read encoding/json reads to the same
// values, and that what we refuse it refuses too, unless one of our rules says more.
func compareWithStandard(t *testing.T, text []byte) {
	t.Helper()
	d, err := Parse(text)
	if err != nil {
		if err.Rule == RuleSyntax && json.Valid(text) {
			t.Fatalf("%q is valid, but: %v", text, err)
		}
		if err.Offset < 0 || err.Offset > len(text) {
			t.Fatalf("%q: offset %d is outside", text, err.Offset)
		}
		return
	}
	if !json.Valid(text) || !utf8.Valid(text) {
		t.Fatalf("%q is not valid, but was read", text)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var want any
	if err := decoder.Decode(&want); err != nil {
		t.Fatal(err)
	}
	got, next := rebuild(d, 0)
	if next != len(d.tokens) || d.Next(0) != next {
		t.Fatalf("%q has %d tokens, value ends at %d and %d", text, len(d.tokens), next, d.Next(0))
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q (-want +got):\n%s", text, cmp.Diff(want, got))
	}
}

// rebuild makes Go values of tokens, as encoding/json does.
func rebuild(d *Document, i int) (value any, next int) {
	switch d.Kind(i) {
	case Null:
		return nil, i + 1
	case False, True:
		return d.Kind(i) == True, i + 1
	case Number:
		return json.Number(d.Raw(i)), i + 1
	case String:
		return string(d.Text(i)), i + 1
	case Array:
		list := []any{}
		at := i + 1
		for range d.Len(i) {
			var item any
			item, at = rebuild(d, at)
			list = append(list, item)
		}
		return list, at
	}
	object := map[string]any{}
	at := i + 1
	for range d.Len(i) {
		name := string(d.Text(at))
		object[name], at = rebuild(d, at+1)
	}
	return object, at
}

func FuzzRead(f *testing.F) {
	for _, text := range seeds {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		compareWithStandard(t, text)
		d, err := Parse(text)
		if err != nil {
			return
		}
		// A value equals itself, and hashes the same, wherever it stands.
		twice := []byte("[" + string(text) + "," + string(text) + "]")
		if both, err := Parse(twice); err == nil {
			if i, j := 1, both.Next(1); !both.Equal(i, j) || both.Hash(i) != both.Hash(j) {
				t.Fatalf("%q does not equal itself", text)
			}
		}
		d.Hash(0)
	})
}

func TestEqual_ComparesValues(t *testing.T) {
	large := func(order string) string {
		var b strings.Builder
		for _, c := range order {
			for i := range 10 {
				fmt.Fprintf(&b, `,"%c%d":[%d.0]`, c, i, i)
			}
		}
		return "{" + b.String()[1:] + "}"
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true}, {`100`, `1e2`, true}, {`0`, `-0.0`, true}, {`1`, `"1"`, false}, {`0`, `false`, false},
		{`9007199254740993`, `9007199254740992`, false}, {`0.1`, `0.10000000000000001`, false},
		{`"a"`, `"\u0061"`, true}, {`null`, `false`, false},
		{`[1,2]`, `[1.0,2]`, true}, {`[1,2]`, `[2,1]`, false}, {`[1]`, `[1,1]`, false},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true}, {`{"a":1}`, `{"a":1,"b":2}`, false}, {`{"a":1}`, `{"b":1}`, false},
		{`[[]]`, `[{}]`, false}, {large("abc"), large("cba"), true}, {large("abc"), large("abd"), false},
	} {
		d, err := Parse([]byte("[" + test.a + "," + test.b + "]"))
		if err != nil {
			t.Fatal(err)
		}
		i, j := 1, d.Next(1)
		if got := d.Equal(i, j); got != test.want {
			t.Errorf("Equal(%s, %s) = %v", test.a, test.b, got)
		}
		if test.want != (d.Hash(i) == d.Hash(j)) {
			t.Errorf("hashes of %s and %s: equal %v, expected %v", test.a, test.b, !test.want, test.want)
		}
	}
}

// TestHash_CannotBeForeseen wants two documents to hash values differently, those without
// any text in them, too.
func TestHash_CannotBeForeseen(t *testing.T) {
	for _, text := range []string{`null`, `true`, `0`, `""`, `"a"`, `[]`, `{}`, `[null,[true,[]],{}]`} {
		a, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Parse([]byte(text))
		if a.Hash(0) == b.Hash(0) {
			t.Errorf("%s has the same hash in two documents", text)
		}
	}
}

func TestFind_FollowsPointers(t *testing.T) {
	d, err := Parse([]byte(`{"a":{"b/c":1},"~":[2]}`))
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]string{"": `{"a":{"b/c":1},"~":[2]}`, "/a/b~1c": "1", "/~0": "[2]", "/a/x": "", "/~0/0": ""} {
		tokens, ok := ParsePointer(pointer)
		if !ok {
			t.Fatalf("%q is no pointer", pointer)
		}
		got := ""
		if i := d.Find(0, tokens); i >= 0 {
			got = string(d.Raw(i))
		}
		if got != want {
			t.Errorf("%q leads to %q, expected %q", pointer, got, want)
		}
	}
	for _, text := range []string{"a", "/~", "/~2", "/a~"} {
		if _, ok := ParsePointer(text); ok {
			t.Errorf("%q is taken for a pointer", text)
		}
	}
}

func rat(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}
