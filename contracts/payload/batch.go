package payload

import "io"

// Batch is some consecutive events of a stream, to be handed from whoever reads to
// whoever validates.
type Batch struct {
	text  []byte
	ends  []int // of the events in text
	lines []int
}

// Sizes of a batch: large enough that handing it over costs nothing, small enough
// that a few of them fit into memory.
const (
	batchEvents = 512
	batchBytes  = 1 << 20
)

// Len counts the events.
func (b *Batch) Len() int { return len(b.ends) }

// Event is the text of event i, as of Scanner.Event.
func (b *Batch) Event(i int) []byte {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.text[start:b.ends[i]]
}

// Line is the line on which event i starts, from 1.
func (b *Batch) Line(i int) int { return b.lines[i] }

// Batches cuts a stream into batches and sends them on, until there are no more or send
// returns false. What was read before an error is sent. A stream that pauses has what
// came so far sent without waiting for more.
func Batches(r io.Reader, send func(*Batch) bool) error {
	s, b := NewScanner(r), &Batch{}
	for s.Scan() {
		b.text = append(b.text, s.Event()...)
		b.ends = append(b.ends, len(b.text))
		b.lines = append(b.lines, s.Line())
		if len(b.ends) == batchEvents || len(b.text) > batchBytes || s.Waiting() {
			if !send(b) {
				return nil
			}
			b = &Batch{}
		}
	}
	if b.Len() > 0 && !send(b) {
		return nil
	}
	return s.Err()
}
