package contracts_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

func TestParseVersion_TakesThreeNumbersOnly(t *testing.T) {
	for text, want := range map[string]contracts.Version{
		"0.0.1": {Patch: 1}, "1.2.3": {Major: 1, Minor: 2, Patch: 3}, "10.20.30": {Major: 10, Minor: 20, Patch: 30}, "1000000.0.0": {Major: 1_000_000},
	} {
		got, err := contracts.ParseVersion(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.3-rc", "01.2.3", "1.-2.3", "+1.2.3", "1.2.x", "1.2. 3", "1000001.0.0", "1..3", "99999999999999999999.0.0", "１.2.3"} {
		if v, err := contracts.ParseVersion(text); err == nil {
			t.Errorf("%q was taken for %v", text, v)
		}
	}
}

func TestVersion_NextClaimsTheBump(t *testing.T) {
	v := contracts.Version{Major: 1, Minor: 2, Patch: 3}
	for bump, want := range map[contracts.Bump]string{
		contracts.NoBump: "1.2.3", contracts.PatchBump: "1.2.4", contracts.MinorBump: "1.3.0", contracts.MajorBump: "2.0.0",
	} {
		next := v.Next(bump)
		if next.String() != want || next.BumpFrom(v) != bump {
			t.Errorf("%v after %v is %v, which claims %v", bump, v, next, next.BumpFrom(v))
		}
		if older := v.BumpFrom(next); older != contracts.NoBump {
			t.Errorf("%v claims %v over the newer %v", v, older, next)
		}
	}
	if got := (contracts.Version{Major: 10}).Compare(contracts.Version{Major: 9, Minor: 99}); got <= 0 {
		t.Errorf("10.0.0 compared with 9.99.0 is %d", got)
	}
	text, err := json.Marshal(map[string]any{"v": v, "b": contracts.MinorBump})
	if err != nil || string(text) != `{"b":"minor","v":"1.2.3"}` {
		t.Errorf("in JSON it is %s, %v", text, err)
	}
	var back struct{ V contracts.Version }
	if err := json.Unmarshal(text, &back); err != nil || back.V != v {
		t.Errorf("it is read back as %v, %v", back.V, err)
	}
}

func TestRetention_Days(t *testing.T) {
	for text, want := range map[contracts.Retention]int{"": 0, "forever": -1, "400d": 400, "2w": 14, "13m": 403, "2y": 732} {
		if got := text.Days(); got != want {
			t.Errorf("%q is %d days, want %d", text, got, want)
		}
	}
}

func TestParseDecimal_TakesJSONNumbersOfReasonableSize(t *testing.T) {
	for _, text := range []string{"0", "-0", "1", "-1.50", "1e3", "1E+3", "1e-400", "0.1e400", strings.Repeat("9", 400)} {
		if _, err := contracts.ParseDecimal(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "-", "+1", "01", "1.", ".5", "1e", "0x1", "1_000", "NaN", "Infinity", " 1", "1 ", "1e401", "1e-401", "1e99999999999999999999", strings.Repeat("9", 401), "１"} {
		if d, err := contracts.ParseDecimal(text); err == nil {
			t.Errorf("%q was taken for %v", text, d)
		}
	}
}

// drawDecimal draws numbers that are often equal although written in another way.
func drawDecimal(t *rapid.T, label string) contracts.Decimal {
	sign := rapid.SampledFrom([]string{"", "-"}).Draw(t, label+" sign")
	whole := rapid.SampledFrom([]string{"0", "1", "10", "100", "12", "999999999999999999999"}).Draw(t, label+" whole")
	fraction := rapid.SampledFrom([]string{"", ".0", ".5", ".50", ".001", ".12"}).Draw(t, label+" fraction")
	exponent := rapid.SampledFrom([]string{"", "e0", "e1", "E-1", "e+2", "e-3", "e20"}).Draw(t, label+" exponent")
	d, err := contracts.ParseDecimal(sign + whole + fraction + exponent)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecimal_ComparesAsFractionsDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawDecimal(t, "a"), drawDecimal(t, "b")
		if got, want := a.Cmp(b), a.Rat().Cmp(b.Rat()); got != want {
			t.Fatalf("%s compared with %s is %d, want %d", a, b, got, want)
		}
		equal := contracts.Value{JSON: string(a)}.Equal(contracts.Value{JSON: string(b)})
		if equal != (a.Rat().Cmp(b.Rat()) == 0) {
			t.Fatalf("%s equals %s: %v", a, b, equal)
		}
		if got := a.IsInteger(); got != a.Rat().IsInt() {
			t.Fatalf("%s is an integer: %v", a, got)
		}
	})
	exact, _ := new(big.Rat).SetString("1/10")
	if contracts.Decimal("0.1").Rat().Cmp(exact) != 0 {
		t.Error("0.1 is not a tenth")
	}
}

func TestValue_TypeIsTheNarrowest(t *testing.T) {
	for text, want := range map[string]contracts.Types{
		"": 0, "null": 0, "true": contracts.Boolean, "false": contracts.Boolean, `"1"`: contracts.String, `""`: contracts.String,
		"1": contracts.Integer, "-1.0": contracts.Integer, "1e2": contracts.Integer, "1.5": contracts.Number, "1e-1": contracts.Number,
		"{}": contracts.Object, "[]": contracts.Array,
	} {
		if got := (contracts.Value{JSON: text}).Type(); got != want {
			t.Errorf("%q has type %v, want %v", text, got, want)
		}
	}
	if got := (contracts.Value{JSON: `"a\u00e9\n\"\\"`}).Text(); got != "aé\n\"\\" {
		t.Errorf("the text is %q", got)
	}
}

func TestNearest_ProposesSmallMistakesOnly(t *testing.T) {
	words := []string{"description", "minimum", "maximum", "minLength", "maxLength", "items", "event", "id", "pii"}
	for word, want := range map[string]string{
		"descripton": "description", "Description": "description", "minimun": "minimum", "mimimum": "minimum", "mexLength": "maxLength", "maxlength": "maxLength",
		"itmes": "items", "evnet": "event", "evt": "", "ID": "id", "it": "", "": "", "zzz": "", "exclusive": "", "größe": "", strings.Repeat("a", 1000): "",
	} {
		if got := contracts.Nearest(word, words); got != want {
			t.Errorf("%q is near %q, want %q", word, got, want)
		}
	}
}

func schemaOf(t *testing.T, text string) *contracts.Schema {
	t.Helper()
	all, diags := load(diag.NewFile("x.yaml", []byte("event: e\nversion: 1.0.0\nproperties:\n  x: "+text+"\ndefinitions:\n  maybe: {type: string, nullable: true}\n  never: {type: string}\n  alias: {$ref: maybe}\n")))
	if len(diags) > 0 {
		t.Fatalf("problems:\n%s", render(diags))
	}
	return all[0].Payload.Property("x").Schema
}

func TestSchema_AcceptsNull(t *testing.T) {
	for text, want := range map[string]bool{
		"{type: string}":                 false,
		"{type: string, nullable: true}": true,
		"{type: any}":                    true,
		"{$ref: never}":                  false,
		"{$ref: never, nullable: true}":  true,
		"{$ref: alias}":                  true,
		"{oneOf: {a: {type: string}, b: {$ref: alias}}}":              true,
		"{oneOf: {a: {type: any}, b: {$ref: alias}}}":                 false,
		"{oneOf: {a: {type: any}, b: {$ref: alias}}, nullable: true}": true,
		"{anyOf: {a: {type: any}, b: {$ref: alias}}}":                 true,
		"{anyOf: {a: {$ref: never}}}":                                 false,
		"{type: string, enum: [null], nullable: true}":                true,
	} {
		if got := schemaOf(t, text).AcceptsNull(); got != want {
			t.Errorf("%s accepts null: %v, want %v", text, got, want)
		}
	}
	if got := schemaOf(t, "{$ref: alias}").Resolved(); got.Types != contracts.String || !got.Nullable {
		t.Errorf("a reference to a reference is resolved to %+v", got)
	}
}

func TestParse_EnumsOfNullableSchemasDoNotHoldNull(t *testing.T) {
	for text, want := range map[string]string{
		"{type: string, enum: [a, null], nullable: true}":            `["a"]`,
		"{type: string, enum: [null], nullable: true}":               `[]`,
		"{type: string, enum: {a: One, null: None}, nullable: true}": `["a"]`,
		"{type: string, nullable: true}":                             `none`,
		"{type: [integer, number], enum: [1, 2.0]}":                  `["1" "2.0"]`,
	} {
		s := schemaOf(t, text)
		got := "none"
		if s.Enum != nil {
			var values []string
			for _, v := range s.Enum {
				values = append(values, v.Text())
			}
			got = fmt.Sprintf("%q", values)
		}
		if got != want {
			t.Errorf("%s has the enum %s, want %s", text, got, want)
		}
	}
	if got := schemaOf(t, "{type: [integer, number]}").Types; got != contracts.Number {
		t.Errorf("integer and number are %v", got)
	}
}

// TestMarshal_EnumsOfNullAloneAreReadBack holds for closed and open ones.
func TestMarshal_EnumsOfNullAloneAreReadBack(t *testing.T) {
	for _, text := range []string{
		"{type: integer, nullable: true, enum: [null], open: true}", "{type: integer, nullable: true, enum: [null]}",
		"{type: [string, number], nullable: true, enum: {null: None.}, open: true}",
		"{type: string, nullable: true, enum: [a, null], open: true}", "{type: string, nullable: true, enum: [a], open: true}",
	} {
		all, diags := load(diag.NewFile("x.yaml", []byte("event: e\nversion: 1.0.0\nproperties: {x: "+text+"}\n")))
		if len(diags) > 0 {
			t.Fatalf("problems:\n%s", render(diags))
		}
		written := contracts.Marshal(all[0])
		again, diags := load(diag.NewFile("canonical.json", written))
		if len(diags) > 0 {
			t.Fatalf("%s\nis written as\n%s\nproblems:\n%s", text, written, render(diags))
		}
		if !contracts.Equal(all[0], again[0]) || contracts.DigestOf(all[0]) != contracts.DigestOf(again[0]) {
			t.Errorf("%s\nis another contract as\n%s", text, written)
		}
	}
}

func TestParse_KeepsWhereKeywordsStand(t *testing.T) {
	s := schemaOf(t, "{type: string, maxLength: 5, description: Größe 😀.}")
	for keyword, want := range map[string]string{"maxLength": "5", "description": "Größe 😀.", "pattern": "{type: string, maxLength: 5, description: Größe 😀.}"} {
		if got := s.At(keyword).Text(); got != want {
			t.Errorf("%s covers %q, want %q", keyword, got, want)
		}
	}
}

func TestWalk_NamesEverySchema(t *testing.T) {
	all, diags := load(diag.NewFile("x.yaml", []byte(`event: e
version: 1.0.0
properties:
  a/b: {type: array, items: {type: map, keys: a, values: {type: any}}}
  u: {oneOf: {p: {type: object, additionalProperties: {type: string}}}}
patternProperties: {"^~": {type: string}}
`)))
	if len(diags) > 0 {
		t.Fatalf("problems:\n%s", render(diags))
	}
	var got []string
	contracts.Walk(all[0].Payload, "", func(pointer string, _ *contracts.Schema) bool {
		got = append(got, pointer)
		return pointer != "/properties/u/oneOf/p"
	})
	want := []string{"", "/properties/a~1b", "/properties/a~1b/items", "/properties/a~1b/items/keys", "/properties/a~1b/items/values",
		"/properties/u", "/properties/u/oneOf/p", "/patternProperties/^~0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
}
