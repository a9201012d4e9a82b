package payload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
)

func newRewriter(t testing.TB, s *payload.Set, options payload.RewriteOptions) *payload.Rewriter {
	t.Helper()
	w, err := payload.NewRewriter(s, options)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// versions are events a 1.0.0, 2.0.0, … with these bodies.
func versions(t testing.TB, bodies ...string) []*contracts.Contract {
	t.Helper()
	var list []*contracts.Contract
	for i, body := range bodies {
		list = append(list, event(t, fmt.Sprintf("event: a\nversion: %d.0.0\n%s", i+1, body)))
	}
	return list
}

const nested = "{name: /e, version: /v, properties: /p}"

// rewritten is the text of a rewritten event, or why there is none.
func rewritten(out []byte, r payload.Rewritten) string {
	if r.Valid {
		return string(out)
	}
	var list []string
	for _, v := range r.Violations {
		list = append(list, v.String()+" ["+v.Rule+"]")
	}
	return strings.Join(list, "; ")
}

// TestRewriter_UpgradesPayloads takes payloads of 1.0.0 to the newest version.
func TestRewriter_UpgradesPayloads(t *testing.T) {
	for name, test := range map[string]struct {
		versions []string
		raw      string
		want     string
	}{
		"nothing to do": {
			[]string{"properties: {x: {type: string}}", "properties: {x: {type: string}, y: {type: string, default: n}}"},
			` { "x" : "a" } `, ` { "x" : "a" } `},
		"required with a default": {
			[]string{"properties: {x: {type: string}}", "properties: {x: {type: string}, y: {type: string, default: n, required: true}, z: {type: integer, default: 1, required: true}}"},
			`{"x":"a"}`, `{"x":"a","y":"n","z":1}`},
		"into an empty object": {
			[]string{"properties: {}", "properties: {y: {type: string, default: n, required: true}, z: {type: integer, default: 1, required: true}}"},
			`{ }`, `{"y":"n","z":1 }`},
		"required without a default": {
			[]string{"properties: {}", "properties: {y: {type: string, required: true}}"},
			`{}`, `/p: property "y" is missing [required]`},
		"renamed": {
			[]string{"properties: {x: {type: string}}", "properties: {y: {type: string, renamedFrom: x}}"},
			`{"x" : "a"}`, `{"y" : "a"}`},
		"renamed and removed in turn": {
			[]string{"properties: {x: {type: string}, a: {type: string}, b: {type: string}, c: {type: string}}",
				"properties: {y: {type: string, renamedFrom: x}, b: {type: string}}",
				"properties: {z: {type: string, renamedFrom: y}, b: {type: string}}"},
			`{"a":"1", "x":"2" ,"b":"3", "c":"4"}`, `{"z":"2" ,"b":"3"}`},
		"all removed": {
			[]string{"properties: {a: {type: string}, b: {type: string}}", "properties: {y: {type: integer, default: 1, required: true}}"},
			`{"a":"1", "b":"2"}`, `{"y":1}`},
		"the last ones removed, one added": {
			[]string{"properties: {x: {type: string}, a: {type: string}, b: {type: string}}", "properties: {x: {type: string}, y: {type: integer, default: 1, required: true}}"},
			`{"x":"", "a":"1", "b":"2" }`, `{"x":"","y":1 }`},
		"removed from an open object": {
			[]string{"additionalProperties: true\nproperties: {a: {type: string}}", "additionalProperties: true\nproperties: {}"},
			`{"a":"1"}`, `{"a":"1"}`},
		"not declared and not taken any more": {
			[]string{"additionalProperties: true\nproperties: {a: {type: string}}", "properties: {a: {type: string}}"},
			`{"a":"1","b":2}`, `/p/b: property "b" is not declared [additionalProperties]`},
		"a new property that was there already": {
			[]string{"additionalProperties: true\nproperties: {}", "additionalProperties: true\nproperties: {y: {type: string, default: n, required: true}}"},
			`{"y":"m"}`, `{"y":"m"}`},
		"a new name that is taken": {
			[]string{"additionalProperties: true\nproperties: {x: {type: string}}", "additionalProperties: true\nproperties: {y: {type: string, renamedFrom: x}}"},
			`{"y":1,"x":"m"}`, `/p/y: found a second "y", expected each name once [json-duplicate]`},
		"the default was another one": {
			[]string{"properties: {x: {type: string, default: eur}}", "properties: {x: {type: string, default: usd}}"},
			`{}`, `{"x":"eur"}`},
		"the default is gone": {
			[]string{"properties: {x: {type: string, default: eur}}", "properties: {x: {type: string}}"},
			`{}`, `{"x":"eur"}`},
		"the default of a version in between": {
			[]string{"properties: {}", "properties: {x: {type: string, default: eur}}", "properties: {y: {type: string, required: true, default: usd, renamedFrom: x}}"},
			`{}`, `{"y":"eur"}`},
		"the default in an older shape": {
			[]string{"properties: {x: {type: object, default: {a: 1}, properties: {a: {type: integer}}}}",
				"properties: {x: {type: object, required: true, properties: {b: {type: integer, renamedFrom: a}, c: {type: integer, required: true, default: 2}}}}"},
			`{}`, `{"x":{"b":1,"c":2}}`},
		"the unit was another one": {
			[]string{"properties: {x: {type: number, unit: g}}", "properties: {x: {type: number, unit: kg}}"},
			`{"x":1}`, `/p/x: found a value in g, expected one in kg [unit-changed]`},
		"the unit was another one, deep inside": {
			[]string{"properties: {l: {type: array, items: {type: object, properties: {a: {type: integer}, \"x/y\": {type: number, unit: g}}}}}", "properties: {l: {type: array, items: {type: object, properties: {a: {type: integer}, \"x/y\": {type: number, unit: kg}}}}}"},
			`{"l":[{"a":1},{},{"a":2,"x/y":1}]}`, `/p/l/2/x~1y: found a value in g, expected one in kg [unit-changed]`},
		"the unit was another one, of nothing": {
			[]string{"properties: {x: {type: number, unit: g}}", "properties: {x: {type: number, unit: kg}}"},
			`{}`, `{}`},
		"another type": {
			[]string{"properties: {x: {type: string}}", "properties: {x: {type: integer}}"},
			`{"x":"1"}`, `/p/x: found string "1", expected integer [type]`},
		"in objects, arrays and maps": {
			[]string{
				"properties:\n  l: {type: array, items: {$ref: i}}\n  m: {type: map, values: {$ref: i}}\n  o: {type: object, patternProperties: {^x: {$ref: i}}, additionalProperties: {$ref: i}}\ndefinitions:\n  i: {type: object, properties: {a: {type: integer}, b: {type: integer}}}",
				"properties:\n  l: {type: array, items: {$ref: i}}\n  m: {type: map, values: {$ref: i}}\n  o: {type: object, patternProperties: {^x: {$ref: i}}, additionalProperties: {$ref: i}}\ndefinitions:\n  i: {type: object, properties: {c: {type: integer, renamedFrom: a}}}"},
			`{"l":[{"a":1},{"b":2},{}],"m":{"k":{"b":3,"a":4}},"o":{"x1":{"a":5},"y":{"a":6}}}`,
			`{"l":[{"c":1},{},{}],"m":{"k":{"c":4}},"o":{"x1":{"c":5},"y":{"c":6}}}`},
		"in variants": {
			[]string{
				"properties:\n  u: {oneOf: {n: {type: object, properties: {a: {type: integer, required: true}}}, s: {type: object, properties: {a: {type: string, required: true}}}}}",
				"properties:\n  u: {oneOf: {s: {type: object, properties: {c: {type: string, required: true, renamedFrom: a}}}, n: {type: object, properties: {b: {type: integer, required: true, renamedFrom: a}}}}}"},
			`{"u":{"a":1}}`, `{"u":{"b":1}}`},
		"in tagged variants": {
			[]string{
				"properties:\n  u: {discriminator: k, oneOf: {n: {type: object, properties: {a: {type: integer}}}, s: {type: object, properties: {a: {type: integer}}}}}",
				"properties:\n  u: {discriminator: k, oneOf: {s: {type: object, properties: {c: {type: integer, renamedFrom: a}}}, n: {type: object, properties: {b: {type: integer, renamedFrom: a}}}}}"},
			`{"u":{"a":1,"k":"s"}}`, `{"u":{"c":1,"k":"s"}}`},
		"names that need escapes": {
			[]string{`properties: {x: {type: string}}`, `properties: {"quote\"d \\ ä": {type: string, renamedFrom: x}}`},
			`{"\u0078":"\u00e4"}`, `{"quote\"d \\ ä":"\u00e4"}`},
		"null is there": {
			[]string{"properties: {x: {type: string, nullable: true}}", "properties: {x: {type: string, nullable: true, required: true, default: n}}"},
			`{"x":null}`, `{"x":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSet(t, envelopeOf(t, nested), versions(t, test.versions...)...)
			out, r := newRewriter(t, s, payload.RewriteOptions{Upgrade: true}).Rewrite([]byte("> "), []byte(`{"e":"a","v":"1.0.0","p":`+test.raw+`}`))
			want := test.want
			if r.Valid {
				want = fmt.Sprintf(`> {"e":"a","v":"%d.0.0","p":%s}`, len(test.versions), want)
			}
			if diff := cmp.Diff(want, rewritten(out, r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !r.Valid && string(out) != "> " {
				t.Errorf("something was appended: %s", out)
			}
		})
	}
}

func TestRewriter_WritesTheVersionWhereItStood(t *testing.T) {
	bodies := []string{"properties: {x: {type: string}, a: {type: string}}", "properties: {y: {type: string, renamedFrom: x}}"}
	iglu := "event: v/a\nversion: %d.0.0\n%s"
	for _, test := range []struct{ envelope, contract, raw, want string }{
		{nested, "", `{"v":"1","p":{"x":"1"},"e":"a"}`, `{"v":"2.0.0","p":{"y":"1"},"e":"a"}`},
		{nested, "", `{"p":{"x":"1"},"e":"a","v":1.0}`, `{"p":{"y":"1"},"e":"a","v":"2.0.0"}`},
		{nested, "", `{"p":{"x":"1"},"e":"a","v":"1-0-0"}`, `{"p":{"y":"1"},"e":"a","v":"2-0-0"}`},
		{"{name: /e, version: /p/a, properties: /p}", "", `{"p":{"a":"1.0.0","x":"1"},"e":"a"}`, `found no version, expected the version of the contract [version-missing]`},
		{"flat", "", `{"event":"a","a":"","version":"1.0.0","x":"1"}`, `{"event":"a","version":"2.0.0","y":"1"}`},
		{"{preset: flat, members: [a]}", "", `{"event":"a","a":"","version":"1.0.0","x":"1"}`, `{"event":"a","a":"","version":"2.0.0","y":"1"}`},
		{"cloudevents", "", `{"type":"a","dataschema":"https://x/a/1.0.0.json","data":{"x":"1"}}`, `{"type":"a","dataschema":"https://x/a/2.0.0.json","data":{"y":"1"}}`},
		{"snowplow", iglu, `{"schema":"iglu:v/a/jsonschema/1-0-0","data":{"x":"1"}}`, `{"schema":"iglu:v/a/jsonschema/2-0-0","data":{"y":"1"}}`},
		{"segment", "", `{"event":"a","context":{"protocols":{"event_version":1}},"properties":{"x":"1"}}`, `{"event":"a","context":{"protocols":{"event_version":"2.0.0"}},"properties":{"y":"1"}}`},
		{"segment", "", `{"event":"a","properties":{"y":"1"}}`, `{"event":"a","properties":{"y":"1"}}`},
		{"{name: /e, version: /v, version_pattern: '^v(?P<version>[0-9])$', properties: /p}", "", `{"e":"a","v":"v1","p":{"x":"1"}}`,
			`/v: found string "v2.0.0", expected text that matches ^v(?P<version>[0-9])$ [envelope-version]`},
		{"{name: /e, version: /v, version_pattern: '^v(?P<version>[0-9])', properties: /p}", "", `{"e":"a","v":"v1","p":{"x":"1"}}`, `{"e":"a","v":"v2.0.0","p":{"y":"1"}}`},
	} {
		list := versions(t, bodies...)
		if test.contract != "" {
			for i, body := range bodies {
				list[i] = event(t, fmt.Sprintf(test.contract, i+1, body))
			}
		}
		s := newSet(t, envelopeOf(t, test.envelope), list...)
		out, r := newRewriter(t, s, payload.RewriteOptions{Upgrade: true}).Rewrite(nil, []byte(test.raw))
		if got := rewritten(out, r); got != test.want {
			t.Errorf("%s: %s\n got %s\nwant %s", test.envelope, test.raw, got, test.want)
		}
	}
}
