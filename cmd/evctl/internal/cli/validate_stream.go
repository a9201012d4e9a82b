package cli

import (
	"context"
	"fmt"

	"github.com/evctl/evctl/contracts/payload"
)

// batch is some consecutive events of one input, and what was made of them.
type batch[T any] struct {
	*payload.Batch
	input string
	made  T
}

// eachBatch has the events of all inputs worked on by all cores, and takes the batches in
// order. Idle says that none is ready behind a batch. It holds a few batches in memory,
// however long the inputs are; nobody may keep one.
func eachBatch[T any](ctx context.Context, app *App, inputs []input, work func(input string, b *payload.Batch) T, take func(b *batch[T], idle bool) error) error {
	return eachBatchShown(ctx, app, inputs, nil, work, take)
}

// eachBatchShown is eachBatch, with the progress shown.
func eachBatchShown[T any](ctx context.Context, app *App, inputs []input, shown *progress, work func(input string, b *payload.Batch) T, take func(b *batch[T], idle bool) error) error {
	for _, in := range inputs {
		if err := eachBatchOf(ctx, app, in, shown, work, take); err != nil {
			return err
		}
	}
	return nil
}

func eachBatchOf[T any](ctx context.Context, app *App, in input, shown *progress, work func(input string, b *payload.Batch) T, take func(b *batch[T], idle bool) error) error {
	r, err := app.openShown(in, shown)
	if err != nil {
		return fmt.Errorf("read %s: %w", in.name, err)
	}
	stopped := false
	err = payload.Stream(ctx, payload.NewScanner(r),
		func(b *payload.Batch) T { return work(in.name, b) },
		func(b *payload.Batch, made T, idle bool) error {
			err := take(&batch[T]{b, in.name, made}, idle)
			stopped = err != nil
			return err
		})
	if stopped || ctx.Err() != nil {
		return err // not closed: somebody may wait for it still, as for a terminal
	}
	r.Close()
	if err != nil {
		return fmt.Errorf("read %s: %w", in.name, err)
	}
	return nil
}

// validateStream checks the events of all inputs on all cores and reports their
// verdicts in order.
func validateStream(ctx context.Context, app *App, inputs []input, shown *progress, check func([]byte) payload.Verdict, report *verdictReport) error {
	work := func(input string, b *payload.Batch) *checkedBatch {
		out := &checkedBatch{}
		for i := range b.Len() {
			v := check(b.Event(i))
			out.count(&v)
			if !v.Valid || report.all() {
				report.print(out, &eventVerdict{input, b.Line(i), v})
			}
		}
		return out
	}
	return eachBatchShown(ctx, app, inputs, shown, work, report.batch)
}

// checkedBatch is what was made of a batch: its share of the counts, and what is printed.
type checkedBatch struct {
	verdictCounts
	text []byte
}
