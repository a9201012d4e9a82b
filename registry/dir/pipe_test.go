//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package dir_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/evctl/evctl/registry"
)

// Nobody writes into the pipe: a store that waited for it would never answer.
func TestStore_DoesNotWaitForAPipe(t *testing.T) {
	s, file := released(t)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(file, 0o644); err != nil {
		t.Fatal(err)
	}
	head, get := readBoth(s)
	for what, err := range map[string]error{"Head": head, "Get": get} {
		if code := registry.CodeOf(err); code != registry.CodeReleaseEdited {
			t.Errorf("%s: %v with code %q, want %q", what, err, code, registry.CodeReleaseEdited)
		}
	}
}
