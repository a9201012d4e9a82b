package payload_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
)

// TestValidate_EachKeyword has values for every keyword: those that are valid, and
// those that are not with what is said about them.
func TestValidate_EachKeyword(t *testing.T) {
	for _, test := range []struct {
		schema  string
		valid   []string
		invalid map[string]string
	}{
		{`{type: string}`, []string{`""`, `"é"`}, map[string]string{
			`1`: "type: found number 1, expected string", `null`: "type: found null, expected string", `{}`: "type: found an object, expected string"}},
		{`{type: integer}`, []string{`1`, `-0`, `1.0`, `1e3`, `12345678901234567890`}, map[string]string{
			`1.5`: "type: found number 1.5, expected integer", `1e-1`: "type: found number 1e-1, expected integer", `"1"`: `type: found string "1", expected integer`}},
		{`{type: number}`, []string{`1`, `1.5`}, map[string]string{`true`: "type: found true, expected number"}},
		{`{type: boolean}`, []string{`true`, `false`}, map[string]string{`0`: "type: found number 0, expected boolean"}},
		{`{type: any}`, []string{`null`, `1`, `{"a":[{}]}`}, nil},
		{`{type: [string, integer]}`, []string{`"a"`, `1`}, map[string]string{`1.5`: "type: found number 1.5, expected string or integer", `[]`: "type: found an array of 0, expected string or integer"}},
		{`{type: string, nullable: true}`, []string{`null`, `"a"`}, map[string]string{`false`: "type: found false, expected string or null"}},

		{`{type: string, enum: [a, b]}`, []string{`"a"`, `"\u0062"`}, map[string]string{`"c"`: `enum: found string "c", expected one of "a", "b"`}},
		{`{type: string, enum: [a]}`, []string{`"a"`}, map[string]string{`"A"`: `enum: found string "A", expected "a"`}},
		{`{type: string, enum: [a, null], nullable: true}`, []string{`"a"`, `null`}, map[string]string{`"c"`: `enum: found string "c", expected one of "a", null`}},
		{`{type: string, enum: [a], open: true}`, []string{`"a"`, `"z"`}, map[string]string{`1`: "type: found number 1, expected string"}},
		{`{type: [integer, string, boolean], enum: [1, "1", true]}`, []string{`1`, `1.0`, `"1"`, `true`}, map[string]string{
			`false`: `enum: found false, expected one of 1, "1", true`, `2`: `enum: found number 2, expected one of 1, "1", true`}},
		{`{type: number, enum: [0.1, 1e2]}`, []string{`0.10`, `100`}, map[string]string{`0.11`: "enum: found number 0.11, expected one of 0.1, 1e2"}},

		{`{type: string, minLength: 2, maxLength: 3}`, []string{`"ab"`, `"äöü"`, `"😀😀😀"`, `"\ud83d\ude00a"`}, map[string]string{
			`"ä"`:    "minLength: found 1 character, expected at least 2 characters",
			`"abcd"`: "maxLength: found 4 characters, expected at most 3 characters"}},
		{`{type: string, pattern: "b+"}`, []string{`"abc"`}, map[string]string{`"ac"`: `pattern: found string "ac", expected text that matches b+`}},
		{`{type: string, format: uuid}`, []string{`"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"`}, map[string]string{`"7f0c"`: `format: found string "7f0c", expected format uuid`}},

		{`{type: number, minimum: 1, maximum: 2.5}`, []string{`1`, `2.5`, `1.0`}, map[string]string{
			`0.99`: "minimum: found number 0.99, expected at least 1", `2.51`: "maximum: found number 2.51, expected at most 2.5"}},
		{`{type: number, exclusiveMinimum: 1, exclusiveMaximum: 2}`, []string{`1.000000000000000000001`}, map[string]string{
			`1`: "exclusiveMinimum: found number 1, expected more than 1", `2.0`: "exclusiveMaximum: found number 2.0, expected less than 2"}},
		{`{type: number, multipleOf: 0.01}`, []string{`0`, `4.35`, `19.99`, `-0.03`}, map[string]string{`0.001`: "multipleOf: found number 0.001, expected a multiple of 0.01"}},
		{`{type: integer, maximum: 9007199254740992}`, []string{`9007199254740992`}, map[string]string{`9007199254740993`: "maximum: found number 9007199254740993, expected at most 9007199254740992"}},

		{`{type: array}`, []string{`[]`, `[1,"a"]`}, map[string]string{`{}`: "type: found an object, expected array"}},
		{`{type: array, minItems: 1, maxItems: 2}`, []string{`[1]`, `[1,2]`}, map[string]string{
			`[]`: "minItems: found 0 items, expected at least 1 item", `[1,2,3]`: "maxItems: found 3 items, expected at most 2 items"}},
		{`{type: array, uniqueItems: true}`, []string{`[]`, `[1,"1",true,[1],{"a":1},null]`}, map[string]string{
			`[1,2,1.0]`:                     "uniqueItems: found item 0 again as item 2, expected unique items",
			`[{"a":1,"b":2},{"b":2,"a":1}]`: "uniqueItems: found item 0 again as item 1, expected unique items",
			`[1,2,3,4,5,6,7,8,9,10,3]`:      "uniqueItems: found item 2 again as item 10, expected unique items"}},
		{`{type: object, properties: {a: {type: string}}, minProperties: 1, maxProperties: 2, additionalProperties: true}`, []string{`{"b":1}`}, map[string]string{
			`{}`:                    "minProperties: found 0 properties, expected at least 1 property",
			`{"a":"","b":1,"c":{}}`: "maxProperties: found 3 properties, expected at most 2 properties"}},
		{`{type: object, properties: {a: {type: any}, b: {type: any}, c: {type: any}}, requireAny: [[a], [b, c]]}`, []string{`{"a":1}`, `{"b":1,"c":1}`}, map[string]string{
			`{"b":1}`: `requireAny: found none, expected at least one of "a", "b" with "c"`}},
		{`{type: map, values: {type: integer}, minProperties: 1, maxProperties: 1}`, []string{`{"a b":1}`}, map[string]string{
			`{}`: "minProperties: found 0 properties, expected at least 1 property", `{"a":1,"b":2}`: "maxProperties: found 2 properties, expected at most 1 property"}},
		{`{type: map}`, []string{`{}`, `{"a":null}`}, map[string]string{`[]`: "type: found an array of 0, expected object"}},
	} {
		c := compile(t, property(test.schema))
		for _, value := range test.valid {
			if found := c.violations(`{"v":` + value + `}`); found != nil {
				t.Errorf("%s with %s: %v", test.schema, value, found)
			}
		}
		for value, want := range test.invalid {
			found := c.violations(`{"v":` + value + `}`)
			if len(found) != 1 || found[0].Pointer != "/v" || found[0].Rule+": "+found[0].Message() != want || found[0].Offset != 5 {
				t.Errorf("%s with %s\n got %+v\nwant /v %s", test.schema, value, found, want)
			}
		}
	}
}

func TestValidate_ReportsEverythingWithPlaces(t *testing.T) {
	c := compile(t, `
event: a
version: 1.0.0
properties:
  id: {type: string, required: true}
  items:
    type: array
    items: {type: object, properties: {sku: {type: string, required: true}, n: {type: integer, minimum: 1}}}
  labels: {type: map, keys: "^[a-z]+$", values: {type: string, maxLength: 2}}
  extra: {type: object, properties: {}, patternProperties: {"^n_": {type: integer}}, additionalProperties: {type: boolean}}
  a/b~c: {type: integer}
`)
	raw := `{"items":[{"sku":"A","n":0},{"n":"1","colour":1}],"labels":{"Big":"long"},"extra":{"n_1":"x","x":1},"a/b~c":"","itmes":[]}`
	var got []string
	for _, v := range c.violations(raw) {
		got = append(got, fmt.Sprintf("%s %s %d", v.Pointer, v.Rule, v.Offset))
		if v.Offset >= len(raw) {
			t.Errorf("%+v: offset is outside", v)
		}
	}
	want := []string{
		" required 0",
		"/items/0/n minimum 25",
		"/items/1 required 28",
		"/items/1/n type 33",
		"/items/1/colour additionalProperties 37",
		"/labels/Big pattern 60",
		"/labels/Big maxLength 66",
		"/extra/n_1 type 89",
		"/extra/x type 97",
		"/a~1b~0c type 108",
		"/itmes additionalProperties 111",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if found := c.violations(raw); !strings.Contains(found[len(found)-1].Message(), `did you mean "items"?`) {
		t.Errorf("no advice in %s", found[len(found)-1].Message())
	}
}

func TestValidate_StopsAtMaxViolations(t *testing.T) {
	c := compile(t, property(`{type: array, items: {type: object, properties: {a: {type: string, required: true, minLength: 2, pattern: x}}}}`))
	item := `{"a":"","b":1},`
	raw := `{"v":[` + strings.Repeat(item, 10_000) + `{}]}`
	if found := c.validator.Validate([]byte(raw)); len(found) != payload.MaxViolations {
		t.Errorf("%d violations, expected %d", len(found), payload.MaxViolations)
	}
}

func TestValidate_JSONItself(t *testing.T) {
	v := compile(t, property(`{type: any}`)).validator
	for raw, rule := range map[string]string{
		``: "json-syntax", `{`: "json-syntax", `{"v":1}x`: "json-syntax", `{"v":1,"v":2}`: "json-duplicate", `{"v":1e9999999}`: "json-number",
		`{"v":"\ud800"}`: "json-encoding", "{\"v\":\"\xff\"}": "json-encoding", `{"v":` + strings.Repeat("[", 1000): "json-depth", `[]`: "type", `null`: "type",
	} {
		found := v.Validate([]byte(raw))
		if len(found) != 1 || found[0].Rule != rule || v.Valid([]byte(raw)) {
			t.Errorf("%.40q: %+v, expected %s", raw, found, rule)
		}
	}
}

// TestValidate_HidesPersonalData wants no trace of a value that is marked, wherever
// the mark stands, nor of the values of properties nobody declared.
func TestValidate_HidesPersonalData(t *testing.T) {
	c := compile(t, `
event: a
version: 1.0.0
properties:
  email: {type: string, format: email, pii: direct}
  health: {$ref: state, pii: sensitive}
  person: {type: object, pii: direct, properties: {name: {type: string, maxLength: 3}, age: {type: integer, maximum: 10}}}
  by_mail: {type: map, keys: {type: string, format: email, pii: direct}, values: {type: integer}}
  contact: {oneOf: {mail: {type: string, format: email}, phone: {type: string, pattern: '^\+'}}, pii: direct}
  link: {$ref: state}
  nickname: {type: string, maxLength: 3, pii: pseudonymous}
definitions:
  state: {type: string, enum: [well, ill]}
`)
	raw := `{"email":"SECRET","health":"SECRET","person":{"name":"SECRET","age":99999,"SECRTE":"SECRET"},"by_mail":{"SECRET":"1"},
		"contact":"SECRET","link":"shown","nickname":"shown","e_mail":"SECRET"}`
	found := c.violations(raw)
	if len(found) < 9 {
		t.Fatalf("only %d violations: %v", len(found), found)
	}
	shown := 0
	for _, v := range found {
		text := v.String()
		if strings.Contains(text, "SECRET") && v.Rule != "additionalProperties" || strings.Contains(text, "99999") {
			t.Errorf("shows a value: %s", text)
		}
		if strings.Contains(text, "shown") {
			shown++
		}
	}
	if shown != 1 { // of nickname only the length is said
		t.Errorf("%d values are shown that may be, expected 1: %v", shown, found)
	}
}

func TestValidate_Unions(t *testing.T) {
	card := "define: card\ntype: object\nproperties:\n  number: {type: string, pattern: '^[0-9]+$', required: true}\n"
	invoice := "define: invoice\ntype: object\nproperties:\n  due: {type: string, format: date, required: true}\n"
	discriminated := property(`{oneOf: {card: {$ref: card}, invoice: {$ref: invoice}}, discriminator: method, nullable: true}`)
	plain := property(`{oneOf: {card: {$ref: card}, invoice: {$ref: invoice}, none: {type: string, enum: [none]}}}`)
	overlapping := property(`{oneOf: {small: {type: integer, maximum: 10}, even: {type: integer, multipleOf: 2}}}`)
	any := property(`{anyOf: {small: {type: integer, maximum: 10}, even: {type: integer, multipleOf: 2}}}`)
	for _, test := range []struct {
		contract, value string
		want            []string
	}{
		{discriminated, `{"method":"card","number":"1"}`, nil},
		{discriminated, `null`, nil},
		{discriminated, `{"method":"card","number":"x"}`, []string{`/v/number: found string "x", expected text that matches ^[0-9]+$`}},
		{discriminated, `{"method":"invoice","number":"1"}`, []string{`/v: property "due" is missing`, `/v/number: property "number" is not declared`}},
		{discriminated, `{"method":"cash"}`, []string{`/v/method: found string "cash", expected one of "card", "invoice"`}},
		{discriminated, `{"method":1}`, []string{`/v/method: found number 1, expected one of "card", "invoice"`}},
		{discriminated, `{"number":"1"}`, []string{`/v: property "method" is missing`}},
		{discriminated, `"card"`, []string{`/v: found string "card", expected object or null`}},
		{plain, `{"number":"1"}`, nil},
		{plain, `"none"`, nil},
		{plain, `"some"`, []string{`/v: found string "some", expected "none"`}},
		{plain, `{}`, []string{`/v: found an object, expected exactly one of card, invoice, none (card: property "number" is missing; invoice: property "due" is missing)`}},
		{plain, `{"number":"x"}`, []string{`/v: found an object, expected exactly one of card, invoice, none (card: /number: found string "x", expected text that matches ^[0-9]+$; invoice: /number: property "number" is not declared)`}},
		{plain, `1`, []string{`/v: found number 1, expected exactly one of card, invoice, none`}},
		{overlapping, `3`, nil},
		{overlapping, `12`, nil},
		{overlapping, `4`, []string{`/v: found a value that small and even both accept, expected exactly one of small, even`}},
		{any, `4`, nil},
		{any, `11`, []string{`/v: found number 11, expected at least one of small, even (small: found number 11, expected at most 10; even: found number 11, expected a multiple of 2)`}},
	} {
		c := compile(t, test.contract, card, invoice)
		var got []string
		for _, v := range c.violations(`{"v":` + test.value + `}`) {
			got = append(got, v.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.value, diff)
		}
	}
}

// TestValid_DoesNotMultiplyTheWorkOfNestedUnions has 2^40 ways through its unions.
func TestValid_DoesNotMultiplyTheWorkOfNestedUnions(t *testing.T) {
	const levels = 12
	definitions := []string{"define: d0\ntype: object\nproperties: {x: {type: integer}}\n"}
	for i := 1; i <= levels; i++ {
		inner := fmt.Sprintf("{$ref: d%d, required: true}", i-1)
		definitions = append(definitions, fmt.Sprintf(
			"define: d%d\noneOf:\n  a: {type: object, properties: {x: %s, a: {type: integer, required: true}}}\n  b: {type: object, properties: {x: %s}}\n", i, inner, inner))
	}
	c := compile(t, property(fmt.Sprintf("{$ref: d%d}", levels)), definitions...)
	raw := `{"v":` + strings.Repeat(`{"x":`, levels) + `{"x":%s}` + strings.Repeat(`}`, levels) + `}`
	for _, value := range []string{"1", `"x"`} {
		want := value == "1"
		text := []byte(fmt.Sprintf(raw, value))
		if got := c.validator.Valid(text); got != want {
			t.Errorf("%s: %v", value, got)
		}
		allocations := testing.AllocsPerRun(10, func() { c.validator.Valid(text) })
		if allocations > 50 {
			t.Errorf("%v allocations: verdicts of shared definitions are not kept", allocations)
		}
		if !want && c.validator.Validate(text) == nil {
			t.Error("Validate has nothing to say")
		}
	}
}

func TestValid_DoesNotAllocate(t *testing.T) {
	c := compile(t, `
event: a
version: 1.0.0
properties:
  id: {type: string, format: uuid, required: true}
  total: {type: number, minimum: 0, maximum: 1000, multipleOf: 0.01, required: true}
  currency: {type: string, enum: [EUR, USD]}
  items: {type: array, minItems: 1, uniqueItems: true, items: {type: object, properties: {sku: {type: string, pattern: '^[A-Z]'}, n: {type: integer}}}}
  labels: {type: map, values: {type: string}}
  pay: {oneOf: {a: {type: object, properties: {n: {type: integer}}}, b: {type: object, properties: {n: {type: string}}}}, discriminator: kind}
`)
	raw := []byte(`{"id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b","total":12.35,"currency":"EUR","items":[{"sku":"A1","n":1},{"sku":"B\t2","n":2}],"labels":{"a":"b"},"pay":{"kind":"b","n":"x"}}`)
	if found := c.validator.Validate(raw); found != nil {
		t.Fatal(found)
	}
	// The pool of states may drop one at any time, so the best of some runs counts.
	best := math.Inf(1)
	for range 50 {
		best = min(best, testing.AllocsPerRun(1, func() { c.validator.Valid(raw) }))
	}
	if best > 0 {
		t.Errorf("%v allocations", best)
	}
}

func TestValidate_ManyProperties(t *testing.T) {
	var b strings.Builder
	b.WriteString("event: a\nversion: 1.0.0\nproperties:\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  p%d: {type: integer, required: %v}\n", i, i%2 == 0)
	}
	c := compile(t, b.String())
	if found := c.violations(`{"p199":"x"}`); len(found) != 100 {
		t.Errorf("%d violations, expected 100", len(found))
	}
	var all strings.Builder
	for i := 199; i >= 0; i-- {
		fmt.Fprintf(&all, `,"p%d":1`, i)
	}
	if found := c.violations("{" + all.String()[1:] + "}"); found != nil {
		t.Error(found)
	}
}
