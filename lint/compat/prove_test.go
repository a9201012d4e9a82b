package compat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint/compat"
)

func TestCheck_HarmlessEditsBreakNobody(t *testing.T) {
	for _, test := range []struct{ name, old, new string }{
		{"a pattern written in another way", "{type: string, pattern: '^[a-c]+$'}", "{type: string, pattern: '^(a|b|c)(a|b|c)*$'}"},
		{"a wider pattern", "{type: string, pattern: '^[0-9]{4}$'}", "{type: string, pattern: '^[0-9a-f]{4,}$'}"},
		{"a length that the pattern implies", "{type: string, pattern: '^[a-z]{1,8}$'}", "{type: string, pattern: '^[a-z]{1,8}$', maxLength: 8, minLength: 1}"},
		{"a length that the format implies", "{type: string, format: uuid}", "{type: string, format: uuid, maxLength: 36}"},
		{"a format that the values have", "{type: string, enum: ['2026-01-31', '2026-02-28']}", "{type: string, format: date}"},
		{"an enum for a bounded integer", "{type: integer, minimum: 1, maximum: 3}", "{type: integer, enum: [1, 2, 3, 4]}"},
		{"an exclusive bound of integers", "{type: integer, minimum: 1}", "{type: integer, exclusiveMinimum: 0}"},
		{"a step that the old one implies", "{type: integer, multipleOf: 10}", "{type: integer, multipleOf: 5}"},
		{"a union of what was one type", "{type: string, maxLength: 5}", "{oneOf: {short: {type: string, maxLength: 5}, count: {type: integer}}}"},
		{"a variant that another one covers", "{anyOf: {small: {type: integer, maximum: 10}, any: {type: integer}}}", "{anyOf: {any: {type: integer}}}"},
		{"unique items of at most one", "{type: array, items: {type: string}, maxItems: 1}", "{type: array, items: {type: string}, maxItems: 1, uniqueItems: true}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			old, new := event(t, "1.0.0", "properties: {a: "+test.old+"}"), event(t, "1.1.0", "properties: {a: "+test.new+"}")
			for _, f := range compat.Check(old, new, compat.Options{StrictContent: true}).Findings {
				if f.Backward || f.Undecided != "" {
					t.Errorf("%s: breaks %v, undecided %q", f.Message(), f.Backward, f.Undecided)
				}
			}
		})
	}
}

// breaks lists the changes that break payloads, each with its witness.
func breaks(v compat.Verdict) []string {
	var list []string
	for _, f := range v.Findings {
		if f.Backward {
			list = append(list, fmt.Sprintf("%s: %s %s", f.Rule, f.BackwardWitness.Payload, f.Note))
		}
	}
	return list
}

func TestCheck_BlamesTheChangeThatBreaks(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		want           []string
	}{
		{"one of several", "properties: {a: {type: string, maxLength: 9}, b: {type: integer}, c: {type: integer, maximum: 5}}",
			"properties: {a: {type: string, maxLength: 8}, b: {type: number}, c: {type: integer, maximum: 6}}",
			[]string{`bound-tightened: {"a":"aaaaaaaaa"} `}},
		{"beside different moments",
			"properties: {gone: {type: string}, at: {type: array, required: true, items: {type: string, format: date-time}, minItems: 3, uniqueItems: true}}",
			"properties: {at: {type: array, required: true, items: {type: string, format: date-time}, minItems: 3, uniqueItems: true}}",
			[]string{`property-removed: {"at":["2026-01-31T12:00:00Z","2026-01-01T12:00:00Z","2026-01-02T12:00:00Z"],"gone":""} `}},
		{"a pattern that seems wider", "properties: {a: {type: string, pattern: '^[a-z]+$'}}", "properties: {a: {type: string, pattern: '^[a-z]+[0-9]?[a-z]$'}}",
			[]string{`pattern-changed: {"a":"a"} `}},
		{"two changes that overlap only together",
			"properties: {a: {oneOf: {low: {type: integer, maximum: 3}, high: {type: integer, minimum: 6}}}}",
			"properties: {a: {oneOf: {low: {type: integer, maximum: 5}, high: {type: integer, minimum: 4}}}}",
			nil}, // 4 and 5 were never valid
		{"a variant that grows into another one",
			"properties: {a: {oneOf: {low: {type: integer, maximum: 3}, high: {type: integer, minimum: 4}}}}",
			"properties: {a: {oneOf: {low: {type: integer, maximum: 4}, high: {type: integer, minimum: 4}}}}",
			[]string{`bound-loosened: {"a":4} `}},
		{"a property that moves under a pattern", "properties: {n_a: {type: string}}", "patternProperties: {'^n_': {type: integer}}",
			[]string{`property-removed: {"n_a":""} `, `pattern-property-added: {"n_a":""} `}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := compat.Check(event(t, "1.0.0", test.old), event(t, "1.1.0", test.new), compat.Options{})
			if diff := cmp.Diff(test.want, breaks(v)); diff != "" {
				t.Errorf("breaks differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJudge_WarnsOfWhatIsUndecided(t *testing.T) {
	old := event(t, "1.0.0", "properties: {a: {type: string, pattern: 'a.{300}$', maxLength: 5000}}")
	new := event(t, "1.1.0", "properties: {a: {type: string, pattern: '[a].{299}.$', maxLength: 4999}}")
	j := compat.Judge([]*contracts.Contract{old}, new, compat.Options{})
	if len(j.Findings) == 0 || j.Findings[0].Severity != diag.Warning || !strings.Contains(j.Findings[0].Message, "could not be decided: patterns") {
		t.Errorf("findings are %v, want a warning that says why nothing is known", j.Findings)
	}
}

func TestCheck_ExamplesMakeWitnessesLookLikeData(t *testing.T) {
	old := event(t, "1.0.0", "properties: {id: {type: string, format: uuid, required: true}, n: {type: integer}}\nexamples:\n  - {id: 0b7ad25c-8f2d-4b3a-9a55-4a1d3f6f8f10, n: 7}\n")
	new := event(t, "1.1.0", "properties: {id: {type: string, format: uuid, required: true}, n: {type: integer, maximum: 5}}")
	want := []string{`bound-tightened: {"id":"0b7ad25c-8f2d-4b3a-9a55-4a1d3f6f8f10","n":7} `}
	if diff := cmp.Diff(want, breaks(compat.Check(old, new, compat.Options{}))); diff != "" {
		t.Errorf("breaks differ (-want +got):\n%s", diff)
	}
}
