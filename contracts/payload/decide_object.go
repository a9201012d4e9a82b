package payload

import (
	"bytes"
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/evctl/evctl/contracts/rawjson"
)

func (q *decider) object(o *objectCheck, data []byte, at int) int {
	if q.depth++; q.depth > rawjson.MaxDepth {
		return rejected
	}
	if o == nil {
		o = anyObject
	}
	names, words := len(q.names), len(q.bits)
	for range o.words {
		q.bits = append(q.bits, 0)
	}
	var first uint64 // the bits of the first 64 properties
	count, expected := 0, 0
	at = space(data, at+1)
	more := true
	if at < len(data) && data[at] == '}' {
		at, more = at+1, false
	}
	for ; more; count++ {
		p := expected
		if p < len(o.expected) && o.expected[p].standsAt(data, at) {
			at += o.expected[p].size
		} else if p, at = q.memberName(o, data, at); at < 0 {
			return at
		}
		if at < len(data) && data[at] <= ' ' {
			at = rawjson.SkipSpace(data, at)
		}
		switch {
		case p < 0:
			at = q.undeclared(o, data, at, names)
		case p < 64 && first&(1<<p) == 0 || p >= 64 && q.mark(words, p):
			first |= 1 << p // nothing where p is 64 or more
			expected = p + 1
			if o.picky {
				at = q.described(o, o.properties[p].node, data, at)
			} else {
				at = q.value(o.properties[p].node, data, at)
			}
		default:
			return rejected // a second one
		}
		if at < 0 {
			return at
		}
		if at+1 < len(data) && data[at] == ',' && data[at+1] > ' ' {
			at++
		} else if at, more = next(data, at, '}'); at < 0 {
			return at
		}
	}
	q.depth--
	if first&o.must != o.must || !o.simple && !q.complete(o, words, first, count) {
		return rejected
	}
	q.names, q.bits = q.names[:names], q.bits[:words]
	return at
}

// key is the text up to the value of a property, `"name":`. Comparing words of eight
// bytes is several times faster than comparing texts that are as short as names.
type key struct {
	text             string
	size             int
	head, mask, tail uint64
}

func newKey(text string) key {
	k := key{text: text, size: len(text)}
	var b [8]byte
	k.mask = 1<<(8*copy(b[:], text)) - 1
	k.head = binary.LittleEndian.Uint64(b[:])
	if k.size >= 8 {
		k.mask = math.MaxUint64
		k.tail = binary.LittleEndian.Uint64([]byte(text[k.size-8:]))
	}
	return k
}

// standsAt reports whether the key stands at an offset. At the very end of the data it
// says no.
func (k *key) standsAt(data []byte, at int) bool {
	return at+k.size+8 <= len(data) && word(data, at)&k.mask == k.head && (k.size <= 8 || k.restAt(data, at))
}

func (k *key) restAt(data []byte, at int) bool {
	return word(data, at+k.size-8) == k.tail && (k.size <= 16 || string(data[at+8:at+k.size-8]) == k.text[8:k.size-8])
}

// word is the eight bytes from at on, which must be there.
func word(data []byte, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(data)), at))[:])
}

// mark notes that property p is there, and reports whether it was not.
func (q *decider) mark(words, p int) bool {
	w := &q.bits[words+p/64]
	was := *w
	*w |= 1 << (p % 64)
	return *w != was
}

// memberName reads a name and the colon behind it, and finds the property, or -1. The
// name is kept in q.name.
func (q *decider) memberName(o *objectCheck, data []byte, at int) (p, end int) {
	end, traits := q.nameEnd(data, at)
	if end < 0 {
		return -1, rejected
	}
	q.name = span{at + 1, end}
	name := data[at+1 : end]
	if traits&rawjson.Escaped != 0 {
		q.text = rawjson.AppendText(q.text[:0], name)
		name = q.text
	}
	p = o.table.find(name)
	if traits&rawjson.Escaped != 0 && (p < 0 && o.open || o.picky) {
		return -1, unsure
	}
	return p, colon(data, end+1)
}

// nameEnd is the offset of the quote that closes the name at data[at].
func (q *decider) nameEnd(data []byte, at int) (end int, traits rawjson.Traits) {
	if at >= len(data) || data[at] != '"' {
		return rejected, 0
	}
	return q.index.StringEnd(data, at+1)
}

// colon is the offset behind the colon that stands behind a name.
func colon(data []byte, at int) int {
	if at = space(data, at); at >= len(data) || data[at] != ':' {
		return rejected
	}
	return at + 1
}

// undeclared decides on a member that no property declares. Those of the same object
// start at names in q.names.
func (q *decider) undeclared(o *objectCheck, data []byte, at, names int) int {
	if !o.open && !o.picky {
		return rejected
	}
	name := q.name
	for _, other := range q.names[names:] {
		if bytes.Equal(name.of(data), other.of(data)) {
			return rejected
		}
	}
	if len(q.names)-names == maxUndeclared {
		return unsure
	}
	q.names = append(q.names, name)
	if o.picky {
		return q.described(o, nil, data, at)
	}
	return q.value(o.other(), data, at)
}

// other is what members must be that nothing else describes.
func (o *objectCheck) other() *node {
	if o.additional == nil {
		return anyNode
	}
	return o.additional
}

// described decides on a member by all that describes it: the node of its property, if
// there is one, those of the patterns that its name matches, and of what names must be.
func (q *decider) described(o *objectCheck, n *node, data []byte, at int) int {
	name := q.name.of(data)
	if o.keys != nil && !q.content(o.keys, name, traitsOf(name)) {
		return rejected
	}
	end := at
	if n != nil {
		end = q.value(n, data, at)
	}
	described := n != nil
	for i := range o.patterns {
		if end < 0 {
			return end
		}
		if o.patterns[i].pattern.Match(name) {
			described = true
			end = q.again(2, o.patterns[i].node, data, at)
		}
	}
	switch {
	case described:
		return end
	case !o.open:
		return rejected
	}
	return q.value(o.other(), data, at)
}

// traitsOf is for names without escapes.
func traitsOf(name []byte) rawjson.Traits {
	for _, c := range name {
		if c >= 0x80 {
			return rawjson.Wide
		}
	}
	return 0
}

// again is value for one of several nodes that the same value is read for.
func (q *decider) again(readers int, n *node, data []byte, at int) int {
	if q.width*readers > maxWidth {
		return unsure
	}
	q.width *= readers
	end := q.value(n, data, at)
	q.width /= readers
	return end
}

// complete is that of the object; the bits of the properties are in first and, from words
// on, in q.bits.
func (q *decider) complete(o *objectCheck, words int, first uint64, count int) bool {
	if o.words == 0 {
		q.bits = append(q.bits, 0)
	}
	q.bits[words] = first
	return o.complete(q.bits[words:], count)
}

// complete decides on an object as a whole, by the bits of the properties that are
// there and the count of its members.
func (o *objectCheck) complete(seen []uint64, count int) bool {
	for _, p := range o.required {
		if seen[p/64]&(1<<(p%64)) == 0 {
			return false
		}
	}
	if len(o.any) > 0 && !o.anyIn(seen) {
		return false
	}
	return count >= o.min && (o.max < 0 || count <= o.max)
}

func (o *objectCheck) anyIn(seen []uint64) bool {
	for _, g := range o.any {
		if g.in(seen) {
			return true
		}
	}
	return false
}
