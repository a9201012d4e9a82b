package payload

import (
	"context"
	"runtime"
	"sync"
)

// Stream has the events of a scanner worked on by all cores, batch by batch, and takes
// what was made of the batches in their order. Both may keep nothing of a batch: its
// memory is used again when take returns. Idle tells take that no batch is there behind
// this one, so that what was held back for a larger portion should go out.
//
// Reading stops while take is slow: a few batches are in memory, however long the stream
// is. The error is that of take, of the context, or of reading, in which case everything
// that was read before was taken. When Stream returns, neither work nor take is running.
// A reader that waits for its source is not waited for: it is left to return by itself.
func Stream[T any](ctx context.Context, s *Scanner, work func(*Batch) T, take func(b *Batch, made T, idle bool) error) error {
	ctx, stop := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	p := pipeline[T]{ctx: ctx, todo: make(chan *task[T], workers), order: make(chan *task[T], 2*workers)}
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	for range workers {
		working.Go(func() { p.work(work) })
	}
	go p.read(s)
	for {
		t, err := receive(ctx, p.order)
		if err != nil || t == nil {
			return err
		}
		if t.err != nil {
			return t.err
		}
		if _, err := receive(ctx, t.done); err != nil {
			return err
		}
		if err := take(t.Batch, t.made, len(p.order) == 0); err != nil {
			return err
		}
		t.Release()
	}
}

// pipeline is batches on their way: all of them in order, and those that nobody works on.
type pipeline[T any] struct {
	ctx         context.Context
	todo, order chan *task[T]
}

// task is a batch, and what was made of it once done is closed; or why there are no more.
type task[T any] struct {
	*Batch
	made T
	done chan struct{}
	err  error
}

// receive waits for a value; it is zero when the channel is closed.
func receive[T any](ctx context.Context, from <-chan T) (value T, err error) {
	select {
	case value = <-from:
		return value, nil
	case <-ctx.Done():
		return value, ctx.Err()
	}
}

// send reports false when the context ended first.
func send[T any](ctx context.Context, to chan<- T, value T) bool {
	select {
	case to <- value:
		return true
	case <-ctx.Done():
		return false
	}
}

func (p *pipeline[T]) read(s *Scanner) {
	defer close(p.order)
	err := s.Batches(func(b *Batch) bool {
		t := &task[T]{Batch: b, done: make(chan struct{})}
		return send(p.ctx, p.order, t) && send(p.ctx, p.todo, t)
	})
	if err != nil {
		send(p.ctx, p.order, &task[T]{err: err})
	}
}

func (p *pipeline[T]) work(work func(*Batch) T) {
	for {
		t, err := receive(p.ctx, p.todo)
		if err != nil {
			return
		}
		t.made = work(t.Batch)
		close(t.done)
	}
}
