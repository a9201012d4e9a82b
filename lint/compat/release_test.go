package compat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/compat"
)

// event reads a contract; the lines stand below its head.
func event(t testing.TB, version, lines string) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile(version+".yaml", []byte("event: shop.visited\nversion: "+version+"\n"+lines)))
	library, _ := contracts.NewLibrary(nil)
	if c != nil {
		diags = append(diags, library.Link(c)...)
	}
	for _, d := range diags {
		t.Fatalf("%s: %s", version, d.Message)
	}
	return c
}

const (
	plain    = "properties: {a: {type: string}}"
	added    = "properties: {a: {type: string}, b: {type: string}}"
	other    = "properties: {b: {type: string}}"
	required = "properties: {a: {type: string, required: true}}"
	worded   = "description: What it is.\nproperties: {a: {type: string}}"
)

func TestJudge_KeepsWhatTheModeProtects(t *testing.T) {
	type version struct{ number, lines string }
	all := "BACKWARD BACKWARD_TRANSITIVE FORWARD FORWARD_TRANSITIVE FULL FULL_TRANSITIVE NONE"
	for _, test := range []struct {
		name      string
		released  []version
		candidate version
		modes     string // in which the candidate passes
		needed    map[compat.Mode]contracts.Bump
	}{
		{name: "first version", candidate: version{"0.1.0", plain}, modes: all},
		{name: "same again", released: []version{{"1.0.0", plain}}, candidate: version{"1.0.0", plain}, modes: all},
		{name: "same again after later ones", released: []version{{"1.0.0", plain}, {"1.1.0", added}}, candidate: version{"1.0.0", plain}, modes: all},
		{name: "words in a patch", released: []version{{"1.0.0", plain}}, candidate: version{"1.0.1", worded}, modes: all},
		{name: "words without a bump", released: []version{{"1.0.0", plain}}, candidate: version{"1.0.0", worded}},
		{name: "addition in a minor version", released: []version{{"1.0.0", plain}}, candidate: version{"1.1.0", added}, modes: "BACKWARD BACKWARD_TRANSITIVE NONE"},
		{name: "addition in a patch", released: []version{{"1.0.0", plain}}, candidate: version{"1.0.1", added}},
		{name: "addition in a major version", released: []version{{"1.0.0", plain}}, candidate: version{"2.0.0", added}, modes: all},
		{name: "removal in a minor version", released: []version{{"1.0.0", added}}, candidate: version{"1.1.0", plain}, modes: "FORWARD FORWARD_TRANSITIVE NONE"},
		{name: "removal in a major version", released: []version{{"1.0.0", added}}, candidate: version{"2.0.0", plain}, modes: all},
		{name: "removal of what an older version had", released: []version{{"1.0.0", added}, {"1.1.0", plain}}, candidate: version{"1.1.1", worded}, modes: "BACKWARD FORWARD FORWARD_TRANSITIVE FULL NONE"},
		{name: "removal of what an older major had", released: []version{{"1.0.0", added}, {"2.0.0", plain}}, candidate: version{"2.0.1", worded}, modes: all},
		{name: "required in a minor version", released: []version{{"1.0.0", plain}}, candidate: version{"1.1.0", required}, modes: "FORWARD FORWARD_TRANSITIVE NONE"},
		{name: "before 1.0.0 the same holds", released: []version{{"0.1.0", plain}}, candidate: version{"0.2.0", required}, modes: "FORWARD FORWARD_TRANSITIVE NONE"},
		{name: "a version that is taken", released: []version{{"1.0.0", plain}, {"1.1.0", added}}, candidate: version{"1.1.0", plain}},
		{name: "a version that is too low", released: []version{{"1.4.0", plain}}, candidate: version{"1.3.0", added}},
		{name: "a lower major", released: []version{{"1.0.0", plain}, {"2.0.0", other}}, candidate: version{"1.1.0", added}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var released []*contracts.Contract
			for _, v := range test.released {
				released = append(released, event(t, v.number, v.lines))
			}
			var passes []string
			for _, mode := range compat.Modes {
				j := compat.Judge(released, event(t, test.candidate.number, test.candidate.lines), compat.Options{Mode: mode})
				if !refused(j) {
					passes = append(passes, string(mode))
				}
				wantVersionThatPasses(t, released, test.candidate.lines, j, mode)
			}
			if d := cmp.Diff(test.modes, strings.Join(passes, " ")); d != "" {
				t.Errorf("modes in which it passes (-want +got):\n%s", d)
			}
		})
	}
}

func refused(j compat.Judgement) bool {
	for _, d := range j.Findings {
		if d.Severity == diag.Error {
			return true
		}
	}
	return false
}

// wantVersionThatPasses takes the judge by its word: as the version it names, the
// candidate passes.
func wantVersionThatPasses(t *testing.T, released []*contracts.Contract, lines string, j compat.Judgement, mode compat.Mode) {
	t.Helper()
	again := compat.Judge(released, event(t, j.Version.String(), lines), compat.Options{Mode: mode})
	if refused(again) {
		t.Errorf("in mode %s, %s is named as the version to release and refused: %s", mode, j.Version, again.Findings[0].Message)
	}
}

func TestJudge_ReportsAnEditOnce(t *testing.T) {
	released := []*contracts.Contract{event(t, "1.0.0", added), event(t, "1.1.0", added+"\nowner: x"), event(t, "1.2.0", added+"\nowner: y")}
	j := compat.Judge(released, event(t, "1.3.0", plain+"\nowner: y"), compat.Options{})
	if len(j.Findings) != 1 || !strings.HasSuffix(j.Findings[0].Message, "which breaks payloads of 1.2.0") {
		t.Errorf("findings are %v, want one about 1.2.0", messages(j))
	}
}

func messages(j compat.Judgement) []string {
	var list []string
	for _, d := range j.Findings {
		list = append(list, fmt.Sprintf("%s %s", d.Rule, d.Message))
	}
	return list
}

func TestJudge_OfAnEditedDefinitionReportsOneFinding(t *testing.T) {
	lines := "definitions: {d: {type: string, maxLength: %d}}\nproperties: {a: {$ref: d}, b: {$ref: d}, c: {type: array, items: {$ref: d}}}"
	j := compat.Judge([]*contracts.Contract{event(t, "1.0.0", fmt.Sprintf(lines, 5))}, event(t, "1.1.0", fmt.Sprintf(lines, 4)), compat.Options{})
	want := []string{`bound-tightened maxLength of property "a" changed from 5 to 4, which breaks payloads of 1.0.0 (in 3 places)`}
	if d := cmp.Diff(want, messages(j)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOptionsFor_TakesThePatternWithTheMostLetters(t *testing.T) {
	cfg := &workspace.Config{Compatibility: workspace.Compatibility{
		Mode: "BACKWARD", OpenContent: "strict",
		Events: map[string]string{"*": "FULL", "search.*": "NONE", "*.opened": "FORWARD", "search.opened": "FULL_TRANSITIVE"},
	}}
	for name, want := range map[string]compat.Mode{
		"search.opened": compat.FullTransitive, "search.closed": compat.None, "cart.opened": compat.Forward, "cart.closed": compat.Full,
	} {
		opt, err := compat.OptionsFor(cfg, name)
		if err != nil || opt.Mode != want || !opt.StrictContent {
			t.Errorf("options for %s are %v, %v, want %s and strict", name, opt, err, want)
		}
	}
	cfg.Compatibility.Events["cart.*"] = "SIDEWAYS"
	if _, err := compat.OptionsFor(cfg, "cart.closed"); err == nil {
		t.Error("an unknown mode is taken")
	}
}

func TestMatchName_StarStandsForAnyText(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"a.b", "a.b", true}, {"a.b", "a.bc", false}, {"", "", true}, {"*", "", true}, {"*", "x.y", true},
		{"a.*", "a.", true}, {"a.*", "a", false}, {"*.b", "a.b", true}, {"a*b*c", "abc", true}, {"a*b*c", "axxbyyc", true},
		{"a*b*c", "acb", false}, {"a*a", "a", false}, {"**", "x", true},
	} {
		if got := compat.MatchName(test.pattern, test.name); got != test.want {
			t.Errorf("MatchName(%q, %q) = %v", test.pattern, test.name, got)
		}
	}
}
