package rawjson

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of one document.
const (
	// MaxBytes bounds the text. Tokens need up to eight times the space.
	MaxBytes = 8 << 20
	// MaxDepth bounds how deep arrays and objects contain each other.
	MaxDepth = 128
	// MaxDigits bounds the length of a number and its exponent; every float64 lies
	// well within it, and arithmetic with such numbers is cheap. Numbers beyond
	// math.MaxFloat64 are refused as well.
	MaxDigits = 400
)

// Rules that a text can break.
const (
	RuleSyntax    = "json-syntax"
	RuleEncoding  = "json-encoding"
	RuleDuplicate = "json-duplicate"
	RuleNumber    = "json-number"
	RuleDepth     = "json-depth"
	RuleSize      = "json-size"
)

// Rules lists what this package requires of a text, with a sentence for each.
var Rules = []struct{ ID, Summary string }{
	{RuleSyntax, "the text is not one JSON value"},
	{RuleEncoding, "the text is not UTF-8, or has a surrogate without its other half"},
	{RuleDuplicate, "a name stands twice in one object"},
	{RuleNumber, "a number has too many digits or too large an exponent, or is beyond what a float64 can hold"},
	{RuleDepth, "arrays and objects contain each other too deeply"},
	{RuleSize, "the text is too long"},
}

// Error says why a text was not read.
type Error struct {
	Rule     string
	Pointer  string // JSON pointer to the value being read
	Offset   int    // byte at which reading stopped
	Expected string
	Found    string
}

func (e *Error) Error() string {
	return fmt.Sprintf("offset %d: found %s, expected %s", e.Offset, e.Found, e.Expected)
}

// Parse reads one JSON value.
func Parse(data []byte) (*Document, *Error) {
	d := &Document{}
	if err := d.Read(data); err != nil {
		return nil, err
	}
	return d, nil
}

// Read reads one JSON value in place of what the document held before. It keeps
// data, which must not be changed while the document is in use.
func (d *Document) Read(data []byte) *Error {
	if d.seed == (maphash.Seed{}) {
		d.seed = maphash.MakeSeed()
	}
	d.data, d.tokens, d.text = data, d.tokens[:0], d.text[:0]
	if len(data) > MaxBytes {
		return &Error{Rule: RuleSize, Offset: MaxBytes, Found: fmt.Sprintf("%d bytes", len(data)), Expected: fmt.Sprintf("at most %d", MaxBytes)}
	}
	r := reader{Document: d}
	r.space()
	if r.value() {
		r.space()
		if r.at == len(data) {
			return nil
		}
		r.fail(RuleSyntax, "the end of the text")
	}
	slices.Reverse(r.path)
	r.err.Pointer = strings.Join(r.path, "")
	return r.err
}

// Forget lets go of the text, and keeps the memory for the next Read.
func (d *Document) Forget() { d.data, d.tokens, d.text = nil, d.tokens[:0], d.text[:0] }

// Size is the memory that the document keeps for its next Read, in bytes.
func (d *Document) Size() int { return cap(d.tokens)*16 + cap(d.text) + cap(d.table)*4 }

// reader goes through the text once. Its methods return false when the text is
// broken; err then says why.
type reader struct {
	*Document
	at    int
	depth int
	err   *Error
	path  []string // of the error, innermost first
}

func (r *reader) fail(rule, expected string) bool {
	r.err = &Error{Rule: rule, Offset: r.at, Found: r.found(), Expected: expected}
	return false
}

// found names the character at which reading stopped.
func (r *reader) found() string {
	if r.at >= len(r.data) {
		return "the end of the text"
	}
	c, size := utf8.DecodeRune(r.data[r.at:])
	switch {
	case c == '\ufeff':
		return "a byte order mark"
	case c == utf8.RuneError && size <= 1:
		return fmt.Sprintf("byte 0x%02x", r.data[r.at])
	}
	return strconv.QuoteRune(c)
}

func (r *reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// peek is the next byte, or 0 at the end.
func (r *reader) peek() byte {
	if r.at < len(r.data) {
		return r.data[r.at]
	}
	return 0
}

func (r *reader) push(k Kind) int {
	r.tokens = append(r.tokens, token{start: uint32(r.at), info: uint32(k)})
	return len(r.tokens) - 1
}

// value reads the value that starts here.
func (r *reader) value() bool {
	switch c := r.peek(); {
	case c == '{':
		return r.object()
	case c == '[':
		return r.array()
	case c == '"':
		return r.string()
	case c == '-' || '0' <= c && c <= '9':
		return r.number()
	case c == 't':
		return r.word(True, "true")
	case c == 'f':
		return r.word(False, "false")
	case c == 'n':
		return r.word(Null, "null")
	}
	return r.fail(RuleSyntax, "a value")
}

func (r *reader) word(k Kind, text string) bool {
	i := r.push(k)
	if !bytes.HasPrefix(r.data[r.at:], []byte(text)) {
		return r.fail(RuleSyntax, text)
	}
	r.at += len(text)
	r.tokens[i].end = uint32(r.at)
	return true
}

func (r *reader) enter() bool {
	r.depth++
	if r.depth > MaxDepth {
		r.fail(RuleDepth, fmt.Sprintf("at most %d levels", MaxDepth))
		r.err.Found = "a deeper level"
		return false
	}
	return true
}

func (r *reader) leave(i, count int) bool {
	r.depth--
	r.at++
	t := &r.tokens[i]
	t.end, t.next = uint32(r.at), uint32(len(r.tokens))
	t.info |= uint32(count) << countShift
	return true
}

// open reads the bracket that an array or object starts with.
func (r *reader) open(k Kind) (i int, ok bool) {
	i = r.push(k)
	if !r.enter() {
		return i, false
	}
	r.at++
	r.space()
	return i, true
}

// comma reads what stands before every item but the first.
func (r *reader) comma(expected string) bool {
	if r.peek() != ',' {
		return r.fail(RuleSyntax, expected)
	}
	r.at++
	r.space()
	return true
}

func (r *reader) array() bool {
	i, ok := r.open(Array)
	if !ok {
		return false
	}
	count := 0
	for ; r.peek() != ']'; count++ {
		if count > 0 && !r.comma("',' or ']'") {
			return false
		}
		if !r.value() {
			r.path = append(r.path, "/"+strconv.Itoa(count))
			return false
		}
		r.space()
	}
	return r.leave(i, count)
}

func (r *reader) object() bool {
	i, ok := r.open(Object)
	if !ok {
		return false
	}
	count := 0
	for ; r.peek() != '}'; count++ {
		if count > 0 && !r.comma("',' or '}'") || !r.member() {
			return false
		}
		r.space()
	}
	r.leave(i, count)
	return r.unique(i)
}

func (r *reader) member() bool {
	if r.peek() != '"' {
		return r.fail(RuleSyntax, "a name in double quotes")
	}
	name := len(r.tokens)
	if !r.string() {
		return false
	}
	r.space()
	if r.peek() != ':' {
		return r.fail(RuleSyntax, "':'")
	}
	r.at++
	r.space()
	if !r.value() {
		r.path = append(r.path, pointerToken(r.Text(name)))
		return false
	}
	return true
}

// maxToken bounds the tokens of the pointers that are reported, in bytes: a sender's
// long names must not come back many times over.
const maxToken = 256

// AppendPointer appends a token to a JSON pointer. A token of more than a few hundred
// bytes is cut, with "…" at its end.
func AppendPointer(pointer, token []byte) []byte {
	cut := len(token) > maxToken
	if cut {
		token = bytes.ToValidUTF8(token[:maxToken], nil)
	}
	pointer = append(pointer, '/')
	for _, c := range token {
		switch c {
		case '~':
			pointer = append(pointer, '~', '0')
		case '/':
			pointer = append(pointer, '~', '1')
		default:
			pointer = append(pointer, c)
		}
	}
	if cut {
		pointer = append(pointer, "…"...)
	}
	return pointer
}

func pointerToken(name []byte) string { return string(AppendPointer(nil, name)) }

// unique checks the names of object i. Few names are compared pair by pair, more
// go through a hash table, so that the cost stays linear.
func (r *reader) unique(i int) bool {
	n := r.Len(i)
	if n < 2 {
		return true
	}
	if n > manyMembers {
		return r.uniqueAmongMany(i, n)
	}
	var names [manyMembers]uint32
	at := i + 1
	for k := range n {
		text := r.Text(at)
		for _, other := range names[:k] {
			if bytes.Equal(text, r.Text(int(other))) {
				return r.duplicate(at)
			}
		}
		names[k] = uint32(at)
		at = r.Next(at + 1)
	}
	return true
}

func (r *reader) uniqueAmongMany(i, n int) bool {
	size := 1
	for size < 2*n {
		size *= 2
	}
	r.table = slices.Grow(r.table[:0], size)[:size]
	clear(r.table)
	at := i + 1
	for range n {
		text := r.Text(at)
		slot := int(maphash.Bytes(r.seed, text)) & (size - 1)
		for r.table[slot] != 0 {
			if bytes.Equal(text, r.Text(int(r.table[slot]))) {
				return r.duplicate(at)
			}
			slot = (slot + 1) & (size - 1)
		}
		r.table[slot] = uint32(at)
		at = r.Next(at + 1)
	}
	return true
}

func (r *reader) duplicate(name int) bool {
	r.path = append(r.path, pointerToken(r.Text(name)))
	r.err = &Error{
		Rule: RuleDuplicate, Offset: r.Offset(name),
		Found: "a second " + Clip(r.Raw(name)), Expected: "each name once",
	}
	return false
}

// Clip is a text for messages, cut to a few dozen characters.
func Clip(b []byte) string {
	const limit = 60
	if len(b) <= limit {
		return string(b)
	}
	return strings.ToValidUTF8(string(b[:limit]), "") + "…"
}
