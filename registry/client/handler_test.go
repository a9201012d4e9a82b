package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

// keptEvents is a sink that keeps the texts of events.
type keptEvents struct {
	texts []string
	err   error
}

func (k *keptEvents) sink(_ context.Context, events []client.Event) error {
	for _, e := range events {
		k.texts = append(k.texts, string(e.Raw))
	}
	return k.err
}

// collect runs a handler on a real socket.
func collect(t testing.TB, h http.Handler) (post func(body []byte, header ...string) (*http.Response, string)) {
	t.Helper()
	server := httptest.NewServer(h)
	transport := &http.Transport{}
	t.Cleanup(func() { transport.CloseIdleConnections(); server.Close() })
	return func(body []byte, header ...string) (*http.Response, string) {
		t.Helper()
		request, err := http.NewRequest("POST", server.URL, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		data, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, string(data)
	}
}

func TestHandler_StatusesAndWhoGetsWhat(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{})
	var accepted, rejected keptEvents
	post := collect(t, &client.Collector{Client: c, Accepted: accepted.sink, Rejected: rejected.sink, Limits: client.Limits{MaxBody: 10_000, MaxEvents: 5}})
	type want struct {
		Status             int
		Accepted, Rejected []string
		Code               registry.Code
	}
	nd := []string{"Content-Type", "application/x-ndjson"}
	js := []string{"Content-Type", "application/json"}
	for what, c := range map[string]struct {
		body   []byte
		header []string
		want   want
	}{
		"one":                     {[]byte(good), js, want{202, []string{good}, nil, ""}},
		"one with space around":   {[]byte("\xef\xbb\xbf\r\n " + good + " \n"), js, want{202, []string{good}, nil, ""}},
		"one that is not valid":   {[]byte(bad), js, want{422, nil, []string{bad}, ""}},
		"a beacon":                {[]byte(good), []string{"Content-Type", "text/plain;charset=UTF-8"}, want{202, []string{good}, nil, ""}},
		"without a type":          {[]byte(good), nil, want{202, []string{good}, nil, ""}},
		"cloud events":            {[]byte(good), []string{"Content-Type", "application/cloudevents+json"}, want{202, []string{good}, nil, ""}},
		"no JSON":                 {[]byte("hello"), js, want{422, nil, []string{"hello"}, ""}},
		"an array":                {[]byte("[" + good + " , " + bad + "]"), js, want{202, []string{good}, []string{bad}, ""}},
		"an array of bad ones":    {[]byte("[" + bad + ",1]"), js, want{422, nil, []string{bad, "1"}, ""}},
		"an array with half one":  {[]byte("[" + good + `,{"event":]`), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"lines":                   {[]byte(good + "\r\n\n" + bad + "\n" + good), nd, want{202, []string{good, good}, []string{bad}, ""}},
		"a line that is cut off":  {[]byte(good[:20] + "\n" + good), nd, want{202, []string{good}, []string{good[:20]}, ""}},
		"gzip":                    {gzipped(t, []byte(good)), append(js, "Content-Encoding", "gzip"), want{202, []string{good}, nil, ""}},
		"zstd":                    {zstandard(t, []byte(good)), append(js, "Content-Encoding", "ZSTD"), want{202, []string{good}, nil, ""}},
		"nothing":                 {nil, js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"white space":             {[]byte(" \n"), nd, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"an empty array":          {[]byte("[ ]"), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"an open array":           {[]byte("[" + good), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"an open array and comma": {[]byte("[" + good + ","), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"a comma too many":        {[]byte("[" + good + ",]"), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"a comma alone":           {[]byte("[,]"), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"text behind an array":    {[]byte("[" + good + "] x"), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"a bracket of another":    {[]byte("[" + good + "}"), js, want{Status: 400, Code: registry.CodeRequestInvalid}},
		"gzip that is none":       {[]byte(good), append(js, "Content-Encoding", "gzip"), want{Status: 400, Code: registry.CodeRequestInvalid}},
		"gzip that is cut off":    {gzipped(t, []byte(good))[:20], append(js, "Content-Encoding", "gzip"), want{Status: 400, Code: registry.CodeRequestInvalid}},
		"another packing":         {[]byte(good), append(js, "Content-Encoding", "br"), want{Status: 415, Code: registry.CodeEncodingUnknown}},
		"packed twice":            {[]byte(good), append(js, "Content-Encoding", "gzip, gzip"), want{Status: 415, Code: registry.CodeEncodingUnknown}},
		"another type":            {[]byte(good), []string{"Content-Type", "multipart/form-data"}, want{Status: 415, Code: registry.CodeMediaTypeUnknown}},
		"a wrong type":            {[]byte(good), []string{"Content-Type", "/"}, want{Status: 415, Code: registry.CodeMediaTypeUnknown}},
		"too long":                {make([]byte, 10_001), js, want{Status: 413, Code: registry.CodeBodyTooLarge}},
		"a gzip bomb":             {gzipped(t, make([]byte, 8<<20)), append(js, "Content-Encoding", "gzip"), want{Status: 413, Code: registry.CodeBodyTooLarge}},
		"a zstd bomb":             {zstandard(t, make([]byte, 8<<20)), append(js, "Content-Encoding", "zstd"), want{Status: 413, Code: registry.CodeBodyTooLarge}},
		"too many in an array":    {[]byte("[1,2,3,4,5,6]"), js, want{Status: 413, Code: registry.CodeBodyTooLarge}},
		"too many lines":          {[]byte("1\n2\n3\n4\n5\n6\n"), nd, want{Status: 413, Code: registry.CodeBodyTooLarge}},
	} {
		t.Run(what, func(t *testing.T) {
			accepted, rejected = keptEvents{}, keptEvents{}
			response, text := post(c.body, c.header...)
			var document struct {
				Error              struct{ Code registry.Code }
				Accepted, Rejected int
				Verdicts           []struct{ Valid bool }
			}
			if err := json.Unmarshal([]byte(text), &document); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			got := want{response.StatusCode, accepted.texts, rejected.texts, document.Error.Code}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
			if document.Accepted != len(accepted.texts) || document.Rejected != len(rejected.texts) || len(document.Verdicts) != document.Accepted+document.Rejected {
				t.Errorf("the answer counts otherwise: %s", text)
			}
		})
	}
}

func TestHandler_AnswersAVerdictForEachEvent(t *testing.T) {
	f := start(t, orderV1)
	var k keptEvents
	post := collect(t, client.Handler(f.open(client.Options{}), k.sink))
	response, text := post([]byte("[" + good + "," + bad + "]"))
	want := `{"accepted":1,"rejected":1,"verdicts":[{"event":"order.completed","version":"1.0.0","valid":true},{"event":"order.completed","version":"1.0.0","valid":false,"violations":[{"pointer":"/total","rule":"minimum","expected":"at least 0","found":"number -1","offset":53}]}]}` + "\n"
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if got := response.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type is %s", got)
	}
}

func TestHandler_OtherMethodsAreNamedInAllow(t *testing.T) {
	f := start(t, orderV1)
	recorder := httptest.NewRecorder()
	client.Handler(f.open(client.Options{}), nil).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	if recorder.Code != 405 || recorder.Header().Get("Allow") != "POST" {
		t.Errorf("answer is %d %v", recorder.Code, recorder.Header())
	}
}

func TestHandler_ASinkThatFailsMakesTheSenderTryAgain(t *testing.T) {
	f := start(t, orderV1)
	k := keptEvents{err: errors.New("s3cret database")}
	post := collect(t, client.Handler(f.open(client.Options{}), k.sink))
	response, text := post([]byte(good))
	if response.StatusCode != 503 || response.Header.Get("Retry-After") == "" || strings.Contains(text, "s3cret") || !strings.Contains(text, `"code":"not-ready"`) {
		t.Errorf("answer is %d %v %s", response.StatusCode, response.Header, text)
	}
}

func TestHandler_WithoutContractsThePolicyDecides(t *testing.T) {
	f := start(t, orderV1)
	f.put(gone)
	var k keptEvents
	post := collect(t, client.Handler(f.open(client.Options{Away: client.FailOpen}), k.sink))
	response, text := post([]byte(bad))
	if want := `{"accepted":1,"rejected":0,"verdicts":[{"valid":true,"flag":"contracts-unavailable"}]}` + "\n"; response.StatusCode != 202 || text != want {
		t.Errorf("FailOpen: answer is %d %s, want %s", response.StatusCode, text, want)
	}
	f.put(nil)
	var elapsed time.Duration
	opt := client.Options{Away: client.FailClosed, MaxAge: time.Minute}
	closed := f.open(client.WithClock(opt, client.TestClock{Elapsed: func() time.Duration { return elapsed }}))
	elapsed = time.Hour
	post = collect(t, client.Handler(closed, k.sink))
	if response, text := post([]byte(good)); response.StatusCode != 503 || response.Header.Get("Retry-After") == "" {
		t.Errorf("FailClosed: answer is %d %s, want one that says to try again", response.StatusCode, text)
	}
}

func TestHandler_ASmallRequestHasNoLargeAnswer(t *testing.T) {
	f := start(t, orderV1)
	var k keptEvents
	post := collect(t, client.Handler(f.open(client.Options{}), k.sink))
	var event strings.Builder
	event.WriteString(`{"event":"order.completed","version":"1.0.0","total":1`)
	for i := range 200 {
		fmt.Fprintf(&event, `,"p%d":1`, i)
	}
	event.WriteString("}")
	for what, c := range map[string]struct {
		event      string
		events     int
		violations int // of each
		larger     int // times that the answer may be larger than the request
	}{
		"many violations": {event.String(), 1000, 100, 1},
		"many events":     {"1", 10_000, 1, 25},
	} {
		body := "[" + strings.Repeat(c.event+",", c.events-1) + c.event + "]"
		_, text := post([]byte(body))
		var got client.Answer
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		shown := 0
		for i, v := range got.Verdicts {
			if v.Omitted+len(v.Violations) != c.violations {
				t.Fatalf("%s: verdict %d shows %d violations and omits %d, want %d", what, i, len(v.Violations), v.Omitted, c.violations)
			}
			shown += len(v.Violations)
		}
		if shown != client.ShownOfAnswer || len(got.Verdicts) != c.events || len(text) > c.larger*len(body) {
			t.Errorf("%s: %d violations of %d events are shown, in %d bytes for %d", what, shown, len(got.Verdicts), len(text), len(body))
		}
	}
}

func TestMiddleware_HandsOnWhatIsValidOnly(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{})
	var body, coding string
	var length int64
	var events []client.Event
	calls := 0
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		body, coding, length, events = string(data), r.Header.Get("Content-Encoding"), r.ContentLength, client.EventsOf(r.Context())
		calls++
		w.WriteHeader(http.StatusTeapot)
	})
	post := collect(t, client.Middleware(c)(next))
	response, _ := post(gzipped(t, []byte(good)), "Content-Encoding", "gzip")
	if response.StatusCode != http.StatusTeapot || body != good || coding != "" || length != int64(len(good)) || len(events) != 1 || events[0].Verdict.Version != "1.0.0" {
		t.Errorf("status %d, the handler saw %q (%s, %d) with %+v", response.StatusCode, body, coding, length, events)
	}
	response, text := post([]byte("[" + good + "," + bad + "]"))
	if response.StatusCode != 422 || !strings.HasPrefix(text, `{"accepted":0,"rejected":2,"verdicts":[{"event":"order.completed","version":"1.0.0","valid":true},`) {
		t.Errorf("answer is %d %s", response.StatusCode, text)
	}
	if response, _ := post(nil); response.StatusCode != http.StatusTeapot {
		t.Errorf("a request without a body is answered with %d", response.StatusCode)
	}
	if response, _ := post([]byte("[")); response.StatusCode != 400 {
		t.Errorf("a torn array is answered with %d", response.StatusCode)
	}
	if calls != 2 || client.EventsOf(t.Context()) != nil {
		t.Errorf("the handler was called %d times, want for the good event and for no body", calls)
	}
	both := collect(t, (&client.Guard{Client: c, PassAll: true}).Wrap(next))
	if response, _ := both([]byte("[" + good + "," + bad + "]")); response.StatusCode != http.StatusTeapot || len(events) != 2 || !events[0].Verdict.Valid || events[1].Verdict.Valid {
		t.Errorf("PassAll: status %d, the handler saw %+v", response.StatusCode, events)
	}
}

func FuzzSplit_EveryEventIsPartOfTheBody(f *testing.F) {
	for _, seed := range []string{"", "[", "[]", "[,]", "[1,2]", `["]",{"a":[1,"}"]}]`, `[{"a":1}}`, "1\n2\n", `["\\"]`, `["\"`, "[[]]", "[ 1 , 2 ] "} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, ndjson bool) {
		list, err := client.Split(body, ndjson, 100)
		var array []json.RawMessage
		if !ndjson && json.Unmarshal(body, &array) == nil && len(array) > 0 && len(array) <= 100 {
			if err != nil || len(list) != len(array) {
				t.Fatalf("%q has %d elements, found %d, %v", body, len(array), len(list), err)
			}
			for i := range array {
				if !bytes.Equal(array[i], list[i]) {
					t.Fatalf("element %d of %q is %q, want %q", i, body, list[i], array[i])
				}
			}
		}
		for _, e := range list {
			if len(e) == 0 || !bytes.Contains(body, e) {
				t.Fatalf("%q is no part of %q", e, body)
			}
		}
	})
}

// TestAnswer_IsWrittenAsTheLibraryDoes compares the text of answers with what encoding/json
// makes of what it is read as.
func TestAnswer_IsWrittenAsTheLibraryDoes(t *testing.T) {
	f := start(t, orderV1)
	h := client.Handler(f.open(client.Options{}), nil)
	many := ""
	for i := range 30 { // more violations than are shown
		many += fmt.Sprintf(`"é<%d>":"&",`, i)
	}
	for _, body := range []string{good, "[" + good + "," + bad + "]", good + "\n{", `{"event":"\u0022\\\n"}`, strings.Replace(good, "{", "{"+many, 1)} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var answer client.Answer
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(answer); err != nil {
			t.Fatal(err)
		}
		if body[:2] == `{"` && strings.Contains(body, "é") && answer.Verdicts[0].Omitted == 0 {
			t.Errorf("nothing is left out of %s", w.Body)
		}
		if diff := cmp.Diff(want.String(), w.Body.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}
