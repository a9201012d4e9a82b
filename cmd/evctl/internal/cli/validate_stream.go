package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/evctl/evctl/contracts/payload"
)

// batch is some consecutive events of one input, and their verdicts once done is
// closed.
type batch struct {
	input    string
	lines    []int
	ends     []int // of the events in text
	text     []byte
	verdicts []payload.Verdict
	done     chan struct{}
	err      error // why there is nothing behind this batch
}

// Sizes of a batch: large enough that handing it over costs nothing, small enough
// that a few of them fit into memory.
const (
	batchEvents = 512
	batchBytes  = 1 << 20
)

// validateStream checks the events of all inputs on all cores and reports their
// verdicts in order. It holds a few batches in memory, however long the inputs are.
func validateStream(ctx context.Context, app *App, inputs []input, check func([]byte) payload.Verdict, report *verdictReport) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	work, order := make(chan *batch, workers), make(chan *batch, 2*workers)
	for range workers {
		go func() {
			for b := range work {
				b.check(check)
			}
		}()
	}
	// The reader may wait for a terminal for ever, so that nobody waits for it.
	go func() {
		defer close(order)
		defer close(work)
		send := func(b *batch) bool {
			select {
			case order <- b:
			case <-ctx.Done():
				return false
			}
			work <- b
			return true
		}
		for _, in := range inputs {
			if !readBatches(app, in, send) {
				return
			}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b, more := <-order:
			if !more {
				return nil
			}
			if err := report.batch(ctx, b, len(order) == 0); err != nil {
				return err
			}
		}
	}
}

func (b *batch) check(check func([]byte) payload.Verdict) {
	start := 0
	for _, end := range b.ends {
		b.verdicts = append(b.verdicts, check(b.text[start:end]))
		start = end
	}
	close(b.done)
}

// readBatches cuts an input into batches and reports whether to go on with the next.
func readBatches(app *App, in input, send func(*batch) bool) bool {
	r, err := app.open(in)
	if err != nil {
		send(&batch{done: make(chan struct{}), err: fmt.Errorf("read %s: %w", in.name, err)})
		return false
	}
	defer r.Close()
	s := payload.NewScanner(r)
	b := newBatch(in)
	for s.Scan() {
		b.text = append(b.text, s.Event()...)
		b.ends = append(b.ends, len(b.text))
		b.lines = append(b.lines, s.Line())
		if len(b.ends) == batchEvents || len(b.text) > batchBytes || s.Waiting() {
			if !send(b) {
				return false
			}
			b = newBatch(in)
		}
	}
	if err := s.Err(); err != nil {
		b.err = fmt.Errorf("read %s: %w", in.name, err)
	}
	return send(b) && b.err == nil
}

func newBatch(in input) *batch { return &batch{input: in.name, done: make(chan struct{})} }
