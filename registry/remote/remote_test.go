package remote_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/httpapi"
	"github.com/evctl/evctl/registry/remote"
	"github.com/evctl/evctl/registry/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func gate(_ context.Context, q registry.Question) (registry.Judgement, error) {
	j := compat.Judge(q.Released, q.Candidate, compat.Options{Waived: q.Waived})
	return registry.Judgement{Needed: j.Needed, Findings: j.Findings}, nil
}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// fixture is a server over a directory, with what stands between it and the client.
type fixture struct {
	*testing.T
	url     string
	path    string
	service *registry.Service
	// between sees every request first; it answers it, or hands it on.
	between func(w http.ResponseWriter, r *http.Request, next http.Handler)
	mu      sync.Mutex
	paths   []string // that were asked for
	client  *http.Client
}

func start(t *testing.T, texts ...string) *fixture {
	t.Helper()
	f := &fixture{T: t, path: filepath.Join(t.TempDir(), "releases")}
	store, err := dir.Open(f.path, "releases")
	if err != nil {
		t.Fatal(err)
	}
	f.service = registry.NewService(store, gate, func() time.Time { return noon })
	for _, text := range texts {
		f.release(text)
	}
	api := httpapi.New(t.Context(), f.service, httpapi.Options{Token: "s3cret", Envelope: envelope.Default()})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.paths = append(f.paths, r.Method+" "+r.URL.EscapedPath())
		f.mu.Unlock()
		if f.between != nil {
			f.between(w, r, api.Handler())
			return
		}
		api.Handler().ServeHTTP(w, r)
	}))
	f.url = server.URL
	f.client = &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() { f.client.CloseIdleConnections(); server.Close() })
	return f
}

func (f *fixture) release(text string) {
	f.Helper()
	r, err := f.service.Push(context.Background(), []*contracts.Contract{storetest.Parse(f, text)}, registry.PushOptions{})
	if err != nil || r.Refused() {
		f.Fatalf("release: %+v, %v", r, err)
	}
}

func (f *fixture) options() remote.Options {
	return remote.Options{Client: f.client, Token: "s3cret"}
}

func (f *fixture) open() registry.Store {
	f.Helper()
	s, err := remote.Open(context.Background(), f.url, f.options())
	if err != nil {
		f.Fatal(err)
	}
	return s
}

func event(name, version, rest string) string {
	return "event: " + document.Quote(name) + "\nversion: " + version + "\n" + rest
}

func TestRemote_ReadsWhatTheDirectoryHolds(t *testing.T) {
	var texts []string
	for i, name := range storetest.Names {
		texts = append(texts, event(name, "1.0.0", fmt.Sprintf("description: number %d\n", i)), event(name, "1.1.0", "properties: {x: {type: string}}\n"))
	}
	texts = append(texts, event("old.retired", "1.0.0", "status: retired\n"))
	f := start(t, texts...)
	store := f.open()
	want, err := f.service.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.List(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("List (-want +got): %v\n%s", err, diff)
	}
	for _, s := range want {
		for _, v := range s.Versions {
			sameRelease(t, f.service, store, s.Event, v)
		}
	}
	if n := f.asked("/v1/bundle.json"); n != 1 {
		t.Errorf("the bundle was fetched %d times, want once for so many releases", n)
	}
}

func sameRelease(t *testing.T, a, b registry.Reader, event string, v contracts.Version) {
	t.Helper()
	want, err := a.Get(t.Context(), event, v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Get(t.Context(), event, v)
	if err != nil {
		t.Errorf("Get(%q, %s): %v", event, v, err)
		return
	}
	head, err := b.Head(t.Context(), event, v)
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want.Head, got.Head); diff != "" {
		t.Errorf("%q %s (-want +got):\n%s", event, v, diff)
	}
	if diff := cmp.Diff(want.Head, head); diff != "" {
		t.Errorf("Head of %q %s (-want +got):\n%s", event, v, diff)
	}
	if diff := cmp.Diff(string(want.JSON()), string(got.JSON())); diff != "" {
		t.Errorf("%q %s (-want +got):\n%s", event, v, diff)
	}
	if c, err := got.Contract(); err != nil || contracts.DigestOf(c) != want.ContractDigest {
		t.Errorf("contract of %q %s is another one: %v", event, v, err)
	}
}

func (f *fixture) asked(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, p := range f.paths {
		if strings.HasSuffix(p, path) {
			n++
		}
	}
	return n
}

func TestRemote_HeadsNeedNoRequest(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", ""))
	store := f.open()
	if _, err := store.Head(t.Context(), "a.b", contracts.Version{Major: 1}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"GET /v1/events.json"}, f.paths); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestRemote_UnknownVersions(t *testing.T) {
	store := start(t, event("a.b", "1.0.0", "")).open()
	for _, name := range []string{"a.b", "a.c"} {
		if _, err := store.Get(t.Context(), name, contracts.Version{Major: 2}); registry.CodeOf(err) != registry.CodeVersionUnknown {
			t.Errorf("Get of an unknown version of %s: %v", name, err)
		}
	}
}

func TestRemote_UnderAPrefixAndWithItsVersionInTheURL(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", ""))
	f.between = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		http.StripPrefix("/contracts/main", next).ServeHTTP(w, r)
	}
	for _, suffix := range []string{"", "/", "/v1", "/v1/"} {
		store, err := remote.Open(t.Context(), f.url+"/contracts/main"+suffix, f.options())
		if err != nil {
			t.Fatalf("%s: %v", suffix, err)
		}
		sameRelease(t, f.service, store, "a.b", contracts.Version{Major: 1})
	}
}

func TestOpen_ADirectory(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", ""))
	local, err := remote.Open(t.Context(), f.path, remote.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sameRelease(t, f.service, local, "a.b", contracts.Version{Major: 1})
	missing := filepath.Join(t.TempDir(), "none")
	if _, err := remote.Open(t.Context(), missing, remote.Options{}); registry.CodeOf(err) != registry.CodeRegistryUnreached {
		t.Errorf("error is %v, want that the directory does not exist", err)
	}
	if _, err := remote.Open(t.Context(), missing, remote.Options{Create: true}); err != nil {
		t.Error(err)
	}
}

func TestRemote_PushReleasesThroughTheServersGate(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", "properties: {x: {type: string}}\n"))
	store := f.open()
	later := registry.NewService(store, gate, func() time.Time { return noon.Add(time.Hour) })
	list := []*contracts.Contract{storetest.Parse(t, event("a.b", "1.1.0", "properties: {x: {type: string}, y: {type: string}}\n")), storetest.Parse(t, event("c/d", "1.0.0", ""))}
	r, err := later.Push(t.Context(), list, registry.PushOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Outcomes {
		head, err := f.service.Head(t.Context(), o.Event, o.Version)
		if err != nil || o.Status != registry.Pushed || o.Digest != head.Digest || !head.Released.Equal(noon) {
			t.Errorf("outcome %+v, the server has %+v, %v", o, head, err)
		}
	}
	sameRelease(t, f.service, store, "a.b", contracts.Version{Major: 1, Minor: 1})

	// The client's gate would let this pass, the server's does not.
	careless := registry.NewService(store, func(context.Context, registry.Question) (registry.Judgement, error) {
		return registry.Judgement{}, nil
	}, time.Now)
	_, err = careless.Push(t.Context(), []*contracts.Contract{storetest.Parse(t, event("e.f", "1.0.0", "")), storetest.Parse(t, event("a.b", "1.2.0", ""))}, registry.PushOptions{})
	if registry.CodeOf(err) != registry.CodeIncompatible || !strings.Contains(err.Error(), `property "x"`) || !strings.Contains(err.Error(), "(1 of 2 versions were released before)") {
		t.Errorf("error is %v, want the server's findings and what was released", err)
	}
}

func TestRemote_PushNeedsTheToken(t *testing.T) {
	f := start(t)
	store, err := remote.Open(t.Context(), f.url, remote.Options{Client: f.client, Token: "wrong"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = registry.NewService(store, gate, time.Now).Push(t.Context(), []*contracts.Contract{storetest.Parse(t, event("a.b", "1.0.0", ""))}, registry.PushOptions{})
	if registry.CodeOf(err) != registry.CodeUnauthorized || !strings.Contains(registry.HintOf(err), "EVCTL_TOKEN") {
		t.Errorf("error is %v with hint %q", err, registry.HintOf(err))
	}
}

func TestRemote_ReadsAreTriedAgainAndPushesAreNot(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", ""))
	var failures atomic.Int32
	f.between = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if failures.Add(-1) >= 0 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		next.ServeHTTP(w, r)
	}
	failures.Store(2)
	store := f.open()
	failures.Store(3)
	if _, err := store.Get(t.Context(), "a.b", contracts.Version{Major: 1}); registry.CodeOf(err) != registry.CodeRegistryUnreached {
		t.Errorf("after three failures the error is %v", err)
	}
	failures.Store(0)
	f.between = func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == "POST" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		next.ServeHTTP(w, r)
	}
	_, err := registry.NewService(store, gate, time.Now).Push(t.Context(), []*contracts.Contract{storetest.Parse(t, event("c.d", "1.0.0", ""))}, registry.PushOptions{})
	if registry.CodeOf(err) != registry.CodeRegistryUnreached || f.asked("/versions") != 1 {
		t.Errorf("error is %v after %d pushes, want one", err, f.asked("/versions"))
	}
}

// answer makes a server that answers one path like this.
func answer(path, media, body string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if strings.HasSuffix(r.URL.Path, path) {
			w.Header().Set("Content-Type", media)
			fmt.Fprint(w, body)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func TestOpen_WhatIsNoRegistry(t *testing.T) {
	f := start(t)
	for what, c := range map[string]struct {
		between func(http.ResponseWriter, *http.Request, http.Handler)
		want    string
	}{
		"a page":      {answer("", "text/html", "<html>"), "events.json is not the index of a registry"},
		"other JSON":  {answer("", "application/json", `{"events":null}`), "events.json is not the index of a registry"},
		"a version":   {answer("", "application/json", `{"events":[{"event":"a","versions":[{"version":"1"}]}]}`), "events.json is not the index of a registry"},
		"no versions": {answer("", "application/json", `{"events":[{"event":"a"}]}`), `lists "a" twice or without versions`},
		"not found":   {func(w http.ResponseWriter, r *http.Request, _ http.Handler) { http.NotFound(w, r) }, "it answers 404 Not Found with text/plain"},
		"redirects":   {func(w http.ResponseWriter, r *http.Request, _ http.Handler) { http.Redirect(w, r, r.URL.Path, 302) }, "stopped after 10 redirects"},
		"an error of ours": {func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			r.URL.Path = "/v3"
			next.ServeHTTP(w, r)
		}, "no such path: /v3"},
		"an endless answer": {answer("", "application/json", strings.Repeat(" ", 2000)), "answers more than 1000 bytes"},
	} {
		t.Run(what, func(t *testing.T) {
			f.between = c.between
			opt := f.options()
			opt.MaxBytes = 1000
			if _, err := remote.Open(t.Context(), f.url, opt); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
		})
	}
}

func TestRemote_WhatDoesNotMatchItsDigestIsRefused(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", "description: right\n"), event("a.b", "1.0.1", "description: other\n"), event("c.d", "1.0.0", ""))
	stored := func(name string, v contracts.Version) string {
		r, err := f.service.Get(t.Context(), name, v)
		if err != nil {
			t.Fatal(err)
		}
		return string(r.JSON())
	}
	v := contracts.Version{Major: 1}
	elsewhere, err := start(t, event("a.b", "1.0.0", "description: elsewhere\n")).service.Get(t.Context(), "a.b", v)
	if err != nil {
		t.Fatal(err)
	}
	for what, body := range map[string]string{
		"another release":    string(elsewhere.JSON()),
		"edited":             strings.Replace(stored("a.b", v), "right", "wrong", 1),
		"another version":    stored("a.b", contracts.Version{Major: 1, Patch: 1}),
		"another event":      stored("c.d", v),
		"empty":              "",
		"a page":             "<html>",
		"cut off":            stored("a.b", v)[:200],
		"without its digest": `{"event":"a.b"}`,
	} {
		t.Run(what, func(t *testing.T) {
			f.between = nil
			store := f.open()
			f.between = answer("/1.0.0.json", "application/json", body)
			_, err := store.Get(t.Context(), "a.b", v)
			if registry.CodeOf(err) != registry.CodeReleaseEdited || !strings.Contains(err.Error(), "release a.b 1.0.0 of "+f.url) {
				t.Errorf("error is %v, want one about the release and the server", err)
			}
		})
	}
}

func TestRemote_AnIndexCannotPointElsewhere(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", ""))
	real := f.open()
	head, err := real.Head(t.Context(), "a.b", contracts.Version{Major: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"http://other.example/x.json", "/etc/passwd", "../../x.json", "events/../../x", "//other.example/x"} {
		index, err := json.Marshal(registry.Index{Events: []registry.IndexEvent{{
			Event: "a.b", Versions: []registry.IndexVersion{{Version: head.Version, Digest: head.Digest, ContractDigest: head.ContractDigest, Path: path}},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		f.between = answer("/events.json", "application/json", string(index))
		if _, err := f.open().Get(t.Context(), "a.b", head.Version); err == nil || !strings.Contains(err.Error(), "expected one below itself") {
			t.Errorf("path %q: error is %v", path, err)
		}
	}
}

func TestOpen_TimesOut(t *testing.T) {
	f := start(t)
	release := make(chan struct{})
	var asked atomic.Int32
	f.between = func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		asked.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	defer close(release)
	opt := f.options()
	opt.Timeout = 20 * time.Millisecond
	_, err := remote.Open(t.Context(), f.url, opt)
	if registry.CodeOf(err) != registry.CodeRegistryUnreached || registry.HintOf(err) != "it did not answer in time" {
		t.Errorf("error is %v with hint %q", err, registry.HintOf(err))
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times, want once: waiting again takes as long", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := remote.Open(ctx, f.url, f.options()); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want that it was cancelled", err)
	}
}

func TestOpen_ReadsAnIndexOfBoundedSizeOnly(t *testing.T) {
	f := start(t)
	f.between = func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		for page := make([]byte, 1<<20); ; {
			if _, err := w.Write(page); err != nil {
				return
			}
		}
	}
	_, err := remote.Open(t.Context(), f.url, f.options())
	if err == nil || !strings.Contains(err.Error(), "events.json answers more than 33554432 bytes") {
		t.Errorf("error is %v, want that the index is too large", err)
	}
}

func TestOpen_TakesOnlyURLsOfTheWeb(t *testing.T) {
	for location, isURL := range map[string]bool{
		"HTTPS://127.0.0.1:1": true, "ftp://127.0.0.1/x": true, "file:///etc": true,
		"releases": false, "./a://b": false, `C:\releases`: false, "c://x": false,
	} {
		if got := remote.IsURL(location); got != isURL {
			t.Errorf("IsURL(%q) is %v", location, got)
		}
	}
	if _, err := remote.Open(t.Context(), "ftp://127.0.0.1/x", remote.Options{Create: true}); registry.CodeOf(err) != registry.CodeRequestInvalid {
		t.Errorf("error is %v, want that the URL is wrong", err)
	}
}

func TestOpen_DoesNotTellThePassword(t *testing.T) {
	location := (&url.URL{Scheme: "http", User: url.UserPassword("me", "s3cret"), Host: "127.0.0.1:1"}).String()
	opt := remote.Options{Client: &http.Client{Transport: &http.Transport{}}}
	if _, err := remote.Open(t.Context(), location, opt); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error is %v, want one without the password", err)
	}
}

func TestOpen_AnExportedDirectoryOnAnyWebServer(t *testing.T) {
	f := start(t, event("a.b", "1.0.0", ""))
	site := t.TempDir()
	for _, path := range []string{"events.json", "bundle.json", "events/a.b/1.0.0.json"} {
		response, err := f.client.Get(f.url + "/v1/" + path)
		if err != nil {
			t.Fatal(err)
		}
		var text json.RawMessage
		err = json.NewDecoder(response.Body).Decode(&text)
		response.Body.Close()
		file := filepath.Join(site, "v1", filepath.FromSlash(path))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(file), 0o755)
		}
		if err == nil {
			err = os.WriteFile(file, text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	static := httptest.NewServer(http.FileServer(http.Dir(site)))
	defer static.Close()
	store, err := remote.Open(t.Context(), static.URL, f.options())
	if err != nil {
		t.Fatal(err)
	}
	sameRelease(t, f.service, store, "a.b", contracts.Version{Major: 1})
	_, err = registry.NewService(store, gate, time.Now).Push(t.Context(), []*contracts.Contract{storetest.Parse(t, event("e.f", "1.0.0", ""))}, registry.PushOptions{})
	if registry.CodeOf(err) != registry.CodeRegistryUnreached {
		t.Errorf("pushing to a static site: %v", err)
	}
}
