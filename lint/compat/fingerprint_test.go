package compat_test

import (
	"fmt"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint/compat"
)

// fingerprints are those of the errors that keep a candidate out.
func fingerprints(t *testing.T, released []*contracts.Contract, candidate *contracts.Contract) []string {
	t.Helper()
	var list []string
	for _, d := range compat.Judge(released, candidate, compat.Options{}).Findings {
		if compat.CanBeWaived(d.Rule) && d.Severity == diag.Error {
			list = append(list, d.Fingerprint())
		}
	}
	return list
}

func TestFingerprint_StaysWhenTheBreakDoes(t *testing.T) {
	old := []*contracts.Contract{event(t, "1.0.0", "properties: {a: {type: string, enum: [x, y, z]}, b: {type: integer}}")}
	want := fingerprints(t, old, event(t, "1.1.0", "properties: {a: {type: string, enum: [x, y]}, b: {type: integer}}"))
	if len(want) != 1 {
		t.Fatalf("breaks have fingerprints %q, want one", want)
	}
	for name, lines := range map[string]string{
		"other lines":    "description: More words.\n\nproperties:\n  a:\n    enum: [x, y]\n    type: string\n  b: {type: integer}",
		"another order":  "properties: {b: {type: integer}, a: {enum: [y, x], type: string}}",
		"more beside it": "properties: {a: {type: string, enum: [x, y], description: Letter.}, b: {type: integer}, c: {type: string}}",
	} {
		if got := fingerprints(t, old, event(t, "1.1.0", lines)); len(got) != 1 || got[0] != want[0] {
			t.Errorf("%s: fingerprints are %q, want %q", name, got, want)
		}
	}
	if got := fingerprints(t, old, event(t, "1.0.1", "properties: {a: {type: string, enum: [x, y]}, b: {type: integer}}")); len(got) != 1 || got[0] != want[0] {
		t.Errorf("claimed as a patch: fingerprints are %q, want %q", got, want)
	}
}

func TestFingerprint_IsAnotherForEveryOtherBreak(t *testing.T) {
	const from = "properties: {a: {type: string, enum: [w, x, y, z]}, b: {type: integer, maximum: 9}, c: {type: string}}"
	seen := map[string]string{}
	note := func(name string, list []string) {
		if len(list) == 0 {
			t.Errorf("%s breaks nothing", name)
		}
		for _, f := range list {
			if first, taken := seen[f]; taken {
				t.Errorf("%s and %s have fingerprint %s", first, name, f)
			}
			seen[f] = name
		}
	}
	for name, lines := range map[string]string{
		"z removed":         "properties: {a: {type: string, enum: [w, x, y]}, b: {type: integer, maximum: 9}, c: {type: string}}",
		"x and y removed":   "properties: {a: {type: string, enum: [w, z]}, b: {type: integer, maximum: 9}, c: {type: string}}",
		"b up to 8":         "properties: {a: {type: string, enum: [w, x, y, z]}, b: {type: integer, maximum: 8}, c: {type: string}}",
		"b up to 7":         "properties: {a: {type: string, enum: [w, x, y, z]}, b: {type: integer, maximum: 7}, c: {type: string}}",
		"c removed":         "properties: {a: {type: string, enum: [w, x, y, z]}, b: {type: integer, maximum: 9}}",
		"c an integer":      "properties: {a: {type: string, enum: [w, x, y, z]}, b: {type: integer, maximum: 9}, c: {type: integer}}",
		"c a boolean":       "properties: {a: {type: string, enum: [w, x, y, z]}, b: {type: integer, maximum: 9}, c: {type: boolean}}",
		"c of another kind": "properties: {a: {type: string, enum: [w, x, y, z]}, b: {type: integer, maximum: 9}, c: {type: string, format: uuid}}",
	} {
		for minor := range 2 { // over 1.0.0 and over 1.1.0
			released := []*contracts.Contract{event(t, fmt.Sprintf("1.%d.0", minor), from)}
			note(fmt.Sprintf("%s over 1.%d.0", name, minor), fingerprints(t, released, event(t, "1.5.0", lines)))
		}
	}
}

func TestFingerprint_OfADefinitionCoversExactlyItsPlaces(t *testing.T) {
	const definition = "definitions: {d: {type: string, maxLength: %d}}\nproperties: {%s}"
	old := []*contracts.Contract{event(t, "1.0.0", fmt.Sprintf(definition, 9, "a: {$ref: d}, b: {$ref: d}, c: {type: string}"))}
	both := fingerprints(t, old, event(t, "1.1.0", fmt.Sprintf(definition, 8, "a: {$ref: d}, b: {$ref: d}, c: {type: string}")))
	turned := fingerprints(t, old, event(t, "1.1.0", fmt.Sprintf(definition, 8, "c: {type: string}, b: {$ref: d}, a: {$ref: d}")))
	one := fingerprints(t, old, event(t, "1.1.0", fmt.Sprintf(definition, 8, "a: {$ref: d}, b: {type: string, maxLength: 9}, c: {type: string}")))
	if len(both) != 1 || len(turned) != 1 || both[0] != turned[0] {
		t.Errorf("two uses of one edit have fingerprints %q and %q, want one", both, turned)
	}
	if len(one) != 1 || one[0] == both[0] {
		t.Errorf("an edit that shows in one place has fingerprint %q, in two %q", one, both)
	}
}

func TestJudge_AWaivedBreakIsAMinorChange(t *testing.T) {
	all := func(*diag.Diagnostic) bool { return true }
	released := []*contracts.Contract{event(t, "1.0.0", added)}
	for version, want := range map[string]bool{"1.0.1": true, "1.1.0": false, "2.0.0": false} {
		j := compat.Judge(released, event(t, version, plain), compat.Options{Waived: all})
		if refused(j) != want {
			t.Errorf("%s is refused: %v, want %v: %q", version, !want, want, messages(j))
		}
	}
	j := compat.Judge(released, event(t, "1.1.0", plain), compat.Options{Waived: all})
	if j.Needed != contracts.MinorBump || len(j.Waived) != 1 || j.Waived[0].Rule != "property-removed" {
		t.Errorf("judgement is %+v, want a minor change with one waived break", j)
	}
}
