package importer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/importer"
)

// TestImport_RandomSchemasAreLosslessOrRefused imports schemas in which keywords meet
// that nobody would write together. The import's own check compares verdicts: its
// objections, and those of the language, are failures here.
func TestImport_RandomSchemasAreLosslessOrRefused(t *testing.T) {
	imported := 0
	rapid.Check(t, func(t *rapid.T) {
		m := schemaMaker{t: t, modern: rapid.Bool().Draw(t, "modern")}
		text, err := json.Marshal(m.document())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s", text)
		source, _ := importer.Lookup("jsonschema")
		found, err := source.Find(mapFS(map[string]string{"e.json": string(text)}))
		if err != nil {
			t.Fatal(err)
		}
		i := found.Import(found.Candidates[0], importer.Options{Samples: 120})
		for _, r := range i.Refusals {
			if strings.HasPrefix(r.Reason, "the original") || strings.HasPrefix(r.Reason, "contract:") || strings.HasPrefix(r.Reason, "not a valid schema") {
				t.Fatalf("%s: %s", r.Pointer, r.Reason)
			}
		}
		if i.Contract != nil {
			imported++
		}
	})
	t.Logf("imported %d", imported)
	if imported == 0 {
		t.Error("not one random schema was imported")
	}
}

// schemaMaker draws JSON Schemas of draft 4 or 2020-12.
type schemaMaker struct {
	t      *rapid.T
	modern bool
}

type object = map[string]any

func (m schemaMaker) document() object {
	s := object{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}
	definitions := "definitions"
	if m.modern {
		s["$schema"], definitions = "https://json-schema.org/draft/2020-12/schema", "$defs"
	}
	s[definitions] = object{"d1": m.leaf(), "d2": m.schema(2)}
	m.objects(s, 3)
	if m.one(4) {
		s["allOf"] = m.list(1, 2, 2)
	}
	return s
}

// one is true one time in n.
func (m schemaMaker) one(n int) bool { return rapid.IntRange(1, n).Draw(m.t, "one") == n }

func pick[T any](m schemaMaker, list ...T) T { return rapid.SampledFrom(list).Draw(m.t, "pick") }

func (m schemaMaker) schema(depth int) any {
	if depth <= 0 || m.one(3) {
		return m.leaf()
	}
	s := object{}
	if !m.one(3) {
		s["type"] = m.types()
	}
	if m.one(2) {
		m.objects(s, depth-1)
	}
	if m.one(3) {
		m.arrays(s, depth-1)
	}
	if m.one(3) {
		m.scalars(s)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		if m.one(4) {
			s[keyword] = m.list(1, 3, depth-1)
		}
	}
	if m.one(8) {
		s["not"] = object{"type": m.types()}
	}
	if m.one(8) {
		s["$ref"] = m.reference()
	}
	return s
}

func (m schemaMaker) list(least, most, depth int) []any {
	list := make([]any, rapid.IntRange(least, most).Draw(m.t, "length"))
	for i := range list {
		list[i] = m.schema(depth)
	}
	return list
}

func (m schemaMaker) reference() string {
	name := pick(m, "d1", "d1", "d2")
	if m.modern {
		return "#/$defs/" + name
	}
	return "#/definitions/" + name
}

func (m schemaMaker) types() any {
	all := []string{"string", "integer", "number", "boolean", "null", "object", "array"}
	if m.one(2) {
		return pick(m, all...)
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 4, rapid.ID).Draw(m.t, "types")
}

func (m schemaMaker) leaf() any {
	s := object{}
	if !m.one(4) {
		s["type"] = m.types()
	}
	m.scalars(s)
	if m.modern && m.one(8) {
		return pick(m, true, true, false)
	}
	return s
}

func (m schemaMaker) scalars(s object) {
	for _, k := range []string{"minLength", "maxLength"} {
		if m.one(4) {
			s[k] = rapid.IntRange(0, 3).Draw(m.t, k)
		}
	}
	for _, k := range []string{"minimum", "maximum", "multipleOf"} {
		if m.one(4) {
			s[k] = pick[any](m, 1, 2, 0.5, 3, 1.5)
		}
	}
	switch {
	case m.one(5) && m.modern:
		s["exclusiveMinimum"] = pick[any](m, 0, 1, 2.5)
	case s["minimum"] != nil && !m.modern && m.one(3):
		s["exclusiveMinimum"] = m.one(2)
	}
	if m.one(6) {
		s["pattern"] = pick(m, "^a", "b$", "x|1")
	}
	if m.one(6) {
		s["format"] = pick(m, "date", "uuid", "color")
	}
	if m.one(5) {
		values := []any{"a", "ab", "b", "", 1, 2, 2.5, true, false, nil}
		s["enum"] = rapid.SliceOfNDistinct(rapid.IntRange(0, len(values)-1), 1, 4, rapid.ID).Draw(m.t, "enum")
		list := []any{}
		for _, i := range s["enum"].([]int) {
			list = append(list, values[i])
		}
		s["enum"] = list
	}
	if m.modern && m.one(10) {
		s["const"] = pick[any](m, "a", 1, nil, false)
	}
}

var memberNames = []string{"a", "b", "ab", "x y"}

func (m schemaMaker) objects(s object, depth int) {
	properties := object{}
	for _, name := range memberNames {
		if m.one(2) {
			properties[name] = m.schema(depth - 1)
		}
	}
	if len(properties) > 0 {
		s["properties"] = properties
	}
	if m.one(3) {
		s["required"] = rapid.SliceOfNDistinct(rapid.SampledFrom(memberNames), 1, 2, rapid.ID).Draw(m.t, "required")
	}
	switch {
	case m.one(3):
		s["additionalProperties"] = m.one(2)
	case m.one(3):
		s["additionalProperties"] = m.schema(depth - 1)
	}
	if m.one(4) {
		s["patternProperties"] = object{pick(m, "^a", "b", "^z"): m.schema(depth - 1)}
	}
	if m.one(6) {
		s[pick(m, "minProperties", "maxProperties")] = rapid.IntRange(0, 3).Draw(m.t, "size")
	}
	if m.modern && m.one(6) {
		s["propertyNames"] = pick[any](m, object{"pattern": "^[a-z]"}, object{"enum": []string{"a", "q"}}, object{"maxLength": 1})
	}
	if m.modern && m.one(8) {
		s["unevaluatedProperties"] = false
	}
	if m.one(6) {
		s["anyOf"] = []any{object{"required": []string{"a"}}, object{"required": []string{"b", "q"}}}
	}
}

func (m schemaMaker) arrays(s object, depth int) {
	if m.one(2) {
		s["items"] = m.schema(depth - 1)
	}
	for _, k := range []string{"minItems", "maxItems"} {
		if m.one(4) {
			s[k] = rapid.IntRange(0, 2).Draw(m.t, k)
		}
	}
	if m.one(5) {
		s["uniqueItems"] = true
	}
}
