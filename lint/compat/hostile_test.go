package compat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/evctl/evctl/lint/compat"
)

// many repeats a template with numbers from first on.
func many(template string, first, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(template, "#", fmt.Sprint(first+i)))
	}
	return b.String()
}

// nested is a union of unions, n wide at each of the levels.
func nested(levels, n int, leaf string) string {
	if levels == 0 {
		return leaf
	}
	inner := nested(levels-1, n, leaf)
	return "{anyOf: {" + many("v#: "+inner+", ", 0, n) + "}}"
}

// TestCheck_IsBoundedOnHostileContracts compares contracts that are made to cost: what
// is quadratic takes minutes on them, and the test's time limit.
func TestCheck_IsBoundedOnHostileContracts(t *testing.T) {
	const n = 2000
	for _, test := range []struct {
		name, old, new string
		breaks         bool
	}{
		{"properties", "properties: {" + many("a#: {type: string}, ", 0, n) + "}", "properties: {" + many("b#: {type: string}, ", 0, n) + "}", true},
		{"renames", "properties: {" + many("a#: {type: string}, ", 0, n) + "}", "properties: {" + many("b#: {type: string, renamedFrom: a#}, ", 0, n) + "}", true},
		{"enum values", "properties: {a: {type: integer, enum: [" + many("#, ", 0, n) + "]}}", "properties: {a: {type: integer, enum: [" + many("#.0, ", 9, n) + "]}}", true},
		{"an enum that fits", "properties: {a: {type: string, enum: [" + many("v#, ", 0, n) + "]}}", "properties: {a: {type: string, maxLength: 9}}", false},
		{"groups", "requireAny: [" + many("[a#], ", 0, 900) + "]\nproperties: {" + many("a#: {type: string}, ", 0, 900) + "}", "requireAny: [" + many("[a#], ", 1, 899) + "]\nproperties: {" + many("a#: {type: string}, ", 0, 900) + "}", true},
		{"variants", "properties: {a: {oneOf: {" + many("a#: {type: string, minLength: #, maxLength: #}, ", 1, 900) + "}}}", "properties: {a: {oneOf: {" + many("b#: {type: string, minLength: #, maxLength: #}, ", 2, 900) + "}}}", true},
		{"unions in unions", "properties: {a: " + nested(3, 14, "{type: string, maxLength: 5}") + "}", "properties: {a: {type: array, items: " + nested(3, 14, "{type: string, maxLength: 4}") + "}}", true},
		{"patterns", "properties: {a: {type: object, patternProperties: {" + many("^a#: {type: string}, ", 0, 300) + "}}}", "properties: {a: {type: object, additionalProperties: true, properties: {" + many("a#: {type: integer}, ", 0, 300) + "}}}", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			old, new := event(t, "1.0.0", test.old), event(t, "1.1.0", test.new)
			v := compat.Check(old, new, compat.Options{})
			undecided := slices.ContainsFunc(v.Findings, func(f compat.Finding) bool { return f.Undecided != "" })
			// What costs too much to prove may stay undecided, as long as it says so.
			if (len(v.Breaking()) > 0 || undecided) != test.breaks {
				t.Errorf("%d changes break, undecided: %v, want a break: %v", len(v.Breaking()), undecided, test.breaks)
			}
		})
	}
}
