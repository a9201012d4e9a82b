package cli

import (
	"context"
	"fmt"
	"runtime"

	"github.com/evctl/evctl/contracts/payload"
)

// batch is some consecutive events of one input, and what was made of them once done is
// closed.
type batch[T any] struct {
	*payload.Batch
	input string
	made  T
	done  chan struct{}
	err   error // why there is nothing behind this batch
}

// wait returns when the batch was worked on, or the command is to end.
func (b *batch[T]) wait(ctx context.Context) error {
	select {
	case <-b.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// validateStream checks the events of all inputs on all cores and reports their
// verdicts in order.
func validateStream(ctx context.Context, app *App, inputs []input, check func([]byte) payload.Verdict, report *verdictReport) error {
	verdicts := func(b *payload.Batch) []payload.Verdict {
		list := make([]payload.Verdict, b.Len())
		for i := range list {
			list[i] = check(b.Event(i))
		}
		return list
	}
	return eachBatch(ctx, app, inputs, verdicts, report.batch)
}

// eachBatch has the events of all inputs worked on by all cores, and takes the batches in
// order. A batch may have to be waited for; idle says that none is ready behind it. It holds
// a few batches in memory, however long the inputs are.
func eachBatch[T any](ctx context.Context, app *App, inputs []input, work func(*payload.Batch) T, take func(ctx context.Context, b *batch[T], idle bool) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	todo, order := make(chan *batch[T], workers), make(chan *batch[T], 2*workers)
	for range workers {
		go func() {
			for b := range todo {
				b.made = work(b.Batch)
				close(b.done)
			}
		}()
	}
	// The reader may wait for a terminal for ever, so that nobody waits for it.
	go func() {
		defer close(order)
		defer close(todo)
		send := func(b *batch[T]) bool {
			select {
			case order <- b:
			case <-ctx.Done():
				return false
			}
			todo <- b
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
			if err := take(ctx, b, len(order) == 0); err != nil {
				return err
			}
		}
	}
}

// readBatches cuts an input into batches and reports whether to go on with the next.
func readBatches[T any](app *App, in input, send func(*batch[T]) bool) bool {
	r, err := app.open(in)
	if err == nil {
		defer r.Close()
		stopped := false
		err = payload.Batches(r, func(b *payload.Batch) bool {
			stopped = !send(newBatch[T](in, b))
			return !stopped
		})
		if stopped {
			return false
		}
	}
	if err == nil {
		return true
	}
	b := newBatch[T](in, &payload.Batch{})
	b.err = fmt.Errorf("read %s: %w", in.name, err)
	send(b)
	return false
}

func newBatch[T any](in input, events *payload.Batch) *batch[T] {
	return &batch[T]{Batch: events, input: in.name, done: make(chan struct{})}
}
