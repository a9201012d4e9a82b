package payload

import (
	"unicode/utf8"
	"unsafe"

	"github.com/evctl/evctl/contracts/rawjson"
)

// plain is the end of the string at an offset, whose content is ASCII without escapes
// and not long. It is -1 for other strings and other values.
func (q *decider) plain(t rawjson.View, at int) int {
	if t.Byte(at) != '"' {
		return -1
	}
	if end := q.text.Stop(at + 1); t.Byte(end) == '"' {
		return end
	}
	return -1
}

// free decides on a node that takes any string.
func (q *decider) free(n *node, t rawjson.View, at int) int {
	end := q.plain(t, at)
	if end < 0 {
		return q.mixed(n, t, at)
	}
	return end + 1
}

// string decides on a node that takes strings as far as text and enum want.
func (q *decider) string(n *node, t rawjson.View, at int) int {
	end := q.plain(t, at)
	if end < 0 {
		return q.mixed(n, t, at)
	}
	if !n.fits(t.Slice(at+1, end), end-at-1) {
		return rejected
	}
	return end + 1
}

// formatted decides on a node that takes strings with a format.
func (q *decider) formatted(n *node, t rawjson.View, at int) int {
	end := q.plain(t, at)
	if end < 0 {
		return q.mixed(n, t, at)
	}
	if text := t.Slice(at+1, end); !n.text.allows(len(text)) || !n.text.hasFormat(text) {
		return rejected
	}
	return end + 1
}

// patterned decides on a node that takes strings that match a pattern.
func (q *decider) patterned(n *node, t rawjson.View, at int) int {
	end := q.plain(t, at)
	if end < 0 {
		return q.mixed(n, t, at)
	}
	if text := t.Slice(at+1, end); !n.text.allows(len(text)) || !n.text.pattern.Match(text) {
		return rejected
	}
	return end + 1
}

// allows reports whether a text may have so many characters. A negative max is none.
func (c *textCheck) allows(size int) bool { return size >= c.min && uint(size) <= uint(c.max) }

func (c *textCheck) hasFormat(text []byte) bool {
	return c.format.Valid(unsafe.String(unsafe.SliceData(text), len(text)))
}

// fits decides on a text with a number of characters.
func (n *node) fits(text []byte, size int) bool {
	if c := n.text; c != nil {
		if !c.allows(size) || c.format != nil && !c.hasFormat(text) || c.pattern != nil && !c.pattern.Match(text) {
			return false
		}
	}
	return n.enum == nil || n.enum.table.find(text) >= 0
}

// unusual decides on a string whose content starts at an offset, and which may be long,
// escaped or wide.
func (q *decider) unusual(n *node, t rawjson.View, at int) int {
	if n.free {
		end, _ := q.text.StringEnd(at)
		if end < 0 {
			return rejected
		}
		return end + 1
	}
	kept := len(q.decoded)
	text, end := q.stringAt(t, at)
	if end < 0 || !n.takes(text) {
		return rejected
	}
	q.decoded = q.decoded[:kept]
	return end + 1
}

// takes is fits for any text.
func (n *node) takes(text []byte) bool {
	size := len(text)
	if c := n.text; c != nil && (size > c.max && c.max >= 0 || size < utf8.UTFMax*c.min) {
		size = utf8.RuneCount(text) // only where it matters
	}
	return n.fits(text, size)
}

// stringAt is the text of the string whose content starts at an offset, and the offset of
// its closing quote, negative when it is no string. One with escapes is decoded, and stays
// as it is until q.decoded is cut back.
func (q *decider) stringAt(t rawjson.View, at int) (text []byte, end int) {
	end = q.text.Stop(at)
	if t.Byte(end) == '"' {
		return t.Slice(at, end), end
	}
	if t.Byte(end) != '\\' {
		var traits rawjson.Traits
		if end, traits = q.text.StringEnd(at); end < 0 || traits&rawjson.Escaped == 0 {
			return t.Slice(at, max(at, end)), end
		}
	}
	kept := len(q.decoded)
	q.decoded, end = q.text.Decode(q.decoded, at)
	return q.decoded[kept:], end
}
