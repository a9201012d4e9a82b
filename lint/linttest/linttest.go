package linttest

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/report"
)

// Now is the moment at which fixtures run.
var Now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Fixtures checks the example of every rule of set: that there is one in folder, that
// the rule alone finds what want says in bad and nothing in good, and that its fixes
// turn bad into fixed. EVCTL_UPDATE=1 rewrites want and fixed. sources adds the
// findings of rules that compare; it may be nil.
func Fixtures(t *testing.T, set lint.Set, folder string, sources func(*lint.Example) []lint.Source) {
	t.Helper()
	catalogue, err := lint.NewCatalogue(set)
	if err != nil {
		t.Fatal(err)
	}
	for i := range set.Rules {
		Fixture(t, catalogue, &set.Rules[i], folder, sources)
	}
}

// Fixture checks the example of one rule; see Fixtures. Rules about configuration run
// together with the profile of the example, because they are about other rules.
func Fixture(t *testing.T, catalogue *lint.Catalogue, rule *lint.Rule, folder string, sources func(*lint.Example) []lint.Source) {
	t.Run(rule.ID, func(t *testing.T) {
		t.Parallel()
		name := filepath.Join(folder, rule.ID+".txtar")
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f := fixture{t: t, name: name, rule: rule, catalogue: catalogue, archive: archive, sources: sources}
		f.check()
	})
}

type fixture struct {
	t         *testing.T
	name      string
	rule      *lint.Rule
	catalogue *lint.Catalogue
	archive   *txtar.Archive
	example   *lint.Example
	sources   func(*lint.Example) []lint.Source
}

func (f *fixture) check() {
	var err error
	if f.example, err = lint.ParseExample(txtar.Format(f.archive)); err != nil {
		f.t.Fatal(err)
	}
	bad := f.run(f.example.Bad)
	if len(bad.Diagnostics) == 0 {
		f.t.Error("the rule finds nothing in bad")
	}
	f.onlyThisRule("bad", bad)
	f.replace("want", textOf(f.t, bad))
	if len(f.example.Good) == 0 {
		f.t.Error("the example has nothing good")
	} else if good := f.run(f.example.Good); len(good.Diagnostics) > 0 {
		f.t.Errorf("good is not silent:\n%s", textOf(f.t, good))
	}
	f.checkFix(bad)
	golden.Check(f.t, f.name, txtar.Format(f.archive))
}

// run lints files with the fixture's rule on and all others off, but for the gate and what the
// language requires.
func (f *fixture) run(files []lint.ExampleFile) *lint.Result {
	f.t.Helper()
	fsys := fstest.MapFS{workspace.ConfigName: {Data: []byte("language: v1\n")}}
	for _, file := range files {
		fsys[file.Path] = &fstest.MapFile{Data: []byte(file.Text)}
	}
	w, err := workspace.Load(context.Background(), fsys)
	if err != nil {
		f.t.Fatal(err)
	}
	opt := lint.Options{Catalogue: f.catalogue, Now: Now, Severities: map[string]diag.Severity{}, Released: f.released}
	for _, r := range f.catalogue.Rules() {
		if !r.Required && !r.Gate && f.rule.Group != lint.Configuration {
			opt.Severities[r.ID] = diag.Off
		}
	}
	if !f.rule.Required {
		opt.Severities[f.rule.ID] = f.rule.Severity
	}
	if f.sources != nil {
		opt.Sources = f.sources(f.example)
	}
	result, err := lint.Run(context.Background(), w, opt)
	if err != nil {
		f.t.Fatal(err)
	}
	return result
}

// released reports whether old declares an event.
func (f *fixture) released(event string) bool {
	return slices.ContainsFunc(f.example.Old, func(file lint.ExampleFile) bool {
		c, _ := contracts.Parse(diag.NewFile(file.Path, []byte(file.Text)))
		return c != nil && c.Name == event
	})
}

func (f *fixture) onlyThisRule(what string, r *lint.Result) {
	for _, d := range r.Diagnostics {
		if d.Rule != f.rule.ID {
			f.t.Errorf("%s has a finding of another rule:\n%s", what, textOf(f.t, r))
			return
		}
	}
}

// checkFix carries out the fixes of bad, whose result is part of the example, and on
// which there must be nothing to fix again.
func (f *fixture) checkFix(bad *lint.Result) {
	fixes := lint.Fix(bad.Diagnostics)
	if len(fixes.Refused) > 0 {
		f.t.Errorf("fixes break %q", fixes.Refused)
	}
	f.archive.Files = slices.DeleteFunc(f.archive.Files, func(file txtar.File) bool { return strings.HasPrefix(file.Name, "fixed/") })
	after := slices.Clone(f.example.Bad)
	for _, file := range fixes.Files {
		f.replace("fixed/"+file.File.Path, file.Text)
		for i := range after {
			if after[i].Path == file.File.Path {
				after[i].Text = string(file.Text)
			}
		}
	}
	if len(fixes.Files) > 0 && fixes.Left == 0 {
		if again := lint.Fix(f.run(after).Diagnostics); len(again.Files) > 0 {
			f.t.Errorf("fixing again changes %s once more", again.Files[0].File.Path)
		}
	}
}

// replace sets the text of a part, adding it in its place when it is missing.
func (f *fixture) replace(part string, text []byte) {
	at := len(f.archive.Files)
	for i, file := range f.archive.Files {
		if file.Name == part {
			f.archive.Files[i].Data = text
			return
		}
		if part == "want" && strings.HasPrefix(file.Name, "good/") {
			at = min(at, i)
		}
	}
	f.archive.Files = slices.Insert(f.archive.Files, at, txtar.File{Name: part, Data: text})
}

// textOf is the findings as people see them.
func textOf(t *testing.T, r *lint.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteFindings(&b, r.Diagnostics, false); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
