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
	*payload.Batch
	input    string
	verdicts []payload.Verdict
	done     chan struct{}
	err      error // why there is nothing behind this batch
}

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
	for i := range b.Len() {
		b.verdicts = append(b.verdicts, check(b.Event(i)))
	}
	close(b.done)
}

// readBatches cuts an input into batches and reports whether to go on with the next.
func readBatches(app *App, in input, send func(*batch) bool) bool {
	r, err := app.open(in)
	if err == nil {
		defer r.Close()
		stopped := false
		err = payload.Batches(r, func(b *payload.Batch) bool {
			stopped = !send(newBatch(in, b))
			return !stopped
		})
		if stopped {
			return false
		}
	}
	if err == nil {
		return true
	}
	b := newBatch(in, &payload.Batch{})
	b.err = fmt.Errorf("read %s: %w", in.name, err)
	send(b)
	return false
}

func newBatch(in input, events *payload.Batch) *batch {
	return &batch{Batch: events, input: in.name, done: make(chan struct{})}
}
