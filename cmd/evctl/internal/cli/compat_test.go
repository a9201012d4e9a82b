package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

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

// manyEvents lays out a workspace of n released events with 13 properties each.
func manyEvents(b *testing.B, n int) *workspace.Workspace {
	b.Helper()
	var files []lint.ExampleFile
	for i := range n {
		text := fmt.Sprintf("event: order.step_%d\nversion: 1.0.0\ndescription: Step %d of an order.\nproperties:\n", i, i)
		for p := range 13 {
			text += fmt.Sprintf("  property_%d: {type: string, maxLength: %d, description: Part %d of what happened.}\n", p, 10+p, p)
		}
		files = append(files, lint.ExampleFile{Path: fmt.Sprintf("contracts/step_%d.yaml", i), Text: text})
	}
	dir := layOut(b, files)
	app := &App{Dir: dir, Stdout: io.Discard, Stderr: os.Stderr, Now: time.Now, Getenv: func(string) string { return "" }}
	if code := Main(app, []string{"push"}); code != exitClean {
		b.Fatalf("push ended with %d", code)
	}
	w, err := workspace.Open(context.Background(), dir)
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// BenchmarkReleases measures what the comparison with releases adds to reading the
// workspace, where nothing changed.
func BenchmarkReleases(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprintf("unchanged=%d", n), func(b *testing.B) {
			w := manyEvents(b, n)
			for b.Loop() {
				base, err := registryOf(context.Background(), w)
				if err != nil {
					b.Fatal(err)
				}
				found, err := compat.Source(base)(context.Background(), w)
				if err != nil || len(found) > 0 {
					b.Fatalf("%d findings, %v", len(found), err)
				}
			}
		})
	}
}

// BenchmarkCommit measures the same against a commit, where nothing changed and
// where 20 contracts did.
func BenchmarkCommit(b *testing.B) {
	w := manyEvents(b, 5000)
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"}, {"add", "."},
		{"-c", "user.name=b", "-c", "user.email=b@example.com", "commit", "--quiet", "--message=all"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = w.Root
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git %s: %v %s", args[0], err, out)
		}
	}
	for _, changed := range []int{0, 20} {
		b.Run(fmt.Sprintf("changed=%d", changed), func(b *testing.B) {
			for i := range changed {
				path := filepath.Join(w.Root, fmt.Sprintf("contracts/step_%d.yaml", i))
				text, err := os.ReadFile(path)
				if err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(path, append(text, "  more: {type: string}\n"...), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			w, err := workspace.Open(context.Background(), w.Root)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				base, err := compat.FromGit(context.Background(), w, "main")
				if err != nil {
					b.Fatal(err)
				}
				found, err := compat.Source(base)(context.Background(), w)
				if err != nil || len(found) != changed {
					b.Fatalf("%d findings, %v", len(found), err)
				}
			}
		})
	}
}
