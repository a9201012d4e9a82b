package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/httpapi"
)

// hostileEvents are events that are made to do harm, with what is said of them.
func hostileEvents() (events, want []string) {
	own := `"event":"order.completed","version":"1.0.0","order_id":"1","total":`
	for _, e := range []struct{ text, verdict string }{
		{`{` + own + `1e9999999}`, "/total json-number"},
		{`{` + own + strings.Repeat("9", 100_000) + `}`, "/total json-number"},
		{`{` + own + `NaN}`, "/total json-syntax"},
		{`{` + own + `-Infinity}`, "/total json-syntax"},
		{`{` + own + `1,"total":-1}`, "/total json-duplicate"},
		{`{` + own + `1,"\u0074otal":1}`, "/total json-duplicate"},
		{`{` + own + `1,"order_id":"2"}`, "/order_id json-duplicate"},
		{`{"event":"order.lost",` + own + `1}`, "/event json-duplicate"},
		{`{` + own + `1,"x":"\ud800"}`, "/x json-encoding"},
		{`{` + own + `1,"x":"\ud83d\u0041"}`, "/x json-encoding"},
		{`{` + own + "1,\"x\":\"\xff\"}", "/x json-encoding"},
		{`{` + own + `1} {}`, " json-syntax"},
		{`{` + own + `1,"x":` + strings.Repeat("[", 10_000) + `}`, "/x" + strings.Repeat("/0", 127) + " json-depth"},
		{strings.Repeat("[", 10_000), strings.Repeat("/0", 128) + " json-depth"},
		{strings.Repeat(`{"a":`, 10_000), strings.Repeat("/a", 128) + " json-depth"},
		{`{` + own + `1,"__proto__":{"total":1}}`, "/__proto__ additionalProperties"},
		{`{` + own + `1,"` + strings.Repeat("x", 20_000) + `":1}`, "/" + strings.Repeat("x", 256) + "… additionalProperties"},
		{`{"event":"` + strings.Repeat("x", 20_000) + `","version":"1.0.0"}`, " event-unknown"},
		{`{"event":{"a":1},"version":"1.0.0"}`, "/event envelope-name"},
		{`{"event":"order.completed","version":"` + strings.Repeat("1.", 20_000) + `"}`, " version-unknown"},
		{goodEvent, "ok"},
	} {
		events, want = append(events, e.text), append(want, e.verdict)
	}
	return events, want
}

func TestHostile_EveryEventGetsAClearCode(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	events, want := hostileEvents()
	for i, text := range events {
		a := f.lines(text)
		if got := f.verdicts(a); len(got) != 1 || got[0] != want[i] {
			t.Errorf("%.100q is %.300q, want %.300q", text, got, want[i])
		}
		if text[0] == '{' { // what starts as an array is not one event
			f.wantVerdicts(answer{http.StatusOK, http.Header{"Content-Type": {"application/x-ndjson"}}, f.post("/v1/validate", text).body}, want[i])
		}
		if len(a.body) > 4000 {
			t.Errorf("%.100q is answered with %d bytes", text, len(a.body))
		}
	}
	var text strings.Builder
	var all []string
	for range 20 {
		for i := range events {
			text.WriteString(goodEvent + "\n" + events[i] + "\n")
			all = append(all, "ok", want[i])
		}
	}
	f.wantVerdicts(f.lines(text.String()), all...)
}

// TestHostile_BombsAreNotUnpacked sends little that unpacks to much, to every route that
// takes a body, more often than the server could bear if it kept any of it.
func TestHostile_BombsAreNotUnpacked(t *testing.T) {
	const limit = 256 << 10
	f := start(t, httpapi.Options{MaxBody: limit, AllowPush: true}, orderV1)
	zeros := make([]byte, 64<<20)
	once := packed(t, zeros)
	twice := packed(t, once["gzip"])["gzip"]
	routes := map[string]string{
		"/v1/validate": "application/x-ndjson", "/v1/validate?event=order.completed": "application/json",
		"/v1/compatibility": "application/json", "/v1/events/order.completed/versions": "application/yaml",
	}
	for route, media := range routes {
		for coding, bomb := range once {
			if len(bomb) > limit {
				t.Fatalf("the bomb in %s has %d bytes", coding, len(bomb))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range 20 {
				f.wantError(f.do("POST", route, string(bomb), "Content-Type", media, "Content-Encoding", coding), http.StatusRequestEntityTooLarge, registry.CodeBodyTooLarge)
			}
			runtime.ReadMemStats(&after)
			// The body as far as it was read, what it was copied from while it grew, and the
			// window of the decoder.
			if each := (after.TotalAlloc - before.TotalAlloc) / 20; each > 12<<20 {
				t.Errorf("%s, %s: %d kB were allocated for each of them", route, coding, each>>10)
			}
		}
		for name, a := range map[string]answer{
			"two codings":  f.do("POST", route, string(twice), "Content-Type", media, "Content-Encoding", "gzip, gzip"),
			"no such one":  f.do("POST", route, "{}", "Content-Type", media, "Content-Encoding", "br"),
			"not packed":   f.do("POST", route, goodEvent, "Content-Type", media, "Content-Encoding", "gzip"),
			"cut off":      f.do("POST", route, string(once["gzip"][:100]), "Content-Type", media, "Content-Encoding", "gzip"),
			"zstd cut off": f.do("POST", route, string(once["zstd"][:10]), "Content-Type", media, "Content-Encoding", "zstd"),
		} {
			if a.status < 400 || a.status >= 500 {
				t.Errorf("%s, %s: %d %s", route, name, a.status, a.body)
			}
		}
	}
	f.wantVerdicts(f.lines(goodEvent), "ok")
}

// packed is a text in each coding.
func packed(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"gzip": zipped.Bytes(), "zstd": encoder.EncodeAll(text, nil)}
}

// TestHostile_OthersAreServedMeanwhile has many clients that send hostile bodies, some of
// which hang up in the middle, and one that is in good order.
func TestHostile_OthersAreServedMeanwhile(t *testing.T) {
	f := start(t, httpapi.Options{MaxBody: 256 << 10}, orderV1)
	events, _ := hostileEvents()
	long := strings.Repeat(events[1]+"\n", 100)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 30 {
				body := io.Reader(strings.NewReader(events[(worker+i)%len(events)]))
				switch i % 3 {
				case 1: // longer than allowed
					body = strings.NewReader(long)
				case 2: // hangs up
					body = io.MultiReader(strings.NewReader(`{"a":"`), brokenReader{})
				}
				response, err := f.client.Post(f.url+"/v1/validate", "application/x-ndjson", body)
				if err != nil {
					continue // who hangs up gets no answer
				}
				if response.StatusCode >= 500 {
					t.Errorf("worker %d: status %d", worker, response.StatusCode)
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
	for range 30 {
		f.wantVerdicts(f.lines(goodEvent+"\n"+badEvent), "ok", "/total minimum")
	}
	group.Wait()
	f.wantVerdicts(f.lines(goodEvent), "ok")
	if log := f.log.String(); strings.Contains(log, "panic") {
		t.Errorf("the log says %s", log)
	}
}

// brokenReader is a client that goes away.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestHostile_VerdictsStayInOrder mixes lines that take long with those that take none.
func TestHostile_VerdictsStayInOrder(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	var text strings.Builder
	var want []string
	for i := range 2000 {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&text, `{"event":"order.completed","version":"1.0.0","order_id":"1","total":1,"x%d":%s}`+"\n", i, strings.Repeat("[", 100)+strings.Repeat("]", 100))
			want = append(want, fmt.Sprintf("/x%d additionalProperties", i))
		case 1:
			text.WriteString("\xff\n")
			want = append(want, " json-syntax")
		default:
			text.WriteString(goodEvent + "\n")
			want = append(want, "ok")
		}
	}
	if diff := cmp.Diff(want, f.verdicts(f.lines(text.String()))); diff != "" {
		t.Errorf("verdicts (-want +got):\n%.2000s", diff)
	}
}
