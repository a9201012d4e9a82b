package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/httpapi"
)

func TestBodies_AreBoundedAsSentAndUnpacked(t *testing.T) {
	f := start(t, httpapi.Options{MaxBody: 64 << 10}, orderV1)
	big := strings.Repeat(" ", 64<<10) + "{}"
	f.wantError(f.post("/v1/validate", big), http.StatusRequestEntityTooLarge, registry.CodeBodyTooLarge)
	f.wantStatus(f.post("/v1/validate", big[2:]), http.StatusOK)

	chunked, err := http.NewRequest("POST", f.url+"/v1/validate", io.MultiReader(strings.NewReader(big)))
	if err != nil {
		t.Fatal(err)
	}
	chunked.Header.Set("Content-Type", "application/json")
	response, err := f.client.Do(chunked)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(response.Body)
	response.Body.Close()
	f.wantError(answer{response.StatusCode, response.Header, string(text)}, http.StatusRequestEntityTooLarge, registry.CodeBodyTooLarge)

	bomb := make([]byte, 50<<20)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(bomb); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	f.wantError(f.post("/v1/validate", zipped.String(), "Content-Encoding", "gzip"), http.StatusRequestEntityTooLarge, registry.CodeBodyTooLarge)
	f.wantError(f.post("/v1/validate", string(encoder.EncodeAll(bomb, nil)), "Content-Encoding", "zstd"), http.StatusRequestEntityTooLarge, registry.CodeBodyTooLarge)
}

func TestClients_ThatStandStillAreCutOff(t *testing.T) {
	f := start(t, httpapi.Options{Timeout: 100 * time.Millisecond}, orderV1)
	for what, sent := range map[string]string{
		"nothing":        "",
		"half a header":  "GET /v1/bundle.json HTTP/1.1\r\nHost: x\r\n",
		"an unread body": "POST /v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
		"half a body":    "POST /v1/validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	} {
		t.Run(what, func(t *testing.T) {
			connection, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if _, err := io.WriteString(connection, sent); err != nil {
				t.Fatal(err)
			}
			if err := connection.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(connection)
			if err != nil {
				t.Fatalf("the server did not close the connection: %v", err)
			}
			if what == "half a body" && !bytes.Contains(answer, []byte(`"code":"request-invalid"`)) {
				t.Errorf("the server answered %q, want an error in JSON", answer)
			}
		})
	}
}

func TestConnections_AreUsedAgainAfterABody(t *testing.T) {
	f := start(t, httpapi.Options{Timeout: 200 * time.Millisecond}, orderV1)
	connection, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	reader := bufio.NewReader(connection)
	for i := range 3 {
		fmt.Fprintf(connection, "POST /v1/validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(goodEvent), goodEvent)
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !strings.Contains(string(text), `"valid":true`) {
			t.Fatalf("request %d: %s, %v", i, text, err)
		}
		// Longer than the timeout of bodies, shorter than that of idle connections.
		<-time.After(300 * time.Millisecond)
	}
}

func TestServe_FinishesWhatIsUnderWay(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	connection, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "POST /v1/validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(goodEvent))
	reader := bufio.NewReader(connection)
	// The server asks for the body: the request is under way.
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("the server says %q, %v", line, err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- f.stop() }()
	waitUntilRefused(t, f.url)
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, goodEvent); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if !strings.Contains(string(text), `"valid":true`) {
		t.Errorf("the answer is %s", text)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// waitUntilRefused waits until the server does not accept connections any more.
func waitUntilRefused(t *testing.T, url string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			return
		}
		connection.Close()
	}
	t.Fatal("the server goes on accepting")
}

func breakRelease(t *testing.T, f *fixture) (restore func()) {
	t.Helper()
	file := filepath.Join(f.path, "order.completed", "1.0.0.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(data, []byte("checkout"), []byte("Checkout"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadiness_AServerThatNeverReadItsRegistrySaysWhy(t *testing.T) {
	f := start(t, open, orderV1)
	restore := breakRelease(t, f)
	other := startOver(t, f.path)
	for _, path := range []string{"/readyz", "/v1/bundle.json", "/v1/events.json", "/v1/events/order.completed/1.0.0.json"} {
		a := other.get(path)
		other.wantError(a, http.StatusServiceUnavailable, registry.CodeNotReady)
		if !strings.Contains(a.body, "releases/order.completed/1.0.0.json") || !strings.Contains(a.body, "git checkout") {
			t.Errorf("GET %s says %s, want the file and what to do", path, a.body)
		}
	}
	other.wantError(other.post("/v1/validate", goodEvent), http.StatusServiceUnavailable, registry.CodeNotReady)
	other.wantStatus(other.get("/healthz"), http.StatusOK)
	other.wantError(other.push(orderV11), http.StatusInternalServerError, registry.CodeReleaseEdited)
	if !strings.Contains(other.log.String(), "registry cannot be read") {
		t.Errorf("the log says %q", other.log.String())
	}
	restore()
	if err := other.server.Reload(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	other.wantStatus(other.get("/readyz"), http.StatusOK)
	other.wantStatus(other.get("/v1/bundle.json"), http.StatusOK)
}

func TestReadiness_AServerGoesOnWithWhatItHad(t *testing.T) {
	f := start(t, open, orderV1)
	before := f.get("/v1/bundle.json").body
	restore := breakRelease(t, f)
	if err := f.server.Reload(context.Background(), true); registry.CodeOf(err) != registry.CodeReleaseEdited {
		t.Errorf("Reload: %v, want an edited release", err)
	}
	f.wantError(f.get("/readyz"), http.StatusServiceUnavailable, registry.CodeNotReady)
	if after := f.get("/v1/bundle.json").body; after != before {
		t.Error("the bundle changed")
	}
	restore()
	if err := f.server.Reload(context.Background(), true); err != nil {
		t.Fatal(err)
	}
	f.wantStatus(f.get("/readyz"), http.StatusOK)
}

func TestWatch_SeesWhatOthersRelease(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	ctx, cancel := context.WithCancel(context.Background())
	watched := make(chan struct{})
	go func() { defer close(watched); f.server.Watch(ctx, time.Millisecond) }()
	defer func() { cancel(); <-watched }()
	f.release(registry.NewService(f.store, gate, time.Now), orderV11)
	for deadline := time.Now().Add(10 * time.Second); ; {
		if f.get("/v1/events/order.completed/1.1.0.json").status == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the release of another process is not served")
		}
	}
}

func TestReload_SeesAnotherBranchInTheDirectory(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	before := f.get("/v1/events/order.completed/1.0.0.json").body
	if err := os.RemoveAll(f.path); err != nil {
		t.Fatal(err)
	}
	f.release(registry.NewService(f.store, gate, time.Now), strings.Replace(orderV1, "number", "integer", 1))
	if err := f.server.Reload(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	if after := f.get("/v1/events/order.completed/1.0.0.json").body; after == before || !strings.Contains(after, "integer") {
		t.Errorf("the release of the other branch is not served: %s", after)
	}
}

func TestReload_ForgetsWhatIsGone(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1, orderV11)
	if err := os.Remove(filepath.Join(f.path, "order.completed", "1.1.0.json")); err != nil {
		t.Fatal(err)
	}
	if err := f.server.Reload(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	f.wantError(f.get("/v1/events/order.completed/1.1.0.json"), http.StatusNotFound, registry.CodeVersionUnknown)
	f.wantStatus(f.get("/v1/events/order.completed/1.0.0.json"), http.StatusOK)
}

func TestMetrics_CountRequestsAndVerdicts(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	f.lines(goodEvent + "\n" + badEvent + "\n" + badEvent)
	f.get("/v1/events/order.lost/1.0.0.json")
	body := f.get("/metrics").body
	for _, want := range []string{
		`evctl_http_requests_total{method="POST",route="/v1/validate",status="200"} 1`,
		`evctl_http_requests_total{method="GET",route="/v1/events/{event}/{file}",status="404"} 1`,
		`evctl_validated_events_total{verdict="valid"} 1`,
		`evctl_validated_events_total{verdict="invalid"} 2`,
		`evctl_validated_events_total{verdict="unchecked"} 0`,
		`evctl_flagged_events_total{rule="version-unknown"} 0`,
		"evctl_released_versions 1", "evctl_ready 1",
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("metrics lack %s:\n%s", want, body)
		}
	}
}
