package payload

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/evctl/evctl/contracts/rawjson"
)

// Scanner splits a stream into events. It takes what people have: one event per line
// (NDJSON), a JSON array of events, or JSON values one after another over any number of
// lines. Which of them it is shows at the start of the stream. A byte order mark there is
// skipped.
//
// A line that is no JSON is one bad event and does not affect its neighbours.
//
// It reads blocks, and events are slices of them. It holds one block, however long the
// stream is; the block grows for events that do not fit into it.
type Scanner struct {
	r      io.Reader // nil: the block is all there is
	block  []byte    // what was read and may be needed still; its capacity is the room there is
	at     int       // of the next byte in the block
	from   int       // what stands before it in the block is needed no more
	next   func() bool
	line   int // of the next byte, from 1
	event  []byte
	begin  int   // line of the event
	behind bool  // of an array: the last thing was an event
	closed bool  // of an array: its end was read
	ended  error // why r has no more
	err    error
	// handOver gives the block away and returns another one that starts with what is kept,
	// or nil when nobody wants it. It is nil itself where the events are used one by one.
	handOver func(kept []byte) []byte
}

const (
	// blockSize is how much is read at once: enough that neither reading it nor handing it
	// to another core counts, and little enough to stay in a cache.
	blockSize = 128 << 10
	// scanAhead is how far the scanner looks to tell lines from values.
	scanAhead = 64 << 10
	// roomToRead is the least that is asked of a reader.
	roomToRead = 4 << 10
	// emptyReads is how often in a row a reader may return nothing.
	emptyReads = 100
)

// NewScanner reads from r. Nothing is read before it is needed.
func NewScanner(r io.Reader) *Scanner { return &Scanner{r: r, line: 1} }

// NewTextScanner splits a text that is in memory. The events are slices of it, and stay
// valid.
func NewTextScanner(text []byte) *Scanner { return &Scanner{block: text, line: 1} }

// Lines has every line taken for an event, whatever the stream looks like, and returns
// the scanner. It is called before the first Scan.
func (s *Scanner) Lines() *Scanner {
	s.next = func() bool {
		s.skipMark()
		s.next = s.scanLine
		return s.scanLine()
	}
	return s
}

// Scan goes to the next event and reports whether there is one.
func (s *Scanner) Scan() bool {
	if s.err != nil {
		return false
	}
	if s.next == nil {
		s.next = s.detect()
	}
	s.from, s.event = s.at, nil
	return s.next()
}

// Event is the text of the event, valid until the next Scan. Of one that is longer
// than rawjson.MaxBytes it is the beginning, one byte longer than allowed, so that
// validating it says so.
func (s *Scanner) Event() []byte { return s.event }

// Line is the line on which the event starts, counted from 1.
func (s *Scanner) Line() int { return s.begin }

// Err is why the stream ended early, nil when it was read to its end.
func (s *Scanner) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

// Waiting reports whether the next Scan has to wait for input, so that what was
// scanned should be worked on first.
func (s *Scanner) Waiting() bool { return s.r != nil && s.ended == nil && s.at == len(s.block) }

// more reads on, behind what is in the block. It waits for as much as comes at once. At
// the end of the stream it sets err.
func (s *Scanner) more() bool {
	switch {
	case s.r == nil:
		s.err = io.EOF
		return false
	case s.ended != nil:
		s.err = s.ended
		return false
	}
	if s.makeRoom(); s.err != nil {
		return false
	}
	for range emptyReads {
		n, err := s.r.Read(s.block[len(s.block):cap(s.block)])
		s.block, s.ended = s.block[:len(s.block)+n], err
		if n > 0 {
			return true
		}
		if err != nil {
			s.err = err
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// makeRoom makes room to read behind what is kept of the block. What is moved is at most
// half of the block, so that all of it together is linear.
func (s *Scanner) makeRoom() {
	kept := s.block[s.from:]
	if s.handOver != nil {
		if block := s.handOver(kept); block != nil {
			s.restart(block)
			return
		}
	}
	switch size := cap(s.block); {
	case len(kept) == 0 && size > 0:
		s.restart(s.block[:0])
	case size-len(s.block) >= roomToRead:
	case s.from >= size/2 && size > 0:
		s.restart(append(s.block[:0], kept...))
	default:
		s.restart(append(make([]byte, 0, max(blockSize, 2*size)), kept...))
	}
}

// restart goes on in another block, that starts with what is kept.
func (s *Scanner) restart(block []byte) {
	s.block, s.at, s.from = block, s.at-s.from, 0
}

func (s *Scanner) detect() func() bool {
	s.skipMark()
	c, ok := s.skipSpace()
	switch {
	case !ok:
		return s.scanLine
	case c == '[':
		s.at++
		return s.scanItem
	case c == '{' && s.severalLines():
		return s.scanValue
	}
	return s.scanLine
}

// skipMark skips a byte order mark.
func (s *Scanner) skipMark() {
	const mark = "\xef\xbb\xbf"
	for len(s.block) < len(mark) && bytes.HasPrefix([]byte(mark), s.block) && s.more() {
	}
	if bytes.HasPrefix(s.block, []byte(mark)) {
		s.at = len(mark)
	}
}

// severalLines reports whether the object that starts here goes on in the next
// line. A line of NDJSON that was cut off does not: behind it the next line starts
// an object, which cannot happen inside of one. It reads no further than it must, as
// the other side may be waiting for an answer.
func (s *Scanner) severalLines() bool {
	s.from = s.at
	for {
		head := s.block[s.at:]
		line, rest, whole := bytes.Cut(head[:min(len(head), scanAhead)], newline)
		rest = rest[leadingSpace(rest):]
		switch {
		case whole && !open(line):
			return false
		case whole && len(rest) > 0:
			return rest[0] != '{'
		case len(head) >= scanAhead || !s.more():
			return false
		}
	}
}

// open reports whether an array or object is not closed at the end of the text.
func open(text []byte) bool {
	var b balance
	for len(text) > 0 {
		n, _ := b.end(text, true, false)
		text = text[max(n, 1):]
	}
	return b.depth > 0
}

var newline = []byte("\n")

// leadingSpace is how many bytes of white space a text starts with.
func leadingSpace(text []byte) int {
	for i, c := range text {
		if !isSpace(c) {
			return i
		}
	}
	return len(text)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipSpace consumes white space and returns the byte behind it, not consumed.
func (s *Scanner) skipSpace() (byte, bool) {
	for {
		s.skip(leadingSpace(s.block[s.at:]))
		if s.at < len(s.block) {
			return s.block[s.at], true
		}
		s.from = s.at
		if !s.more() {
			return 0, false
		}
	}
}

// skip consumes some bytes of the block.
func (s *Scanner) skip(n int) {
	s.line += bytes.Count(s.block[s.at:s.at+n], newline)
	s.at += n
}

// scanLine goes to the next line that is not blank.
func (s *Scanner) scanLine() bool {
	for {
		s.from, s.begin = s.at, s.line
		more := s.readLine()
		s.event = s.event[:min(len(s.event), rawjson.MaxBytes+1)]
		for n := len(s.event); n > 0 && s.event[n-1] == '\r'; n-- {
			s.event = s.event[:n-1]
		}
		switch {
		case !more && !errors.Is(s.err, io.EOF):
			return false // what came of the line is not the event
		case leadingSpace(s.event) < len(s.event):
			return true
		case !more:
			return false
		}
	}
}

// readLine consumes a line and keeps it. It reports false for the last one. Of an
// indentation that is longer than scanAhead only the end is kept.
func (s *Scanner) readLine() bool {
	for blank := true; ; {
		rest := s.block[s.at:]
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			s.event = s.block[s.from : s.at+i]
			s.at += i + 1
			s.line++
			return true
		}
		s.at = len(s.block)
		blank = blank && leadingSpace(rest) == len(rest)
		if blank && s.at-s.from > scanAhead {
			s.from = s.at
		}
		s.cut()
		if !s.more() {
			s.event = s.block[s.from:]
			return false
		}
	}
}

// cut gives up what was consumed of an event and is more than the length that is allowed.
func (s *Scanner) cut() {
	if limit := s.from + rawjson.MaxBytes + 1; s.at > limit && s.r != nil {
		s.block = append(s.block[:limit], s.block[s.at:]...)
		s.at = limit
	}
}

// scanItem goes to the next event of an array. What stands behind an event is looked at
// when the next one is asked for.
func (s *Scanner) scanItem() bool {
	c, ok := s.skipSpace()
	if ok && s.behind && c != ']' {
		if c != ',' {
			return s.fail(fmt.Sprintf("found %q, expected ',' or ']' between the events of an array", c))
		}
		s.at++
		if c, ok = s.skipSpace(); ok && c == ']' {
			return s.fail("found ']' behind a comma, expected an event")
		}
	}
	switch {
	case !ok && s.closed:
		return false
	case !ok:
		return s.unclosed()
	case s.closed:
		return s.fail("the array ended, expected the end of the file")
	case c == ']':
		s.at++
		s.behind, s.closed = false, true
		return s.scanItem()
	}
	s.behind = true
	if s.value(true) {
		return true
	}
	if len(s.event) == 0 || !errors.Is(s.err, io.EOF) {
		return false
	}
	s.unclosed()
	return true
}

// unclosed notes that the stream ended within an array.
func (s *Scanner) unclosed() bool {
	if !errors.Is(s.err, io.EOF) {
		return false
	}
	return s.fail("the file ended, expected ']' at the end of the array")
}

func (s *Scanner) fail(message string) bool {
	s.err = fmt.Errorf("line %d: %s", s.line, message)
	return false
}

func (s *Scanner) scanValue() bool {
	if _, ok := s.skipSpace(); !ok {
		return false
	}
	return s.value(false) || len(s.event) > 0 && errors.Is(s.err, io.EOF)
}

// value keeps the value that starts here; a scalar ends at white space, a comma or a
// bracket. It reports whether the value ended before the stream.
func (s *Scanner) value(inArray bool) bool {
	s.from, s.begin = s.at, s.line
	var b balance
	for more := true; ; more = s.more() {
		if !more {
			s.event = s.block[s.from:]
			return false
		}
		n, ended := b.end(s.block[s.at:], s.at == s.from, inArray)
		s.skip(n)
		if ended {
			s.event = s.block[s.from:min(s.at, s.from+rawjson.MaxBytes+1)]
			return true
		}
		s.cut()
	}
}

// balance follows the nesting of JSON text.
type balance struct {
	depth            int
	inString, escape bool
}

// end is how far the value goes that starts before this text, or at it, and whether it
// ends there.
func (b *balance) end(text []byte, first, inArray bool) (n int, ended bool) {
	for i := 0; i < len(text); {
		if b.inString {
			i += b.string(text[i:])
			continue
		}
		c := text[i]
		if b.depth == 0 && !(first && i == 0) && (isSpace(c) || inArray && (c == ',' || c == ']')) {
			return i, true
		}
		i++
		switch c {
		case '"':
			b.inString = true
		case '{', '[':
			b.depth++
		case '}', ']':
			if b.depth = max(0, b.depth-1); b.depth == 0 {
				return i, true
			}
		}
	}
	return len(text), false
}

// string is how much of the text is in the string, with the quote that ends it.
func (b *balance) string(text []byte) int {
	for i, c := range text {
		switch {
		case b.escape:
			b.escape = false
		case c == '\\':
			b.escape = true
		case c == '"':
			b.inString = false
			return i + 1
		}
	}
	return len(text)
}
