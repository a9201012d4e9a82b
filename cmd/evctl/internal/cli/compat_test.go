package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/lint/report"
)

// layOut writes the files of a workspace.
func layOut(t testing.TB, files []lint.ExampleFile) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range append([]lint.ExampleFile{{Path: workspace.ConfigName, Text: "language: v1\n"}}, files...) {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// released compares a workspace with its registry.
func released(t testing.TB, dir string) []diag.Diagnostic {
	t.Helper()
	ctx := context.Background()
	w, err := workspace.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	base, err := registryOf(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	found, err := compat.Source(base)(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestReleaseEdited_HoldsInItsExample is here because only the command line knows
// both rules and registries.
func TestReleaseEdited_HoldsInItsExample(t *testing.T) {
	const path = "../../../../lint/compat/testdata/rules/release-edited.txtar"
	c, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	example, err := c.Example("release-edited")
	if err != nil || example == nil {
		t.Fatalf("no example: %v", err)
	}
	var b bytes.Buffer
	if err := report.WriteFindings(&b, released(t, layOut(t, example.Bad)), false); err != nil {
		t.Fatal(err)
	}
	if golden.Updating() {
		rewriteWant(t, path, b.Bytes())
	} else if d := cmp.Diff(example.Want, b.String()); d != "" {
		t.Errorf("report differs (-want +got):\n%s", d)
	}
	if found := released(t, layOut(t, example.Good)); len(found) > 0 {
		t.Errorf("good has a finding: %s", found[0].Message)
	}
}

func rewriteWant(t *testing.T, path string, want []byte) {
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
