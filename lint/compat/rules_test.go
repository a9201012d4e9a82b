package compat_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/lint/report"
)

// elsewhere are rules whose examples need more than this package.
var elsewhere = []string{
	"release-edited", // reads release files; see cmd/evctl/internal/cli
}

func TestRules_HoldInTheirExamples(t *testing.T) {
	catalogue, err := lint.NewCatalogue(compat.Set())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range compat.Set().Rules {
		if slices.Contains(elsewhere, r.ID) {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			example, err := catalogue.Example(r.ID)
			if err != nil {
				t.Fatal(err)
			}
			if example == nil || len(example.Old) == 0 || len(example.Bad) == 0 || len(example.Good) == 0 {
				t.Fatalf("expected testdata/rules/%s.txtar with old, bad and good", r.ID)
			}
			found := compare(t, example.Old, example.Bad)
			if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Rule == r.ID }) {
				t.Errorf("bad has no finding of the rule")
			}
			wantReport(t, r.ID, found, example.Want)
			for _, d := range compare(t, example.Old, example.Good) {
				t.Errorf("good has a finding: %s [%s]", d.Message, d.Rule)
			}
			if d := cmp.Diff(example.Fixed, fixed(example.Bad, found)); d != "" {
				t.Errorf("fixed differs (-want +got):\n%s", d)
			}
		})
	}
}

// compare judges the workspace new against the workspace old.
func compare(t testing.TB, old, new []lint.ExampleFile) []diag.Diagnostic {
	t.Helper()
	base, err := compat.FromWorkspace(load(t, old), "released")
	if err != nil {
		t.Fatal(err)
	}
	found, err := compat.Source(base)(context.Background(), load(t, new))
	if err != nil {
		t.Fatal(err)
	}
	diag.Sort(found)
	return found
}

func load(t testing.TB, files []lint.ExampleFile) *workspace.Workspace {
	t.Helper()
	fsys := fstest.MapFS{workspace.ConfigName: {Data: []byte("language: v1\n")}}
	for _, f := range files {
		fsys[f.Path] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	w, err := workspace.Load(context.Background(), fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range w.Diagnostics {
		p := d.Position()
		t.Fatalf("%s:%d:%d: %s", d.File.Path, p.Line, p.Column, d.Message)
	}
	return w
}

func wantReport(t *testing.T, id string, found []diag.Diagnostic, want string) {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteFindings(&b, found, false); err != nil {
		t.Fatal(err)
	}
	if golden.Updating() {
		rewrite(t, filepath.Join("testdata/rules", id+".txtar"), b.Bytes())
		return
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("report differs; run with EVCTL_UPDATE=1 if that is wanted (-want +got):\n%s", d)
	}
}

// rewrite puts a report into the archive of an example.
func rewrite(t *testing.T, path string, want []byte) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range archive.Files {
		if archive.Files[i].Name == "want" {
			archive.Files[i].Data = want
		}
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fixed are the files that fixes change, as they are afterwards.
func fixed(files []lint.ExampleFile, found []diag.Diagnostic) []lint.ExampleFile {
	var out []lint.ExampleFile
	for _, d := range found {
		if d.Fix == nil {
			continue
		}
		i := slices.IndexFunc(files, func(f lint.ExampleFile) bool { return f.Path == d.File.Path })
		text, _ := diag.Apply(d.File, d.Fix.Edits)
		out = append(out, lint.ExampleFile{Path: files[i].Path, Text: string(text)})
	}
	return out
}

func TestRules_CoverEveryKindThatBreaks(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range compat.Set().Rules {
		known[r.ID] = true
		if strings.TrimSpace(r.Summary) == "" || strings.TrimSpace(r.Why) == "" {
			t.Errorf("%s has no summary or reason", r.ID)
		}
	}
	for _, file := range files {
		if id := strings.TrimSuffix(filepath.Base(file), ".txtar"); !known[id] {
			t.Errorf("%s is the example of no rule", file)
		}
	}
}
