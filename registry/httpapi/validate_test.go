package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/httpapi"
)

const (
	goodEvent = `{"event":"order.completed","version":"1.0.0","order_id":"1","total":1}`
	badEvent  = `{"event":"order.completed","version":"1.0.0","order_id":"1","total":-1}`
)

type eventVerdict struct {
	Event, Version string
	Valid          bool
	Violations     []struct{ Pointer, Rule string }
}

// short is a verdict in a word: ok, or pointer and rule of the first violation.
func (v eventVerdict) short() string {
	if v.Valid && len(v.Violations) == 0 {
		return "ok"
	}
	return v.Violations[0].Pointer + " " + v.Violations[0].Rule
}

func (f *fixture) verdicts(a answer) []string {
	f.Helper()
	f.wantStatus(a, http.StatusOK)
	var list []eventVerdict
	if a.header.Get("Content-Type") == "application/x-ndjson" {
		for line := range strings.Lines(a.body) {
			list = append(list, decode[eventVerdict](f.T, answer{body: line}))
		}
	} else {
		list = decode[[]eventVerdict](f.T, a)
	}
	var words []string
	for _, v := range list {
		words = append(words, v.short())
	}
	return words
}

func (f *fixture) wantVerdicts(a answer, want ...string) {
	f.Helper()
	if diff := cmp.Diff(want, f.verdicts(a)); diff != "" {
		f.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

func (f *fixture) lines(text string) answer {
	f.Helper()
	return f.do("POST", "/v1/validate", text, "Content-Type", "application/x-ndjson")
}

func TestValidate_OneEvent(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	for text, want := range map[string]string{
		goodEvent: "ok",
		badEvent:  "/total minimum",
		`{"event":"order.completed","version":"1.0.0","order_id":"1"}`: " required",
		`{"event":"order.lost","version":"1.0.0"}`:                     " event-unknown",
		`{"event":"order.completed","version":"3.0.0"}`:                " version-unknown",
		`{"event":"order.completed"}`:                                  " version-missing",
		"{":                                                            " json-syntax",
		"":                                                             " json-syntax",
		"\xff":                                                         " json-syntax",
		`{"event":"order.completed","event":"x"}`: "/event json-duplicate",
	} {
		a := f.post("/v1/validate", text)
		f.wantStatus(a, http.StatusOK)
		if got := decode[eventVerdict](t, a).short(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestValidate_AnArrayGivesAnArray(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	f.wantVerdicts(f.post("/v1/validate", " [ "+goodEvent+",\n"+badEvent+", 3 ]\n"), "ok", "/total minimum", " envelope-name")
	f.wantVerdicts(f.post("/v1/validate", "[]"))
	f.wantError(f.post("/v1/validate", "["+goodEvent), 400, registry.CodeRequestInvalid)
	f.wantError(f.post("/v1/validate", "["+goodEvent+"] x"), 400, registry.CodeRequestInvalid)
	f.wantError(f.post("/v1/validate", "["+goodEvent+" "+goodEvent+"]"), 400, registry.CodeRequestInvalid)
}

func TestValidate_OneBadLineCostsNoNeighbour(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	text := strings.Join([]string{goodEvent, "{", "[", "\xff\xfe", `"`, "", "  ", badEvent, "null", goodEvent + "\r", strings.Repeat("[", 300), goodEvent}, "\n")
	f.wantVerdicts(f.lines(text), "ok", " json-syntax", "/0 json-syntax", " json-syntax", " json-syntax",
		"/total minimum", " envelope-name", "ok", strings.Repeat("/0", 128)+" json-depth", "ok")
	f.wantVerdicts(f.lines(""))
	f.wantVerdicts(f.lines("\xef\xbb\xbf"+goodEvent), "ok")
}

func TestValidate_ManyLinesComeBackInOrder(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	var text strings.Builder
	var want []string
	for i := range 5000 {
		if i%3 == 0 {
			fmt.Fprintf(&text, `{"event":"order.completed","version":"1.0.0","order_id":"1","total":1,"extra%d":0}`+"\n", i)
			want = append(want, fmt.Sprintf("/extra%d additionalProperties", i))
		} else {
			text.WriteString(goodEvent + "\n")
			want = append(want, "ok")
		}
	}
	f.wantVerdicts(f.lines(text.String()), want...)
	array := "[" + strings.ReplaceAll(strings.TrimSpace(text.String()), "\n", ",") + "]"
	f.wantVerdicts(f.post("/v1/validate", array), want...)
}

func TestValidate_BarePayloadsOfANamedEvent(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1, orderV11)
	payload := `{"order_id":"1","total":1,"coupon":"x"}`
	for query, want := range map[string]string{
		"?event=order.completed":               "ok",
		"?event=order.completed&version=1.1.0": "ok",
		"?event=order.completed&version=1.0.0": "/coupon additionalProperties",
		"?event=order.completed&version=9":     " version-unknown",
		"?event=nothing":                       " event-unknown",
		"?event=":                              " event-unknown",
	} {
		if got := decode[eventVerdict](t, f.post("/v1/validate"+query, payload)).short(); got != want {
			t.Errorf("%s is %q, want %q", query, got, want)
		}
	}
	f.wantError(f.post("/v1/validate?version=1.0.0", payload), 400, registry.CodeRequestInvalid)
}

func TestValidate_UnpacksBodies(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(goodEvent)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for coding, data := range map[string]string{"gzip": zipped.String(), "zstd": string(encoder.EncodeAll([]byte(goodEvent), nil)), "identity": goodEvent} {
		a := f.post("/v1/validate", data, "Content-Encoding", coding)
		if got := decode[eventVerdict](t, a).short(); got != "ok" {
			t.Errorf("%s is %q, want ok", coding, got)
		}
	}
}

func TestValidate_MediaTypes(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	for media, status := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "application/cloudevents+json": 200, "application/ndjson": 200,
		"application/jsonl": 200, "text/plain": 415, "application/x-www-form-urlencoded": 200, "": 415, ";": 415,
	} {
		if a := f.do("POST", "/v1/validate", goodEvent, "Content-Type", media); a.status != status {
			t.Errorf("Content-Type %q answers %d, want %d", media, a.status, status)
		}
	}
}

// TestValidate_ConnectionsDoNotMixWhatTheySend sends bodies of all sizes side by side. Every
// event has a violation of its own.
func TestValidate_ConnectionsDoNotMixWhatTheySend(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	var group sync.WaitGroup
	for worker, size := range []int{100, 16<<10 - 1, 16 << 10, 64<<10 + 1, 256 << 10, 256<<10 + 300, 1 << 20, 1<<20 + 1, 3 << 20} {
		group.Go(func() {
			for round := range 5 {
				text, want := eventsOf(worker, round, size)
				answered := f.lines(text)
				if round%2 == 1 {
					answered = f.post("/v1/validate", "["+strings.ReplaceAll(strings.TrimSpace(text), "\n", ",")+"]")
				}
				f.wantVerdicts(answered, want...)
			}
		})
	}
	group.Wait()
}

// eventsOf are lines of events with at least some bytes together, and their verdicts.
func eventsOf(worker, round, size int) (text string, want []string) {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		name := fmt.Sprintf("extra_%d_%d_%d", worker, round, i)
		fmt.Fprintf(&b, `{"event":"order.completed","version":"1.0.0","order_id":"%s","total":1,"%s":0}`+"\n", strings.Repeat("x", i*37%900), name)
		want = append(want, "/"+name+" additionalProperties")
	}
	return b.String(), want
}

func TestValidate_AnswersOfValidEventsAreShort(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	const valid = `{"event":"order.completed","version":"1.0.0","valid":true}`
	for _, test := range []struct{ got, want string }{
		{f.post("/v1/validate", goodEvent).body, valid + "\n"},
		{f.lines(goodEvent + "\n" + goodEvent).body, valid + "\n" + valid + "\n"},
		{f.post("/v1/validate", "["+goodEvent+","+goodEvent+"]").body, "[" + valid + ",\n" + valid + "]\n"},
		{f.post("/v1/validate", "[]").body, "[]\n"},
		{f.lines("").body, ""},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	}
}

// TestRoutes_WildcardsAreNoPaths asks for the path of a route as the description spells it.
func TestRoutes_WildcardsAreNoPaths(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	connection, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "GET /v1/events/{event}/{file} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	text, err := io.ReadAll(connection)
	if err != nil || !bytes.HasPrefix(text, []byte("HTTP/1.1 404 ")) {
		t.Errorf("the answer is %q, %v", text, err)
	}
}
