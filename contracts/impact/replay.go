package impact

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/evctl/evctl/contracts/payload"
)

// Input is a stream of events: one per line, an array, or JSON values one after another.
type Input struct {
	Name string // in reports
	// Open starts reading it. What it returns is closed.
	Open func() (io.ReadCloser, error)
}

// work is some consecutive events on their way to a core.
type work struct {
	*payload.Batch
	input  string
	number int // of the batch in all that is read
}

// Run replays all inputs, one after the other. An input that cannot be read to its end
// ends the run: the report, with Complete false, is of what was read before, and the
// error says why there is no more. The report is nil when the context ended.
func (r *Replay) Run(ctx context.Context, inputs []Input) (*Report, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan work, runtime.GOMAXPROCS(0))
	tallies := make([]*tally, runtime.GOMAXPROCS(0))
	var working sync.WaitGroup
	for i := range tallies {
		tallies[i] = newTally(r)
		working.Go(func() { tallies[i].work(ctx, batches) })
	}
	// The reader may wait for a terminal for ever, so that nobody waits for it once the
	// context ended.
	read := make(chan error, 1)
	go func() {
		err := readAll(ctx, inputs, batches)
		close(batches)
		read <- err
	}()
	working.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err := <-read
	sum := newTally(r)
	for _, t := range tallies {
		sum.add(t)
	}
	report := sum.report()
	report.Complete = err == nil
	return report, err
}

// work counts batches until there are no more or the context ends.
func (t *tally) work(ctx context.Context, batches <-chan work) {
	for {
		select {
		case <-ctx.Done():
			return
		case b, more := <-batches:
			if !more {
				return
			}
			for i := range b.Len() {
				t.event(b.input, b.Event(i), b.Line(i), order{b.number, i})
			}
		}
	}
}

// readAll cuts all inputs into batches. It ends early when the context does.
func readAll(ctx context.Context, inputs []Input, batches chan<- work) error {
	number := 0
	for _, in := range inputs {
		send := func(b *payload.Batch) bool {
			number++
			select {
			case batches <- work{b, in.Name, number}:
				return true
			case <-ctx.Done():
				return false
			}
		}
		if err := in.read(send); err != nil {
			return fmt.Errorf("read %s: %w", in.Name, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (in Input) read(send func(*payload.Batch) bool) error {
	r, err := in.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return payload.Batches(r, send)
}
