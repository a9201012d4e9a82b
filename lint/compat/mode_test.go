package compat_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/compat"
)

func TestJudge_ProtectsWhomTheModeSays(t *testing.T) {
	const (
		first   = "properties: {a: {type: string, maxLength: 10}}"
		latest  = "properties: {a: {type: string, maxLength: 20}}"
		between = "properties: {a: {type: string, maxLength: 15}}" // tighter than the latest, looser than the first
		less    = "properties: {a: {type: string, maxLength: 5}}"  // tighter than both
		more    = "properties: {a: {type: string, maxLength: 30}}" // looser than both
	)
	for _, test := range []struct {
		mode compat.Mode
		want map[string]int // how many released versions each candidate breaks
	}{
		{compat.Backward, map[string]int{between: 1, less: 1, more: 0}},
		{compat.BackwardTransitive, map[string]int{between: 1, less: 1, more: 0}},
		{compat.Forward, map[string]int{between: 0, less: 0, more: 1}},
		{compat.ForwardTransitive, map[string]int{between: 1, less: 0, more: 1}},
		{compat.Full, map[string]int{between: 1, less: 1, more: 1}},
		{compat.FullTransitive, map[string]int{between: 2, less: 1, more: 1}},
		{compat.None, map[string]int{between: 0, less: 0, more: 0}},
		{"", map[string]int{between: 1, less: 1, more: 0}},
	} {
		got := map[string]int{}
		for candidate := range test.want {
			released := []*contracts.Contract{event(t, "1.0.0", first), event(t, "1.1.0", latest)}
			j := compat.Judge(released, event(t, "1.9.0", candidate), compat.Options{Mode: test.mode})
			got[candidate] = len(j.Findings)
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("mode %q (-want +got):\n%s", test.mode, d)
		}
	}
}

func TestJudge_LetsANewMajorVersionBreak(t *testing.T) {
	old, new := event(t, "1.0.0", "properties: {a: {type: string}}"), event(t, "2.0.0", "properties: {a: {type: integer}}")
	if j := compat.Judge([]*contracts.Contract{old}, new, compat.Options{Mode: compat.FullTransitive}); len(j.Findings) > 0 {
		t.Errorf("found %v", j.Findings)
	}
}

func TestOptionsFor_TakesTheModeOfTheNearestPattern(t *testing.T) {
	cfg, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte(`language: v1
compatibility:
  mode: FORWARD
  open_content: strict
  events: {"*": FULL, search.*: NONE, search.performed: BACKWARD, "*.legacy": FULL_TRANSITIVE}
generate: [{target: protobuf, out: gen}]
`)))
	if len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	for name, want := range map[string]compat.Mode{
		"search.performed": compat.Backward, "search.clicked": compat.None, "cart.viewed": compat.Full, "search.legacy": compat.FullTransitive,
	} {
		got, err := compat.OptionsFor(cfg, name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(compat.Options{Mode: want, StrictContent: true, Protobuf: true}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestOptionsFor_IsBackwardTransitiveAndLenientByItself(t *testing.T) {
	cfg, _ := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("language: v1\n")))
	got, err := compat.OptionsFor(cfg, "a.b")
	if d := cmp.Diff(compat.Options{Mode: compat.BackwardTransitive}, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func TestJudge_DeclaringAPropertyOfAnOpenObjectBreaksWhereContentIsStrict(t *testing.T) {
	old := event(t, "1.0.0", "additionalProperties: true\nproperties: {}")
	new := event(t, "1.1.0", "additionalProperties: true\nproperties: {a: {type: string}}")
	for strict, want := range map[bool]int{false: 0, true: 1} {
		j := compat.Judge([]*contracts.Contract{old}, new, compat.Options{StrictContent: strict})
		if len(j.Findings) != want {
			t.Errorf("strict %v: %d findings, want %d", strict, len(j.Findings), want)
		}
	}
}

func TestJudge_ReportsAFieldThatMovesWithItsDefinition(t *testing.T) {
	const object = "{type: object, properties: {x: {type: string}}}"
	inline := "properties: {a: " + object + ", b: {type: array, items: " + object + "}}"
	named := "definitions: {d: " + object + "}\nproperties: {a: {$ref: d}, b: {type: array, items: " + object + "}}"
	for _, test := range []struct {
		old, new string
		protobuf bool
		want     []string
	}{
		{inline, named, false, nil},
		{inline, inline, true, nil},
		{named, named, true, nil},
		{inline, named, true, []string{`protobuf-type-changed "a" is message:d in protobuf, and was message in 1.0.0, so that it takes number 3 instead of 1`}},
		{named, inline, true, []string{`protobuf-type-changed "a" is message in protobuf, and was message:d in 1.0.0, so that it takes number 3 instead of 1`}},
	} {
		j := compat.Judge([]*contracts.Contract{event(t, "1.0.0", test.old)}, event(t, "1.0.1", test.new), compat.Options{Protobuf: test.protobuf})
		if d := cmp.Diff(test.want, messages(j)); d != "" {
			t.Errorf("%s\nto %s (-want +got):\n%s", test.old, test.new, d)
		}
	}
}
