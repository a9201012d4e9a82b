package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

// Time is that of synctest here: pauses take none, and have their exact length.

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is a sink that answers as it is told, and keeps what it took.
type scripted struct {
	mu      sync.Mutex
	answer  func(n int, ctx context.Context, messages []Message) error // to attempt number n
	start   time.Time
	n       int
	batches []string // when, and which messages
}

func (s *scripted) Send(ctx context.Context, messages ...Message) error {
	s.mu.Lock()
	s.n++
	n := s.n
	s.batches = append(s.batches, fmt.Sprintf("%v: %s", time.Since(s.start), idsOf(messages)))
	s.mu.Unlock()
	if s.answer == nil {
		return nil
	}
	return s.answer(n, ctx, messages)
}

func idsOf(messages []Message) string {
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.ID)
	}
	return strings.Join(ids, " ")
}

func message(id string) Message {
	return Message{EventInfo: EventInfo{Name: "e", Version: "1.0.0"}, ID: id, Body: []byte("{}")}
}

// losses collects what hooks are told.
type losses struct {
	mu    sync.Mutex
	texts []string
}

func (l *losses) dropped(why error, messages ...Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = append(l.texts, idsOf(messages)+": "+why.Error())
}

func (l *losses) failed(err error, pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = append(l.texts, err.Error())
}

// soFar is what they were told, while the queue goes on.
func (l *losses) soFar() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.texts)
}

// attempts is how many there were, while the queue goes on.
func (s *scripted) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func put(t *testing.T, q *Queue, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := q.Send(t.Context(), message(id)); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
	}
}

func closeQueue(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestQueue_SendsWhenABatchIsFullOrHasWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &scripted{start: time.Now()}
		q := NewQueue(sink, QueueOptions{Batch: 2, FlushEvery: time.Minute})
		put(t, q, "a", "b", "c")
		time.Sleep(time.Hour) // of synctest: in no time
		put(t, q, "d")
		closeQueue(t, q)
		wantLines(t, "batches", sink.batches, "0s: a b", "1m0s: c", "1h0m0s: d")
	})
}

// TestQueue_HasTheDefaultsThatTheDocumentationSays holds both to these.
func TestQueue_HasTheDefaultsThatTheDocumentationSays(t *testing.T) {
	got := QueueOptions{}.filled()
	want := QueueOptions{
		Max: 10_000, MaxBytes: 16 << 20, Batch: 100, BatchBytes: 1 << 20, FlushEvery: time.Second, Timeout: 10 * time.Second,
		RetryFrom: 500 * time.Millisecond, RetryMax: 30 * time.Second, RefusedFor: 5 * time.Minute,
	}
	if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"100 events or 1 MiB at once, or what has waited for 1 s", "after 0.5 s, 1 s and so on up to 30 s", "10,000 events or 16 MiB wait", "for 5 minutes"} {
		if !strings.Contains(string(page), text) {
			t.Errorf("README.md does not say %q", text)
		}
	}
}

func TestQueue_BoundsBatchesByBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &scripted{start: time.Now()}
		q := NewQueue(sink, QueueOptions{BatchBytes: 5, FlushEvery: time.Minute})
		put(t, q, "a")
		long := message("long")
		long.Body = []byte(`{"a":"long"}`)
		if err := q.Send(t.Context(), message("b"), long, message("c"), message("d")); err != nil {
			t.Fatal(err)
		}
		closeQueue(t, q)
		wantLines(t, "batches", sink.batches, "0s: a b", "0s: long", "0s: c d")
	})
}

func TestQueue_TriesAgainWithGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		var pauses []time.Duration
		sink := &scripted{answer: func(n int, _ context.Context, _ []Message) error {
			if n <= 6 {
				return errors.New("down " + strconv.Itoa(n))
			}
			return nil
		}}
		q := NewQueue(sink, QueueOptions{Batch: 2, RetryFrom: time.Second, RetryMax: 8 * time.Second, Failed: func(err error, pause time.Duration) {
			told.failed(err, pause)
			pauses = append(pauses, pause)
		}})
		put(t, q, "a", "b", "c")
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantLines(t, "failures", told.texts, "down 1", "down 2", "down 3", "down 4", "down 5", "down 6")
		for i, most := range []time.Duration{1, 2, 4, 8, 8, 8} {
			if most *= time.Second; pauses[i] > most || pauses[i] < most/2 {
				t.Errorf("pause %d is %v, want %v to %v", i, pauses[i], most/2, most)
			}
		}
		if want := (QueueStats{Sent: 3, Failures: 6}); q.Stats() != want {
			t.Errorf("got %+v, want %+v", q.Stats(), want)
		}
		closeQueue(t, q)
	})
}

// TestQueueOptions_PausesDoNotOverflow is about those who set no bound that matters.
func TestQueueOptions_PausesDoNotOverflow(t *testing.T) {
	o := QueueOptions{RetryMax: math.MaxInt64}.filled()
	for _, failures := range []int{35, 36, 100} {
		if got := o.pause(errors.New("down"), failures); got < 1<<61 {
			t.Errorf("after %d failures: %v", failures, got)
		}
	}
}

func TestQueue_WaitsAsLongAsTheServerAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &scripted{start: time.Now(), answer: func(n int, _ context.Context, _ []Message) error {
			return map[int]error{1: &StatusError{Code: 503, RetryAfter: 5 * time.Second}, 2: &StatusError{Code: 429, RetryAfter: time.Hour}}[n]
		}}
		q := NewQueue(sink, QueueOptions{Batch: 1, RetryFrom: time.Second, RetryMax: 10 * time.Second})
		put(t, q, "a")
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		closeQueue(t, q)
		wantLines(t, "batches", sink.batches, "0s: a", "5s: a", "15s: a")
	})
}

func TestQueue_DropsWhatFindsNoRoomAndDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		release := make(chan struct{})
		sink := &scripted{answer: func(int, context.Context, []Message) error { <-release; return nil }}
		q := NewQueue(sink, QueueOptions{Max: 3, MaxBytes: 100, Batch: 1, Dropped: told.dropped})
		put(t, q, "a", "b", "c")
		if err := q.Send(t.Context(), message("d"), message("e")); !errors.Is(err, ErrQueueFull) {
			t.Errorf("got %v", err)
		}
		close(release)
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		large := message("f")
		large.Payload = make([]byte, 101)
		if err := q.Send(t.Context(), large); !errors.Is(err, ErrQueueFull) {
			t.Errorf("got %v", err)
		}
		put(t, q, "g")
		closeQueue(t, q)
		wantLines(t, "losses", told.texts, "d e: the queue is full", "f: the queue is full")
		if want := (QueueStats{Sent: 4, Dropped: 3}); q.Stats() != want {
			t.Errorf("got %+v, want %+v", q.Stats(), want)
		}
	})
}

func TestQueue_BlocksOnlyWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		sink := &scripted{start: time.Now(), answer: func(int, context.Context, []Message) error {
			time.Sleep(time.Second) // of synctest
			return nil
		}}
		q := NewQueue(sink, QueueOptions{Max: 2, Block: true, FlushEvery: time.Hour, Dropped: told.dropped})
		put(t, q, "a", "b", "c", "d", "e") // more than there is room for
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := q.Send(ctx, message("f"), message("g"), message("h")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		large := message("i")
		large.Body = make([]byte, 17<<20)
		if err := q.Send(t.Context(), large); !errors.Is(err, ErrQueueFull) {
			t.Errorf("what never has room: %v", err)
		}
		closeQueue(t, q)
		wantLines(t, "batches", sink.batches, "0s: a b", "1s: c d", "2s: e f")
		wantLines(t, "losses", told.texts, "g h: context deadline exceeded", "i: the queue is full")
	})
}

func TestQueue_ReportsRejectionsAndDoesNotTryThemAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		sink := &scripted{answer: func(_ int, _ context.Context, messages []Message) error {
			return &RejectedError{[]Rejection{{messages[1], []Violation{{"/a", "type", "expected string"}}}}}
		}}
		q := NewQueue(sink, QueueOptions{Batch: 3, Dropped: told.dropped})
		put(t, q, "a", "b", "c")
		closeQueue(t, q)
		wantLines(t, "losses", told.texts, "b: e 1.0.0 is rejected: /a: expected string")
		if want := (QueueStats{Sent: 2, Rejected: 1}); q.Stats() != want {
			t.Errorf("got %+v, want %+v", q.Stats(), want)
		}
	})
}

// TestQueue_SendsOnlyTheRestAgain is about sinks that deliver one message after the other.
func TestQueue_SendsOnlyTheRestAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		sink := &scripted{answer: func(n int, _ context.Context, _ []Message) error {
			return map[int]error{
				1: &PartialError{2, errors.New("down")},
				2: &PartialError{-1, errors.New("down")},
				3: &PartialError{1, &StatusError{Code: 400}},
				4: &StatusError{Code: 400},
				6: &PartialError{9, errors.New("all of them?")},
			}[n]
		}}
		q := NewQueue(sink, QueueOptions{Batch: 5, RetryFrom: 1, Dropped: told.dropped})
		put(t, q, "a", "b", "c", "d", "e", "f")
		closeQueue(t, q)
		for i := range sink.batches {
			_, sink.batches[i], _ = strings.Cut(sink.batches[i], ": ")
		}
		wantLines(t, "batches", sink.batches, "a b c d e", "c d e", "c d e", "d", "e", "f", "f")
		wantLines(t, "losses", told.texts, "d: status 400")
		if want := (QueueStats{Sent: 5, Dropped: 1, Failures: 3}); q.Stats() != want {
			t.Errorf("got %+v, want %+v", q.Stats(), want)
		}
	})
}

// TestQueue_FindsTheMessageThatAServerCannotRead is about servers that refuse a whole request
// for one event.
func TestQueue_FindsTheMessageThatAServerCannotRead(t *testing.T) {
	for _, code := range []int{400, 413, 415, 422} {
		synctest.Test(t, func(t *testing.T) {
			var told losses
			var taken []string
			sink := &scripted{answer: func(_ int, _ context.Context, messages []Message) error {
				if slices.ContainsFunc(messages, func(m Message) bool { return m.ID == "d" }) {
					return &StatusError{Code: code, Body: "no"}
				}
				taken = append(taken, idsOf(messages))
				return nil
			}}
			q := NewQueue(sink, QueueOptions{Batch: 8, Dropped: told.dropped})
			put(t, q, "a", "b", "c", "d", "e", "f", "g", "h")
			closeQueue(t, q)
			wantLines(t, "taken", taken, "a b", "c", "e f g h")
			wantLines(t, "losses", told.texts, fmt.Sprintf("d: status %d: no", code))
			if want := (QueueStats{Sent: 7, Dropped: 1}); q.Stats() != want {
				t.Errorf("got %+v, want %+v", q.Stats(), want)
			}
		})
	}
}

// TestQueue_DropsWhatIsRefusedForTooLong is about a key that is not valid any more, and then
// is again.
func TestQueue_DropsWhatIsRefusedForTooLong(t *testing.T) {
	for _, code := range []int{301, 401, 402, 403, 404, 405, 410, 451} {
		synctest.Test(t, func(t *testing.T) {
			var told losses
			start := time.Now()
			sink := &scripted{answer: func(int, context.Context, []Message) error {
				if time.Since(start) < 10*time.Minute {
					return &StatusError{Code: code, Body: "no"}
				}
				return nil
			}}
			q := NewQueue(sink, QueueOptions{Batch: 2, Dropped: told.dropped})
			put(t, q, "a", "b", "c", "d")
			time.Sleep(4*time.Minute + 59*time.Second) // of synctest
			wantLines(t, "losses after 4:59", told.soFar())
			time.Sleep(31 * time.Second)
			why := fmt.Sprintf("status %d: no", code)
			wantLines(t, "losses after 5:30", told.soFar(), "a b: "+why, "c d: "+why)
			attempts := sink.attempts()
			put(t, q, "e", "f")
			time.Sleep(time.Second)
			wantLines(t, "losses while it is refused", told.soFar(), "a b: "+why, "c d: "+why, "e f: "+why)
			if n := sink.attempts(); n != attempts+1 {
				t.Errorf("%d attempts while it is refused, want 1", n-attempts)
			}
			time.Sleep(5 * time.Minute)
			put(t, q, "g")
			closeQueue(t, q)
			stats := q.Stats()
			if stats.Failures = 0; stats != (QueueStats{Sent: 1, Dropped: 6}) {
				t.Errorf("got %+v", stats)
			}
		})
	}
}

func TestQueue_KeepsWhatIsNotRefused(t *testing.T) {
	for what, err := range map[string]error{
		"408": &StatusError{Code: 408}, "409": &StatusError{Code: 409}, "425": &StatusError{Code: 425}, "429": &StatusError{Code: 429}, "500": &StatusError{Code: 500}, "501": &StatusError{Code: 501},
		"502": &StatusError{Code: 502}, "503": &StatusError{Code: 503}, "no connection": errors.New("refused"), "half an answer": &AnswerError{io.ErrUnexpectedEOF},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			sink := &scripted{answer: func(int, context.Context, []Message) error {
				if time.Since(start) < 24*time.Hour {
					return err
				}
				return nil
			}}
			q := NewQueue(sink, QueueOptions{Batch: 1, RefusedFor: -1})
			put(t, q, "a")
			if err := q.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			closeQueue(t, q)
			if stats := q.Stats(); stats.Sent != 1 || stats.Dropped != 0 {
				t.Errorf("%s: got %+v", what, stats)
			}
		})
	}
}

// TestQueue_RefusalsHaveToFollowEachOther wants time without refusals not to count.
func TestQueue_RefusalsHaveToFollowEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		sink := &scripted{answer: func(int, context.Context, []Message) error {
			switch at := time.Since(start); {
			case at < 2*time.Minute, 3*time.Minute <= at && at < 7*time.Minute:
				return &StatusError{Code: 401}
			case at < 3*time.Minute:
				return &StatusError{Code: 503}
			}
			return nil
		}}
		q := NewQueue(sink, QueueOptions{Batch: 1})
		put(t, q, "a")
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		closeQueue(t, q)
		if stats := q.Stats(); stats.Sent != 1 {
			t.Errorf("got %+v", stats)
		}
	})
}

func TestQueue_DropsWhatIsRefusedAtOnceWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		sink := &scripted{answer: func(int, context.Context, []Message) error { return &StatusError{Code: 403} }}
		q := NewQueue(sink, QueueOptions{Batch: 2, RefusedFor: -1, Dropped: told.dropped})
		put(t, q, "a", "b", "c")
		closeQueue(t, q)
		wantLines(t, "losses", told.texts, "a b: status 403", "c: status 403")
		if sink.n != 2 {
			t.Errorf("%d attempts, want 2", sink.n)
		}
	})
}

// TestQueue_DividesWhatIsAnsweredWithoutEnd is about a collector that says more than anybody
// reads.
func TestQueue_DividesWhatIsAnsweredWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		sink := &scripted{answer: func(_ int, _ context.Context, messages []Message) error {
			if slices.ContainsFunc(messages, func(m Message) bool { return m.ID == "d" }) {
				return &AnswerError{errLongAnswer}
			}
			return nil
		}}
		q := NewQueue(sink, QueueOptions{Batch: 4, Dropped: told.dropped})
		put(t, q, "a", "b", "c", "d")
		closeQueue(t, q)
		wantLines(t, "losses", told.texts, "d: read the answer: it is longer than 64 MiB")
	})
}

func TestQueue_GivesUpAfterSoManyAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		sink := &scripted{answer: func(n int, _ context.Context, _ []Message) error {
			if n <= 3 {
				return &StatusError{Code: 500, Body: "oh"}
			}
			return nil
		}}
		q := NewQueue(sink, QueueOptions{Batch: 1, Attempts: 3, Dropped: told.dropped})
		put(t, q, "a", "b")
		closeQueue(t, q)
		wantLines(t, "losses", told.texts, "a: status 500: oh")
	})
}

func TestQueue_EndsAnAttemptThatTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &scripted{start: time.Now(), answer: func(n int, ctx context.Context, _ []Message) error {
			if n == 1 {
				<-ctx.Done()
			}
			return ctx.Err()
		}}
		q := NewQueue(sink, QueueOptions{Batch: 1, Timeout: 3 * time.Second, RetryFrom: 1})
		put(t, q, "a")
		if err := q.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		closeQueue(t, q)
		if len(sink.batches) != 2 || !strings.HasPrefix(sink.batches[1], "3") {
			t.Errorf("got %q", sink.batches)
		}
	})
}

func TestQueue_FlushReturnsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		q := NewQueue(&scripted{answer: func(int, context.Context, []Message) error { <-release; return nil }}, QueueOptions{})
		put(t, q, "a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := q.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(release)
		closeQueue(t, q)
		if err := q.Flush(t.Context()); err != nil {
			t.Errorf("after the end: %v", err)
		}
	})
}

// TestQueue_CloseTriesAtOnceAndThenUntilItsContextEnds leaves messages behind, and says so.
func TestQueue_CloseTriesAtOnceAndThenUntilItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told losses
		sink := &scripted{start: time.Now(), answer: func(n int, ctx context.Context, _ []Message) error {
			if n > 2 {
				<-ctx.Done()
				return ctx.Err()
			}
			return errors.New("down")
		}}
		q := NewQueue(sink, QueueOptions{Batch: 2, RetryFrom: time.Hour, RetryMax: time.Hour, Timeout: 10 * time.Hour, Dropped: told.dropped})
		put(t, q, "a", "b", "c")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		err := q.Close(ctx)
		if !errors.Is(err, ErrQueueClosed) || err.Error() != "3 messages were not delivered: the queue is closed" {
			t.Errorf("got %v", err)
		}
		if len(sink.batches) < 3 || sink.batches[0] != "0s: a b" || sink.batches[1] != "0s: a b" || strings.HasPrefix(sink.batches[2], "0s") {
			t.Errorf("batches %q", sink.batches)
		}
		wantLines(t, "losses", told.texts, "a b: the queue is closed: context canceled", "c: the queue is closed")
		if err := q.Send(t.Context(), message("d")); !errors.Is(err, ErrQueueClosed) {
			t.Errorf("sent to a queue that is closed: %v", err)
		}
		if want := (QueueStats{Dropped: 4, Failures: 2}); q.Stats() != want {
			t.Errorf("got %+v, want %+v", q.Stats(), want)
		}
		if err := q.Close(t.Context()); err == nil {
			t.Error("closed again, nothing was left behind")
		}
	})
}

func TestQueue_CloseEndsThoseThatWaitForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		q := NewQueue(&scripted{answer: func(int, context.Context, []Message) error { <-release; return nil }}, QueueOptions{Max: 1, Block: true})
		put(t, q, "a")
		waiting := make(chan error)
		go func() { waiting <- q.Send(context.Background(), message("b")) }()
		synctest.Wait()
		go func() { <-waiting; close(release) }()
		closeQueue(t, q)
	})
}

// TestQueue_LosesNothingSilently sends from several goroutines to a sink with random faults:
// every message arrives or is reported, and the counts say so.
func TestQueue_LosesNothingSilently(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		faults := rapid.SliceOfN(rapid.SampledFrom([]string{"ok", "ok", "down", "500", "400", "reject", "slow", "lost", "partial", "401"}), 0, 30).Draw(rt, "faults")
		block, size := rapid.Bool().Draw(rt, "block"), rapid.IntRange(1, 30).Draw(rt, "max")
		limit := rapid.IntRange(0, 3).Draw(rt, "attempts")
		refused := time.Duration(rapid.IntRange(-1, 2).Draw(rt, "refused")) * time.Second
		patience := time.Duration(rapid.IntRange(0, 60).Draw(rt, "patience")) * time.Second
		synctest.Test(t, func(t *testing.T) {
			arrived, reported := map[string]bool{}, map[string]int{}
			var mu sync.Mutex
			sink := &scripted{answer: func(n int, ctx context.Context, messages []Message) error {
				fault := "ok"
				if n <= len(faults) {
					fault = faults[n-1]
				}
				taken, err := injected(ctx, fault, messages)
				mu.Lock()
				defer mu.Unlock()
				for _, m := range taken {
					arrived[m.ID] = true
				}
				return err
			}}
			q := NewQueue(sink, QueueOptions{Max: size, Batch: 4, Block: block, Attempts: limit, Timeout: time.Second, RefusedFor: refused, Dropped: func(_ error, messages ...Message) {
				mu.Lock()
				defer mu.Unlock()
				for _, m := range messages {
					reported[m.ID]++
				}
			}})
			var senders sync.WaitGroup
			const each = 20
			for g := range 3 {
				senders.Go(func() {
					for i := range each {
						_ = q.Send(t.Context(), message(fmt.Sprint(g, "-", i))) // reported
					}
				})
			}
			senders.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_ = q.Close(ctx) // reported
			stats := q.Stats()
			if total := stats.Sent + stats.Rejected + stats.Dropped; total != 3*each || stats.Waiting != 0 {
				t.Errorf("%d of %d messages are accounted for: %+v", total, 3*each, stats)
			}
			if n := stats.Rejected + stats.Dropped; int(n) != len(reported) {
				t.Errorf("%d are counted as lost, %d were reported", n, len(reported))
			}
			for g := range 3 {
				for i := range each {
					id := fmt.Sprint(g, "-", i)
					if n := reported[id]; n > 1 || n == 0 && !arrived[id] {
						t.Errorf("%s arrived: %v, and was reported %d times", id, arrived[id], n)
					}
				}
			}
		})
	})
}

// injected does to messages what a fault does.
func injected(ctx context.Context, fault string, messages []Message) (taken []Message, err error) {
	switch fault {
	case "down":
		return nil, errors.New("down")
	case "500":
		return nil, &StatusError{Code: 500}
	case "400":
		return nil, &StatusError{Code: 400}
	case "401":
		return nil, &StatusError{Code: 401}
	case "slow":
		<-ctx.Done()
		return nil, ctx.Err()
	case "reject":
		return messages[1:], &RejectedError{[]Rejection{{Message: messages[0]}}}
	case "lost":
		return messages, errors.New("the answer is lost")
	case "partial":
		return messages[:len(messages)/2], &PartialError{len(messages) / 2, errors.New("down")}
	}
	return messages, nil
}
