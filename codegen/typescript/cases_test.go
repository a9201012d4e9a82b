package typescript

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	jsontext "github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/payload"
)

// TestChecks_DifferWhereJavaScriptCannotTell holds the exceptions that the README lists.
func TestChecks_DifferWhereJavaScriptCannotTell(t *testing.T) {
	m := model(t, `
event: a
version: 1.0.0
properties:
  size: {type: integer, maximum: 9007199254740992}
  share: {type: number, maximum: 0.3}
  text: {type: string, maxLength: 3}
  free: {type: any}
`)
	validator := compileOne(t, m)
	cases := []struct {
		raw      string
		registry bool
		fault    string
	}{
		// Numbers are read as doubles.
		{`{"size": 9007199254740993}`, false, ""},
		{`{"share": 0.30000000000000001}`, false, ""},
		{`{"share": 0.30000000000000004}`, false, "/share: maximum"},
		{`{"share": -1e400}`, false, "/share: type"},
		// The last member of a name is the only one that is left.
		{`{"text": 1, "text": "a"}`, false, ""},
		// Halves of surrogates are characters.
		{`{"text": "\ud800"}`, false, ""},
		{`{"text": "😀😀😀"}`, true, ""},
		// Nothing counts how deep a value is.
		{`{"free": ` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, false, ""},
	}
	var samples []sample
	for _, c := range cases {
		samples = append(samples, sample{Event: "a", Raw: c.raw})
	}
	verdicts := runChecks(t, m, nil, samples)
	for i, c := range cases {
		if got := validator.Valid([]byte(c.raw)); got != c.registry {
			t.Errorf("%s: the registry says %v, expected %v", c.raw, got, c.registry)
		}
		if got := verdicts[i].Fault; got != c.fault {
			t.Errorf("%s: the generated code says %q, expected %q", c.raw, got, c.fault)
		}
	}
}

func compileOne(t *testing.T, m *codegen.Model) *payload.Validator {
	t.Helper()
	v, err := payload.Compile(m.Events[0].Contract)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestPattern_MatchesWhatRE2Matches compares patterns that the two languages write or read
// differently.
func TestPattern_MatchesWhatRE2Matches(t *testing.T) {
	patterns := []string{
		`.`, `^.$`, `\s`, `^\w+$`, `\bé`, `(?i)straße`, `(?i)k`, `(?s)a.b`, `a.b`, `(?m)^a$`, `(?m)^$`, `(?m:^b)|c`, `(?m)(^|$)+x`, `\Aa\z`, `[[:alpha:]]`, `\pL\PL`, `\p{Greek}`,
		`(?P<name>a)b`, `a{2,3}?`, `[^\d]`, `[\w-]`, `/`, `[/]`, `a/b\/c`, `\x{1F600}`, `😀+`, `^😀$`, `\Qa.b\E`, `]`, `}`, `a{,2}`, `[a\]]`, `\\`, "a|\n", "\t|\u2028", `\/\*`, `^(?:a|b|)$`, `[^a]`, `\x00`, `(?U)a+`, `x*`,
		`[\x{10000}-\x{10FFFF}]`, `^[\s\S]{2}$`,
	}
	texts := []string{
		"", "a", "b", "A", "é", "É", "ſ", "K", "\u212a", "straße", "STRASSE", "STRAßE", "a\nb", "b\na\nc", "a\r\nb", "\u00a0", "\ufeff", "\v", "\u2028", "a_1", "-", "/", "a/b/c", "]", "}", "a{,2}", "aa", "ab", "aaa",
		"😀", "😀😀", "\x00", "\\", "a.b", "axb", "α", "Ω1", "1", "\n", "\t", "x", "\nx", "/*", "٣",
	}
	var b strings.Builder
	b.WriteString("event: a\nversion: 1.0.0\nproperties:\n")
	var compiled []*regexp.Regexp
	for i, p := range patterns {
		re, err := regexp.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		compiled = append(compiled, re)
		fmt.Fprintf(&b, "  p%d: {type: string, pattern: %s}\n", i, jsontext.Quote(p))
	}
	var samples []sample
	var want []bool
	for i, re := range compiled {
		for _, text := range texts {
			samples = append(samples, sample{Event: "a", Raw: fmt.Sprintf(`{"p%d": %s}`, i, jsontext.Quote(text))})
			want = append(want, re.MatchString(text))
		}
	}
	for i, v := range runChecks(t, model(t, b.String()), nil, samples) {
		if got := v.Fault == ""; got != want[i] {
			t.Errorf("%s: the generated code says %v, RE2 %v", samples[i].Raw, got, want[i])
		}
	}
}

// TestChecks_OfVariantsHaveNamesOfJavaScript has variants whose names are no identifiers, in a
// contract and after their union's name.
func TestChecks_OfVariantsHaveNamesOfJavaScript(t *testing.T) {
	const texts = `"a-b c": {type: string, maxLength: 1}, " ": {type: array, items: {type: boolean}, maxItems: 1}, "é": {type: integer, minimum: 4}, "1": {type: object, properties: {a: {type: string}}}`
	m := model(t, "event: a\nversion: 1.0.0\nproperties: {x: {oneOf: {"+texts+"}}}\n",
		`event: b
version: 1.0.0
properties: {x: {discriminator: kind, oneOf: {"a-b": {type: object, properties: {a: {type: string}}}, "a b": {type: object, properties: {a: {type: integer}}}}}}
`)
	samples := []sample{
		{Event: "a", Raw: `{"x": "a"}`}, {Event: "a", Raw: `{"x": [true]}`}, {Event: "a", Raw: `{"x": 4}`}, {Event: "a", Raw: `{"x": {"a": ""}}`}, {Event: "a", Raw: `{"x": "ab"}`},
		{Event: "b", Raw: `{"x": {"kind": "a-b", "a": ""}}`}, {Event: "b", Raw: `{"x": {"kind": "a b", "a": ""}}`},
	}
	want := []string{"", "", "", "", "/x: oneOf", "", "/x/a: type"}
	var got []string
	for _, v := range runChecks(t, m, nil, samples) {
		got = append(got, v.Fault)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

// TestEvents_AreFoundByNamesThatObjectsInherit asks by names that mean something to every
// object.
func TestEvents_AreFoundByNamesThatObjectsInherit(t *testing.T) {
	m := model(t, "event: __proto__\nversion: 1.0.0\n", "event: constructor\nversion: 1.0.0\nproperties: {toString: {type: string}, __proto__: {type: boolean}}\n")
	samples := []sample{
		{Event: "__proto__", Raw: `{}`}, {Event: "__proto__", Raw: `{"a": 1}`}, {Event: "constructor", Raw: `{}`}, {Event: "constructor", Raw: `{"toString": 1}`}, {Event: "constructor", Raw: `{"toString": "", "__proto__": true}`},
		{Event: "constructor", Raw: `{"__proto__": {}}`}, {Event: "constructor", Raw: `{"valueOf": 1}`},
	}
	want := []string{"", "/a: additionalProperties", "", "/toString: type", "", "/__proto__: type", "/valueOf: additionalProperties"}
	var got []string
	for _, v := range runChecks(t, m, nil, samples) {
		got = append(got, v.Fault)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}
