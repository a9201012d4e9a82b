package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

func TestWatch_TakesOverAtOnceWhatAServerReleases(t *testing.T) {
	f := start(t, orderV1)
	opt := client.Options{}
	e := listen(&opt)
	c := f.open(opt)
	next(t, e.loaded)
	watch(t, c)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(fmt.Sprint(f.requests()), "/v1/watch"); {
		if time.Now().After(deadline) {
			t.Fatal("nobody watches")
		}
	}
	before := c.Set()
	f.publish(orderV11)
	released := time.Now()
	s := next(t, e.loaded)
	if took := time.Since(released); took > 15*time.Second {
		t.Errorf("the take-over took %s, want that nobody waits for the request to end", took)
	}
	if !c.Valid([]byte(goodNew)) || s.Versions != 2 {
		t.Errorf("status is %+v", s)
	}
	if v := before.Validate([]byte(goodNew)); v.Valid {
		t.Error("a set that somebody holds has changed")
	}
}

// pausing makes options whose pauses a test sees and ends.
func pausing(opt client.Options) (client.Options, chan time.Duration, chan struct{}) {
	return pausingBy(opt, nil)
}

// pausingBy is pausing with a clock that the test moves.
func pausingBy(opt client.Options, elapsed func() time.Duration) (client.Options, chan time.Duration, chan struct{}) {
	pauses, goOn := make(chan time.Duration), make(chan struct{})
	opt = client.WithClock(opt, client.TestClock{Elapsed: elapsed, Wait: func(ctx context.Context, pause time.Duration) {
		select {
		case pauses <- pause:
		case <-ctx.Done():
			return
		}
		select {
		case <-goOn:
		case <-ctx.Done():
		}
	}})
	return opt, pauses, goOn
}

func TestWatch_PollsAStaticSiteByItsETag(t *testing.T) {
	f := start(t, orderV1)
	site := t.TempDir()
	write := func() {
		if err := os.MkdirAll(filepath.Join(site, "v1"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(site, "v1", "bundle.json"), f.body(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write()
	files := http.FileServer(http.Dir(site))
	var answers []string
	static := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := os.ReadFile(filepath.Join(site, r.URL.Path))
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, len(data)))
		recorder := httptest.NewRecorder()
		for k, v := range w.Header() {
			recorder.Header()[k] = v
		}
		files.ServeHTTP(recorder, r)
		answers = append(answers, fmt.Sprint(r.URL.Path, " ", recorder.Code))
		for k, v := range recorder.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	}))
	defer static.Close()
	opt, pauses, goOn := pausing(client.Options{HTTP: f.http, Poll: time.Minute})
	e := listen(&opt)
	c, err := client.Open(t.Context(), static.URL, opt)
	if err != nil {
		t.Fatal(err)
	}
	next(t, e.loaded)
	watch(t, c)
	for range 2 {
		if p := next(t, pauses); p != time.Minute {
			t.Errorf("pause is %s, want that of Poll", p)
		}
		goOn <- struct{}{}
	}
	next(t, pauses)
	want := []string{"/v1/bundle.json 200", "/v1/watch 404", "/v1/bundle.json 304", "/v1/bundle.json 304", "/v1/bundle.json 304"}
	if diff := cmp.Diff(want, answers); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	f.publish(orderV11)
	write()
	goOn <- struct{}{}
	next(t, e.loaded)
	if !c.Valid([]byte(goodNew)) {
		t.Error("the new release is not in use")
	}
}

func TestWatch_AHostWithAPageForEveryPathIsPolled(t *testing.T) {
	f := start(t, orderV1)
	f.put(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == "/v1/watch" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>")
			return
		}
		next.ServeHTTP(w, r)
	})
	opt, pauses, _ := pausing(client.Options{Poll: time.Minute})
	c := f.open(opt)
	watch(t, c)
	if p := next(t, pauses); p != time.Minute || c.Status().Err != nil {
		t.Errorf("pause is %s, status %+v, want a poll", p, c.Status())
	}
}

func TestWatch_TriesAgainWithPausesThatGrow(t *testing.T) {
	f := start(t, orderV1)
	opt, pauses, goOn := pausing(client.Options{})
	e := listen(&opt)
	c := f.open(opt)
	next(t, e.loaded)
	f.put(gone)
	watch(t, c)
	var got []time.Duration
	for range 9 {
		got = append(got, next(t, pauses))
		next(t, e.failed)
		works(t, c)
		goOn <- struct{}{}
	}
	want := []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60}
	for i := range want {
		want[i] *= time.Second
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
	next(t, pauses)
	f.put(nil)
	f.publish(orderV11)
	goOn <- struct{}{}
	next(t, e.loaded)
	if s := c.Status(); s.Err != nil || s.Versions != 2 {
		t.Errorf("status is %+v", s)
	}
}

func TestPause_LeavesAHalfToChance(t *testing.T) {
	for n, full := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 7: time.Minute, 1 << 30: time.Minute} {
		if least, most := client.Pause(n); least != full/2 || most != full {
			t.Errorf("pause %d is from %s to %s, want from %s to %s", n, least, most, full/2, full)
		}
	}
}

func TestWatch_AServerThatAnswersEarlyIsNotAskedAllTheTime(t *testing.T) {
	f := start(t, orderV1)
	f.put(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path == "/v1/watch" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		next.ServeHTTP(w, r)
	})
	opt, pauses, goOn := pausing(client.Options{})
	watch(t, f.open(opt))
	for _, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		if got := next(t, pauses); got != want {
			t.Errorf("pause is %s, want %s", got, want)
		}
		goOn <- struct{}{}
	}
	next(t, pauses)
}

func TestWatch_AServerWithOtherContractsEachTimeIsAskedOnceASecond(t *testing.T) {
	f := start(t, orderV1)
	var n atomic.Int64
	f.put(func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		n.Add(1)
		answer(200, string(bundleOf(t, fmt.Sprintf("event: e%d\nversion: 1.0.0\n", n.Load()))))(w, r, nil)
	})
	opt, pauses, goOn := pausing(client.Options{})
	c := f.open(opt)
	watch(t, c)
	for range 5 {
		if p := next(t, pauses); p <= 0 {
			t.Errorf("pause is %s", p)
		}
		goOn <- struct{}{}
	}
	next(t, pauses)
	if n.Load() > 8 {
		t.Errorf("%d requests, want one for each pause", n.Load())
	}
}

// TestSwap_ReadersNeverWaitAndNeverSeeAMixture validates from many goroutines while the
// contracts are swapped all the time.
func TestSwap_ReadersNeverWaitAndNeverSeeAMixture(t *testing.T) {
	f := start(t, orderV1)
	old, both := f.body(), []byte(nil)
	f.publish(orderV11)
	both = f.body()
	var flip atomic.Bool
	f.put(func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		data := both
		if flip.Swap(!flip.Load()) {
			data = old
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(data)
	})
	c := f.open(client.Options{AllowOlder: true})
	stop := make(chan struct{})
	finished := make(chan int64, 8)
	for range cap(finished) {
		go func() {
			var n int64
			for {
				select {
				case <-stop:
					finished <- n
					return
				default:
				}
				if v := c.Validate([]byte(good)); !v.Valid {
					t.Errorf("verdict is %+v", v)
				}
				switch v := c.Validate([]byte(goodNew)); {
				case v.Valid && v.Version == "1.1.0":
				case !v.Valid && v.Violations[0].Rule == payload.RuleVersionUnknown:
				default:
					t.Errorf("verdict is %+v, want that of one of the two bundles", v)
				}
				_, _ = c.Status(), c.Stats()
				n += 2
			}
		}()
	}
	digests := map[string]int{}
	for range 40 {
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		digests[string(c.Status().Digest)]++
	}
	close(stop)
	var events int64
	for range cap(finished) {
		events += <-finished
	}
	if len(digests) != 2 {
		t.Errorf("contracts in use were %v, want two bundles in turn", digests)
	}
	if s := c.Stats(); s.Valid+s.Unknown != events {
		t.Errorf("%d events were judged, counted are %d valid and %d unknown", events, s.Valid, s.Unknown)
	}
}

// bundleOf makes a bundle of contracts.
func bundleOf(t testing.TB, texts ...string) []byte {
	t.Helper()
	f := &fixture{TB: t, path: filepath.Join(t.TempDir(), "releases"), now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	f.release(texts...)
	all, err := publishedIn(t.Context(), f.path)
	if err != nil {
		t.Fatal(err)
	}
	return registry.EncodeBundle(all)
}

// TestWatch_AHostWithoutETagsIsAskedWhatWasModified serves files as net/http does.
func TestWatch_AHostWithoutETagsIsAskedWhatWasModified(t *testing.T) {
	f := start(t, orderV1)
	site := t.TempDir()
	path := filepath.Join(site, "v1", "bundle.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(age time.Duration) {
		t.Helper()
		if err := os.WriteFile(path, f.body(), 0o644); err != nil {
			t.Fatal(err)
		}
		if at := time.Now().Add(-age); os.Chtimes(path, at, at) != nil {
			t.Fatal("times cannot be set")
		}
	}
	var asked atomic.Value
	files := http.FileServer(http.Dir(site))
	static := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Header.Get("If-Modified-Since"))
		files.ServeHTTP(w, r)
	}))
	defer static.Close()
	write(time.Hour)
	c, err := client.Open(t.Context(), static.URL, client.Options{HTTP: f.http})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Refresh(t.Context()); err != nil || asked.Load() == "" {
		t.Errorf("%v; the second request has no If-Modified-Since", err)
	}
	works(t, c)
	// What was modified this very second may change once more within it.
	f.publish(orderV11)
	write(0)
	for range 2 {
		if err := c.Refresh(t.Context()); err != nil || !c.Valid([]byte(goodNew)) {
			t.Fatalf("the new bundle is not in use: %v", err)
		}
	}
	if got := asked.Load(); got != "" {
		t.Errorf("If-Modified-Since is %s, want none for a time that has only just passed", got)
	}
}

// TestWatch_WhoCutsRequestsOffDoesNotSlowItDown puts a proxy in between that ends what
// takes half a minute.
func TestWatch_WhoCutsRequestsOffDoesNotSlowItDown(t *testing.T) {
	for what, status := range map[string]int{"with an error": http.StatusGatewayTimeout, "with 304": http.StatusNotModified} {
		t.Run(what, func(t *testing.T) {
			f := start(t, orderV1)
			var elapsed atomic.Int64
			var released atomic.Bool
			opt, pauses, goOn := pausingBy(client.Options{}, func() time.Duration { return time.Duration(elapsed.Load()) })
			e := listen(&opt)
			c := f.open(opt)
			next(t, e.loaded)
			watched := make(chan struct{}, 100)
			f.put(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				if r.URL.Path == "/v1/watch" && !released.Load() {
					elapsed.Add(int64(30 * time.Second))
					select {
					case watched <- struct{}{}:
					default:
					}
					w.WriteHeader(status)
					return
				}
				next.ServeHTTP(w, r)
			})
			watch(t, c)
			for range 10 {
				if status == http.StatusNotModified {
					next(t, watched)
					continue
				}
				if p := next(t, pauses); p != time.Second {
					t.Errorf("pause is %s, want the first one each time", p)
				}
				goOn <- struct{}{}
			}
			f.publish(orderV11)
			released.Store(true)
			for len(e.loaded) == 0 {
				select {
				case <-pauses:
					goOn <- struct{}{}
				case <-time.After(time.Millisecond):
				}
			}
			if s := next(t, e.loaded); s.Versions != 2 {
				t.Errorf("status is %+v", s)
			}
		})
	}
}
