package golang

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/httpapi"
	events "github.com/evctl/evctl/testdata/shop/gen/go"
)

// This file sends events through a Queue to the collector's handler of this module, over
// sockets that fail.

// receiver is a server with the handler, and what it kept.
type receiver struct {
	*httptest.Server
	client *http.Client
	mu     sync.Mutex
	ids    []string // of the messages that it kept, in order
	// between stands in front of the handler, for request number n.
	between func(n int, w http.ResponseWriter, r *http.Request, next http.Handler)
	asked   int
}

func startReceiver(t *testing.T, limits client.Limits) *receiver {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	c, err := client.Open(t.Context(), filepath.Join(shop, "releases"), client.Options{Preset: "segment"})
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{client: &http.Client{Transport: &http.Transport{}}}
	handler := &client.Collector{Client: c, Accepted: r.keep, Limits: limits}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		r.asked++
		n := r.asked
		r.mu.Unlock()
		if r.between != nil {
			r.between(n, w, request, handler)
			return
		}
		handler.ServeHTTP(w, request)
	}))
	t.Cleanup(func() { r.client.CloseIdleConnections(); r.Close() })
	return r
}

func (r *receiver) keep(_ context.Context, list []client.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range list {
		var call struct{ MessageID string }
		if err := json.Unmarshal(e.Raw, &call); err != nil {
			return err
		}
		r.ids = append(r.ids, call.MessageID)
	}
	return nil
}

// kept are the IDs, once each.
func (r *receiver) kept() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(r.ids)))
}

func (r *receiver) sink() events.Sink { return events.HTTPSink{URL: r.URL, Client: r.client} }

// trackMany tracks events, with IDs that are returned in order.
func trackMany(t *testing.T, sink events.Sink, n int, fields ...events.Field) (ids []string) {
	t.Helper()
	tracker := events.NewTracker(sink, events.SegmentEnvelope, fields...)
	for i := range n {
		id := fmt.Sprintf("m-%03d", i)
		if err := tracker.Track(t.Context(), fullOrder(), events.WithID(id)); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func wantKept(t *testing.T, r *receiver, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, r.kept()); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func closeWithin(t *testing.T, q *events.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := q.Close(ctx); err != nil {
		t.Error(err)
	}
}

// TestQueue_DeliversWhenTheCollectorIsBack starts with a port that nobody listens on.
func TestQueue_DeliversWhenTheCollectorIsBack(t *testing.T) {
	r := startReceiver(t, client.Limits{})
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	var address atomic.Value
	address.Store(nobody.Addr().String())
	r.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address.Load().(string))
	}
	failures := make(chan error, 1000)
	q := events.NewQueue(r.sink(), events.QueueOptions{
		Batch: 20, RetryFrom: time.Millisecond, RetryMax: 2 * time.Millisecond, Failed: func(err error, _ time.Duration) { failures <- err },
	})
	ids := trackMany(t, q, 50)
	for range 3 {
		if err := <-failures; !strings.Contains(err.Error(), "refused") {
			t.Errorf("failed with %v", err)
		}
	}
	address.Store(r.Listener.Addr().String())
	closeWithin(t, q)
	wantKept(t, r, ids)
	if got := q.Stats(); got.Sent != 50 || got.Dropped != 0 || len(r.ids) != 50 {
		t.Errorf("got %+v, and %d messages", got, len(r.ids))
	}
}

// TestQueue_DeliversInSpiteOfFaults has a fault in each of the first requests.
func TestQueue_DeliversInSpiteOfFaults(t *testing.T) {
	r := startReceiver(t, client.Limits{})
	cut := func(w http.ResponseWriter) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		connection.Close()
	}
	faults := []func(w http.ResponseWriter, request *http.Request, next http.Handler){
		func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { http.Error(w, "oh", 500) },
		func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Retry-After", "0")
			http.Error(w, "not now", 503)
		},
		func(_ http.ResponseWriter, request *http.Request, _ http.Handler) { // slow
			_, _ = io.Copy(io.Discard, request.Body)
			<-request.Context().Done()
		},
		func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }, // killed while it reads
		func(w http.ResponseWriter, request *http.Request, next http.Handler) { // killed before it answers
			next.ServeHTTP(httptest.NewRecorder(), request)
			cut(w)
		},
		func(w http.ResponseWriter, request *http.Request, next http.Handler) { // killed while it answers
			next.ServeHTTP(httptest.NewRecorder(), request)
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(202)
			_, _ = io.WriteString(w, `{"accepted":`)
		},
	}
	r.between = func(n int, w http.ResponseWriter, request *http.Request, next http.Handler) {
		if n <= len(faults) {
			faults[n-1](w, request, next)
			return
		}
		next.ServeHTTP(w, request)
	}
	var dropped atomic.Int64
	q := events.NewQueue(r.sink(), events.QueueOptions{
		Batch: 10, Timeout: 200 * time.Millisecond, RetryFrom: time.Millisecond, RetryMax: time.Millisecond,
		Dropped: func(error, ...events.Message) { dropped.Add(1) },
	})
	ids := trackMany(t, q, 30)
	closeWithin(t, q)
	wantKept(t, r, ids)
	if got := q.Stats(); got.Sent != 30 || got.Failures < 5 || dropped.Load() != 0 {
		t.Errorf("got %+v", got)
	}
	if n := len(r.ids); n < 31 {
		t.Errorf("%d messages arrived: the answer that was lost made none arrive twice", n)
	}
}

// TestQueue_ReportsWhatTheCollectorRejects has events of a version that was never released
// among the others.
func TestQueue_ReportsWhatTheCollectorRejects(t *testing.T) {
	for _, c := range []struct {
		name     string
		rejected func(i int) bool
	}{
		{"one", func(i int) bool { return i == 7 }},
		{"some", func(i int) bool { return i%3 == 0 }},
		{"all", func(int) bool { return true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := startReceiver(t, client.Limits{})
			var rejected []string
			q := events.NewQueue(r.sink(), events.QueueOptions{Batch: 100, FlushEvery: time.Hour, Dropped: func(why error, messages ...events.Message) {
				var which *events.RejectedError
				if !errors.As(why, &which) || len(which.Rejected) != len(messages) {
					t.Errorf("dropped because of %v", why)
					return
				}
				for i, m := range messages {
					if v := which.Rejected[i].Violations; len(v) != 1 || v[0].Rule != "version-unknown" {
						t.Errorf("%s: %+v", m.ID, v)
					}
					rejected = append(rejected, m.ID)
				}
			}})
			n := 0
			ids := trackMany(t, q, 20, func(m *events.Message) {
				if c.rejected(n) {
					m.Version = "9.9.9"
				}
				n++
			})
			closeWithin(t, q)
			var want, kept []string
			for i, id := range ids {
				if c.rejected(i) {
					want = append(want, id)
				} else {
					kept = append(kept, id)
				}
			}
			if diff := cmp.Diff(want, rejected); diff != "" {
				t.Errorf("rejected (-want +got):\n%s", diff)
			}
			wantKept(t, r, kept)
			if r.asked != 1 {
				t.Errorf("%d requests", r.asked)
			}
			if got := q.Stats(); got.Sent != uint64(len(kept)) || got.Rejected != uint64(len(want)) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestQueue_SendsLessAtOnceToACollectorWithSmallLimits(t *testing.T) {
	r := startReceiver(t, client.Limits{MaxBody: 3000})
	q := events.NewQueue(r.sink(), events.QueueOptions{Batch: 16})
	ids := trackMany(t, q, 40)
	closeWithin(t, q)
	wantKept(t, r, ids)
	if got := q.Stats(); got.Sent != 40 || len(r.ids) != 40 {
		t.Errorf("got %+v, and %d messages", got, len(r.ids))
	}
}

// TestHTTPSink_UnderstandsVerdicts asks a collector and evctl serve, for one event and for
// several.
func TestHTTPSink_UnderstandsVerdicts(t *testing.T) {
	r := startReceiver(t, client.Limits{})
	store, err := dir.Open(filepath.Join(shop, "releases"), "releases")
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(httpapi.New(t.Context(), registry.NewService(store, nil, time.Now), httpapi.Options{Envelope: presetEnvelope(t, "segment")}).Handler())
	t.Cleanup(api.Close)
	tracker := events.NewTracker(nil, events.SegmentEnvelope)
	good, err := tracker.Message(fullOrder())
	if err != nil {
		t.Fatal(err)
	}
	bad, err := tracker.Message(fullOrder(), func(m *events.Message) { m.Name = "order.complete" })
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{r.URL, api.URL + "/v1/validate"} {
		sink := events.HTTPSink{URL: url, Client: r.client}
		for _, c := range []struct {
			messages []events.Message
			rejected int
		}{
			{[]events.Message{good}, 0},
			{[]events.Message{bad}, 1},
			{[]events.Message{good, good}, 0},
			{[]events.Message{bad, good, bad}, 2},
			{[]events.Message{bad, bad}, 2},
			{nil, 0},
		} {
			err := sink.Send(t.Context(), c.messages...)
			var rejected *events.RejectedError
			switch {
			case c.rejected == 0 && err != nil:
				t.Errorf("%s: %v", url, err)
			case c.rejected == 0:
			case !errors.As(err, &rejected) || len(rejected.Rejected) != c.rejected:
				t.Errorf("%s: got %v, want %d rejections", url, err, c.rejected)
			case !strings.HasPrefix(err.Error(), "order.complete 2.1.0 is rejected: expected an event that has a contract"):
				t.Errorf("%s: got %v", url, err)
			}
		}
	}
}

// TestHTTPSink_TakesAnyAnswerForAnAnswer is about collectors that are not evctl's.
func TestHTTPSink_TakesAnyAnswerForAnAnswer(t *testing.T) {
	answer := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
	defer server.Close()
	sink := events.HTTPSink{URL: server.URL}
	message := events.Message{Body: []byte("{}")}
	for _, answer = range []string{"", "ok", "null", "{}", "[]", "1", `{"valid":null}`, `{"verdicts":[]}`, `{"verdicts":[{"valid":false}]}`, `{"verdicts":`, "{\"valid\":false}\n", strings.Repeat("[", 1<<16)} {
		if err := sink.Send(t.Context(), message, message); err != nil {
			t.Errorf("%.40q: %v", answer, err)
		}
	}
}

// verdictLine is the answer about an event that is rejected, with as long an explanation.
func verdictLine(long int) string {
	return `{"valid":false,"violations":[{"pointer":"/a","rule":"type","expected":"` + strings.Repeat("x", long) + "\"}]}\n"
}

// TestHTTPSink_ReadsLongAnswers wants rejections that stand behind many MiB of others.
func TestHTTPSink_ReadsLongAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 12 {
			_, _ = io.WriteString(w, verdictLine(1<<20))
		}
	}))
	defer server.Close()
	err := events.HTTPSink{URL: server.URL}.Send(t.Context(), make([]events.Message, 12)...)
	var rejected *events.RejectedError
	if !errors.As(err, &rejected) || len(rejected.Rejected) != 12 {
		t.Errorf("got %.200v, want 12 rejections", err)
	}
}

// TestHTTPSink_SaysThatAnAnswerHasNoEnd wants nobody to take for sent what may not be.
func TestHTTPSink_SaysThatAnAnswerHasNoEnd(t *testing.T) {
	var write func(w http.ResponseWriter)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w) }))
	defer server.Close()
	endless := func(text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for range 70 {
				if _, err := io.WriteString(w, text); err != nil {
					return
				}
			}
		}
	}
	cut := func(text string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.Itoa(len(text)+1))
			_, _ = io.WriteString(w, text)
		}
	}
	for what, c := range map[string]struct {
		write func(http.ResponseWriter)
		want  string
	}{
		"one verdict without end": {endless(`{"valid":[` + strings.Repeat("0,", 1<<19)), "read the answer: it is longer than 64 MiB"},
		"space without end":       {endless(strings.Repeat(" ", 1<<20)), "read the answer: it is longer than 64 MiB"},
		"cut between two":         {cut("{\"valid\":true}\n"), "read the answer: unexpected EOF"},
		"cut within one":          {cut("{\"valid\":true}\n{\"val"), "read the answer: unexpected EOF"},
		"cut before the first":    {cut(""), "read the answer: unexpected EOF"},
	} {
		write = c.write
		err := events.HTTPSink{URL: server.URL}.Send(t.Context(), make([]events.Message, 2)...)
		var answer *events.AnswerError
		if !errors.As(err, &answer) || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", what, err, c.want)
		}
	}
}

// TestQueue_SendsAgainWhatWasAnsweredByHalf cuts every second answer of a collector.
func TestQueue_SendsAgainWhatWasAnsweredByHalf(t *testing.T) {
	r := startReceiver(t, client.Limits{})
	r.between = func(n int, w http.ResponseWriter, request *http.Request, next http.Handler) {
		if n%2 == 0 {
			next.ServeHTTP(w, request)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, request)
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	q := events.NewQueue(r.sink(), events.QueueOptions{Batch: 10, RetryFrom: time.Millisecond, RetryMax: time.Millisecond})
	ids := trackMany(t, q, 40)
	if err := q.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantKept(t, r, ids)
	if got, want := q.Stats(), (events.QueueStats{Sent: 40, Failures: 4}); got != want || len(r.ids) != 80 {
		t.Errorf("got %+v and %d messages, want %+v and each message twice", got, len(r.ids), want)
	}
}

// TestHTTPSink_FollowsRedirectsOnlyWithTheEvents is about 302, after which nothing but a GET is
// sent, and a page that answers it.
func TestHTTPSink_FollowsRedirectsOnlyWithTheEvents(t *testing.T) {
	received := ""
	mux := http.NewServeMux()
	mux.Handle("/302", http.RedirectHandler("/page", http.StatusFound))
	mux.Handle("/308", http.RedirectHandler("/page", http.StatusPermanentRedirect))
	mux.HandleFunc("/page", func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		received = r.Method + " " + string(body)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	message := events.Message{Body: []byte("{}")}
	err := events.HTTPSink{URL: server.URL + "/302"}.Send(t.Context(), message)
	var status *events.StatusError
	if !errors.As(err, &status) || status.Code != 302 || status.Body != "redirected to "+server.URL+"/page" {
		t.Errorf("302: got %v", err)
	}
	if err := (events.HTTPSink{URL: server.URL + "/308"}).Send(t.Context(), message); err != nil || received != "POST {}" {
		t.Errorf("308: got %v, and the page %s", err, received)
	}
}

// TestQueue_IsUsedFromManyGoroutines is for the race detector.
func TestQueue_IsUsedFromManyGoroutines(t *testing.T) {
	r := startReceiver(t, client.Limits{})
	q := events.NewQueue(r.sink(), events.QueueOptions{Batch: 7, FlushEvery: time.Millisecond})
	tracker := events.NewTracker(q, events.SegmentEnvelope)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 25 {
				if err := tracker.Track(t.Context(), fullOrder()); err != nil {
					t.Error(err)
				}
				_ = q.Stats()
			}
			if err := q.Flush(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	closeWithin(t, q)
	if n := len(r.kept()); n != 200 {
		t.Errorf("%d messages", n)
	}
}
