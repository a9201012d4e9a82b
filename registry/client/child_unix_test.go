//go:build unix

package client_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

// Environment of a child: the registry, the cache, and how large files may become.
const (
	childURL   = "EVCTL_TEST_COLLECTOR"
	childCache = "EVCTL_TEST_CACHE"
	childLimit = "EVCTL_TEST_FILE_LIMIT"
)

// childReport is what a child says of itself, on a line for each refresh.
type childReport struct {
	Digest   contracts.Digest
	Source   client.Source
	CacheErr string
	Err      string
}

// runChild is a collector in a process of its own, which refreshes without a pause.
func runChild() bool {
	url := os.Getenv(childURL)
	if url == "" {
		return false
	}
	if limit := os.Getenv(childLimit); limit != "" {
		var bytes uint64
		if _, err := fmt.Sscan(limit, &bytes); err != nil {
			panic(err)
		}
		signal.Ignore(syscall.SIGXFSZ) // writes fail instead
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes}); err != nil {
			panic(err)
		}
	}
	c, err := client.Open(context.Background(), url, client.Options{CacheDir: os.Getenv(childCache), AllowOlder: true})
	for {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		s := c.Status()
		report := childReport{Digest: s.Digest, Source: s.Source}
		if s.CacheErr != nil {
			report.CacheErr = s.CacheErr.Error()
		}
		if s.Err != nil {
			report.Err = s.Err.Error()
		}
		if data, err := json.Marshal(report); err == nil {
			fmt.Println(string(data))
		}
		err = c.Refresh(context.Background())
	}
}

// child is a process that runs runChild.
type child struct {
	*exec.Cmd
	t     *testing.T
	lines *bufio.Scanner
}

func startChild(t *testing.T, url, cache string, env ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(append(os.Environ(), childURL+"="+url, childCache+"="+cache), env...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd, t, bufio.NewScanner(stdout)}
	t.Cleanup(c.kill)
	return c
}

// kill ends the process with SIGKILL, which it cannot notice.
func (c *child) kill() {
	_ = c.Process.Kill()
	_ = c.Wait()
}

// report is the next line.
func (c *child) report() childReport {
	c.t.Helper()
	if !c.lines.Scan() {
		c.t.Fatalf("the collector ended: %v", c.lines.Err())
	}
	var r childReport
	if err := json.Unmarshal(c.lines.Bytes(), &r); err != nil {
		c.t.Fatalf("%s: %v", c.lines.Text(), err)
	}
	return r
}

// large is a contract whose bundle takes a while to write.
func large(version string) string {
	return "event: large\nversion: " + version + "\ndescription: " + strings.Repeat("x", 300_000) + "\n"
}

// TestCache_AProcessKilledWhileItWritesLeavesAWholeOne kills collectors as soon as a
// file that is not whole is seen.
func TestCache_AProcessKilledWhileItWritesLeavesAWholeOne(t *testing.T) {
	f := start(t, orderV1, large("1.0.0"))
	bundles := [][]byte{f.body()}
	f.publish(cartV1)
	bundles = append(bundles, f.body())
	digests := map[contracts.Digest]bool{registry.DigestOf(bundles[0]): true, registry.DigestOf(bundles[1]): true}
	var n atomic.Int64
	alternate := func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n.Load()))
		_, _ = w.Write(bundles[n.Add(1)%2])
	}
	torn := 0
	for range 10 {
		f.put(alternate)
		opt := client.Options{CacheDir: t.TempDir()}
		c := startChild(t, f.url, opt.CacheDir)
		c.report()
		for deadline := time.Now().Add(20 * time.Second); len(unfinished(t, opt.CacheDir)) == 0; {
			if time.Now().After(deadline) {
				t.Fatal("the collector does not write its cache")
			}
		}
		c.kill()
		torn += len(unfinished(t, opt.CacheDir))
		f.put(gone)
		again := f.open(opt)
		works(t, again)
		if s := again.Status(); s.Source != client.FromCache || s.CacheErr != nil || !digests[s.Digest] {
			t.Errorf("status is %+v, want one of the two bundles from the cache", s)
		}
	}
	if torn == 0 {
		t.Error("no kill met a file that was not whole")
	}
}

func unfinished(t *testing.T, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, ".evctl-*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestCache_AFullDiskKeepsTheOneThatWasThere lets the system refuse to write more than
// the old bundle needs, in the middle of the file.
func TestCache_AFullDiskKeepsTheOneThatWasThere(t *testing.T) {
	f := start(t, orderV1)
	opt := client.Options{CacheDir: t.TempDir()}
	old := f.open(opt).Status().Digest
	before, err := os.ReadFile(only(t, opt.CacheDir))
	if err != nil {
		t.Fatal(err)
	}
	f.publish(large("1.0.0"))
	c := startChild(t, f.url, opt.CacheDir, childLimit+"=100000")
	r := c.report()
	if r.Digest != registry.DigestOf(f.body()) || r.Source != client.FromRegistry || r.Err != "" {
		t.Errorf("the collector says %+v, want that it uses the new contracts", r)
	}
	if !strings.Contains(r.CacheErr, "keep the bundle in "+opt.CacheDir) || !strings.Contains(r.CacheErr, "file too large") {
		t.Errorf("the collector says %q about its cache, want that the disk is full", r.CacheErr)
	}
	c.report() // it tries again
	c.kill()
	for _, name := range unfinished(t, opt.CacheDir) {
		if info, err := os.Stat(name); err == nil && info.Size() > 100_000 {
			t.Errorf("%s has %d bytes", name, info.Size())
		}
	}
	after, err := os.ReadFile(filepath.Join(opt.CacheDir, filepath.Base(cacheOf(t, opt.CacheDir))))
	if err != nil || string(after) != string(before) {
		t.Errorf("the cache has changed: %v", err)
	}
	f.put(gone)
	if s := f.open(opt).Status(); s.Digest != old || s.Source != client.FromCache {
		t.Errorf("status is %+v, want the old bundle", s)
	}
}

// cacheOf is the cache in a folder that may hold unfinished files too.
func cacheOf(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "bundle-*.cache"))
	if err != nil || len(names) != 1 {
		t.Fatalf("folder has %v, %v, want one cache", names, err)
	}
	return names[0]
}

func TestCache_APipeInItsPlaceIsNotWaitedFor(t *testing.T) {
	f := start(t, orderV1)
	opt := client.Options{CacheDir: t.TempDir()}
	f.open(opt)
	path := only(t, opt.CacheDir)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	opt.Hooks.Failed = func(err error) {
		if !strings.Contains(err.Error(), "it is no regular file") {
			t.Errorf("the hook was told %v", err)
		}
	}
	c := f.open(opt)
	works(t, c)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || c.Status().CacheErr != nil {
		t.Errorf("the pipe was not replaced: %v, %v", err, c.Status().CacheErr)
	}
}
