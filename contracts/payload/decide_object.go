package payload

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/evctl/evctl/contracts/rawjson"
)

func (q *decider) object(o *objectCheck, t rawjson.View, at int) int {
	if q.depth++; q.depth > rawjson.MaxDepth {
		return rejected
	}
	if o == nil {
		o = anyObject
	}
	names, words, open, failed := len(q.names), len(q.bits), at, false
	if o.words > 0 {
		q.addWords(o.words)
	}
	at = skip(t, at+1)
	seen, expected := uint64(0), 0 // the bits of the first 64 properties; the next one
	for more := t.Byte(at) != '}'; more; {
		start, k := at, &o.expected[expected]
		if t.Word(at)&k.mask != k.head || k.size > 8 && !k.restAt(t, at) {
			k = q.guess(o, t, at)
		}
		if k.bit&^seen != 0 {
			seen |= k.bit
			expected = k.next
			at = q.value(k.node, t, skip(t, at+k.size))
		} else {
			var p int
			if p, at = q.memberName(o, t, at); at < 0 {
				return at
			}
			switch bit := uint64(1) << uint(p); {
			case bit&^seen != 0:
				seen |= bit
			case p < 0:
			case bit != 0 || !q.mark(words, p):
				return rejected // a second one
			}
			if p < 0 || o.picky {
				at = q.other(o, p, names, t, at)
			} else {
				expected = min(p+1, len(o.expected)-1)
				at = q.value(o.properties[p].node, t, at)
			}
		}
		if at < 0 {
			if at = q.resume(o, names, words, t, start, at); at < 0 {
				return at
			}
			failed = true
		}
		switch {
		case t.Byte(at) == '}':
			more = false
		case t.Byte(at) == ',' && t.Byte(at+1) > ' ':
			at++
		default:
			if at, more = next(t, at, '}'); at < 0 {
				return at
			}
			if !more {
				at--
			}
		}
	}
	if failed || seen&o.must != o.must || !o.simple && !q.complete(o, names, words, seen) {
		return q.incomplete(o, names, words, seen, open, at+1)
	}
	q.depth--
	return at + 1
}

// addWords makes room for the bits of an object with many properties.
func (q *decider) addWords(n int) {
	for range n {
		q.bits = append(q.bits, 0)
	}
}

// key is the text up to the value of a property, `"name":`. Comparing words of eight
// bytes is several times faster than comparing texts that are as short as names.
type key struct {
	head, mask, tail uint64 // the first eight bytes, where there are any, and the last eight
	size             int
	text             string
	node             *node
	bit              uint64 // of the property
	next             int    // the property that mostly comes next
}

// noKey stands nowhere.
var noKey = key{head: 1}

func newKey(text string, n *node, p int) key {
	k := key{text: text, size: len(text), node: n, bit: 1 << p, next: p + 1}
	var b [8]byte
	k.mask = 1<<(8*copy(b[:], text)) - 1
	k.head = binary.LittleEndian.Uint64(b[:])
	if k.size >= 8 {
		k.tail = binary.LittleEndian.Uint64([]byte(text[k.size-8:]))
	}
	return k
}

// restAt reports whether the key stands at an offset, of which the head does.
func (k *key) restAt(t rawjson.View, at int) bool {
	return t.Word(at+k.size-8) == k.tail && (k.size <= 16 || string(t.Slice(at+8, at+k.size-8)) == k.text[8:k.size-8])
}

// guess is the key that stands at an offset, noKey when it is none of the first ones or
// not written plainly.
func (q *decider) guess(o *objectCheck, t rawjson.View, at int) *key {
	if t.Byte(at) != '"' {
		return &noKey
	}
	p := o.table.guess(t, at+1, q.text.Stop(at+1))
	if uint(p) >= uint(len(o.expected)) {
		return &noKey
	}
	k := &o.expected[p]
	if t.Word(at)&k.mask != k.head || k.size > 8 && !k.restAt(t, at) {
		return &noKey
	}
	return k
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
func (q *decider) memberName(o *objectCheck, t rawjson.View, at int) (p, end int) {
	q.name, end = q.quoted(t, at)
	if end < 0 {
		return -1, rejected
	}
	return o.table.find(q.name), colon(t, end)
}

// quoted is the text of the string that starts at an offset, and the offset behind it.
func (q *decider) quoted(t rawjson.View, at int) (text []byte, end int) {
	if t.Byte(at) != '"' {
		return nil, rejected
	}
	if text, end = q.stringAt(t, at+1); end < 0 {
		return nil, rejected
	}
	return text, end + 1
}

// colon is the offset of the value behind a name.
func colon(t rawjson.View, at int) int {
	if at = skip(t, at); t.Byte(at) != ':' {
		return rejected
	}
	return skip(t, at+1)
}

// other decides on a member that is not just a property: p is -1 where none declares it.
// The names of such members of the same object start at names in q.names.
func (q *decider) other(o *objectCheck, p, names int, t rawjson.View, at int) int {
	if p >= 0 {
		return q.described(o, o.properties[p].node, t, at)
	}
	if !o.open && !o.picky {
		return rejected
	}
	name := q.name
	for _, other := range q.names[names:] {
		if bytes.Equal(name, other) {
			return repeated
		}
	}
	if len(q.names)-names == maxUndeclared {
		return unsure
	}
	q.names = append(q.names, name)
	if o.picky {
		return q.described(o, nil, t, at)
	}
	return q.value(o.rest(), t, at)
}

// rest is what members must be that nothing else describes.
func (o *objectCheck) rest() *node {
	if o.additional == nil {
		return anyNode
	}
	return o.additional
}

// described decides on a member by all that describes it: the node of its property, if
// there is one, those of the patterns that its name matches, and of what names must be.
func (q *decider) described(o *objectCheck, n *node, t rawjson.View, at int) int {
	// What several nodes say of one value is not taken apart.
	if q.collecting {
		q.collecting = false
		end := q.described(o, n, t, at)
		q.collecting = true
		return end
	}
	name := q.name
	if o.keys != nil && !o.keys.takes(name) {
		return rejected
	}
	end := at
	if n != nil {
		end = q.value(n, t, at)
	}
	described := n != nil
	for i := range o.patterns {
		if end < 0 {
			return end
		}
		if o.patterns[i].pattern.Match(name) {
			described = true
			end = q.again(2, o.patterns[i].node, t, at)
		}
	}
	switch {
	case described:
		return end
	case !o.open:
		return rejected
	}
	return q.value(o.rest(), t, at)
}

// again is value for one of several nodes that the same value is read for.
func (q *decider) again(readers int, n *node, t rawjson.View, at int) int {
	if q.width*readers > maxWidth {
		return unsure
	}
	q.width *= readers
	end := q.value(n, t, at)
	q.width /= readers
	return end
}

// complete is that of the object. The bits of the properties are in seen and, from words
// on, in q.bits; the names of other members start at names in q.names.
func (q *decider) complete(o *objectCheck, names, words int, seen uint64) bool {
	if o.words == 0 {
		q.bits = append(q.bits, 0)
	}
	q.bits[words] = seen
	count := len(q.names) - names
	for _, w := range q.bits[words:] {
		count += bits.OnesCount64(w)
	}
	if !o.complete(q.bits[words:], count) {
		return false
	}
	q.names, q.bits = q.names[:names], q.bits[:words]
	return true
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
