// Package golden compares what a test made with a file that people read in
// reviews. It is for tests only.
package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Updating reports whether goldens are to be rewritten: EVCTL_UPDATE=1 go test ./...
func Updating() bool { return os.Getenv("EVCTL_UPDATE") != "" }

// Check compares got with the file at path, or writes the file when Updating.
func Check(t testing.TB, path string, got []byte) {
	t.Helper()
	if Updating() {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run with EVCTL_UPDATE=1 to write it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; run with EVCTL_UPDATE=1 if that is wanted (-want +got):\n%s", path, diff)
	}
}
