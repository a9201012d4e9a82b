package numbers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
)

// event reads an event that consists of the given lines.
func event(t testing.TB, lines ...string) *contracts.Contract {
	t.Helper()
	text := "event: order.completed\nversion: 1.0.0\n" + strings.Join(lines, "\n") + "\n"
	c, diags := contracts.Parse(diag.NewFile("order.completed.yaml", []byte(text)))
	library, _ := contracts.NewLibrary(nil)
	if c != nil {
		diags = append(diags, library.Link(c)...)
	}
	for _, d := range diags {
		t.Fatalf("%d: %s\n%s", d.Position().Line, d.Message, text)
	}
	return c
}

func encode(t testing.TB, l Ledger) string {
	t.Helper()
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func decode(t testing.TB, text string) Ledger {
	t.Helper()
	var l Ledger
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAllocate_ContinuesTheLedger(t *testing.T) {
	tests := []struct {
		name, previous string
		lines          []string
		want           string
	}{
		{"required properties come first in a new message", `{}`, []string{
			"properties:",
			"  a: {type: string}",
			"  b: {type: integer, required: true}",
			"  c: {type: number}",
			"  d: {type: boolean, required: true}",
		}, `{"event":{"1":"int64 b","2":"bool d","3":"string a","4":"double c"}}`},
		{"an added property takes the next number wherever it stands", `{"event":{"1":"string a"}}`, []string{
			"properties:",
			"  new: {type: string}",
			"  a: {type: string}",
		}, `{"event":{"1":"string a","2":"string new"}}`},
		{"a removed property keeps its number", `{"event":{"1":"string a","2":"string b"}}`, []string{
			"properties: {b: {type: string}, c: {type: string}}",
		}, `{"event":{"1":"string a","2":"string b","3":"string c"}}`},
		{"a property that comes back gets its number back", `{"event":{"1":"string a","2":"string b"}}`, []string{
			"properties: {b: {type: string}, a: {type: string}}",
		}, `{"event":{"1":"string a","2":"string b"}}`},
		{"renamedFrom keeps the number", `{"event":{"1":"string a"}}`, []string{
			"properties: {b: {type: string, renamedFrom: a}}",
		}, `{"event":{"1":"string b a"}}`},
		{"renamedFrom is not followed while the earlier name is in use", `{"event":{"1":"string a"}}`, []string{
			"properties: {b: {type: string, renamedFrom: a}, a: {type: string}}",
		}, `{"event":{"1":"string a","2":"string b"}}`},
		{"renamedFrom is not followed to another type", `{"event":{"1":"string a"}}`, []string{
			"properties: {b: {type: integer, renamedFrom: a}}",
		}, `{"event":{"1":"string a","2":"int64 b"}}`},
		{"a rename stays when renamedFrom is dropped", `{"event":{"1":"string b a"}}`, []string{
			"properties: {b: {type: string}}",
		}, `{"event":{"1":"string b a"}}`},
		{"a maintained older version finds the number under the earlier name", `{"event":{"1":"string b a"}}`, []string{
			"properties: {a: {type: string}}",
		}, `{"event":{"1":"string a b a"}}`},
		{"an earlier name that is declared anew is another property", `{"event":{"1":"string b a"}}`, []string{
			"properties: {a: {type: string}, b: {type: string}}",
		}, `{"event":{"1":"string b a","2":"string a"}}`},
		{"names that are swapped keep their numbers", `{"event":{"1":"string a","2":"string b"}}`, []string{
			"properties: {a: {type: string, renamedFrom: b}, b: {type: string, renamedFrom: a}}",
		}, `{"event":{"1":"string a","2":"string b"}}`},
		{"another type takes a new number", `{"event":{"1":"string a"}}`, []string{
			"properties: {a: {type: integer}}",
		}, `{"event":{"1":"string a","2":"int64 a"}}`},
		{"a type that comes back takes its number again", `{"event":{"1":"string a","2":"int64 a"}}`, []string{
			"properties: {a: {type: string}}",
		}, `{"event":{"1":"string a","2":"int64 a"}}`},
		{"a larger integer is the same on the wire", `{"event":{"1":"int64 a"}}`, []string{
			"properties: {a: {type: integer, minimum: 0, maximum: 18446744073709551615}}",
		}, `{"event":{"1":"uint64 a"}}`},
		{"a single value and a list differ", `{"event":{"1":"string a"}}`, []string{
			"properties: {a: {type: array, items: {type: string}}}",
		}, `{"event":{"1":"string a","2":"[]string a"}}`},
		{"optional and nullable do not matter", `{"event":{"1":"string a"}}`, []string{
			"properties: {a: {type: string, nullable: true, required: true}}",
		}, `{"event":{"1":"string a"}}`},
		{"messages in place have numbers of their own", `{}`, []string{
			"properties:",
			"  a: {type: object, properties: {x: {type: array, items: {type: object, properties: {y: {type: string}}}}}}",
		}, `{"event":{"1":"message a"},"event/1":{"1":"[]message x"},"event/1/1":{"1":"string y"}}`},
		{"a message in place keeps its numbers when its property is renamed", `{"event":{"1":"message a"},"event/1":{"1":"string x","2":"string y"}}`, []string{
			"properties:",
			"  b: {type: object, renamedFrom: a, properties: {y: {type: string}, z: {type: string}}}",
		}, `{"event":{"1":"message b a"},"event/1":{"1":"string x","2":"string y","3":"string z"}}`},
		{"definitions are numbered once", `{}`, []string{
			"properties: {a: {$ref: money}, b: {type: array, items: {$ref: money}}, c: {$ref: level}, d: {$ref: words}}",
			"definitions:",
			"  money: {type: object, properties: {amount: {type: number}, level: {$ref: level}}}",
			"  level: {type: string, enum: [low, high]}",
			"  words: {type: array, items: {type: string}}",
		}, `{"event":{"1":"message:money a","2":"[]message:money b","3":"enum:level c","4":"[]string d"},` +
			`"enum:level":{"1":"value low","2":"value high"},"message:money":{"1":"double amount","2":"enum:level level"}}`},
		{"enum values keep their numbers", `{"event":{"1":"enum a"},"event/1":{"1":"value x","2":"value y"}}`, []string{
			"properties: {a: {type: string, enum: [z, y]}}",
		}, `{"event":{"1":"enum a"},"event/1":{"1":"value x","2":"value y","3":"value z"}}`},
		{"opening an enum makes it text", `{"event":{"1":"enum a"},"event/1":{"1":"value x"}}`, []string{
			"properties: {a: {type: string, enum: [x], open: true}}",
		}, `{"event":{"1":"enum a","2":"string a"},"event/1":{"1":"value x"}}`},
		{"variants are numbered", `{}`, []string{
			"properties:",
			"  a: {oneOf: {text: {type: string}, many: {type: array, items: {type: string, nullable: true}}, box: {type: object, properties: {x: {type: any}}}}}",
		}, `{"event":{"1":"union a"},"event/1":{"1":"string text","2":"[]?string many","3":"message box"},"event/1/3":{"1":"any x"}}`},
		{"members that are not declared have a number", `{"event":{"1":"string a"}}`, []string{
			"additionalProperties: true",
			"properties: {a: {type: string}, b: {type: object, additionalProperties: true}, c: {type: map, values: {type: map, values: {type: any}}}}",
		}, `{"event":{"1":"string a","2":"struct b","3":"{}{}any c","4":"extra"}}`},
		{"null is told apart within lists and maps only", `{}`, []string{
			"properties:",
			"  a: {type: array, nullable: true, items: {type: array, nullable: true, items: {type: string}}}",
			"  b: {type: map, values: {type: map, nullable: true, values: {$ref: maybe}}}",
			"  c: {type: array, items: {type: any, nullable: true}}",
			"  d: {type: array, items: {type: [string, integer], nullable: true}}",
			"  e: {type: array, items: {$ref: maybe}}",
			"definitions:",
			"  maybe: {type: object, nullable: true}",
		}, `{"event":{"1":"[]?[]string a","2":"{}?{}?message:maybe b","3":"[]any c","4":"[]any d","5":"[]?message:maybe e"}}`},
		{"odd names are quoted", `{}`, []string{
			"properties:",
			"  'Plan Name': {type: string}",
			"  ' ': {type: string}",
			"  'a\"b': {type: string, format: date-time}",
			"  größe: {type: [string, integer]}",
		}, `{"event":{"1":"string \"Plan Name\"","2":"string \" \"","3":"timestamp \"a\\\"b\"","4":"any größe"}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			previous := decode(t, test.previous)
			got := encode(t, Allocate(previous, event(t, test.lines...)))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.previous, encode(t, previous)); diff != "" {
				t.Errorf("the previous ledger was changed (-want +got):\n%s", diff)
			}
			if again := decode(t, got); !again.Equal(Allocate(previous, event(t, test.lines...))) {
				t.Errorf("%s reads back as %s", got, encode(t, again))
			}
		})
	}
}

func TestAllocate_SkipsWhatProtobufKeepsForItself(t *testing.T) {
	l := decode(t, `{"event":{"18999":"string z"}}`)
	var b strings.Builder
	b.WriteString("properties:\n")
	for i := range 19000 {
		fmt.Fprintf(&b, "  p%d: {type: boolean}\n", i)
	}
	entries := Allocate(l, event(t, b.String())).Entries("event")
	if n := len(entries); n != 19001 {
		t.Fatalf("%d numbers, expected 19001", n)
	}
	for i, e := range entries {
		if i > 0 && e.Number <= entries[i-1].Number || 19000 <= e.Number && e.Number <= 19999 {
			t.Fatalf("number %d after %d", e.Number, entries[i-1].Number)
		}
	}
	if last := entries[len(entries)-1]; last.Number != 20001 {
		t.Errorf("last number is %d, expected 20001", last.Number)
	}
}

func TestPlan_ReservesWhatIsNotInUse(t *testing.T) {
	previous := decode(t, `{"event":{"1":"string a","2":"int64 b","3":"string c"}}`)
	plan, _ := Plan(previous, event(t, "properties: {b: {type: string}, c: {type: string}}"))
	var live, reserved []string
	for _, f := range plan.Fields {
		live = append(live, fmt.Sprintf("%d %s %s", f.Number, f.Kind, f.Name))
	}
	for _, e := range plan.Reserved {
		reserved = append(reserved, e.String())
	}
	if diff := cmp.Diff([]string{"4 string b", "3 string c"}, live); diff != "" {
		t.Errorf("live (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"string a = 1", "int64 b = 2"}, reserved); diff != "" {
		t.Errorf("reserved (-want +got):\n%s", diff)
	}
}

func TestMerge_NamesEveryConflict(t *testing.T) {
	tests := []struct{ name, a, b, want string }{
		{"two properties", `{"event":{"1":"string a","2":"string b"}}`, `{"event":{"1":"string a","2":"string c"}}`,
			`number 2 of event is "string b" in one version and "string c" in another`},
		{"two types", `{"event":{"1":"string a"}}`, `{"event":{"1":"int64 a"}}`,
			`number 1 of event is "string a" in one version and "int64 a" in another`},
		{"two numbers", `{"event":{"1":"string a"}}`, `{"event":{"2":"string a"}}`,
			`"string a" of event has number 1 in one version and 2 in another`},
		{"two renames", `{"message:m":{"1":"string b a"}}`, `{"message:m":{"1":"string c a"}}`,
			`number 1 of message:m is "string b a" in one version and "string c a" in another`},
		{"two enum values", `{"enum:e":{"1":"value a"}}`, `{"enum:e":{"1":"value b"}}`,
			`number 1 of enum:e is "value a" in one version and "value b" in another`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, pair := range [][2]string{{test.a, test.b}} {
				_, err := Merge(decode(t, pair[0]), decode(t, pair[1]))
				if err == nil || err.Error() != test.want {
					t.Errorf("error is %v, expected %s", err, test.want)
				}
			}
		})
	}
}

func TestMerge_CombinesWhatAgrees(t *testing.T) {
	got, err := Merge(
		decode(t, `{"event":{"1":"string a","2":"int64 b"}}`),
		decode(t, `{"event":{"1":"string c a","3":"bool d"},"event/4":{"1":"string x"}}`),
		decode(t, `{"event":{"1":"string a","2":"uint64 b"}}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"event":{"1":"string c a","2":"uint64 b","3":"bool d"},"event/4":{"1":"string x"}}`
	if diff := cmp.Diff(want, encode(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPrevious_ContinuesTheMajorOrTheOneBefore(t *testing.T) {
	release := func(version, ledger string) Release {
		v, err := contracts.ParseVersion(version)
		if err != nil {
			t.Fatal(err)
		}
		return Release{v, decode(t, ledger)}
	}
	releases := []Release{
		release("2.0.0", `{"event":{"1":"string b a"}}`),
		release("1.1.0", `{"event":{"1":"string a","2":"string x"}}`),
		release("1.0.0", `{"event":{"1":"string a"}}`),
		release("2.1.0", `{"event":{"1":"string b a","2":"string y"}}`),
	}
	for version, want := range map[string]string{
		"0.1.0": `{}`,
		"1.0.1": `{"event":{"1":"string a","2":"string x"}}`,
		"1.2.0": `{"event":{"1":"string a","2":"string x"}}`,
		"2.0.1": `{"event":{"1":"string b a","2":"string y"}}`,
		"3.0.0": `{"event":{"1":"string b a","2":"string y"}}`,
	} {
		v, _ := contracts.ParseVersion(version)
		got, err := Previous(releases, v)
		if err != nil {
			t.Fatalf("%s: %v", version, err)
		}
		if diff := cmp.Diff(want, encode(t, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}

func TestPrevious_NamesTheReleaseThatContradicts(t *testing.T) {
	_, err := Previous([]Release{
		{contracts.Version{Major: 1}, decode(t, `{"event":{"1":"string a"}}`)},
		{contracts.Version{Major: 1, Minor: 1}, decode(t, `{"event":{"1":"string b"}}`)},
	}, contracts.Version{Major: 1, Minor: 2})
	want := `field numbers of version 1.1.0: number 1 of event is "string a" in one version and "string b" in another`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, expected %s", err, want)
	}
}

func TestUnmarshal_RefusesWhatMarshalNeverWrites(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                                        `found [, expected {`,
		`{"event":[]}`:                              `scope event: found [, expected {`,
		`{"event":{"1":2}}`:                         `scope event: found 2, expected a string`,
		`{"event":{"0":"string a"}}`:                `scope event: "0" is not a field number`,
		`{"event":{"01":"string a"}}`:               `scope event: "01" is not a field number`,
		`{"event":{"-1":"string a"}}`:               `scope event: "-1" is not a field number`,
		`{"event":{"536870912":"extra"}}`:           `scope event: "536870912" is not a field number`,
		`{"event":{"19500":"string a"}}`:            `scope event: number 19500 belongs to protobuf itself`,
		`{"event":{"2":"string a","1":"string b"}}`: `scope event: number 1 follows 2, expected ascending numbers`,
		`{"event":{"2":"string a","2":"string b"}}`: `scope event: number 2 follows 2, expected ascending numbers`,
		`{"event":{},"event":{}}`:                   `scope "event" occurs twice`,
		`{"other":{}}`:                              `"other" is not the key of a scope`,
		`{"event/x":{}}`:                            `"event/x" is not the key of a scope`,
		`{"event":{"1":"strong a"}}`:                `scope event: entry "strong a" has an unknown wire type`,
		`{"event":{"1":"string"}}`:                  `scope event: entry "string" has 0 names`,
		`{"event":{"1":"extra a"}}`:                 `scope event: entry "extra a" has 1 names`,
		`{"event":{"1":"string "}}`:                 `scope event: entry "string ": name "" needs quotes`,
		`{"event":{"1":"string a  b"}}`:             `scope event: entry "string a  b": name "" needs quotes`,
		`{"event":{"1":"string \"a\"b"}}`:           `scope event: entry "string \"a\"b": something follows a quoted name`,
	} {
		var l Ledger
		err := l.UnmarshalJSON([]byte(text))
		if want = "ledger of field numbers: " + want; err == nil || err.Error() != want {
			t.Errorf("%s: error is %v, expected %s", text, err, want)
		}
	}
}

// checkStep fails when after does not keep what before promised to readers.
func checkStep(t *rapid.T, before, after Ledger) {
	for _, key := range before.Keys() {
		later := after.Entries(key)
		for _, e := range before.Entries(key) {
			i := slices.IndexFunc(later, func(f Entry) bool { return f.Number == e.Number })
			if i < 0 {
				t.Fatalf("%s: %s is forgotten", key, e)
			}
			f := later[i]
			if !compatible(e.Kind, f.Kind) || len(f.Names) < len(e.Names) || !slices.Equal(f.Names[:len(e.Names)], e.Names) {
				t.Fatalf("%s: %s became %s", key, e, f)
			}
		}
	}
	merged, err := Merge(before, after)
	if err != nil || !merged.Equal(after) {
		t.Fatalf("merging consecutive ledgers gives %v", err)
	}
	text := encode2(t, after)
	var again Ledger
	if err := json.Unmarshal([]byte(text), &again); err != nil || !again.Equal(after) {
		t.Fatalf("%s does not read back: %v", text, err)
	}
}

func encode2(t *rapid.T, l Ledger) string {
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// numbersIn collects the numbers in use, by scope, name and wire class. It fails
// when a number is used twice.
func numbersIn(t *rapid.T, s *Scope, into map[string]int) {
	if into[s.Key] != 0 {
		return
	}
	into[s.Key] = -1
	used := map[int]bool{}
	for _, e := range s.Reserved {
		used[e.Number] = true
	}
	for _, f := range s.Fields {
		if f.Number < 1 || used[f.Number] {
			t.Fatalf("%s: number %d of %q is in use", s.Key, f.Number, f.Name)
		}
		used[f.Number] = true
		into[fmt.Sprintf("%s %s %q", s.Key, wireClass(f.Kind), f.Name)] = f.Number
		if f.Scope != nil {
			numbersIn(t, f.Scope, into)
		}
	}
}

func checkSame(t *rapid.T, before, after map[string]int) {
	for id, n := range before {
		if m, ok := after[id]; ok && m != n {
			t.Fatalf("%s moved from %d to %d", id, n, m)
		}
	}
}

func TestPlan_NoNumberMovesWhateverIsEdited(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		plan, ledger := Plan(Ledger{}, c)
		live := map[string]int{}
		numbersIn(t, plan, live)
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			c = contracttest.Edit(c).Draw(t, "edited")
			next, after := Plan(ledger, c)
			checkStep(t, ledger, after)
			alone := map[string]int{}
			numbersIn(t, Scopes(ledger, c), alone)
			now := map[string]int{}
			numbersIn(t, next, now)
			checkSame(t, live, now)
			if diff := cmp.Diff(now, alone); diff != "" {
				t.Fatalf("scopes without the ledger differ (-want +got):\n%s", diff)
			}
			ledger, live = after, now
		}
	})
}

// TestPlan_RenamesAndReturnsKeepNumbers draws histories of one message in which
// properties are added, removed, renamed, brought back and changed in type, and
// compares with a simple account of who owns which number.
func TestPlan_RenamesAndReturnsKeepNumbers(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	types := []string{"string", "integer", "number"}
	rapid.Check(t, func(t *rapid.T) {
		type property struct{ name, kind, from string }
		var now []property
		var ledger Ledger
		fresh := 0
		numbers := map[string]int{} // of the properties that are live, by name and type
		for range rapid.IntRange(1, 12).Draw(t, "versions") {
			var next []property
			declared := map[string]bool{}
			want := map[string]int{}
			for _, p := range now {
				switch rapid.IntRange(0, 5).Draw(t, "edit") {
				case 0: // remove
					continue
				case 1: // change the type
					p = property{p.name, rapid.SampledFrom(types).Draw(t, "type"), ""}
				case 2: // rename to a name that never was
					fresh++
					p = property{fmt.Sprintf("r%d", fresh), p.kind, p.name}
				default:
					p.from = ""
				}
				if declared[p.name] {
					continue
				}
				declared[p.name] = true
				next = append(next, p)
			}
			for _, name := range names {
				if !declared[name] && rapid.Bool().Draw(t, "add") {
					declared[name] = true
					next = append(next, property{name, rapid.SampledFrom(types).Draw(t, "type"), ""})
				}
			}
			next = rapid.Permutation(next).Draw(t, "order")
			text := "event: e\nversion: 1.0.0\nproperties:\n"
			for _, p := range next {
				text += fmt.Sprintf("  %s: {type: %s", p.name, p.kind)
				if p.from != "" {
					text += ", renamedFrom: " + p.from
				}
				text += "}\n"
				if n, ok := numbers[p.name+" "+p.kind]; ok {
					want[p.name+" "+p.kind] = n
				} else if n, ok := numbers[p.from+" "+p.kind]; ok && !declared[p.from] {
					want[p.name+" "+p.kind] = n
				}
			}
			c, diags := contracts.Parse(diag.NewFile("e.yaml", []byte(text)))
			if len(diags) > 0 {
				t.Fatalf("%s\n%s", diags[0].Message, text)
			}
			plan, after := Plan(ledger, c)
			checkStep(t, ledger, after)
			got := map[string]int{}
			numbersIn(t, plan, got)
			numbers = map[string]int{}
			for _, f := range plan.Fields {
				numbers[f.Name+" "+f.Property.Schema.Types.String()] = f.Number
			}
			for id, n := range want {
				if numbers[id] != n {
					t.Fatalf("%s has number %d, expected %d\n%s%s", id, numbers[id], n, text, encode2(t, after))
				}
			}
			ledger, now = after, next
		}
	})
}

func TestKind_ReadsBackAsType(t *testing.T) {
	for _, kind := range []Kind{"string", "[]?int64", "{}[]?{}message:line_item", "union", "[]enum:x", "extra"} {
		if got := kind.Type().Kind(); got != kind {
			t.Errorf("%s reads back as %s", kind, got)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"event":{"1":"string order_id","2":"[]message:line_item items","3":"message voucher coupon"},"event/3":{"1":"string code"}}`))
	f.Add([]byte(`{"enum:currency":{"1":"value EUR","2":"value \"US dollar\" \"\""}}`))
	f.Add([]byte(`{"event":{"1":"extra","19000":"{}?[]int64 a b c"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var l Ledger
		if l.UnmarshalJSON(data) != nil {
			return
		}
		again := decode(t, encode(t, l))
		if !again.Equal(l) {
			t.Fatalf("%s reads back as %s", encode(t, l), encode(t, again))
		}
	})
}

func BenchmarkAllocate(b *testing.B) {
	c := event(b,
		"properties: {a: {$ref: money}, b: {type: array, items: {$ref: money}}, c: {type: string, enum: [x, y, z]}, d: {type: string, format: date-time},",
		"  e: {type: integer}, f: {type: number}, g: {type: boolean}, h: {type: map, values: {type: string}}, i: {type: object, properties: {x: {type: string}}}}",
		"definitions: {money: {type: object, properties: {amount: {type: number}, currency: {type: string}}}}")
	previous := Allocate(Ledger{}, c)
	b.ReportAllocs()
	for b.Loop() {
		Allocate(previous, c)
	}
}

func TestUnmarshal_ReadsWhiteSpaceAndEscapesAndRefusesEveryPartOfALedger(t *testing.T) {
	const text = "{\"event\" :\t{ \"1\": \"string a\\u0062 \\\"c d\\\"\",\r\n\"2\":\"[]?int64 \u00e4\"} , \"event/3\":{},\"enum:x\":{\"1\":\"value y\"}} \n"
	var l Ledger
	if err := l.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	want := []Entry{{Number: 1, Kind: "string", Names: []string{"c d", "ab"}}, {Number: 2, Kind: "[]?int64", Names: []string{"\u00e4"}}}
	if diff := cmp.Diff(want, l.Entries("event")); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	whole := strings.TrimSpace(text)
	for end := range whole {
		if err := l.UnmarshalJSON([]byte(whole[:end])); err == nil {
			t.Errorf("%q was read", whole[:end])
		}
	}
	for _, wrong := range []string{whole + "x", whole + "{}", strings.Replace(whole, "},", "},,", 1), strings.Replace(whole, "{}", "{,}", 1), "\x00" + whole, whole + "\x00"} {
		if err := l.UnmarshalJSON([]byte(wrong)); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}
