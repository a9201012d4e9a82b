package codegentest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// installPatience is how long an installation may take: it waits for a network, and for the
// tests that use the machine meanwhile.
const installPatience = 15 * time.Minute

// install runs a program that installs something.
func install(t testing.TB, dir, program string, args ...string) {
	t.Helper()
	run(t, installPatience, dir, nil, program, args...)
}

// once is a folder of the user's cache under a name, which is filled once on a machine: tests
// that need it at the same time wait for the first one. It appears when fill has returned.
func once(t testing.TB, name string, fill func(dir string)) string {
	t.Helper()
	root := cacheFolder(t)
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	defer alone(t, name)()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return dir // by the one that was waited for
	}
	made, err := os.MkdirTemp(root, "making-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(made)
	fill(made)
	if err := os.Rename(made, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// cacheFolder is where what tests install is kept.
func cacheFolder(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(cache, "evctl-tests")
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// alone waits until no other process does what has the name, until the function is called. A
// process that dies is out of the way.
func alone(t testing.TB, name string) (unlock func()) {
	t.Helper()
	unlock, err := lockedfile.MutexAt(filepath.Join(cacheFolder(t), name+".lock")).Lock()
	if err != nil {
		t.Fatal(err)
	}
	return unlock
}
