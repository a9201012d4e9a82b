package rawjson

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// string reads a string; one without escapes stays where it is.
func (r *reader) string() bool {
	i := r.push(String)
	r.at++
	end, traits := StringEnd(r.data, r.at)
	switch {
	case end < 0:
		return r.brokenString()
	case traits&Escaped != 0:
		begin := len(r.text)
		r.text = AppendText(r.text, r.data[r.at:end])
		r.tokens[i].next = uint32(begin)
		r.tokens[i].info |= escaped | uint32(len(r.text)-begin)<<countShift
	}
	r.at = end + 1
	r.tokens[i].end = uint32(r.at)
	return true
}

// brokenString goes over a string that does not end as it should, to say why.
func (r *reader) brokenString() bool {
	for r.at < len(r.data) {
		switch c := r.data[r.at]; {
		case c == '\\':
			if !r.escape() {
				return false
			}
		case c < ' ':
			return r.fail(RuleSyntax, "an escape sequence: strings have no control characters")
		case c < utf8.RuneSelf:
			r.at++
		case !r.rune():
			return false
		}
	}
	return r.fail(RuleSyntax, "the end of the string")
}

// rune reads one character that is not ASCII.
func (r *reader) rune() bool {
	c, size := utf8.DecodeRune(r.data[r.at:])
	if c == utf8.RuneError && size <= 1 {
		return r.fail(RuleEncoding, "UTF-8")
	}
	r.at += size
	return true
}

// escape goes over an escape sequence.
func (r *reader) escape() bool {
	r.at++
	switch c := r.peek(); c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	case 'u':
		return r.unicode()
	default:
		return r.fail(RuleSyntax, `one of "\/bfnrtu behind a backslash`)
	}
	r.at++
	return true
}

// unicode reads \uXXXX, and a second one when the first is half of a pair.
func (r *reader) unicode() bool {
	start := r.at - 1
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
			r.at = start
			r.fail(RuleEncoding, "a pair of surrogates")
			r.err.Found = fmt.Sprintf(`\u%04x alone`, c)
			return false
		}
	}
	return true
}

// hex reads the four digits behind \u.
func (r *reader) hex() (rune, bool) {
	r.at++
	v := rune(0)
	for range 4 {
		c := r.peek()
		switch {
		case '0' <= c && c <= '9':
			v = v<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, r.fail(RuleSyntax, "four hexadecimal digits")
		}
		r.at++
	}
	return v, true
}
