package runtime

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

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
