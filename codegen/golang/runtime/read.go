package runtime

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
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

func readText[T ~string](v *T, r *reader) {
	if r.want(isText, "string") {
		if text, ok := r.text(); ok {
			*v = T(text)
		}
	}
}

func readBool[T ~bool](v *T, r *reader) {
	if !r.want(isBool, "boolean") {
		return
	}
	if r.data[r.at] == 't' {
		*v = T(r.word("true"))
		return
	}
	r.word("false")
	*v = false
}

// readRaw keeps any JSON as it is written.
func readRaw[T ~[]byte](v *T, r *reader) {
	r.peek()
	start := r.at
	if r.skip() {
		*v = T(bytes.Clone(r.data[start:r.at]))
	}
}

func readScalar(v *Scalar, r *reader, k kinds) {
	if !r.want(k, "") {
		return
	}
	start := r.at
	if !r.skip() {
		return
	}
	text := r.data[start:r.at]
	if kindOf(text) == isNumber && k&isWhole != 0 && !decimalOf(text).whole() {
		r.fail("type", "expected "+k.name())
		return
	}
	v.json = string(text)
}

// name lists the types for messages.
func (k kinds) name() string {
	text := ""
	for _, n := range [...]struct {
		kind kinds
		name string
	}{{isText, "string"}, {isNumber, "number"}, {isBool, "boolean"}, {isNull, "null"}, {isObject, "object"}, {isArray, "array"}} {
		if k&n.kind == 0 {
			continue
		}
		if n.kind == isNumber && k&isWhole != 0 {
			n.name = "integer"
		}
		if text != "" {
			text += " or "
		}
		text += n.name
	}
	return text
}

func readList[S ~[]T, T any](v *S, r *reader, item func(*T, *reader)) {
	list := S{}
	for r.more(len(list)) {
		list = append(list, *new(T))
		item(&list[len(list)-1], r)
	}
	*v = list
}

func readMap[M ~map[string]T, T any](v *M, r *reader, value func(*T, *reader)) {
	*v = M{}
	var m members
	for r.next(&m) {
		if r.undeclared(&m) {
			readEntry(v, r, &m, value)
		}
	}
}

// readEntry adds a member to a map.
func readEntry[M ~map[string]T, T any](v *M, r *reader, m *members, value func(*T, *reader)) {
	name := string(m.name)
	if _, twice := (*v)[name]; twice {
		r.duplicate()
		return
	}
	if *v == nil {
		*v = M{}
	}
	var x T
	value(&x, r)
	(*v)[name] = x
}

func readOptional[T any](v *Optional[T], r *reader, value func(*T, *reader)) {
	v.Present = true
	value(&v.Value, r)
}

func readNullable[T any](v *Nullable[T], r *reader, value func(*T, *reader)) {
	if !r.null() {
		v.Valid = true
		value(&v.Value, r)
	}
}

func readOptionalNullable[T any](v *OptionalNullable[T], r *reader, value func(*T, *reader)) {
	v.Present = true
	if !r.null() {
		v.Valid = true
		value(&v.Value, r)
	}
}

// readUnlessNull leaves nil for null.
func readUnlessNull[T any](v *T, r *reader, value func(*T, *reader)) {
	if !r.null() {
		value(v, r)
	}
}

// readWhole reads an integer: 1.0 and 1e3 are ones.
func readWhole[T ~int64 | ~uint64](v *T, r *reader) {
	if !r.want(isNumber, "integer") {
		return
	}
	text, ok := r.number()
	if !ok {
		return
	}
	d := decimalOf(text)
	if !d.whole() {
		r.fail("type", "expected integer")
		return
	}
	most := uint64(math.MaxUint64)
	switch zero := T(0); {
	case zero-1 < 0 && d.negative:
		most = -math.MinInt64
	case zero-1 < 0:
		most = math.MaxInt64
	case d.negative:
		most = 0
	}
	n, fits := d.magnitude()
	if !fits || n > most {
		r.fail("range", "expected an integer of 64 bits")
		return
	}
	if *v = T(n); d.negative {
		*v = -*v
	}
}

func readFloat[T ~float64](v *T, r *reader) { readFloatWithin(v, r, nil) }

// readFloatWithin reads a number; text that float64 rounds is held to the limits as it is
// written.
func readFloatWithin[T ~float64](v *T, r *reader, l *limits) {
	if !r.want(isNumber, "number") {
		return
	}
	text, ok := r.number()
	if !ok {
		return
	}
	f, _ := strconv.ParseFloat(string(text), 64) // number refused what does not fit
	*v = T(f)
	if l != nil && r.strict && len(text) > 15 {
		if rule, message := l.broken(decimalOf(text)); rule != "" {
			r.fail(rule, message)
		}
	}
}

func readNumber(v *json.Number, r *reader) {
	if r.want(isNumber, "number") {
		if text, ok := r.number(); ok {
			*v = json.Number(text)
		}
	}
}

func readWholeNumber(v *json.Number, r *reader) {
	if readNumber(v, r); r.failed == nil && !decimalOf([]byte(*v)).whole() {
		r.fail("type", "expected integer")
	}
}

// text reads a string. The result is valid until the next call.
func (r *reader) text() ([]byte, bool) {
	start := r.at + 1
	for i := start; i < len(r.data); {
		switch c := r.data[i]; {
		case c == '"':
			r.at = i + 1
			return r.data[start:i], true
		case c == '\\':
			r.buffer = append(r.buffer[:0], r.data[start:i]...)
			r.at = i
			return r.escaped()
		case c < ' ':
			return nil, r.syntax("an escape sequence: strings have no control characters")
		case c < utf8.RuneSelf:
			i++
		default:
			size, ok := r.rune(i)
			if !ok {
				return nil, false
			}
			i += size
		}
	}
	return nil, r.syntax("the end of the string")
}

// rune is the size of the character at i, which is not ASCII.
func (r *reader) rune(i int) (int, bool) {
	c, size := utf8.DecodeRune(r.data[i:])
	if c == utf8.RuneError && size <= 1 {
		return 0, r.fail("json-encoding", "expected UTF-8")
	}
	return size, true
}

// escaped goes on with a string at its first escape.
func (r *reader) escaped() ([]byte, bool) {
	for r.at < len(r.data) {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return r.buffer, true
		case c == '\\':
			if !r.escape() {
				return nil, false
			}
		case c < ' ':
			return nil, r.syntax("an escape sequence: strings have no control characters")
		case c < utf8.RuneSelf:
			r.buffer = append(r.buffer, c)
			r.at++
		default:
			size, ok := r.rune(r.at)
			if !ok {
				return nil, false
			}
			r.buffer = append(r.buffer, r.data[r.at:r.at+size]...)
			r.at += size
		}
	}
	return nil, r.syntax("the end of the string")
}

func (r *reader) escape() bool {
	if r.at++; r.at >= len(r.data) {
		return r.syntax("the end of the string")
	}
	switch c := r.data[r.at]; c {
	case '"', '\\', '/':
		r.buffer = append(r.buffer, c)
	case 'b':
		r.buffer = append(r.buffer, '\b')
	case 'f':
		r.buffer = append(r.buffer, '\f')
	case 'n':
		r.buffer = append(r.buffer, '\n')
	case 'r':
		r.buffer = append(r.buffer, '\r')
	case 't':
		r.buffer = append(r.buffer, '\t')
	case 'u':
		return r.unicode()
	default:
		return r.syntax(`one of "\/bfnrtu behind a backslash`)
	}
	r.at++
	return true
}

// unicode reads the digits of \uXXXX, and a second escape when it is half of a pair.
func (r *reader) unicode() bool {
	c, ok := r.hex()
	if !ok {
		return false
	}
	if 0xd800 <= c && c < 0xe000 {
		low := rune(0)
		if c < 0xdc00 && bytes.HasPrefix(r.data[r.at:], []byte(`\u`)) {
			r.at++
			if low, ok = r.hex(); !ok {
				return false
			}
		}
		if low < 0xdc00 || low >= 0xe000 {
			return r.fail("json-encoding", "expected a pair of surrogates")
		}
		c = (c-0xd800)<<10 + (low - 0xdc00) + 0x10000
	}
	r.buffer = utf8.AppendRune(r.buffer, c)
	return true
}

// hex reads the four digits behind a u.
func (r *reader) hex() (rune, bool) {
	r.at++
	v := rune(0)
	for range 4 {
		c := byte(0)
		if r.at < len(r.data) {
			c = r.data[r.at]
		}
		switch {
		case '0' <= c && c <= '9':
			v = v<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, r.syntax("four hexadecimal digits")
		}
		r.at++
	}
	return v, true
}

// number reads the text of a number.
func (r *reader) number() ([]byte, bool) {
	start := r.at
	if r.data[r.at] == '-' {
		r.at++
	}
	zero := r.at < len(r.data) && r.data[r.at] == '0'
	if n := r.digits(); n == 0 || zero && n > 1 {
		return nil, r.syntax("a number without leading zeros")
	}
	if r.at < len(r.data) && r.data[r.at] == '.' {
		if r.at++; r.digits() == 0 {
			return nil, r.syntax("a digit")
		}
	}
	exponent := r.at < len(r.data) && r.data[r.at]|0x20 == 'e'
	if exponent {
		if r.at++; r.at < len(r.data) && (r.data[r.at] == '+' || r.data[r.at] == '-') {
			r.at++
		}
		first := r.at
		if r.digits() == 0 {
			return nil, r.syntax("a digit")
		}
		if !smallExponent(r.data[first:r.at]) {
			return nil, r.fail("json-number", "expected an exponent of at most "+strconv.Itoa(maxDigits))
		}
	}
	if r.at-start > maxDigits {
		return nil, r.fail("json-number", "expected a number of at most "+strconv.Itoa(maxDigits)+" characters")
	}
	text := r.data[start:r.at]
	if exponent || len(text) > 300 {
		if _, err := strconv.ParseFloat(string(text), 64); err != nil {
			return nil, r.fail("json-number", "expected a number that float64 holds")
		}
	}
	return text, true
}

func smallExponent(digits []byte) bool {
	n := 0
	for _, c := range digits {
		if n = n*10 + int(c-'0'); n > maxDigits {
			return false
		}
	}
	return true
}

func (r *reader) digits() int {
	start := r.at
	for r.at < len(r.data) && '0' <= r.data[r.at] && r.data[r.at] <= '9' {
		r.at++
	}
	return r.at - start
}

// skip reads any value.
func (r *reader) skip() bool {
	if r.failed != nil {
		return false
	}
	switch r.peek(); kindOf(r.data[r.at:]) {
	case isText:
		_, ok := r.text()
		return ok
	case isNumber:
		_, ok := r.number()
		return ok
	case isBool:
		if r.data[r.at] == 't' {
			return r.word("true")
		}
		return r.word("false")
	case isNull:
		return r.word("null")
	case isArray:
		for n := 0; r.more(n); n++ {
			r.skip()
		}
		return r.failed == nil
	case isObject:
		return r.skipObject()
	}
	return r.syntax("a value")
}

// fewNames is how many names of an object are compared with each other.
const fewNames = 8

func (r *reader) skipObject() bool {
	var m members
	var few [fewNames][]byte
	var many map[string]bool
	r.tag = ""
	for n := 0; r.next(&m); n++ {
		switch {
		case n < fewNames:
			for _, other := range few[:n] {
				if bytes.Equal(other, m.name) {
					r.duplicate()
				}
			}
			few[n] = m.name
		default:
			if many == nil {
				many = map[string]bool{}
				for _, name := range few {
					many[string(name)] = true
				}
			}
			if many[string(m.name)] {
				r.duplicate()
			}
			many[string(m.name)] = true
		}
		r.skip()
	}
	return r.failed == nil
}

// selects finds the text of a member that selects a variant, and goes back to the start of
// its object.
func (r *reader) selects(name string) (tag string, ok bool) {
	if r.failed != nil {
		return "", false
	}
	r.peek()
	at, depth := r.at, r.depth
	r.tag = ""
	var m members
	found := false
	for !found && r.next(&m) {
		if found = string(m.name) == name; !found {
			r.skip()
		}
	}
	if found {
		readText(&tag, r)
		if r.failed != nil && r.failed.Rule == "type" {
			r.failed.Rule = "discriminator"
		}
		r.inside(pointerToken(name))
	} else if r.failed == nil {
		r.fail("required", "the property is missing")
		r.inside(pointerToken(name))
	}
	if r.failed != nil {
		return "", false
	}
	r.at, r.depth = at, depth
	return tag, true
}

// unknownVariant refuses the text of a member that selects a variant.
func (r *reader) unknownVariant(selector string) {
	r.fail("discriminator", "expected the name of a variant")
	r.inside(pointerToken(selector))
}
