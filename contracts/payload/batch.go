package payload

import (
	"errors"
	"io"
	"sync"
)

// Batch is some consecutive events of a stream, to be handed from whoever reads to
// whoever validates.
type Batch struct {
	text   []byte
	own    bool // text is a block of the batch, to be used again
	events []place
	line   int // of the first event
}

// place is where an event stands in the text of its batch.
type place struct {
	start, end int32
	line       int32 // behind that of the first event
}

// Len counts the events.
func (b *Batch) Len() int { return len(b.events) }

// Event is the text of event i, as of Scanner.Event.
func (b *Batch) Event(i int) []byte {
	p := b.events[i]
	return b.text[p.start:p.end:p.end]
}

// Line is the line on which event i starts, from 1.
func (b *Batch) Line(i int) int { return b.line + int(b.events[i].line) }

// batches keeps the memory of batches for those to come.
var batches = sync.Pool{New: func() any { return &Batch{} }}

// Bounds of what is kept of a batch.
const (
	mostText   = 4 * blockSize
	mostEvents = blockSize / 16
)

// newBatch is an empty batch with room for a text.
func newBatch(size int) *Batch {
	b := batches.Get().(*Batch)
	if size = max(size, blockSize); cap(b.text) < size {
		b.text = make([]byte, 0, size)
	}
	b.own = true
	return b
}

// Release gives the memory of the batch to batches to come. Neither the batch nor its
// events are used afterwards. Without it the memory is garbage.
func (b *Batch) Release() {
	if !b.own || cap(b.text) > mostText || cap(b.events) > mostEvents {
		return // a part of a text, or larger than most
	}
	b.text, b.events, b.own = b.text[:0], b.events[:0], false
	batches.Put(b)
}

// add takes over an event that starts at a place in the text.
func (b *Batch) add(s *Scanner, start int) {
	if len(b.events) == 0 {
		b.line = s.begin
	}
	b.events = append(b.events, place{int32(start), int32(start + len(s.event)), int32(s.begin - b.line)})
}

// Batches cuts a stream into batches and sends them on, until there are no more or send
// returns false. What was read before an error is sent. A stream that pauses has what
// came so far sent without waiting for more.
//
// Events are not copied: a batch is a block of the stream.
func Batches(r io.Reader, send func(*Batch) bool) error { return NewScanner(r).Batches(send) }

// Batches is the function Batches for what the scanner was not asked for yet. Those of a
// text in memory are parts of it.
func (s *Scanner) Batches(send func(*Batch) bool) error {
	if s.r == nil {
		return s.parts(send)
	}
	b := newBatch(2 * (len(s.block) - s.at))
	s.from = s.at
	s.restart(append(b.text, s.block[s.at:]...))
	s.handOver = func(kept []byte) []byte {
		if b.Len() == 0 {
			return nil
		}
		full := b
		b = newBatch(2 * len(kept))
		block := append(b.text, kept...) // before somebody else has it
		if full.text = s.block; !send(full) {
			s.err = errUnwanted
		}
		return block
	}
	for s.Scan() {
		b.add(s, s.from)
	}
	s.handOver = nil
	if b.text = s.block; errors.Is(s.err, errUnwanted) || b.Len() > 0 && !send(b) {
		return nil
	}
	return s.Err()
}

// errUnwanted ends a scan that nobody wants more of.
var errUnwanted = errors.New("no more batches are wanted")

// parts sends batches that are parts of the text.
func (s *Scanner) parts(send func(*Batch) bool) error {
	for {
		b, start := &Batch{}, s.at
		for s.at-start < blockSize && s.Scan() {
			b.add(s, s.from-start)
		}
		if b.text = s.block[start:s.at]; b.Len() == 0 {
			return s.Err()
		}
		if !send(b) {
			return nil
		}
	}
}
