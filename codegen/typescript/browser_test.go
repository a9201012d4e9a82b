package typescript

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen/codegentest"
)

// TestBrowser_EventsReachTheRegistry lets a page in Chromium track events of the shop, to
// evctl serve, which finds all of them valid.
func TestBrowser_EventsReachTheRegistry(t *testing.T) {
	browser := chromium(t)
	tools := installed(t, "testdata/run")
	page := t.TempDir()
	codegentest.Write(t, filepath.Join(page, "src"), codegentest.Files(t, Target{}, codegentest.Model(t, shop), nil))
	app, err := os.ReadFile(filepath.Join(tools, "app.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(page, "app.ts"), app, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, page, []string{filepath.Join(tools, "node_modules", ".bin", "esbuild")}, "--bundle", "--format=iife", "--log-level=warning", "--outfile=app.js", "app.ts")
	c := newCollector(t, serve(t), filepath.Join(page, "app.js"))

	cmd := exec.Command("node", filepath.Join(tools, "browser.mjs"), c.URL, browser)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var got struct {
		Faults    []string
		UserAgent string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	t.Log(got.UserAgent)
	want := []string{"checkout.step_completed /checkout_id: format", "account.signed_in /ip_address: format"}
	if diff := cmp.Diff(want, got.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.judged) != 8 {
		t.Errorf("%d events, expected 8", len(c.judged))
	}
	for _, v := range c.verdicts {
		if !v.Valid || v.Event != "account.signed_in" {
			t.Errorf("the registry says %+v", v)
		}
	}
}

// chromium is the program. Without it the test is skipped on a developer's machine and
// fails in continuous integration.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	codegentest.Missing(t, "chromium")
	return ""
}

var servedAt = regexp.MustCompile(`on (http://\S+)`)

// serve builds evctl and serves the registry of the shop. It stops with the test.
func serve(t *testing.T) *url.URL {
	t.Helper()
	program := filepath.Join(t.TempDir(), "evctl")
	run(t, "../..", []string{"go", "build", "-o", program, "./cmd/evctl"})
	cmd := exec.Command(program, "serve", "--addr", "127.0.0.1:0")
	cmd.Dir = shop
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var drained sync.WaitGroup
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		drained.Wait()
		if err := cmd.Wait(); err != nil {
			t.Errorf("evctl serve: %v", err)
		}
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if m := servedAt.FindStringSubmatch(lines.Text()); m != nil {
			drained.Go(func() { _, _ = io.Copy(io.Discard, stderr) })
			at, err := url.Parse(m[1])
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	t.Fatal("evctl serve says no address")
	return nil
}

// collected is what the registry says of an event.
type collected struct {
	Valid bool
	Event string
}

// collector is a web site with a page and, behind the same address, the registry.
type collector struct {
	*httptest.Server
	mu       sync.Mutex
	more     *sync.Cond
	verdicts []collected
	judged   map[string]bool // events by their identifiers: what fails on the way may come twice
	failing  int             // requests to answer with 503
}

func newCollector(t *testing.T, registry *url.URL, script string) *collector {
	c := &collector{judged: map[string]bool{}}
	c.more = sync.NewCond(&c.mu)
	proxy := httputil.NewSingleHostReverseProxy(registry)
	proxy.ModifyResponse = c.note
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><meta charset="utf-8"><title>Shop</title><script src="/app.js"></script>`)
	})
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	mux.HandleFunc("POST /v1/validate", func(w http.ResponseWriter, r *http.Request) {
		if c.fails() {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
		c.count(body)
	})
	mux.HandleFunc("POST /failing", func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.failing, _ = strconv.Atoi(r.FormValue("count"))
	})
	mux.HandleFunc("GET /received", c.received)
	c.Server = httptest.NewServer(mux)
	t.Cleanup(c.Close)
	return c
}

func (c *collector) fails() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failing == 0 {
		return false
	}
	c.failing--
	return true
}

// note keeps the verdicts that pass.
func (c *collector) note(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var list []collected
	if err := json.Unmarshal(body, &list); err != nil {
		return fmt.Errorf("%s: %w", body, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.verdicts = append(c.verdicts, list...)
	return nil
}

// count keeps which events there were.
func (c *collector) count(body []byte) {
	var events []struct{ ID string }
	_ = json.Unmarshal(body, &events) // the registry says what is wrong with it
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range events {
		c.judged[e.ID] = true
	}
	c.more.Broadcast()
}

// received answers once as many events were judged as asked for.
func (c *collector) received(w http.ResponseWriter, r *http.Request) {
	count, _ := strconv.Atoi(r.FormValue("count"))
	late := time.AfterFunc(15*time.Second, c.more.Broadcast)
	defer late.Stop()
	begin := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.judged) < count {
		if time.Since(begin) >= 15*time.Second {
			http.Error(w, fmt.Sprintf("%d events, expected %d", len(c.judged), count), http.StatusGatewayTimeout)
			return
		}
		c.more.Wait()
	}
	fmt.Fprint(w, len(c.judged))
}
