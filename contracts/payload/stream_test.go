package payload_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
)

// batched lists the events of a stream as scan does, through batches that are used again.
func batched(r io.Reader) []string {
	var list []string
	err := payload.Batches(r, func(b *payload.Batch) bool {
		for i := range b.Len() {
			list = append(list, fmt.Sprintf("%d:%s", b.Line(i), b.Event(i)))
		}
		b.Release()
		return true
	})
	if err != nil {
		list = append(list, "error: "+err.Error())
	}
	return list
}

// streamed lists the events of a stream through all cores.
func streamed(s *payload.Scanner) []string {
	var list []string
	work := func(b *payload.Batch) []string {
		made := make([]string, b.Len())
		for i := range made {
			made[i] = fmt.Sprintf("%d:%s", b.Line(i), b.Event(i))
		}
		return made
	}
	take := func(_ *payload.Batch, made []string, _ bool) error {
		list = append(list, made...)
		return nil
	}
	if err := payload.Stream(context.Background(), s, work, take); err != nil {
		list = append(list, "error: "+err.Error())
	}
	return list
}

// mixture are events of all sizes, between a few bytes and several blocks.
func mixture(n int) []string {
	events := make([]string, n)
	for i := range events {
		size := i * 7919 % 3000
		if i%997 == 500 {
			size = 400_000
		}
		events[i] = fmt.Sprintf(`{"n":%d,"text":"%s"}`, i, strings.Repeat("é\\\"", size/4))
	}
	return events
}

func TestBatches_HoldWhatTheScannerFinds(t *testing.T) {
	events := mixture(1200)
	for name, text := range map[string]string{
		"lines":      strings.Join(events, "\n"),
		"CRLF":       "\ufeff" + strings.Join(events, "\r\n\n") + "\r\n",
		"array":      "[" + strings.Join(events, ",\n ") + "]",
		"values":     "{\n\"first\":1}" + strings.Join(events, "\n\n"),
		"cut off":    "[" + strings.Join(events, ","),
		"bad lines":  strings.Join(events, "\n}{\n\"\n"),
		"tiny lines": strings.Repeat("1\n", 100_000),
		"blank":      strings.Repeat("\n", 400_000) + "1" + strings.Repeat(" ", 400_000) + "\n2",
	} {
		want := scan(strings.NewReader(text))
		if len(want) < 2 {
			t.Fatalf("%s: %d events", name, len(want))
		}
		for way, got := range map[string][]string{
			"batches":           batched(strings.NewReader(text)),
			"batches, halves":   batched(iotest.HalfReader(strings.NewReader(text))),
			"batches, pieces":   batched(&pieces{text: text, sizes: []int{1, 70_000, 3, 1000, 131_072, 17}}),
			"stream":            streamed(payload.NewScanner(strings.NewReader(text))),
			"stream, in memory": streamed(payload.NewTextScanner([]byte(text))),
		} {
			if !slices.Equal(want, got) {
				t.Errorf("%s, %s: %d events, want %d, or they differ", name, way, len(got), len(want))
			}
		}
	}
}

// pieces is a reader that returns as much as it is told, again and again.
type pieces struct {
	text  string
	sizes []int
	turn  int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.sizes[p.turn%len(p.sizes)])], p.text)
	p.text, p.turn = p.text[n:], p.turn+1
	return n, nil
}

func TestTextScanner_EventsAreSlicesThatStay(t *testing.T) {
	text := []byte("{\"a\":1}\n[2]\n" + strings.Repeat("x", rawjson.MaxBytes+2))
	before := bytes.Clone(text)
	var events [][]byte
	for s := payload.NewTextScanner(text).Lines(); s.Scan(); {
		events = append(events, s.Event())
	}
	if len(events) != 3 || string(events[0]) != `{"a":1}` || &events[1][0] != &text[8] || len(events[2]) != rawjson.MaxBytes+1 || !bytes.Equal(text, before) {
		t.Errorf("events %.40q", events)
	}
}

func TestScanner_LinesAreEventsWhateverTheyLookLike(t *testing.T) {
	got := []string{}
	for s := payload.NewScanner(iotest.OneByteReader(strings.NewReader("\ufeff[1,\n{\n\n  2]\r\n"))).Lines(); s.Scan(); {
		got = append(got, fmt.Sprintf("%d:%s", s.Line(), s.Event()))
	}
	if diff := cmp.Diff([]string{"1:[1,", "2:{", "4:  2]"}, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestBatches_SendWhatCameBeforeAPause sends a line and the beginning of another one.
func TestBatches_SendWhatCameBeforeAPause(t *testing.T) {
	r, w := io.Pipe()
	sent := make(chan string)
	go func() {
		_ = payload.Batches(r, func(b *payload.Batch) bool {
			sent <- string(b.Event(0))
			return true
		})
		close(sent)
	}()
	go io.WriteString(w, "{\"a\":1}\n{\"a\"")
	if got := <-sent; got != `{"a":1}` {
		t.Errorf("first event is %q", got)
	}
	go func() {
		io.WriteString(w, ":2}\n")
		w.Close()
	}()
	if got := <-sent; got != `{"a":2}` {
		t.Errorf("second event is %q", got)
	}
	<-sent
}

func TestBatches_EndWhenNobodyWantsMore(t *testing.T) {
	for name, s := range map[string]*payload.Scanner{
		"stream": payload.NewScanner(endless('\n')), "lines": payload.NewScanner(&repeat{text: "1\n"}), "text": payload.NewTextScanner(bytes.Repeat([]byte("1\n"), 1<<20)),
	} {
		if name == "stream" {
			s = payload.NewScanner(io.MultiReader(strings.NewReader("1\n2"), endless('3')))
		}
		batches := 0
		err := s.Batches(func(*payload.Batch) bool { batches++; return false })
		if batches != 1 || err != nil {
			t.Errorf("%s: %d batches, %v; want one", name, batches, err)
		}
	}
}

// repeat is a text again and again. It counts what was read.
type repeat struct {
	text string
	at   int
	read atomic.Int64
}

func (r *repeat) Read(b []byte) (int, error) {
	for n := 0; n < len(b); {
		copied := copy(b[n:], r.text[r.at:])
		n, r.at = n+copied, (r.at+copied)%len(r.text)
	}
	r.read.Add(int64(len(b)))
	return len(b), nil
}

// TestStream_HoldsFewBatchesWhileTakeIsSlow counts what is read while the first batch is
// not taken.
func TestStream_HoldsFewBatchesWhileTakeIsSlow(t *testing.T) {
	source := &repeat{text: `{"a":1}` + "\n"}
	var worked, taken atomic.Int64
	enough := errors.New("enough")
	work := func(b *payload.Batch) int {
		worked.Add(1)
		return b.Len()
	}
	take := func(_ *payload.Batch, _ int, _ bool) error {
		most := int64(2*runtime.GOMAXPROCS(0) + 2)
		// However long nothing is taken: everybody else has his turn many times.
		for range 10_000 {
			runtime.Gosched()
		}
		if ahead := worked.Load() - taken.Load(); ahead > most {
			t.Errorf("%d batches are ahead, want at most %d", ahead, most)
		}
		if read := source.read.Load(); read > (taken.Load()+most+4)<<17 {
			t.Errorf("%d bytes were read for %d batches", read, taken.Load())
		}
		if taken.Add(1) == 50 {
			return enough
		}
		return nil
	}
	if err := payload.Stream(context.Background(), payload.NewScanner(source), work, take); !errors.Is(err, enough) || taken.Load() != 50 {
		t.Errorf("error %v after %d batches", err, taken.Load())
	}
}

func TestStream_TakesWhatWasReadBeforeAnError(t *testing.T) {
	events := mixture(1000)
	text := strings.Join(events, "\n") + "\n"
	broken := errors.New("the disk is gone")
	got := streamed(payload.NewScanner(io.MultiReader(strings.NewReader(text+`{"a":`), iotest.ErrReader(broken))))
	if len(got) != len(events)+1 || got[len(events)] != "error: the disk is gone" {
		t.Errorf("%d events, the last is %.40q", len(got), got[len(got)-1])
	}
}

// TestStream_EndsWithItsContext has a source that never returns.
func TestStream_EndsWithItsContext(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close() // lets the reader go
	ctx, cancel := context.WithCancel(context.Background())
	go io.WriteString(w, "1\n2\n3")
	var idles []bool
	err := payload.Stream(ctx, payload.NewScanner(r), (*payload.Batch).Len, func(_ *payload.Batch, n int, idle bool) error {
		if idles = append(idles, idle); n != 2 {
			t.Errorf("%d events, want 2", n)
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || !slices.Equal(idles, []bool{true}) {
		t.Errorf("error %v, idle %v", err, idles)
	}
}

func TestBatches_MemoryIsThatOfABlock(t *testing.T) {
	read := func(n int64) uint64 {
		var before, after runtime.MemStats
		source := io.LimitReader(&repeat{text: mixture(2)[1] + "\n"}, n)
		runtime.ReadMemStats(&before)
		err := payload.Batches(source, func(b *payload.Batch) bool {
			b.Release()
			return true
		})
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	read(1 << 20)
	// Under the race detector pools forget some of what they are given.
	if few, many := read(1<<20), read(64<<20); many > few+32<<20 {
		t.Errorf("a stream of 1 MB takes %d bytes, one of 64 MB %d", few, many)
	}
}
