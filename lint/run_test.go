package lint

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
)

// load makes a workspace of files; evctl.yaml is there when files has none.
func load(t *testing.T, files map[string]string, paths ...string) *workspace.Workspace {
	t.Helper()
	fsys := fstest.MapFS{workspace.ConfigName: {Data: []byte("language: v1\n")}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	w, err := workspace.Load(context.Background(), fsys, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// testRules are rules that find something everywhere, so that tests see what the engine
// makes of it.
func testRules() Set {
	return Set{Rules: []Rule{
		{ID: "each-event", Group: Naming, Profile: Minimal, Severity: diag.Warning, Contract: func(p *Pass) {
			if p.Contract.Kind == contracts.Event {
				p.Report(p.Contract.Head(), "", "an event", "")
			}
		}},
		{ID: "each-property", Group: Naming, Profile: Strict, Severity: diag.Info, Contract: func(p *Pass) {
			for _, at := range p.Properties() {
				p.Report(at.Property.At(), at.Pointer(), "a property", "")
			}
		}},
		{ID: "whole-workspace", Group: Naming, Profile: Minimal, Severity: diag.Info, Workspace: func(p *Pass) {
			for _, c := range p.Workspace.Events() {
				p.ReportIn(c, c.Head(), "", "the workspace", "")
			}
		}},
		{ID: "from-source", Group: Compatibility, Profile: Minimal, Severity: diag.Error, NoIgnore: true},
		{ID: "off-by-itself", Group: Naming, Severity: diag.Error, Contract: func(p *Pass) {
			p.Report(p.Contract.Head(), "", "on request", "")
		}},
	}}
}

func run(t *testing.T, w *workspace.Workspace, opt Options) *Result {
	t.Helper()
	if opt.Catalogue == nil {
		c, err := NewCatalogue(testRules())
		if err != nil {
			t.Fatal(err)
		}
		opt.Catalogue = c
	}
	r, err := Run(context.Background(), w, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines is the findings in short: "path:line severity rule".
func lines(list []diag.Diagnostic) []string {
	var out []string
	for i := range list {
		d := &list[i]
		out = append(out, fmt.Sprintf("%s:%d %s %s", pathOf(d.File), d.Position().Line, d.Severity, d.Rule))
	}
	return out
}

func wantLines(t *testing.T, r *Result, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(r.Diagnostics)); diff != "" {
		t.Errorf("findings differ (-want +got):\n%s", diff)
	}
}

const event = "event: a.b\nversion: 1.0.0\nproperties:\n  x: {type: string}\n"

func TestRun_SeveritiesComeFromProfileConfigOverridesAndCommandLine(t *testing.T) {
	files := map[string]string{
		"contracts/a.yaml":     event,
		"contracts/old/b.yaml": strings.Replace(event, "a.b", "c.d", 1),
		"evctl.yaml": `language: v1
lint:
  profile: strict
  rules: {each-event: error, whole-workspace: off}
  overrides:
    - paths: [contracts/old]
      rules: {each-event: info, each-property: off}
    - paths: [contracts/**/b.yaml]
      rules: {off-by-itself: warning}
`,
	}
	wantLines(t, run(t, load(t, files), Options{}),
		"contracts/a.yaml:1 error each-event", "contracts/a.yaml:4 info each-property",
		"contracts/old/b.yaml:1 info each-event", "contracts/old/b.yaml:1 warning off-by-itself")

	severities := map[string]diag.Severity{"each-event": diag.Off, "each-property": diag.Warning}
	wantLines(t, run(t, load(t, files), Options{Profile: "minimal", Severities: severities}),
		"contracts/a.yaml:4 warning each-property", "contracts/old/b.yaml:1 warning off-by-itself", "contracts/old/b.yaml:4 warning each-property")
}

func TestRun_BrokenContractsAreReportedAndDoNotHideOthers(t *testing.T) {
	r := run(t, load(t, map[string]string{
		"contracts/a.yaml": "event: a.b\nversion: 1.0.0\npropertis: {}\n",
		"contracts/b.yaml": "event: [\n",
		"contracts/c.yaml": strings.Replace(event, "a.b", "c.d", 1),
	}), Options{})
	got := strings.Join(lines(r.Diagnostics), "\n")
	for _, want := range []string{"contracts/a.yaml:3 error key-unknown", "contracts/b.yaml:2 error yaml-syntax", "contracts/c.yaml:1 warning each-event"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "contracts/a.yaml:1 warning each-event") {
		t.Error("a rule ran on a contract without meaning")
	}
}

func TestRun_WithPathsChecksOnlyThoseAndNothingAboutTheWhole(t *testing.T) {
	files := map[string]string{
		"contracts/a.yaml":      "event: a.b\nversion: 1.0.0\nproperties:\n  x: {$ref: money}\n",
		"contracts/money.yaml":  "define: money\ntype: object\nproperties:\n  y: {type: string}\n",
		"contracts/other.yaml":  strings.Replace(event, "a.b", "c.d", 1),
		"contracts/ab/sub.yaml": strings.Replace(event, "a.b", "e.f", 1),
	}
	r := run(t, load(t, files, "contracts/a.yaml"), Options{Profile: "strict"})
	wantLines(t, r, "contracts/a.yaml:1 warning each-event", "contracts/a.yaml:4 info each-property")
	if r.Contracts != 1 {
		t.Errorf("%d contracts were checked, expected the one that was asked for", r.Contracts)
	}
	wantLines(t, run(t, load(t, files, "contracts/ab"), Options{}), "contracts/ab/sub.yaml:1 warning each-event")
}

func TestRun_IsTheSameFromRunToRun(t *testing.T) {
	files := map[string]string{}
	for i := range 50 {
		files[fmt.Sprintf("contracts/%d.yaml", i)] = strings.Replace(event, "a.b", fmt.Sprintf("a.b%d", i), 1)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []string
	for _, procs := range []int{1, 8, 3} {
		runtime.GOMAXPROCS(procs)
		got := lines(run(t, load(t, files), Options{Profile: "strict"}).Diagnostics)
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("findings depend on the number of cores (-1 +%d):\n%s", procs, diff)
		}
	}
	if len(first) != 150 {
		t.Errorf("%d findings, expected 150", len(first))
	}
}

func TestRun_SourcesKeepTheirSeverityUnlessConfigured(t *testing.T) {
	w := load(t, map[string]string{"contracts/a.yaml": event})
	source := func(_ context.Context, w *workspace.Workspace) ([]diag.Diagnostic, error) {
		return []diag.Diagnostic{{Rule: "from-source", Severity: diag.Info, Location: w.Contracts[0].Head(), Message: "changed"}}, nil
	}
	off := map[string]diag.Severity{"each-event": diag.Off, "whole-workspace": diag.Off}
	wantLines(t, run(t, w, Options{Sources: []Source{source}, Severities: off}), "contracts/a.yaml:1 info from-source")
	off["from-source"] = diag.Warning
	wantLines(t, run(t, w, Options{Sources: []Source{source}, Severities: off}), "contracts/a.yaml:1 warning from-source")
}

func TestRun_ASourceThatFailsFailsTheRun(t *testing.T) {
	c, err := NewCatalogue(testRules())
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no releases")
	_, err = Run(context.Background(), load(t, map[string]string{"contracts/a.yaml": event}), Options{Catalogue: c, Sources: []Source{
		func(context.Context, *workspace.Workspace) ([]diag.Diagnostic, error) { return nil, broken },
	}})
	if !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
}

func TestRun_StopsWhenItIsCancelled(t *testing.T) {
	c, err := NewCatalogue(testRules())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, load(t, map[string]string{"contracts/a.yaml": event}), Options{Catalogue: c}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestRun_RefusesSeveritiesOfUnknownAndRequiredRules(t *testing.T) {
	c, err := NewCatalogue(testRules())
	if err != nil {
		t.Fatal(err)
	}
	w := load(t, map[string]string{"contracts/a.yaml": event})
	for id, want := range map[string]error{"each-evnt": ErrUnknownRule, "key-unknown": ErrRequiredRule} {
		_, err := Run(context.Background(), w, Options{Catalogue: c, Severities: map[string]diag.Severity{id: diag.Off}})
		if !errors.Is(err, want) {
			t.Errorf("%s: error is %v, expected %v", id, err, want)
		}
	}
}

func TestRun_ACustomRuleThatFailsIsReportedOnce(t *testing.T) {
	files := map[string]string{"evctl.yaml": `language: v1
lint:
  rules: {each-event: off, whole-workspace: off}
  custom:
    - {id: first-value, on: property, when: 'property.enum[0] == "a"', message: "{name}"}
`}
	for i := range 20 {
		files[fmt.Sprintf("contracts/%02d.yaml", i)] = strings.Replace(event, "a.b", fmt.Sprintf("a.b%d", i), 1)
	}
	r := run(t, load(t, files), Options{})
	wantLines(t, r, "evctl.yaml:5 error custom-rule-invalid")
	if d := r.Diagnostics[0]; d.Related[0].File.Path != "contracts/00.yaml" {
		t.Errorf("it is shown with %s, expected the first contract", d.Related[0].File.Path)
	}
}

func TestRun_HugeExpressionsAreRefused(t *testing.T) {
	files := map[string]string{"contracts/a.yaml": event, "evctl.yaml": "language: v1\nlint:\n  custom:\n    - {id: a-b, message: m, when: '" +
		strings.Repeat("true and ", 2000) + "true'}\n"}
	r := run(t, load(t, files), Options{Severities: map[string]diag.Severity{"each-event": diag.Off, "whole-workspace": diag.Off}})
	wantLines(t, r, "evctl.yaml:4 error custom-rule-invalid")
}

func TestPlaces_PointersNameEveryPlaceOnce(t *testing.T) {
	w := load(t, map[string]string{
		"contracts/f.yaml": "fragment: ctx\nproperties:\n  url: {type: string}\n",
		"contracts/a.yaml": `event: a.b
version: 1.0.0
include: [ctx]
properties:
  a/b~c: {type: array, items: {type: object, properties: {d: {type: string}}, additionalProperties: {type: string}}}
  m: {type: map, keys: '^x$', values: {type: integer}}
  u: {oneOf: {one: {$ref: local}, "t w": {type: string}}}
definitions:
  local: {type: object, properties: {z: {type: string}}, patternProperties: {'^p': {type: string}}}
`})
	p := &Pass{Workspace: w, Contract: w.Event("a.b")}
	p.places = new(sync.Map)
	var got []string
	for _, at := range p.Places() {
		got = append(got, fmt.Sprintf("%d %s", at.Depth, at.Pointer()))
	}
	want := []string{
		"0 ", "1 /properties/a~1b~0c", "2 /properties/a~1b~0c/items", "3 /properties/a~1b~0c/items/properties/d",
		"3 /properties/a~1b~0c/items/additionalProperties", "1 /properties/m", "2 /properties/m/keys", "2 /properties/m/values",
		"1 /properties/u", "2 /properties/u/oneOf/one", "2 /properties/u/oneOf/t w",
		"0 /definitions/local", "1 /definitions/local/properties/z", "1 /definitions/local/patternProperties/^p",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places differ (-want +got):\n%s", diff)
	}
	var names []string
	for _, at := range p.Properties() {
		names = append(names, at.Property.Name)
	}
	if diff := cmp.Diff([]string{"a/b~c", "d", "m", "u", "z"}, names); diff != "" {
		t.Errorf("properties differ: those of the fragment belong to it (-want +got):\n%s", diff)
	}
}

func gateRules() Set {
	set := testRules()
	for i := range set.Rules {
		set.Rules[i].Gate = set.Rules[i].ID == "from-source"
	}
	return set
}

func TestRun_AGateRuleIsNeverLessThanAnError(t *testing.T) {
	c, err := NewCatalogue(gateRules())
	if err != nil {
		t.Fatal(err)
	}
	source := func(_ context.Context, w *workspace.Workspace) ([]diag.Diagnostic, error) {
		return []diag.Diagnostic{{Rule: "from-source", Severity: diag.Error, Location: w.Contracts[0].Head(), Message: "changed"}}, nil
	}
	opt := Options{Catalogue: c, Sources: []Source{source}}
	for config, want := range map[string][]string{
		"  rules: {each-event: off, whole-workspace: off, from-source: off}\n":     {"contracts/a.yaml:1 error from-source", "evctl.yaml:3 error value-invalid"},
		"  rules: {each-event: off, whole-workspace: off, from-source: warning}\n": {"contracts/a.yaml:1 error from-source", "evctl.yaml:3 error value-invalid"},
		"  rules: {each-event: off, whole-workspace: off, from-source: error}\n":   {"contracts/a.yaml:1 error from-source"},
		"  rules: {each-event: off, whole-workspace: off}\n  overrides:\n    - paths: [contracts/**]\n      rules: {from-source: info}\n": {
			"contracts/a.yaml:1 error from-source", "evctl.yaml:6 error value-invalid"},
	} {
		w := load(t, map[string]string{"contracts/a.yaml": event, "evctl.yaml": "language: v1\nlint:\n" + config})
		wantLines(t, run(t, w, opt), want...)
	}
	opt.Severities = map[string]diag.Severity{"from-source": diag.Info}
	if _, err := Run(context.Background(), load(t, map[string]string{"contracts/a.yaml": event}), opt); !errors.Is(err, ErrGateRule) {
		t.Errorf("error is %v, expected %v", err, ErrGateRule)
	}
}
