package client_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

// TestCache_AFullFileSystemKeepsTheOneThatWasThere is what
// TestCache_AFullDiskKeepsTheOneThatWasThere does with a limit, on a file system that is
// really full. Mounting one takes rights that not everybody has; the other test needs none.
func TestCache_AFullFileSystemKeepsTheOneThatWasThere(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=200k"); err != nil {
		t.Logf("no file system can be mounted here: %v", err)
		return
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	f := start(t, orderV1)
	opt := client.Options{CacheDir: disk}
	c := f.open(opt)
	path := only(t, disk)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f.publish(large("1.0.0"))
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := c.Status()
	if s.Digest != registry.DigestOf(f.body()) || s.CacheErr == nil || !strings.Contains(s.CacheErr.Error(), "no space left on device") {
		t.Errorf("status is %+v, want the new contracts, and that the disk is full", s)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the cache has changed: %v", err)
	}
	if names, _ := filepath.Glob(filepath.Join(disk, ".evctl-*")); len(names) > 0 {
		t.Errorf("%v take up the disk", names)
	}
	// There is room again: the next answer of the registry writes it, although it is 304.
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=2m"); err != nil {
		t.Fatal(err)
	}
	f.requests()
	if err := c.Refresh(t.Context()); err != nil || c.Status().CacheErr != nil {
		t.Errorf("with room again: %v, %v", err, c.Status().CacheErr)
	}
	if asked := f.requests(); len(asked) != 1 || !strings.Contains(asked[0], "sha256:") {
		t.Errorf("requests are %q, want one that asks only for news", asked)
	}
	f.put(gone)
	if got := f.open(opt).Status(); got.Digest != s.Digest || got.Source != client.FromCache {
		t.Errorf("status is %+v, want the new bundle from the cache", got)
	}
}
