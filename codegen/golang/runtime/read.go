package runtime

import (
	"bytes"
	"strconv"
)

// Limits of one text.
const (
	maxBytes  = 8 << 20
	maxDepth  = 128
	maxDigits = 400 // of a number, and its exponent
)

// kinds is a set of JSON types.
type kinds uint8

const (
	isText kinds = 1 << iota
	isNumber
	isBool
	isNull
	isObject
	isArray
	isWhole // with isNumber: only whole numbers

	isAny = isText | isNumber | isBool | isNull | isObject | isArray
)

// reader goes through a JSON text once. After the first problem its methods do nothing,
// and failed says what it was.
type reader struct {
	data   []byte
	at     int
	depth  int
	strict bool   // members that are not declared, or missing, are problems
	tag    string // member of the next object that selects a variant
	failed *Violation
	buffer []byte // a string with escapes, decoded
}

// unmarshal reads a value as encoding/json asks for it: null changes nothing.
func unmarshal[T any](data []byte, v *T, read func(*T, *reader)) error {
	if string(data) == "null" {
		return nil
	}
	r := reader{data: data}
	var fresh T
	read(&fresh, &r)
	if err := r.done(); err != nil {
		return err
	}
	*v = fresh
	return nil
}

// parse reads a value and accepts only what the contract accepts.
func parse[T any](data []byte, read func(*T, *reader), check func(*T, *checker) bool) (v T, err error) {
	r := reader{data: data, strict: true}
	if len(data) > maxBytes {
		r.fail("json-size", "expected at most "+strconv.Itoa(maxBytes)+" bytes")
	}
	read(&v, &r)
	if err := r.done(); err != nil {
		return v, err
	}
	var c checker
	check(&v, &c)
	return v, c.err()
}

// done says what was wrong, with text after the value too.
func (r *reader) done() error {
	if r.failed == nil && (r.peek() != 0 || r.at < len(r.data)) {
		r.fail("json-syntax", "expected the end of the text")
	}
	if r.failed == nil {
		return nil
	}
	return &ValidationError{[]Violation{*r.failed}}
}

func (r *reader) fail(rule, message string) bool {
	if r.failed == nil {
		r.failed = &Violation{Rule: rule, Message: message}
		r.at = len(r.data)
	}
	return false
}

func (r *reader) syntax(expected string) bool { return r.fail("json-syntax", "expected "+expected) }

// inside puts a token in front of the pointer of the problem.
func (r *reader) inside(token string) {
	if r.failed != nil {
		r.failed.Pointer = token + r.failed.Pointer
	}
}

// peek skips space and is the byte at which the next token starts, or 0.
func (r *reader) peek() byte {
	for r.at < len(r.data) {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
	return 0
}

// kindOf is the type of the value that starts with data, or 0.
func kindOf(data []byte) kinds {
	if len(data) == 0 {
		return 0
	}
	switch c := data[0]; {
	case c == '"':
		return isText
	case c == '-' || '0' <= c && c <= '9':
		return isNumber
	case c == 't' || c == 'f':
		return isBool
	case c == 'n':
		return isNull
	case c == '{':
		return isObject
	case c == '[':
		return isArray
	}
	return 0
}

// want reports whether the next value has one of some types; their name is for messages, and
// made when it is empty.
func (r *reader) want(k kinds, name string) bool {
	if r.failed != nil {
		return false
	}
	r.peek()
	switch kind := kindOf(r.data[r.at:]); {
	case kind&k != 0:
		return true
	case kind == 0:
		return r.syntax("a value")
	}
	if name == "" {
		name = k.name()
	}
	return r.fail("type", "expected "+name)
}

// null reads null, if it comes next.
func (r *reader) null() bool {
	if r.peek() != 'n' {
		return false
	}
	return r.word("null")
}

func (r *reader) word(text string) bool {
	if !bytes.HasPrefix(r.data[r.at:], []byte(text)) {
		return r.syntax(text)
	}
	r.at += len(text)
	return true
}

// members are those of an object that is being read.
type members struct {
	name    []byte // of the member whose value comes next
	tag     string
	started bool
	tagged  bool
	seen    uint64 // of the declared properties
	more    []uint64
}

// next reads the name of the next member, or the end of the object.
func (r *reader) next(m *members) bool {
	if !m.started {
		if m.tag, r.tag = r.tag, ""; !r.want(isObject, "object") || !r.enter() {
			return false
		}
		m.started = true
		if r.peek() == '}' {
			return r.leave()
		}
		return r.member(m)
	}
	if r.failed != nil {
		r.inside(pointerToken(string(m.name)))
		return false
	}
	switch r.peek() {
	case '}':
		return r.leave()
	case ',':
		r.at++
		return r.member(m)
	}
	return r.syntax("',' or '}'")
}

func (r *reader) enter() bool {
	r.at++
	r.depth++
	return r.depth <= maxDepth || r.fail("json-depth", "expected at most "+strconv.Itoa(maxDepth)+" levels")
}

func (r *reader) leave() bool {
	r.at++
	r.depth--
	return false
}

func (r *reader) member(m *members) bool {
	if r.peek() != '"' {
		return r.syntax("a name in double quotes")
	}
	start := r.at
	name, ok := r.text()
	if !ok {
		return false
	}
	if len(name) != r.at-start-2 {
		name = bytes.Clone(name) // decoded into the buffer, which is used again
	}
	m.name = name
	if r.peek() != ':' {
		return r.syntax("':'")
	}
	r.at++
	return true
}

// first notes that property i is there, and refuses it a second time.
func (r *reader) first(m *members, i int) bool {
	set := &m.seen
	if i >= 64 {
		for len(m.more) < i/64 {
			m.more = append(m.more, 0)
		}
		set = &m.more[i/64-1]
	}
	if *set&(1<<(i%64)) != 0 {
		return r.duplicate()
	}
	*set |= 1 << (i % 64)
	return true
}

func (r *reader) duplicate() bool { return r.fail("json-duplicate", "expected each name once") }

// has reports whether property i is there.
func (m *members) has(i int) bool {
	if i < 64 {
		return m.seen&(1<<i) != 0
	}
	return len(m.more) >= i/64 && m.more[i/64-1]&(1<<(i%64)) != 0
}

// require refuses an object without property i.
func (r *reader) require(m *members, i int, pointer string) {
	if r.failed == nil && r.strict && !m.has(i) {
		r.fail("required", "the property is missing")
		r.inside(pointer)
	}
}

// undeclared reports whether a member is one that no property is declared for, which
// the caller reads; the tag of a union is read here.
func (r *reader) undeclared(m *members) bool {
	if m.tag == "" || string(m.name) != m.tag {
		return true
	}
	if m.tagged {
		return r.duplicate()
	}
	m.tagged = true
	r.skip()
	return false
}

// ignore skips a member that is not declared, or refuses it.
func (r *reader) ignore(m *members) {
	switch {
	case !r.undeclared(m):
	case r.strict:
		r.fail("additionalProperties", "the property is not declared")
	default:
		r.skip()
	}
}

// more reads what stands between the items of an array.
func (r *reader) more(n int) bool {
	if n == 0 {
		if !r.want(isArray, "array") || !r.enter() {
			return false
		}
		if r.peek() == ']' {
			return r.leave()
		}
		return true
	}
	if r.failed != nil {
		r.inside("/" + strconv.Itoa(n-1))
		return false
	}
	switch r.peek() {
	case ']':
		return r.leave()
	case ',':
		r.at++
		return true
	}
	return r.syntax("',' or ']'")
}
