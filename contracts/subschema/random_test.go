package subschema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The random schemas speak about few names, words and numbers, so that their
// constraints meet.
var (
	someNames    = []string{"a", "b", "ab", "c"}
	somePatterns = []string{"a", "^a", "^[ab]+$", "b$", "^.{2}$", "^$", "^(a|b)b*$", "[^a]"}
	someValues   = []string{`null`, `true`, `false`, `0`, `1`, `2`, `-1`, `1.5`, `3`, `""`, `"a"`, `"ab"`, `"b"`, `"abc"`, `[]`, `[1]`, `["a",1]`, `[1,1]`, `{}`, `{"a":1}`, `{"a":"a","b":1}`, `{"ab":null}`}
)

// drawSchema draws a schema of draft 2020-12 over its whole vocabulary.
func drawSchema(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom([]string{`true`, `false`, `{"type":"string"}`, `{"type":"integer"}`, `{"const":1}`, `{"minimum":1}`, `{"pattern":"a"}`, `{"type":["object","null"]}`, `{"maxLength":1}`}).Draw(t, "leaf")
	}
	sub := func() string { return drawSchema(t, depth-1) }
	subs := func() string {
		n := rapid.IntRange(1, 3).Draw(t, "n")
		list := make([]string, n)
		for i := range list {
			list[i] = sub()
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	number := func() string {
		return rapid.SampledFrom([]string{"0", "1", "2", "3", "-1", "1.5"}).Draw(t, "number")
	}
	count := func() string { return rapid.SampledFrom([]string{"0", "1", "2", "3"}).Draw(t, "count") }
	name := func() string { return rapid.SampledFrom(someNames).Draw(t, "name") }
	names := func() string {
		return fmt.Sprintf("[%q]", name())
	}
	pattern := func() string { return rapid.SampledFrom(somePatterns).Draw(t, "pattern") }
	value := func() string { return rapid.SampledFrom(someValues).Draw(t, "value") }
	keywords := map[string]func() string{
		"type": func() string {
			return rapid.SampledFrom([]string{`"null"`, `"boolean"`, `"integer"`, `"number"`, `"string"`, `"array"`, `"object"`, `["string","null"]`, `["integer","array"]`, `["object","array"]`}).Draw(t, "type")
		},
		"const": value, "enum": func() string { return "[" + value() + "," + value() + "]" },
		"minimum": number, "maximum": number, "exclusiveMinimum": number, "exclusiveMaximum": number,
		"multipleOf": func() string { return rapid.SampledFrom([]string{"1", "2", "0.5", "3"}).Draw(t, "step") },
		"minLength":  count, "maxLength": count,
		"pattern":    func() string { return fmt.Sprintf("%q", pattern()) },
		"properties": func() string { return fmt.Sprintf("{%q:%s,%q:%s}", name(), sub(), "z", sub()) },
		"patternProperties": func() string {
			return fmt.Sprintf("{%q:%s}", pattern(), sub())
		},
		"additionalProperties": sub, "propertyNames": sub, "required": names,
		"minProperties": count, "maxProperties": count,
		"dependentRequired":     func() string { return fmt.Sprintf("{%q:%s}", name(), names()) },
		"dependentSchemas":      func() string { return fmt.Sprintf("{%q:%s}", name(), sub()) },
		"prefixItems":           subs,
		"items":                 sub,
		"contains":              sub,
		"minContains":           count,
		"maxContains":           count,
		"minItems":              count,
		"maxItems":              count,
		"uniqueItems":           func() string { return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "unique") },
		"allOf":                 subs,
		"anyOf":                 subs,
		"oneOf":                 subs,
		"not":                   sub,
		"if":                    sub,
		"then":                  sub,
		"else":                  sub,
		"unevaluatedProperties": sub,
		"unevaluatedItems":      sub,
		"$ref":                  func() string { return rapid.SampledFrom([]string{`"#/$defs/x"`, `"#/$defs/list"`}).Draw(t, "ref") },
	}
	chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(keywords))), 1, 4, rapid.ID).Draw(t, "keywords")
	var members []string
	for _, k := range chosen {
		members = append(members, fmt.Sprintf("%q:%s", k, keywords[k]()))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// someList is a schema that contains itself.
const someList = `{"type":["object","null"],"properties":{"a":{"$ref":"#/$defs/list"},"b":{"$ref":"#/$defs/x"}},"additionalProperties":false}`

// drawDocument draws a schema with definitions, one of which is recursive.
func drawDocument(t *rapid.T, depth int) string {
	return fmt.Sprintf(`{"$defs":{"x":%s,"list":%s},"allOf":[%s]}`,
		strings.ReplaceAll(drawSchema(t, 1), "#/$defs/x", "#/$defs/list"), someList, drawSchema(t, depth))
}

// drawValue draws JSON of the same few words.
func drawValue(t *rapid.T, depth int) string {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		return rapid.SampledFrom(someValues).Draw(t, "value")
	}
	n := rapid.IntRange(0, 3).Draw(t, "n")
	parts := make([]string, n)
	if rapid.Bool().Draw(t, "object") {
		names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "ab", "c", "z", "", "bb"}), n, n, rapid.ID).Draw(t, "names")
		for i := range parts {
			parts[i] = fmt.Sprintf("%q:%s", names[i], drawValue(t, depth-1))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	for i := range parts {
		parts[i] = drawValue(t, depth-1)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func mustParse(t *rapid.T, text string) *Schema {
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

// disagrees reports whether a value shows that an inclusion does not hold, as the reference
// validator judges.
func disagrees(t *rapid.T, a, b *Schema, v string) bool {
	ra, err := a.reference()
	if err != nil {
		return false
	}
	rb, err := b.reference()
	if err != nil {
		return false
	}
	return ra.Valid([]byte(v)) == nil && rb.Valid([]byte(v)) != nil
}

func TestCompare_IsNeverContradictedBySamples(t *testing.T) {
	tally, reasons := map[Verdict]int{}, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, 3).Draw(t, "depth")
		textA, textB := drawDocument(t, depth), drawDocument(t, depth)
		a, b := mustParse(t, textA), mustParse(t, textB)
		r := Compare(a, b, Options{})
		tally[r.Verdict]++
		if r.Verdict == Undecided {
			reasons[r.Reason]++
		}
		switch {
		case r.Verdict == Undecided && strings.Contains(r.Reason, "reference validator does not"):
			t.Fatalf("%s\na: %s\nb: %s", r.Reason, textA, textB)
		case r.Verdict == Included:
			for range 30 {
				v := drawValue(t, 2)
				if disagrees(t, a, b, v) {
					t.Fatalf("said included, but a accepts %s and b does not\na: %s\nb: %s", v, textA, textB)
				}
			}
		}
	})
	t.Logf("%v, undecided because of %v", tally, reasons)
}
