package runtime

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// ErrQueueFull is a message for which a Queue had no room.
var ErrQueueFull = errors.New("the queue is full")

// ErrQueueClosed is a message that a Queue did not deliver, because it was closed.
var ErrQueueClosed = errors.New("the queue is closed")

// QueueOptions are the limits of a Queue. Zero values are the defaults.
type QueueOptions struct {
	// Max and MaxBytes bound what waits and what is being sent: messages (10,000), and bytes of
	// their texts (16 MiB).
	Max, MaxBytes int
	// Batch and BatchBytes bound what is sent at once: messages (100), and bytes of their bodies
	// (1 MiB). One message that is larger is sent alone.
	Batch, BatchBytes int
	// FlushEvery is how long a message waits for others (1 s).
	FlushEvery time.Duration
	// Timeout bounds one attempt (10 s).
	Timeout time.Duration
	// After a failure, RetryFrom is waited for (500 ms), then twice as long each time up to
	// RetryMax (30 s), up to a half less by chance; longer when the server asks for it, up to
	// RetryMax.
	RetryFrom, RetryMax time.Duration
	// Attempts is after how many a message is dropped; 0: it is tried until it is delivered.
	Attempts int
	// RefusedFor is how long a server may refuse who sends, or where to, before messages are
	// dropped (5 min): a wrong address or key, 401, 403, 404 and the like. Below 0: at once.
	RefusedFor time.Duration
	// Block makes Send wait for room, as long as its context allows. Otherwise what finds no room
	// is dropped.
	Block bool
	// Dropped is told of messages that are not delivered, and why: ErrQueueFull,
	// ErrQueueClosed, a *RejectedError, or what the sink said last.
	Dropped func(why error, messages ...Message)
	// Failed is told of an attempt that failed, and of the pause before the next one.
	Failed func(err error, pause time.Duration)
}

// QueueStats counts the messages of a Queue.
type QueueStats struct {
	Waiting  int    // now, with those that are being sent
	Sent     uint64 // and taken
	Rejected uint64 // by the collector, for what they say
	Dropped  uint64 // for lack of room or time
	Failures uint64 // of attempts, which are made again
}

// Queue is a Sink that keeps messages in memory and delivers them to another one in batches,
// one after the other, and again after failures. An answer that is about the messages is
// not asked for twice: of a batch that a server cannot read, or finds too large, each half is
// sent by itself, down to single messages. An answer that is about the sender or the address
// may be mended by people, who get RefusedFor to do it. Everything else is tried again.
//
// A message may arrive twice, with the same ID: when an answer is lost, nobody knows whether
// it was taken. What is in memory when the process dies is lost.
//
// The hooks are called from several goroutines, without a lock. They must not wait for the
// queue: not call Flush or Close, nor Send with Block.
type Queue struct {
	sink    Sink
	options QueueOptions
	work    chan struct{} // there may be something to do
	closed  chan struct{} // Close was called
	done    chan struct{} // all is delivered or dropped
	context context.Context
	stop    context.CancelFunc
	once    sync.Once
	refused time.Time // since when each answer refuses the sender or the address; zero: it does not

	mu      sync.Mutex
	waiting []queued // the oldest first
	bytes   int      // of the texts of what waits or is being sent
	bodies  int      // of the bodies that wait
	taken   uint64   // messages so far
	settled uint64   // of them, delivered or dropped
	flush   uint64   // message up to which none waits for others
	ending  bool
	left    int           // messages that were dropped because the queue was closed
	changed chan struct{} // closed, and another one, when there may be room or an end
	stats   QueueStats
}

// queued is a message that waits.
type queued struct {
	Message
	since time.Time
}

// NewQueue starts a queue in front of a sink. Close ends it.
func NewQueue(sink Sink, options QueueOptions) *Queue {
	q := &Queue{
		sink: sink, options: options.filled(), work: make(chan struct{}, 1), closed: make(chan struct{}), done: make(chan struct{}),
		changed: make(chan struct{}),
	}
	q.context, q.stop = context.WithCancel(context.Background())
	go q.run()
	return q
}

// filled are the options with the defaults where nothing is said.
func (o QueueOptions) filled() QueueOptions {
	for _, n := range []struct {
		value   *int
		instead int
	}{{&o.Max, 10_000}, {&o.MaxBytes, 16 << 20}, {&o.Batch, 100}, {&o.BatchBytes, 1 << 20}} {
		if *n.value <= 0 {
			*n.value = n.instead
		}
	}
	for _, d := range []struct {
		value   *time.Duration
		instead time.Duration
	}{{&o.FlushEvery, time.Second}, {&o.Timeout, 10 * time.Second}, {&o.RetryFrom, 500 * time.Millisecond}, {&o.RetryMax, 30 * time.Second}} {
		if *d.value <= 0 {
			*d.value = d.instead
		}
	}
	if o.RefusedFor == 0 {
		o.RefusedFor = 5 * time.Minute
	}
	return o
}

// Send puts messages into the queue. The first that finds no room and those behind it are
// dropped, and the error is ErrQueueFull; or it is ErrQueueClosed, or with Block that of the
// context. It says nothing about the delivery.
func (q *Queue) Send(ctx context.Context, messages ...Message) error {
	for i, m := range messages {
		if err := q.put(ctx, m); err != nil {
			q.lose(err, messages[i:])
			return err
		}
	}
	return nil
}

func (q *Queue) put(ctx context.Context, m Message) error {
	for {
		changed, err := q.tryPut(m)
		if changed == nil {
			return err
		}
		q.wake()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tryPut adds a message, or returns what is closed when trying again makes sense.
func (q *Queue) tryPut(m Message) (changed <-chan struct{}, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.ending:
		return nil, ErrQueueClosed
	case q.held() < q.options.Max && q.bytes+sizeOf(m) <= q.options.MaxBytes:
	case q.options.Block && sizeOf(m) <= q.options.MaxBytes:
		q.flush = q.taken
		return q.changed, nil
	default:
		return nil, ErrQueueFull
	}
	q.waiting = append(q.waiting, queued{m, time.Now()})
	q.taken++
	q.bytes += sizeOf(m)
	q.bodies += len(m.Body)
	if n := len(q.waiting); n == 1 || n >= q.options.Batch || q.bodies >= q.options.BatchBytes {
		q.wake()
	}
	return nil, nil
}

// held is how many messages wait or are being sent.
func (q *Queue) held() int { return int(q.taken - q.settled) }

func sizeOf(m Message) int { return len(m.Payload) + len(m.Body) }

func (q *Queue) wake() {
	select {
	case q.work <- struct{}{}:
	default: // it is awake
	}
}

// Flush sends what is in the queue without waiting for more, and returns when all of it is
// delivered or dropped, or with the error of the context.
func (q *Queue) Flush(ctx context.Context) error {
	q.mu.Lock()
	last := q.taken
	q.flush = last
	q.mu.Unlock()
	q.wake()
	for {
		q.mu.Lock()
		over, changed := q.settled >= last, q.changed
		q.mu.Unlock()
		if over {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close takes no more messages, tries at once to deliver those that there are, and goes on
// until all are delivered or dropped, or the context ends. What is left then is dropped, and the
// error says so. It returns when the sink has returned.
func (q *Queue) Close(ctx context.Context) error {
	q.once.Do(func() {
		q.mu.Lock()
		q.ending = true
		q.broadcast()
		q.mu.Unlock()
		close(q.closed)
		q.wake()
	})
	select {
	case <-q.done:
	case <-ctx.Done():
	}
	q.stop()
	<-q.done
	if q.left > 0 {
		return fmt.Errorf("%d messages were not delivered: %w", q.left, ErrQueueClosed)
	}
	return nil
}

// Stats counts what became of messages so far.
func (q *Queue) Stats() QueueStats {
	q.mu.Lock()
	defer q.mu.Unlock()
	stats := q.stats
	stats.Waiting = q.held()
	return stats
}

func (q *Queue) broadcast() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// run delivers batches until the queue is closed.
func (q *Queue) run() {
	defer close(q.done)
	for batch := q.next(); batch != nil; batch = q.next() {
		q.deliver(batch)
	}
	q.mu.Lock()
	rest := q.take(len(q.waiting))
	q.mu.Unlock()
	q.abandon(rest, ErrQueueClosed)
}

// next waits for a batch; nil: there is none any more, or the queue has to stop.
func (q *Queue) next() []Message {
	for {
		batch, wait, over := q.due()
		if over || batch != nil {
			return batch
		}
		q.await(wait)
	}
}

// await returns when there may be something to do, and when a time above zero is over.
func (q *Queue) await(wait time.Duration) {
	var over <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-q.work:
	case <-over:
	case <-q.context.Done():
	}
}

// due is the batch to send now, or how long to wait for one; 0: until there is a message.
func (q *Queue) due() (batch []Message, wait time.Duration, over bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.context.Err() != nil:
		return nil, 0, true
	case len(q.waiting) == 0:
		return nil, 0, q.ending
	}
	wait = q.options.FlushEvery - time.Since(q.waiting[0].since)
	if wait > 0 && len(q.waiting) < q.options.Batch && q.bodies < q.options.BatchBytes && !q.ending && q.settled >= q.flush {
		return nil, wait, false
	}
	n, size := 1, len(q.waiting[0].Body)
	for ; n < min(len(q.waiting), q.options.Batch); n++ {
		if size += len(q.waiting[n].Body); size > q.options.BatchBytes {
			break
		}
	}
	return q.take(n), 0, false
}

// take removes the first messages that wait.
func (q *Queue) take(n int) []Message {
	batch := make([]Message, n)
	for i := range batch {
		batch[i] = q.waiting[i].Message
		q.bodies -= len(batch[i].Body)
	}
	clear(q.waiting[:n])
	if q.waiting = q.waiting[n:]; len(q.waiting) == 0 {
		q.waiting = nil
	}
	return batch
}

// deliver sends a batch until it is taken or there is no point in it.
func (q *Queue) deliver(batch []Message) {
	for failures := 1; ; failures++ {
		err := q.attempt(batch)
		over := q.refusedTooLong(err)
		batch = q.settleSent(batch, err)
		var rejected *RejectedError
		switch {
		case err == nil:
			q.settle(batch, nil, nil)
			return
		case errors.As(err, &rejected):
			q.settle(batch, rejected.messages(), err)
			return
		case q.context.Err() != nil:
			q.abandon(batch, fmt.Errorf("%w: %w", ErrQueueClosed, err))
			return
		case aboutMessages(err) && len(batch) > 1:
			q.deliver(batch[:len(batch)/2])
			q.deliver(batch[len(batch)/2:])
			return
		case aboutMessages(err), over, failures == q.options.Attempts:
			q.settle(batch, batch, err)
			return
		}
		q.pause(err, failures)
	}
}

// settleSent ends the part of a batch that a sink has delivered in spite of an error, and
// returns the rest.
func (q *Queue) settleSent(batch []Message, err error) []Message {
	var partial *PartialError
	if !errors.As(err, &partial) || partial.Sent <= 0 {
		return batch
	}
	n := min(partial.Sent, len(batch)-1)
	q.settle(batch[:n], nil, nil)
	return batch[n:]
}

func (q *Queue) attempt(batch []Message) error {
	ctx, cancel := context.WithTimeout(q.context, q.options.Timeout)
	defer cancel()
	return q.sink.Send(ctx, batch...)
}

// refusedTooLong reports whether the sender or the address is refused, and has been for as long
// as people get to mend it. Batches that come later are dropped after one attempt each then,
// until one of them is answered otherwise.
func (q *Queue) refusedTooLong(err error) bool {
	switch {
	case !aboutSender(err):
		q.refused = time.Time{}
		return false
	case q.refused.IsZero():
		q.refused = time.Now()
	}
	return time.Since(q.refused) >= q.options.RefusedFor
}

// aboutSender reports whether a server objects to who sends, or to where it was sent: to
// everything that it would be asked to take.
func aboutSender(err error) bool {
	var status *StatusError
	if !errors.As(err, &status) || aboutMessages(err) {
		return false
	}
	switch status.Code {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusLocked, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status.Code/100 == 3 || status.Code/100 == 4
}

// aboutMessages reports whether a server objects to what was sent, or answers it without end,
// and would do so again.
func aboutMessages(err error) bool {
	var status *StatusError
	if !errors.As(err, &status) {
		return errors.Is(err, errLongAnswer)
	}
	switch status.Code {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// pause waits before the next attempt. Close ends it, but for those that begin later.
func (q *Queue) pause(err error, failures int) {
	pause := q.options.pause(err, failures)
	q.mu.Lock()
	q.stats.Failures++
	closed := q.closed
	if q.ending {
		closed = nil
	}
	q.mu.Unlock()
	if q.options.Failed != nil {
		q.options.Failed(err, pause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-closed:
	case <-q.context.Done():
	}
}

// pause is how long to wait after so many failures.
func (o *QueueOptions) pause(err error, failures int) time.Duration {
	pause := o.RetryFrom
	for ; failures > 1 && pause < o.RetryMax; failures-- {
		pause += min(pause, o.RetryMax-pause)
	}
	pause = min(pause, o.RetryMax)
	pause -= rand.N(pause/2 + 1)
	var status *StatusError
	if errors.As(err, &status) {
		pause = max(pause, min(status.RetryAfter, o.RetryMax))
	}
	return pause
}

// settle ends a batch: all of it was taken, but for what is lost.
func (q *Queue) settle(batch, lost []Message, why error) {
	q.mu.Lock()
	q.stats.Sent += uint64(max(len(batch)-len(lost), 0))
	q.settled += uint64(len(batch))
	for _, m := range batch {
		q.bytes -= sizeOf(m)
	}
	q.broadcast()
	q.mu.Unlock()
	q.lose(why, lost)
}

// abandon ends a batch that is not delivered because the queue was closed.
func (q *Queue) abandon(batch []Message, why error) {
	q.left += len(batch)
	q.settle(batch, batch, why)
}

// lose counts messages that are not delivered, and reports them.
func (q *Queue) lose(why error, lost []Message) {
	if len(lost) == 0 {
		return
	}
	count := &q.stats.Dropped
	if rejected := (*RejectedError)(nil); errors.As(why, &rejected) {
		count = &q.stats.Rejected
	}
	q.mu.Lock()
	*count += uint64(len(lost))
	q.mu.Unlock()
	if q.options.Dropped != nil {
		q.options.Dropped(why, lost...)
	}
}
