package waive_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/lint/linttest"
	"github.com/evctl/evctl/lint/waive"
)

func TestRules_HoldInTheirExamples(t *testing.T) {
	linttest.Fixtures(t, waive.Set(), "testdata/rules", func(e *lint.Example) []lint.Source {
		return sources(t, load(t, e.Old))
	})
}

// sources compare with the contracts of an older workspace.
func sources(t *testing.T, old *workspace.Workspace) []lint.Source {
	t.Helper()
	base, err := compat.FromWorkspace(old, "released")
	if err != nil {
		t.Fatal(err)
	}
	return []lint.Source{func(ctx context.Context, w *workspace.Workspace) ([]diag.Diagnostic, error) {
		list, err := waive.Open(w.FS, linttest.Now)
		if err != nil {
			return nil, err
		}
		if _, err := (compat.Comparison{Base: base, Waived: list.Covers}).Source(ctx, w); err != nil {
			return nil, err
		}
		return list.Source(waive.Check{Base: base})(ctx, w)
	}}
}

func load(t *testing.T, files []lint.ExampleFile) *workspace.Workspace {
	t.Helper()
	fsys := fstest.MapFS{workspace.ConfigName: {Data: []byte("language: v1\n")}}
	for _, f := range files {
		fsys[f.Path] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	w, err := workspace.Load(context.Background(), fsys)
	if err != nil || len(w.Diagnostics) > 0 {
		t.Fatalf("%v, %v", err, w.Diagnostics)
	}
	return w
}

func TestRules_EveryExampleHasARule(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) != len(waive.Set().Rules) {
		t.Errorf("%d examples of %d rules, %v", len(files), len(waive.Set().Rules), err)
	}
}
