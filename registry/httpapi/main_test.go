package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/lint/compat"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/httpapi"
	"github.com/evctl/evctl/registry/storetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) { http.DefaultClient.CloseIdleConnections() }))
}

// gate is the gate of evctl in its default mode.
func gate(_ context.Context, q registry.Question) (registry.Judgement, error) {
	j := compat.Judge(q.Released, q.Candidate, compat.Options{Waived: q.Waived})
	return registry.Judgement{Needed: j.Needed, Findings: j.Findings}, nil
}

// fixture is a server on a real socket over a directory.
type fixture struct {
	*testing.T
	url    string
	path   string // of the directory
	store  *dir.Store
	server *httpapi.Server
	log    *syncBuffer
	client *http.Client
	stop   func() error
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start serves the contracts; each is released before the server starts.
func start(t *testing.T, opt httpapi.Options, contracts ...string) *fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "releases")
	f := &fixture{T: t, path: path, log: &syncBuffer{}}
	f.release(f.service(), contracts...)
	return f.serve(opt)
}

// startOver serves a directory that is there.
func startOver(t *testing.T, path string) *fixture {
	t.Helper()
	f := &fixture{T: t, path: path, log: &syncBuffer{}}
	return f.serve(open)
}

func (f *fixture) service() *registry.Service {
	f.Helper()
	var err error
	if f.store, err = dir.Open(f.path, "releases"); err != nil {
		f.Fatal(err)
	}
	return registry.NewService(f.store, gate, func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) })
}

func (f *fixture) serve(opt httpapi.Options) *fixture {
	f.Helper()
	service, t := f.service(), f.T
	if opt.Envelope == nil {
		opt.Envelope = envelope.Default()
	}
	opt.Log = slog.New(slog.NewTextHandler(f.log, nil))
	f.server = httpapi.New(context.Background(), service, opt)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.url = "http://" + listener.Addr().String()
	f.client = &http.Client{Transport: &http.Transport{DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- f.server.Serve(ctx, listener, 5*time.Second) }()
	f.stop = sync.OnceValue(func() error {
		f.client.CloseIdleConnections()
		cancel()
		return <-served
	})
	t.Cleanup(func() {
		if err := f.stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return f
}

func (f *fixture) release(service *registry.Service, texts ...string) {
	f.Helper()
	for _, text := range texts {
		c := storetest.Parse(f, text)
		report, err := service.Push(context.Background(), []*contracts.Contract{c}, registry.PushOptions{})
		if err != nil || report.Outcomes[0].Status != registry.Pushed {
			f.Fatalf("release %s: %+v, %v", c.ID(), report, err)
		}
	}
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request; header is a list of names and values.
func (f *fixture) do(method, path, body string, header ...string) answer {
	f.Helper()
	request, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := f.client.Do(request)
	if err != nil {
		f.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		f.Fatal(err)
	}
	a := answer{response.StatusCode, response.Header, string(data)}
	f.described(method, request.URL.EscapedPath(), a)
	return a
}

func (f *fixture) get(path string, header ...string) answer { return f.do("GET", path, "", header...) }

func (f *fixture) post(path, body string, header ...string) answer {
	return f.do("POST", path, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

// wantError checks status and code of an error.
func (f *fixture) wantError(a answer, status int, code registry.Code) {
	f.Helper()
	var document struct{ Error struct{ Code registry.Code } }
	if err := json.Unmarshal([]byte(a.body), &document); err != nil {
		f.Errorf("answer is %q, want an error in JSON", a.body)
	}
	if a.status != status || document.Error.Code != code {
		f.Errorf("answer is %d %s, want %d %s", a.status, a.body, status, code)
	}
}

func (f *fixture) wantStatus(a answer, status int) {
	f.Helper()
	if a.status != status {
		f.Fatalf("status is %d with %s, want %d", a.status, a.body, status)
	}
}

func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("answer %q: %v", a.body, err)
	}
	return v
}

const orderV1 = `event: order.completed
version: 1.0.0
owner: checkout
properties:
  order_id: {type: string, required: true}
  total: {type: number, minimum: 0, required: true}
`

const orderV11 = `event: order.completed
version: 1.1.0
owner: checkout
properties:
  order_id: {type: string, required: true}
  total: {type: number, minimum: 0, required: true}
  coupon: {type: string}
`
