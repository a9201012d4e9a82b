package payload

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/evctl/evctl/contracts/rawjson"
)

// Scanner splits a stream into events without holding more than one of them. It
// takes what people have: one event per line (NDJSON), a JSON array of events, or
// JSON values one after another over any number of lines. Which of them it is shows
// at the start of the stream. A byte order mark there is skipped.
//
// A line that is no JSON is one bad event and does not affect its neighbours.
type Scanner struct {
	r      *bufio.Reader
	next   func() bool
	line   int // of the next byte, from 1
	event  []byte
	begin  int  // line of the event
	closed bool // of an array: its end was read
	err    error
}

// scanAhead is how far the scanner looks to tell lines from values.
const scanAhead = 64 << 10

// NewScanner reads from r.
func NewScanner(r io.Reader) *Scanner {
	return &Scanner{r: bufio.NewReaderSize(r, scanAhead), line: 1}
}

// Scan goes to the next event and reports whether there is one.
func (s *Scanner) Scan() bool {
	if s.err != nil {
		return false
	}
	if s.next == nil {
		s.next = s.detect()
	}
	s.event = s.event[:0]
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

// Waiting reports whether the next Scan may have to wait for input, so that what was
// scanned should be worked on first.
func (s *Scanner) Waiting() bool { return s.r.Buffered() == 0 }

func (s *Scanner) detect() func() bool {
	if head, _ := s.r.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		s.r.Discard(3)
	}
	c, ok := s.skipSpace()
	switch {
	case !ok:
		return s.scanLine
	case c == '[':
		s.read()
		return s.scanItem
	case c == '{' && s.severalLines():
		return s.scanValue
	}
	return s.scanLine
}

// severalLines reports whether the object that starts here goes on in the next
// line. A line of NDJSON that was cut off does not: behind it the next line starts
// an object, which cannot happen inside of one. It reads no further than it must, as
// the other side may be waiting for an answer.
func (s *Scanner) severalLines() bool {
	for n := s.r.Buffered(); n <= scanAhead; n = max(n+1, s.r.Buffered()) {
		head, err := s.r.Peek(n)
		line, rest, whole := bytes.Cut(head, []byte("\n"))
		rest = bytes.TrimLeft(rest, " \t\r\n")
		switch {
		case whole && !open(line):
			return false
		case whole && len(rest) > 0:
			return rest[0] != '{'
		case err != nil:
			return false
		}
	}
	return false
}

// open reports whether an array or object is not closed at the end of the text.
func open(text []byte) bool {
	var b balance
	for _, c := range text {
		b.add(c)
	}
	return b.depth > 0
}

// read consumes a byte. At the end of the stream it sets err.
func (s *Scanner) read() (byte, bool) {
	c, err := s.r.ReadByte()
	if err != nil {
		s.err = err
		return 0, false
	}
	if c == '\n' {
		s.line++
	}
	return c, true
}

func (s *Scanner) peek() (byte, bool) {
	head, err := s.r.Peek(1)
	if err != nil {
		s.err = err
		return 0, false
	}
	return head[0], true
}

// buffered is what can be read without waiting, and waits only when that is nothing. At
// the end of the stream it is empty and err is set.
func (s *Scanner) buffered() []byte {
	if _, ok := s.peek(); !ok {
		return nil
	}
	head, _ := s.r.Peek(s.r.Buffered())
	return head
}

// discard consumes buffered bytes.
func (s *Scanner) discard(b []byte) {
	s.line += bytes.Count(b, newline)
	s.r.Discard(len(b))
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
		head := s.buffered()
		if len(head) == 0 {
			return 0, false
		}
		n := leadingSpace(head)
		s.discard(head[:n])
		if n < len(head) {
			return head[n], true
		}
	}
}

// skipBlankLines consumes lines of white space; what the next line is indented with
// stays. It reports whether there is more.
func (s *Scanner) skipBlankLines() bool {
	for {
		head := s.buffered()
		n := bytes.LastIndexByte(head[:leadingSpace(head)], '\n') + 1
		if n == 0 {
			return len(head) > 0
		}
		s.discard(head[:n])
	}
}

// keep adds to the event, as far as its length is allowed.
func (s *Scanner) keep(b ...byte) {
	room := rawjson.MaxBytes + 1 - len(s.event)
	s.event = append(s.event, b[:max(0, min(len(b), room))]...)
}

func (s *Scanner) scanLine() bool {
	for s.skipBlankLines() {
		s.begin = s.line
		s.keepLine()
		s.event = bytes.TrimRight(s.event, "\r\n")
		if leadingSpace(s.event) < len(s.event) {
			return s.err == nil || errors.Is(s.err, io.EOF)
		}
		if s.err != nil {
			return false
		}
		s.event = s.event[:0]
	}
	return false
}

// keepLine keeps the rest of the line. Of an indentation that is longer than the buffer
// only the end is kept.
func (s *Scanner) keepLine() {
	for {
		part, err := s.r.ReadSlice('\n')
		s.keep(part...)
		switch {
		case err == nil:
			s.line++
			return
		case !errors.Is(err, bufio.ErrBufferFull):
			s.err = err
			return
		case len(s.event) <= 2*scanAhead && leadingSpace(s.event) == len(s.event):
			s.event = s.event[:0]
		}
	}
}

func (s *Scanner) scanItem() bool {
	c, ok := s.skipSpace()
	switch {
	case !ok && s.closed:
		return false
	case !ok:
		return s.unclosed()
	case s.closed:
		return s.fail("the array ended, expected the end of the file")
	case c == ']':
		s.read()
		s.closed = true
		return s.scanItem()
	}
	s.begin = s.line
	if !s.value(true) {
		return len(s.event) > 0 && errors.Is(s.err, io.EOF) && s.cutOff()
	}
	c, ok = s.skipSpace()
	switch {
	case !ok:
		s.cutOff()
	case c == ',':
		s.read()
		switch c, ok := s.skipSpace(); {
		case !ok:
			s.cutOff()
		case c == ']':
			s.fail("found ']' behind a comma, expected an event")
		}
	case c != ']':
		s.fail(fmt.Sprintf("found %q, expected ',' or ']' between the events of an array", c))
	}
	return true
}

// cutOff notes that the stream ended within an array.
func (s *Scanner) cutOff() bool {
	s.unclosed()
	return true
}

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
	s.begin = s.line
	return s.value(false) || len(s.event) > 0 && errors.Is(s.err, io.EOF)
}

// value keeps the value that starts here; a scalar ends at white space, a comma or a
// bracket. It reports whether the value ended before the stream.
func (s *Scanner) value(inArray bool) bool {
	var b balance
	for {
		head := s.buffered()
		if len(head) == 0 {
			return false
		}
		n, ended := b.end(head, len(s.event) == 0, inArray)
		s.keep(head[:n]...)
		s.discard(head[:n])
		if ended {
			return true
		}
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
	for i, c := range text {
		if b.depth == 0 && !b.inString && !(first && i == 0) && (isSpace(c) || inArray && (c == ',' || c == ']')) {
			return i, true
		}
		if b.add(c) {
			return i + 1, true
		}
	}
	return len(text), false
}

// add takes the next byte and reports whether it ends an array or object on the
// outermost level.
func (b *balance) add(c byte) bool {
	switch {
	case b.escape:
		b.escape = false
	case b.inString && c == '\\':
		b.escape = true
	case c == '"':
		b.inString = !b.inString
	case b.inString:
	case c == '{' || c == '[':
		b.depth++
	case c == '}' || c == ']':
		b.depth = max(0, b.depth-1)
		return b.depth == 0
	}
	return false
}
