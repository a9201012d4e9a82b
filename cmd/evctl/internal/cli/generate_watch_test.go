package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// watching is evctl generate --watch in a workspace of its own.
type watching struct {
	t              *testing.T
	dir            string
	stdout, stderr *bufio.Reader
	stop           func() error
}

func watch(t *testing.T, config string, files map[string]string) *watching {
	t.Helper()
	w := &watching{t: t, dir: t.TempDir()}
	w.write("evctl.yaml", config)
	for name, text := range files {
		w.write(name, text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	outR, outW := io.Pipe()
	errR, errW := io.Pipe()
	w.stdout, w.stderr = bufio.NewReader(outR), bufio.NewReader(errR)
	root := newRoot(&App{Stdin: strings.NewReader(""), Stdout: outW, Stderr: errW, Dir: w.dir, Now: time.Now, Getenv: func(string) string { return "" }})
	root.SetArgs([]string{"generate", "--watch"})
	done := make(chan error, 1)
	go func() {
		done <- root.ExecuteContext(ctx)
		_, _ = outW.Close(), errW.Close()
	}()
	w.stop = func() error {
		cancel()
		return <-done
	}
	t.Cleanup(cancel)
	return w
}

func (w *watching) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	whole := filepath.Join(w.dir, ".whole") // renamed, so that half a file is never seen
	if err := os.WriteFile(whole, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(whole, path); err != nil {
		w.t.Fatal(err)
	}
}

// want waits for a line.
func (w *watching) want(from *bufio.Reader, part string) {
	w.t.Helper()
	line, err := from.ReadString('\n')
	if err != nil || !strings.Contains(line, part) {
		w.t.Fatalf("line is %q (%v), expected %q in it", line, err, part)
	}
}

const (
	watchConfig   = "language: v1\ngenerate: [{target: jsonschema, out: gen}]\n"
	watchContract = "{event: order.completed, version: 1.0.0, description: A., properties: {}}\n"
)

func TestGenerateWatch_FollowsContractsUntilItIsStopped(t *testing.T) {
	w := watch(t, watchConfig, map[string]string{"contracts/a.yaml": watchContract})
	w.want(w.stdout, "1 new")

	w.write("contracts/a.yaml", strings.Replace(watchContract, "A.", "Another.", 1))
	w.want(w.stdout, "1 changed")

	w.write("contracts/new/folder/b.yaml", strings.Replace(watchContract, "completed", "shipped", 1))
	w.want(w.stdout, "1 new, 1 unchanged")
	w.write("contracts/new/folder/b.yaml", strings.Replace(watchContract, "completed", "sent", 1))
	w.want(w.stdout, "1 new, 1 removed, 1 unchanged")

	w.write("contracts/a.yaml", "event: [\n")
	w.want(w.stderr, "contracts have errors: contracts/a.yaml")
	w.want(w.stderr, "") // the hint
	if err := os.Remove(filepath.Join(w.dir, "contracts", "a.yaml")); err != nil {
		t.Fatal(err)
	}
	w.want(w.stdout, "1 removed, 1 unchanged")

	w.write("evctl.yaml", strings.Replace(watchConfig, "out: gen", "out: other", 1))
	w.want(w.stdout, "other: 1 file, 1 new")
	if err := w.stop(); err != nil {
		t.Errorf("error is %v", err)
	}
}

// TestGenerateWatch_DoesNotFollowWhatItWrites has contracts beside evctl.yaml, so that
// the out folder lies among them. That nothing more is printed shows in the next line,
// which is about the next change.
func TestGenerateWatch_DoesNotFollowWhatItWrites(t *testing.T) {
	w := watch(t, watchConfig+"contracts: [.]\n", map[string]string{"a.yaml": watchContract})
	w.want(w.stdout, "1 new")
	w.write("a.yaml", strings.Replace(watchContract, "A.", "B.", 1))
	w.want(w.stdout, "1 changed")
	if err := w.stop(); err != nil {
		t.Errorf("error is %v", err)
	}
	if rest, _ := io.ReadAll(w.stdout); len(bytes.TrimSpace(rest)) > 0 {
		t.Errorf("more was printed: %s", rest)
	}
}

func TestGenerateWatch_FailsWithoutAWorkspace(t *testing.T) {
	root := newRoot(&App{Stdout: io.Discard, Stderr: io.Discard, Dir: t.TempDir(), Now: time.Now, Getenv: func(string) string { return "" }})
	root.SetArgs([]string{"generate", "--watch"})
	if err := root.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "evctl.yaml") {
		t.Errorf("error is %v", err)
	}
}
