package payload

import (
	"unicode/utf8"
	"unsafe"

	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/rawjson"
)

// plain is the end of the string at an offset, which has no escapes and is not long. It is
// -1 for other strings and other values.
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
	if !n.takes(t.Slice(at+1, end)) {
		return rejected
	}
	return end + 1
}

// measured decides on a node that takes strings of some lengths.
func (q *decider) measured(n *node, t rawjson.View, at int) int {
	end := q.plain(t, at)
	if end < 0 {
		return q.mixed(n, t, at)
	}
	if !n.text.fits(end-at-1) && !n.text.allows(t.Slice(at+1, end)) {
		return rejected
	}
	return end + 1
}

// listed decides on a node that takes the strings of an enum.
func (q *decider) listed(n *node, t rawjson.View, at int) int {
	end := q.plain(t, at)
	if end < 0 {
		return q.mixed(n, t, at)
	}
	if !n.enum.table.has(t, at+1, end) {
		return rejected
	}
	return end + 1
}

// uuid decides on a node that takes UUIDs. Where one stands, so does a string.
func (q *decider) uuid(n *node, t rawjson.View, at int) int {
	const end = 1 + formats.UUIDSize
	if t.Byte(at) != '"' || t.Byte(at+end) != '"' || !isUUID(t.Slice(at+1, at+end)) {
		return q.formatted(n, t, at)
	}
	return at + end + 1
}

// moment decides on a node that takes strings that are a date-time.
func (q *decider) moment(n *node, t rawjson.View, at int) int {
	end := q.plain(t, at)
	if end < 0 {
		return q.mixed(n, t, at)
	}
	if text := t.Slice(at+1, end); !formats.DateTime(textOf(text)) || !n.text.fits(len(text)) && !n.text.allows(text) {
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
	if text := t.Slice(at+1, end); !n.text.hasFormat(text) || !n.text.fits(len(text)) && !n.text.allows(text) {
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
	if text := t.Slice(at+1, end); !n.text.fits(len(text)) && !n.text.allows(text) || !n.text.pattern.Match(text) {
		return rejected
	}
	return end + 1
}

// fits reports whether all texts of so many bytes have a length that is allowed.
func (c *textCheck) fits(size int) bool { return uint(size-c.sure) <= c.spread }

// allows reports whether a text may have as many characters as it has. A negative max is
// none.
func (c *textCheck) allows(text []byte) bool {
	if c.fits(len(text)) {
		return true
	}
	size := utf8.RuneCount(text) // only where it matters
	return size >= c.min && uint(size) <= uint(c.max)
}

func (c *textCheck) hasFormat(text []byte) bool { return c.format.Valid(textOf(text)) }

// textOf is a string of the same bytes.
func textOf(text []byte) string { return unsafe.String(unsafe.SliceData(text), len(text)) }

// takes decides on the text of a string.
func (n *node) takes(text []byte) bool {
	if c := n.text; c != nil {
		if !c.allows(text) || c.format != nil && !c.hasFormat(text) || c.pattern != nil && !c.pattern.Match(text) {
			return false
		}
	}
	return n.enum == nil || n.enum.table.find(text) >= 0
}

// unusual decides on a string whose content starts at an offset, and which may have
// escapes.
func (q *decider) unusual(n *node, t rawjson.View, at int) int {
	if n.free {
		end := q.text.StringEnd(at)
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

// stringAt is the text of the string whose content starts at an offset, and the offset of
// its closing quote, negative when it is no string. One with escapes is decoded, and stays
// as it is until q.decoded is cut back.
func (q *decider) stringAt(t rawjson.View, at int) (text []byte, end int) {
	end = q.text.FarStop(at)
	if t.Byte(end) == '"' {
		return t.Slice(at, end), end
	}
	kept := len(q.decoded)
	q.decoded, end = q.text.Decode(q.decoded, at)
	return q.decoded[kept:], end
}
