package subschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/schema"
)

// laws are what holds whatever the schemas are. Each round of a test draws a hundred times.
var laws = []struct {
	name   string
	rounds int
	holds  func(*rapid.T)
}{
	{"samples never contradict", 8, neverContradicted},
	{"values of a never contradict", 4, includedHoldsForValues},
	{"sets", 2, lawsOfSets},
	{"equivalent questions", 1, equivalentQuestions},
	{"order and names", 4, orderAndNames},
	{"contracts and their edits", 3, contractsAndEdits},
}

func TestCompare_ObeysTheLaws(t *testing.T) {
	for _, law := range laws {
		t.Run(law.name, func(t *testing.T) {
			for range law.rounds {
				rapid.Check(t, law.holds)
			}
		})
	}
}

func FuzzCompare_SamplesNeverContradict(f *testing.F) { f.Fuzz(rapid.MakeFuzz(neverContradicted)) }
func FuzzCompare_ValuesNeverContradict(f *testing.F)  { f.Fuzz(rapid.MakeFuzz(includedHoldsForValues)) }
func FuzzCompare_LawsOfSets(f *testing.F)             { f.Fuzz(rapid.MakeFuzz(lawsOfSets)) }
func FuzzCompare_EquivalentQuestions(f *testing.F)    { f.Fuzz(rapid.MakeFuzz(equivalentQuestions)) }
func FuzzCompare_ContractsAndEdits(f *testing.F)      { f.Fuzz(rapid.MakeFuzz(contractsAndEdits)) }

// parts are the schemas of a law: each under its own name in the definitions of every
// document, so that laws are written as JSON Schema.
type parts struct {
	t *rapid.T
	x string
	s map[string]string
}

func drawParts(t *rapid.T, names ...string) parts {
	p := parts{t: t, x: drawSchema(t, 1), s: map[string]string{}}
	for _, name := range names {
		p.s[name] = drawSchema(t, rapid.IntRange(1, 2).Draw(t, "depth"))
	}
	return p
}

// schema reads a schema in which the name of a part, in angle brackets, stands for it.
func (p parts) schema(format string) *Schema {
	var defs strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.s)) {
		fmt.Fprintf(&defs, `,%q:%s`, name, p.s[name])
		format = strings.ReplaceAll(format, "<"+name+">", fmt.Sprintf(`{"$ref":"#/$defs/%s"}`, name))
	}
	return mustParse(p.t, fmt.Sprintf(`{"$defs":{"x":%s,"list":%s,%s%s},"allOf":[%s]}`,
		strings.ReplaceAll(p.x, "#/$defs/x", "#/$defs/list"), someList, someTrees, defs.String(), format))
}

// law is an inclusion that holds whatever the parts are.
func (p parts) law(a, b string) {
	p.t.Helper()
	if r := Compare(p.schema(a), p.schema(b), patient); r.Verdict == NotIncluded {
		p.t.Fatalf("%s is not included in %s: %s\nparts: %v\nx: %s", a, b, r.Witness, p.s, p.x)
	}
}

func (p parts) verdict(a, b string) Verdict {
	return Compare(p.schema(a), p.schema(b), patient).Verdict
}

// same fails where two questions that mean the same have opposite answers.
func (p parts) same(what string, a, b Verdict) {
	p.t.Helper()
	if a != b && a != Undecided && b != Undecided {
		p.t.Fatalf("%s: %s and %s\nparts: %v\nx: %s", what, a, b, p.s, p.x)
	}
}

func lawsOfSets(t *rapid.T) {
	p := drawParts(t, "a", "b")
	p.law(`<a>`, `{"anyOf":[<a>,<b>]}`)
	p.law(`<b>`, `{"anyOf":[<a>,<b>]}`)
	p.law(`{"allOf":[<a>,<b>]}`, `<a>`)
	p.law(`{"allOf":[<a>,<b>]}`, `{"anyOf":[<b>,<a>]}`)
	p.law(`<a>`, `{"not":{"not":<a>}}`)
	p.law(`{"not":{"not":<a>}}`, `<a>`)
	p.law(`{"not":{"anyOf":[<a>,<b>]}}`, `{"allOf":[{"not":<b>},{"not":<a>}]}`)
	p.law(`{"allOf":[{"not":<b>},{"not":<a>}]}`, `{"not":{"anyOf":[<a>,<b>]}}`)
	p.law(`{"oneOf":[<a>,<b>]}`, `{"anyOf":[<a>,<b>]}`)
	p.law(`{"oneOf":[<a>,<b>]}`, `{"not":{"allOf":[<a>,<b>]}}`)
	p.law(`{"allOf":[<a>,{"not":<a>}]}`, `false`)
	p.law(`true`, `{"anyOf":[<a>,{"not":<a>}]}`)
	p.law(`{"if":<a>,"then":<b>,"else":false}`, `{"allOf":[<a>,<b>]}`)
	p.law(`{"allOf":[<a>,<b>]}`, `{"if":<a>,"then":<b>,"else":false}`)
	p.law(`{"items":{"allOf":[<a>,<b>]}}`, `{"items":<b>}`)
	p.law(`{"type":"array","contains":<a>,"items":<b>}`, `{"contains":{"allOf":[<a>,<b>]}}`)
	p.law(`{"properties":{"a":<a>},"required":["a"]}`, `{"properties":{"a":{"anyOf":[<b>,<a>]}}}`)
	p.law(`{"additionalProperties":{"allOf":[<a>,<b>]}}`, `{"patternProperties":{"b":<a>}}`)
}

func equivalentQuestions(t *rapid.T) {
	p := drawParts(t, "a", "b", "c")
	ab, ac, bc := p.verdict(`<a>`, `<b>`), p.verdict(`<a>`, `<c>`), p.verdict(`<b>`, `<c>`)
	if ab == Included && bc == Included && ac == NotIncluded {
		t.Fatalf("a in b and b in c, and a is not in c\nparts: %v\nx: %s", p.s, p.x)
	}
	p.same("a in b, and a without b in nothing", ab, p.verdict(`{"allOf":[<a>,{"not":<b>}]}`, `false`))
	p.same("a in b, and not b in not a", ab, p.verdict(`{"not":<b>}`, `{"not":<a>}`))
	p.same("a in b, and a in a and b", ab, p.verdict(`<a>`, `{"allOf":[<b>,<a>]}`))
	p.same("a in b, and a or b in b", ab, p.verdict(`{"anyOf":[<a>,<b>]}`, `<b>`))
	p.same("items in a, and in b", ab, p.verdict(`{"type":"array","prefixItems":[<a>],"minItems":1,"maxItems":1}`, `{"prefixItems":[<b>]}`))
	p.same("members in a, and in b", ab, p.verdict(`{"type":"object","properties":{"a":<a>},"required":["a"],"maxProperties":1}`, `{"properties":{"a":<b>}}`))
	both := Undecided
	switch {
	case ab == Included && ac == Included:
		both = Included
	case ab == NotIncluded || ac == NotIncluded:
		both = NotIncluded
	}
	p.same("a in b and in c, and a in b and c", both, p.verdict(`<a>`, `{"allOf":[<b>,<c>]}`))
}

func orderAndNames(t *rapid.T) {
	depth := rapid.IntRange(1, 3).Draw(t, "depth")
	textA, textB := drawDocument(t, depth), drawDocument(t, depth)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	before := Compare(mustParse(t, textA), mustParse(t, textB), patient)
	otherA, otherB := shuffled(r, textA), renamed(shuffled(r, textB))
	after := Compare(mustParse(t, otherA), mustParse(t, otherB), patient)
	if before.Verdict != after.Verdict && before.Verdict != Undecided && after.Verdict != Undecided {
		t.Fatalf("%s %s, then %s %s\na: %s\nb: %s\na: %s\nb: %s", before.Verdict, before.Witness, after.Verdict, after.Witness, textA, textB, otherA, otherB)
	}
	if r := Compare(mustParse(t, textA), mustParse(t, renamed(otherA)), patient); r.Verdict == NotIncluded {
		t.Fatalf("a is not included in itself written otherwise: %s\na: %s\na: %s", r.Witness, textA, otherA)
	}
}

// shuffled writes the lists of schemas of a document in another order.
func shuffled(r *rand.Rand, text string) string {
	v, err := readValue([]byte(text))
	if err != nil {
		return text
	}
	var walk func(any)
	walk = func(v any) {
		m, ok := v.(map[string]any)
		if !ok {
			return
		}
		for _, keyword := range slices.Sorted(maps.Keys(m)) {
			list, isList := m[keyword].([]any)
			if isList && slices.Contains([]string{"allOf", "anyOf", "oneOf", "enum", "required", "type"}, keyword) {
				r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			}
			if keyword == "enum" || keyword == "const" {
				continue
			}
			walk(m[keyword])
			for _, item := range list {
				walk(item)
			}
		}
	}
	walk(v)
	return string(writeValue(v))
}

// renamed gives the definitions of a document other names.
func renamed(text string) string {
	for old, name := range map[string]string{"x": "xylophone", "list": "a-list"} {
		text = strings.ReplaceAll(text, "#/$defs/"+old+`"`, "#/$defs/"+name+`"`)
		text = strings.Replace(text, fmt.Sprintf(`%q:`, old), fmt.Sprintf(`%q:`, name), 1)
	}
	return text
}

// TestCompare_EquivalentSpellingsAreEqual compares schemas that say the same.
func TestCompare_EquivalentSpellingsAreEqual(t *testing.T) {
	for _, pair := range [][2]string{
		{`{"const":1}`, `{"enum":[1.0]}`},
		{`{"const":{"a":1,"b":[2]}}`, `{"enum":[{"b":[2.0],"a":1e0}]}`},
		{`{"type":"integer","exclusiveMinimum":4}`, `{"type":"integer","minimum":5}`},
		{`{"type":"integer","exclusiveMaximum":4.5}`, `{"type":"integer","maximum":4}`},
		{`{"type":"integer","minimum":1,"maximum":3}`, `{"enum":[3,2,1]}`},
		{`{"type":"integer"}`, `{"type":"number","multipleOf":1}`},
		{`{"type":["integer","number"]}`, `{"type":"number"}`},
		{`{"type":"number","multipleOf":0.5}`, `{"type":"number","allOf":[{"multipleOf":0.5},{"multipleOf":0.25}]}`},
		{`{"type":"boolean"}`, `{"enum":[true,false]}`},
		{`{"type":"null"}`, `{"const":null}`},
		{`{"type":["null","boolean","number","string","array","object"]}`, `{}`},
		{`{"not":{"type":["string","number","boolean","null","array"]}}`, `{"type":"object"}`},
		{`{"type":"string","minLength":1,"maxLength":1,"pattern":"[ab]"}`, `{"enum":["a","b"]}`},
		{`{"type":"string","minLength":2}`, `{"type":"string","pattern":"^(.|\\n){2}"}`},
		{`{"type":"string","pattern":"^[a-c]+$"}`, `{"type":"string","pattern":"^(a|b|c)(c|b|a)*$"}`},
		{`{"type":"string","pattern":"a"}`, `{"type":"string","pattern":"^(.|\\n)*a(.|\\n)*$"}`},
		{`{"type":"object","required":["a"],"properties":{"a":false}}`, `false`},
		{`{"type":"object","required":["a"],"additionalProperties":false}`, `{"not":{}}`},
		{`{"type":"object","properties":{"a":false}}`, `{"type":"object","not":{"required":["a"]}}`},
		{`{"type":"object","propertyNames":{"const":"a"}}`, `{"type":"object","properties":{"a":true},"additionalProperties":false}`},
		{`{"type":"object","propertyNames":{"pattern":"^a"}}`, `{"type":"object","patternProperties":{"^a":true},"additionalProperties":false}`},
		{`{"type":"object","minProperties":1}`, `{"type":"object","not":{"const":{}}}`},
		{`{"type":"object","minProperties":1,"propertyNames":{"enum":["a"]}}`, `{"type":"object","required":["a"],"maxProperties":1}`},
		{`{"dependentRequired":{"a":["b"]}}`, `{"anyOf":[{"not":{"required":["a"]}},{"required":["b"]},{"not":{"type":"object"}}]}`},
		{`{"dependentSchemas":{"a":{"minProperties":2}}}`, `{"if":{"type":"object","required":["a"]},"then":{"minProperties":2}}`},
		{`{"type":"array","maxItems":0}`, `{"const":[]}`},
		{`{"type":"array","items":false}`, `{"enum":[[]]}`},
		{`{"type":"array","contains":true}`, `{"type":"array","minItems":1}`},
		{`{"type":"array","contains":{"type":"string"},"maxContains":0}`, `false`},
		{`{"type":"array","minContains":0,"maxContains":0,"contains":{"type":"string"}}`, `{"type":"array","items":{"not":{"type":"string"}}}`},
		{`{"type":"array","minContains":2,"contains":true}`, `{"type":"array","minItems":2}`},
		{`{"type":"array","uniqueItems":true,"items":{"type":"boolean"}}`, `{"enum":[[],[true],[false],[true,false],[false,true]]}`},
		{`{"type":"array","uniqueItems":true,"items":{"type":"boolean"},"minItems":3}`, `false`},
		{`{"type":"array","prefixItems":[{"const":1}],"items":{"const":1}}`, `{"type":"array","items":{"const":1}}`},
		{`{"type":"array","prefixItems":[true,false]}`, `{"type":"array","maxItems":1}`},
		{`{"$defs":{"t":{"properties":{"a":{"$ref":"#/$defs/t"}},"additionalProperties":false}},"type":"object","$ref":"#/$defs/t"}`,
			`{"type":"object","properties":{"a":{"anyOf":[{"not":{"type":"object"}},{"$ref":"#"}]}},"additionalProperties":false}`},
		{`{"$defs":{"t":{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/$defs/t"}}}},"$ref":"#/$defs/t"}`, `false`},
		{`{"unevaluatedProperties":false,"properties":{"a":true}}`, `{"additionalProperties":false,"properties":{"a":true}}`},
		{`{"type":"object","allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}`, `{"type":"object","propertyNames":{"const":"a"}}`},
		{`{"type":"array","contains":{"type":"string"},"unevaluatedItems":false}`, `{"type":"array","minItems":1,"items":{"type":"string"}}`},
		{`{"$dynamicAnchor":"t","type":"object","additionalProperties":{"$dynamicRef":"#t"}}`, `{"type":"object","additionalProperties":{"$ref":"#"}}`},
		{`{"$id":"https://example.com/a","$defs":{"s":{"$anchor":"word","type":"string"}},"$ref":"#word"}`, `{"type":"string"}`},
		{`{"$schema":"http://json-schema.org/draft-04/schema#","type":"number","minimum":3,"exclusiveMinimum":true}`, `{"type":"number","exclusiveMinimum":3}`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","type":"array","items":[{"type":"string"}],"additionalItems":false}`, `{"type":"array","prefixItems":[{"type":"string"}],"items":false}`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["b"]}}`, `{"dependentRequired":{"a":["b"]}}`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/definitions/s","minLength":9,"definitions":{"s":{"type":"string"}}}`, `{"type":"string"}`},
		{`{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"type":"object","additionalProperties":{"$recursiveRef":"#"}}`, `{"type":"object","additionalProperties":{"$ref":"#"}}`},
	} {
		for _, q := range [][2]string{{pair[0], pair[1]}, {pair[1], pair[0]}} {
			a, b := mustRead(t, q[0], []byte(q[0])), mustRead(t, q[1], []byte(q[1]))
			if r := Compare(a, b, patient); r.Verdict != Included {
				t.Errorf("%s in %s is %s %s %s", q[0], q[1], r.Verdict, r.Witness, r.Reason)
			}
		}
	}
}

// TestCompare_TellsNeighboursApart is the counterpart: pairs that differ in one value, or
// a few, which the witness must be one of.
func TestCompare_TellsNeighboursApart(t *testing.T) {
	for _, test := range []struct{ a, b, want string }{
		{`{"type":"integer","minimum":4}`, `{"minimum":5}`, `4`},
		{`{"type":"number","minimum":4}`, `{"exclusiveMinimum":4}`, `4`},
		{`{"multipleOf":4,"type":"number","minimum":1,"maximum":9}`, `{"multipleOf":8}`, `4`},
		{`{"type":"string","maxLength":3}`, `{"maxLength":2}`, `"aaa"`},
		{`{"enum":["a","b","c"]}`, `{"enum":["c","a"]}`, `"b"`},
		{`{"type":"array","uniqueItems":true,"maxItems":2,"items":{"enum":[1,2]},"contains":{"const":2}}`, `{"items":{"const":2}}`, `[1,2]`},
		{`{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}`, `{"properties":{"a":{"minimum":0}}}`, `{"a":-1}`},
		{`{"type":"object","propertyNames":{"maxLength":1}}`, `{"maxProperties":1114112}`, ``},
		{`{"type":"array","items":{"type":"integer"}}`, `{"uniqueItems":true}`, `[0,0]`},
		{`{"type":["null","string"]}`, `{"type":"string"}`, `null`},
		{`true`, `{"minItems":1}`, `[]`},
	} {
		r := Compare(mustRead(t, test.a, []byte(test.a)), mustRead(t, test.b, []byte(test.b)), patient)
		if test.want == "" {
			if r.Verdict == Included {
				t.Errorf("%s in %s is %s", test.a, test.b, r.Verdict)
			}
			continue
		}
		if r.Verdict != NotIncluded || string(r.Witness) != test.want {
			t.Errorf("%s in %s is %s %s %s, want not_included %s", test.a, test.b, r.Verdict, r.Witness, r.Reason, test.want)
		}
	}
}

// TestCompare_WhatIsNotUnderstoodIsUndecided holds against answers that rest on what two
// schemas have in common only by name.
func TestCompare_WhatIsNotUnderstoodIsUndecided(t *testing.T) {
	many := func(n int) string {
		return `{"unevaluatedProperties":false,"allOf":[{"allOf":[` + repeated(12, func(i int) string {
			return fmt.Sprintf(`{"anyOf":[{"properties":{"a%d":true}},{"properties":{"b%d":{"type":"string"}}}]}`, i*n, i*n)
		}) + `]}]}`
	}
	for _, test := range []struct {
		a, b string
		same Verdict // of a in a
	}{
		{`{"$schema":"https://example.com/mine","type":"string"}`, `{"$schema":"https://example.com/mine","type":"integer"}`, Included},
		{many(1), many(2), Included},
		{`{"$ref":"other.json","unevaluatedProperties":false}`, `{"$ref":"another.json","unevaluatedProperties":false}`, Included},
		{`{"$ref":"https://example.com/a"}`, `{"$ref":"https://example.com/b"}`, Included},
		{`{"type":"string","pattern":"^(?=a)"}`, `{"type":"string","pattern":"^(?=b)"}`, Included},
		{`{"type":"string","pattern":"(a)\\1"}`, `{"type":"string","pattern":"(b)\\1"}`, Included},
		{`{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}`, `{"$defs":{"b":{"anyOf":[{"$ref":"#/$defs/b"}]}},"$ref":"#/$defs/b"}`, Included},
	} {
		a, b := mustRead(t, test.a, []byte(test.a)), mustRead(t, test.b, []byte(test.b))
		for _, q := range [][2]*Schema{{a, b}, {b, a}} {
			if r := Compare(q[0], q[1], patient); r.Verdict != Undecided {
				t.Errorf("%s in %s is %s %s", q[0].text, q[1].text, r.Verdict, r.Witness)
			}
		}
		if r := Compare(a, a, patient); r.Verdict != test.same {
			t.Errorf("%s in itself is %s %s %s", test.a, r.Verdict, r.Witness, r.Reason)
		}
	}
	// The same absolute URI is the same schema, in whatever document.
	a, b := `{"$id":"https://example.com/1","type":"string","$ref":"https://example.com/a"}`, `{"$id":"https://example.com/2","anyOf":[{"$ref":"https://example.com/a"}]}`
	if r := Compare(mustRead(t, a, []byte(a)), mustRead(t, b, []byte(b)), patient); r.Verdict != Included {
		t.Errorf("%s in %s is %s %s", a, b, r.Verdict, r.Reason)
	}
}

// includedHoldsForValues looks for contradictions where they are likely: at
// values that a accepts, as the engine finds them one after another, and next to them.
func includedHoldsForValues(t *rapid.T) {
	p := drawParts(t, "a", "b")
	a, b := p.schema(`<a>`), p.schema(`<b>`)
	if Compare(a, b, patient).Verdict != Included {
		a = p.schema(`{"allOf":[<a>,<b>]}`)
		if Compare(a, b, patient).Verdict != Included {
			return
		}
	}
	for _, v := range valuesOf(t, a, 4) {
		near := contracttest.Mutate(v).Draw(t, "near")
		for _, sample := range [][]byte{v, near} {
			if disagrees(t, a, b, string(sample)) {
				t.Fatalf("said included, but a accepts %s and b does not\nparts: %v\nx: %s", sample, p.s, p.x)
			}
		}
	}
}

// valuesOf are some values that a schema accepts.
func valuesOf(t *rapid.T, s *Schema, n int) [][]byte {
	var values [][]byte
	for len(values) < n {
		q := Question{Accept: []*Schema{s}}
		if len(values) > 0 {
			q.Reject = []*Schema{mustParse(t, fmt.Sprintf(`{"enum":[%s]}`, bytes.Join(values, []byte(","))))}
		}
		r := q.Ask(patient)
		if r.Verdict != NotIncluded {
			break
		}
		values = append(values, r.Witness)
	}
	return values
}

// contractsAndEdits takes what people would write:
// contracts and later versions of them, with payloads of the first.
func contractsAndEdits(t *rapid.T) {
	before := contracttest.Contract().Draw(t, "contract")
	after := contracttest.Edit(before).Draw(t, "edit")
	a, err := ParseAsserted(schema.Project(before))
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseAsserted(schema.Project(after))
	if err != nil {
		t.Fatal(err)
	}
	if r := Compare(a, a, patient); r.Verdict != Included {
		t.Fatalf("not included in itself: %s %s %s\n%s", r.Verdict, r.Witness, r.Reason, a.text)
	}
	r := Compare(a, b, patient)
	switch r.Verdict {
	case Undecided:
		t.Logf("undecided: %s", r.Reason)
		if strings.Contains(r.Reason, "reference validator does not") {
			t.Fatalf("%s\na: %s\nb: %s", r.Reason, a.text, b.text)
		}
	case Included:
		v := contracttest.Payload(before).Draw(t, "payload")
		for _, sample := range [][]byte{v, contracttest.Mutate(v).Draw(t, "near")} {
			if json.Valid(sample) && disagrees(t, a, b, string(sample)) {
				t.Fatalf("said included, but a accepts %s and b does not\na: %s\nb: %s", sample, a.text, b.text)
			}
		}
	}
}
