package httpapi_test

import (
	"crypto/ed25519"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/httpapi"
)

// waiting is a request to /v1/watch that the server holds.
type waiting struct {
	answered chan *http.Response
	failed   chan error
}

// watch asks for news behind a tag and returns when the server waits.
func (f *fixture) watch(tag string) waiting {
	f.Helper()
	request, err := http.NewRequest("GET", f.url+"/v1/watch", nil)
	if err != nil {
		f.Fatal(err)
	}
	request.Header.Set("If-None-Match", tag)
	sent := make(chan struct{})
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(sent) }}
	request = request.WithContext(httptrace.WithClientTrace(f.Context(), trace))
	w := waiting{make(chan *http.Response, 1), make(chan error, 1)}
	before := f.watchers()
	go func() {
		response, err := f.client.Do(request)
		if err != nil {
			w.failed <- err
			return
		}
		response.Body.Close()
		w.answered <- response
	}()
	<-sent
	for deadline := time.Now().Add(10 * time.Second); f.watchers() == before; {
		if time.Now().After(deadline) {
			f.Fatal("the server does not wait")
		}
	}
	return w
}

// watchers is the line of the metric.
func (f *fixture) watchers() string {
	f.Helper()
	_, text, _ := strings.Cut(f.get("/metrics").body, "\nevctl_watchers ")
	text, _, _ = strings.Cut(text, "\n")
	return text
}

// status is what the server answers in the end.
func (w waiting) status(f *fixture) int {
	f.Helper()
	select {
	case response := <-w.answered:
		return response.StatusCode
	case err := <-w.failed:
		f.Fatal(err)
	case <-time.After(10 * time.Second):
		f.Fatal("the server does not answer")
	}
	return 0
}

func TestWatch_AnswersAtOnceWhoHasAnotherBundle(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	bundle := f.get("/v1/bundle.json")
	for _, header := range [][]string{nil, {"If-None-Match", `"sha256:0"`}} {
		a := f.get("/v1/watch", header...)
		if a.status != http.StatusOK || a.body != bundle.body || a.header.Get("ETag") != bundle.header.Get("ETag") || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v: answer is %d %v", header, a.status, a.header)
		}
	}
}

func TestWatch_AnswersWhenSomethingIsReleased(t *testing.T) {
	f := start(t, httpapi.Options{AllowPush: true}, orderV1)
	w := f.watch(f.get("/v1/bundle.json").header.Get("ETag"))
	f.wantStatus(f.push(orderV11), http.StatusCreated)
	if status := w.status(f); status != http.StatusOK {
		t.Errorf("status is %d, want the new bundle", status)
	}
}

func TestWatch_EndsAfterTheWaitThatTheClientWants(t *testing.T) {
	f := start(t, httpapi.Options{MaxWait: 2 * time.Second, Timeout: time.Second}, orderV1)
	tag := f.get("/v1/bundle.json").header.Get("ETag")
	for _, query := range []string{"?wait=0", "?wait=1", ""} {
		a := f.get("/v1/watch"+query, "If-None-Match", tag)
		if a.status != http.StatusNotModified || a.header.Get("ETag") != tag {
			t.Errorf("GET /v1/watch%s answers %d %v, want 304", query, a.status, a.header)
		}
	}
	for _, query := range []string{"?wait=-1", "?wait=1s", "?wait=", "?wait=99999999999", "?wait=1&wait=2", "?for=1"} {
		f.wantError(f.get("/v1/watch"+query), http.StatusBadRequest, registry.CodeRequestInvalid)
	}
	if n := f.watchers(); n != "0" {
		t.Errorf("%s requests wait behind the answers, want none", n)
	}
}

func TestWatch_DoesNotKeepTheServerFromStopping(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	w := f.watch(f.get("/v1/bundle.json").header.Get("ETag"))
	if err := f.stop(); err != nil {
		t.Error(err)
	}
	if status := w.status(f); status != http.StatusNotModified {
		t.Errorf("status is %d, want 304", status)
	}
	if strings.Contains(f.log.String(), "cut off") {
		t.Errorf("the log says %s", f.log.String())
	}
}

func TestBundle_IsSignedWithTheKeysOfTheServer(t *testing.T) {
	private, public, err := registry.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := registry.ParsePrivateKeys(private)
	if err != nil {
		t.Fatal(err)
	}
	open, err := registry.ParsePublicKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, httpapi.Options{SignKeys: keys}, orderV1)
	a := f.get("/v1/bundle.json")
	bundle, err := registry.DecodeBundle([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Verify([]ed25519.PublicKey{open[0]}); err != nil {
		t.Error(err)
	}
	if want := `"` + string(bundle.Digest) + "+" + registry.KeyID(open[0]) + `"`; a.header.Get("ETag") != want {
		t.Errorf("ETag is %s, want %s", a.header.Get("ETag"), want)
	}
	if a := f.get("/v1/bundle.json", "If-None-Match", a.header.Get("ETag")); a.status != http.StatusNotModified {
		t.Errorf("status is %d, want 304", a.status)
	}
}
