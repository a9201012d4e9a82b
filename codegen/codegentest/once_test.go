package codegentest

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ownCache makes the user's cache an empty folder.
func ownCache(t *testing.T) {
	t.Helper()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestOnce_FillsAFolderOnceForAllThatWaitForIt(t *testing.T) {
	ownCache(t)
	var filled, early atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			dir := once(t, "tool", func(made string) {
				filled.Add(1)
				for range 1000 {
					runtime.Gosched() // for those who come too late
				}
				write(t, filepath.Join(made, "program"), "whole")
			})
			if text, err := os.ReadFile(filepath.Join(dir, "program")); err != nil || string(text) != "whole" {
				early.Add(1)
			}
		})
	}
	group.Wait()
	if filled.Load() != 1 || early.Load() != 0 {
		t.Errorf("filled %d times, and %d did not find what is in it", filled.Load(), early.Load())
	}
}

func TestOnce_AFillThatFailsLeavesNothing(t *testing.T) {
	ownCache(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		once(t, "tool", func(made string) {
			write(t, filepath.Join(made, "half"), "")
			runtime.Goexit() // as t.Fatal does
		})
	}()
	<-done
	dir := once(t, "tool", func(made string) { write(t, filepath.Join(made, "whole"), "") })
	if diff := cmp.Diff([]string{"whole"}, namesIn(t, dir)); diff != "" {
		t.Errorf("folder (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"tool", "tool.lock"}, namesIn(t, filepath.Dir(dir))); diff != "" {
		t.Errorf("cache (-want +got):\n%s", diff)
	}
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
