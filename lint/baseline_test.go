package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/diag"
)

func baselineOf(t *testing.T, r *Result) *Baseline {
	t.Helper()
	name := filepath.Join(t.TempDir(), "known.json")
	if err := NewBaseline(r).Write(name); err != nil {
		t.Fatal(err)
	}
	b, err := ReadBaseline(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBaseline_LeavesOutWhatItKnowsAndNothingElse(t *testing.T) {
	files := map[string]string{"contracts/a.yaml": event, "contracts/b.yaml": "event: c.d\nversion: 1.0.0\nmexLength: 1\n"}
	strict := Options{Profile: "strict"}
	b := baselineOf(t, run(t, load(t, files), strict))

	r := run(t, load(t, files), strict)
	if known := b.Subtract(r, false); known != 4 {
		t.Errorf("%d findings are known, expected 4", known)
	}
	wantLines(t, r, "contracts/b.yaml:3 error key-unknown")

	// Lines move and a property is added.
	files["contracts/a.yaml"] = "\n\n" + event + "  y: {type: string}\n"
	r = run(t, load(t, files), strict)
	b.Subtract(r, false)
	wantLines(t, r, "contracts/a.yaml:7 info each-property", "contracts/b.yaml:3 error key-unknown")
}

func TestBaseline_FindingsWithOneFingerprintAreCounted(t *testing.T) {
	twice := Set{Rules: []Rule{{ID: "twice", Group: Naming, Profile: Minimal, Severity: diag.Error, Contract: func(p *Pass) {
		for i := range strings.Count(string(p.Contract.File.Data), "x") {
			p.Report(p.Contract.Head(), "/same", fmt.Sprint(i), "")
		}
	}}}}
	c, err := NewCatalogue(twice)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"contracts/a.yaml": "event: a.b\nversion: 1.0.0\ndescription: x x\n"}
	b := baselineOf(t, run(t, load(t, files), Options{Catalogue: c}))
	files["contracts/a.yaml"] = "event: a.b\nversion: 1.0.0\ndescription: x x x\n"
	r := run(t, load(t, files), Options{Catalogue: c})
	if known := b.Subtract(r, false); known != 2 || len(r.Diagnostics) != 1 {
		t.Errorf("%d are known and %d are new, expected 2 and 1", known, len(r.Diagnostics))
	}
}

func TestBaseline_StaleEntriesAreReportedForWholeWorkspacesOnly(t *testing.T) {
	files := map[string]string{"contracts/a.yaml": event, "contracts/b.yaml": strings.Replace(event, "a.b", "c.d", 1)}
	b := baselineOf(t, run(t, load(t, files), Options{}))
	delete(files, "contracts/b.yaml")
	r := run(t, load(t, files), Options{})
	b.Subtract(r, true)
	wantLines(t, r)
	r = run(t, load(t, files), Options{})
	b.Subtract(r, false)
	var rules []string
	for _, d := range r.Diagnostics {
		rules = append(rules, d.Rule)
		if !strings.Contains(d.Location.Text(), `"`) {
			t.Errorf("%q has no place in the file", d.Message)
		}
	}
	if diff := cmp.Diff([]string{"baseline-stale", "baseline-stale"}, rules); diff != "" {
		t.Errorf("rules differ (-want +got):\n%s", diff)
	}
}

func TestReadBaseline_SaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"text":    {"hello", "read baseline"},
		"version": {`{"version": 2, "findings": []}`, "has version 2, expected 1"},
		"empty":   {"", "read baseline"},
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadBaseline(file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, expected %q", name, err, c.want)
		}
	}
	if _, err := ReadBaseline(filepath.Join(dir, "missing")); err == nil || !strings.Contains(err.Error(), "--write-baseline") {
		t.Errorf("error is %v", err)
	}
}
