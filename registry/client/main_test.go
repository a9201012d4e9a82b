package client_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/httpapi"
	"github.com/evctl/evctl/registry/storetest"
)

// TestMain is also the collectors that tests start and kill.
func TestMain(m *testing.M) {
	if runChild() {
		return
	}
	goleak.VerifyTestMain(m)
}

func gate(_ context.Context, q registry.Question) (registry.Judgement, error) {
	j := compat.Judge(q.Released, q.Candidate, compat.Options{Waived: q.Waived})
	return registry.Judgement{Needed: j.Needed, Findings: j.Findings}, nil
}

// fixture is a real server over a directory, with what stands between it and the client.
type fixture struct {
	testing.TB
	url    string
	path   string // of the releases
	http   *http.Client
	server *httpapi.Server
	now    time.Time // of the next release

	mu      sync.Mutex
	between func(w http.ResponseWriter, r *http.Request, next http.Handler)
	asked   []string
}

const (
	orderV1  = "event: order.completed\nversion: 1.0.0\nproperties:\n  total: {type: number, minimum: 0, required: true}\n  email: {type: string, pii: direct}\n"
	orderV11 = "event: order.completed\nversion: 1.1.0\nproperties:\n  total: {type: number, minimum: 0, required: true}\n  email: {type: string, pii: direct}\n  coupon: {type: string}\n"
	cartV1   = "event: cart.viewed\nversion: 1.0.0\n"

	good    = `{"event":"order.completed","version":"1.0.0","total":1}`
	goodNew = `{"event":"order.completed","version":"1.1.0","total":1,"coupon":"x"}`
	bad     = `{"event":"order.completed","version":"1.0.0","total":-1}`
)

// start serves contracts, each released an hour after the one before.
func start(t testing.TB, texts ...string) *fixture { return startSigned(t, nil, texts...) }

func startSigned(t testing.TB, keys []ed25519.PrivateKey, texts ...string) *fixture {
	t.Helper()
	f := &fixture{TB: t, path: filepath.Join(t.TempDir(), "releases"), now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	f.release(texts...)
	store, err := dir.Open(f.path, "releases")
	if err != nil {
		t.Fatal(err)
	}
	f.server = httpapi.New(t.Context(), registry.NewService(store, gate, time.Now), httpapi.Options{
		Envelope: envelope.Default(), SignKeys: keys, MaxWait: time.Minute,
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		between := f.between
		f.asked = append(f.asked, r.URL.Path+" "+r.Header.Get("If-None-Match"))
		f.mu.Unlock()
		if between != nil {
			between(w, r, f.server.Handler())
			return
		}
		f.server.Handler().ServeHTTP(w, r)
	}))
	f.url, f.http = server.URL, &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() { f.http.CloseIdleConnections(); server.Close() })
	return f
}

// release releases contracts into the directory; the server sees it when it reloads.
func (f *fixture) release(texts ...string) {
	f.Helper()
	store, err := dir.Open(f.path, "releases")
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range texts {
		f.now = f.now.Add(time.Hour)
		service := registry.NewService(store, gate, func() time.Time { return f.now })
		r, err := service.Push(context.Background(), []*contracts.Contract{storetest.Parse(f, text)}, registry.PushOptions{})
		if err != nil || r.Refused() {
			f.Fatalf("release: %+v, %v", r, err)
		}
	}
}

// publish releases contracts and serves them.
func (f *fixture) publish(texts ...string) {
	f.Helper()
	f.release(texts...)
	if err := f.server.Reload(context.Background(), false); err != nil {
		f.Fatal(err)
	}
}

// put puts something between the server and its clients; nil: nothing.
func (f *fixture) put(between func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.between = between
}

// requests are those since the last call.
func (f *fixture) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.asked
	f.asked = nil
	return asked
}

func (f *fixture) open(opt client.Options) *client.Client {
	f.Helper()
	c, err := f.tryOpen(opt)
	if err != nil {
		f.Fatal(err)
	}
	return c
}

func (f *fixture) tryOpen(opt client.Options) (*client.Client, error) {
	opt.HTTP = f.http
	return client.Open(f.Context(), f.url, opt)
}

// body is the bundle as the server sends it.
func (f *fixture) body() []byte {
	f.Helper()
	recorder := httptest.NewRecorder()
	f.server.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/v1/bundle.json", nil))
	return recorder.Body.Bytes()
}

// answer makes a server that answers everything like this.
func answer(status int, body string, header ...string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

var gone = answer(http.StatusBadGateway, "")

// works checks that an event has the verdict that it has by the contracts in use.
func works(t testing.TB, c *client.Client) {
	t.Helper()
	if !c.Valid([]byte(good)) || c.Valid([]byte(bad)) {
		t.Errorf("verdicts are %+v and %+v", c.Validate([]byte(good)), c.Validate([]byte(bad)))
	}
}

// events tells a test what hooks were told.
type events struct {
	loaded chan client.Status
	failed chan error
}

func listen(opt *client.Options) events {
	e := events{make(chan client.Status, 1000), make(chan error, 1000)}
	opt.Hooks.Loaded = func(s client.Status) { e.loaded <- s }
	opt.Hooks.Failed = func(err error) { e.failed <- err }
	return e
}

func next[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing happens")
	}
	panic("unreachable")
}

// watch runs Watch until the test ends.
func watch(t testing.TB, c *client.Client) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); c.Watch(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func newKeys(t testing.TB) ([]ed25519.PrivateKey, []ed25519.PublicKey) {
	t.Helper()
	private, public, err := registry.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	secret, errSecret := registry.ParsePrivateKeys(private)
	open, errOpen := registry.ParsePublicKeys(public)
	if err := errors.Join(errSecret, errOpen); err != nil {
		t.Fatal(err)
	}
	return secret, open
}

func publishedIn(ctx context.Context, path string) ([]registry.Published, error) {
	store, err := dir.Open(path, "releases")
	if err != nil {
		return nil, err
	}
	return registry.PublishAll(ctx, store)
}

// registryBundle seals the members of a bundle: its digest is right.
func registryBundle(members string) []byte {
	sum := sha256.Sum256([]byte("{" + members + "}"))
	return []byte(`{"digest":"sha256:` + hex.EncodeToString(sum[:]) + `",` + members + "}")
}

// release seals a release that the registry would not make.
func release(t testing.TB, body string) []byte {
	t.Helper()
	if !json.Valid([]byte(body)) {
		t.Fatalf("no JSON: %s", body)
	}
	return registryBundle(body[1 : len(body)-1])
}

// releaseOf is the last release of a bundle.
func releaseOf(t testing.TB, bundle []byte) []byte {
	t.Helper()
	b, err := registry.DecodeBundle(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return b.Releases[len(b.Releases)-1]
}
