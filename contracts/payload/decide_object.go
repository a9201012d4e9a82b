package payload

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/evctl/evctl/contracts/rawjson"
)

// members is what a decider knows of the object that it reads.
type members struct {
	seen   uint64 // the bits of the first 64 properties
	open   int    // where the object starts
	names  int    // where its undeclared names start in q.names
	words  int    // where the bits of its properties start in q.bits, if there are many
	failed bool   // one was rejected
}

// object decides on a node that takes objects.
func (q *decider) object(n *node, t rawjson.View, at int) int {
	if t.Byte(at) != '{' {
		return q.mixed(n, t, at)
	}
	if q.depth++; q.depth > rawjson.MaxDepth {
		return rejected
	}
	o := n.object
	if o == nil {
		o = anyObject
	}
	m := members{open: at, names: len(q.names), words: len(q.bits)}
	if o.words > 0 {
		q.addWords(o.words)
	}
	at = skip(t, at+1)
	expected, more := &o.expected[0], t.Byte(at) != '}'
	for more {
		start, k := at, expected
		if !k.at(t, at) || k.long && !k.middleAt(t, at) {
			k = q.guess(o, t, at)
		}
		if seen := m.seen | k.bit; seen != m.seen {
			m.seen = seen
			expected = k.next
			at = k.decide(q, k.node, t, skip(t, at+k.size))
		} else {
			at, expected = q.member(o, &m, expected, t, at)
		}
		if at < 0 {
			if at = q.resume(o, &m, t, start, at); at < 0 {
				return at
			}
		}
		c := t.Byte(at)
		if c == ',' && t.Byte(at+1) > ' ' {
			at++
			continue
		}
		if c == '}' {
			break
		}
		if at, more = next(t, at, '}'); at < 0 {
			return at
		}
		if !more {
			at--
		}
	}
	if m.failed || m.seen&o.must != o.must || !o.simple && !q.complete(o, &m) {
		return q.incomplete(o, &m, at+1)
	}
	q.depth--
	return at + 1
}

// member decides on a member whose key is not one of those of the object, or not written
// plainly. It returns what to expect next as well.
func (q *decider) member(o *objectCheck, m *members, expected *key, t rawjson.View, at int) (end int, next *key) {
	p, at := q.memberName(o, t, at)
	if at < 0 {
		return at, expected
	}
	switch bit := uint64(1) << uint(p); {
	case bit&^m.seen != 0:
		m.seen |= bit
	case p < 0:
	case bit != 0 || !q.mark(m.words, p):
		return repeated, expected
	}
	if p < 0 || o.picky {
		return q.other(o, p, m.names, t, at), expected
	}
	return q.value(o.properties[p].node, t, at), &o.expected[min(p+1, len(o.expected)-1)]
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
	head, tail uint64 // the first and the last eight bytes, of shorter ones both are all of them
	mask       uint64 // of the bytes in both
	back       int    // where the tail starts
	size       int
	bit        uint64 // of the property
	node       *node
	decide     deciderOf // for the node
	next       *key      // the one that mostly comes next
	text       string
	long       bool // there is something between head and tail
}

// maxKey is how long a key may be, in bytes: it is compared wherever a member starts, which may be
// at the end of the text.
const maxKey = 100

// noKey stands nowhere, and everyKey everywhere. They are keys of no property: what is there has
// to be looked up by its name.
var (
	noKey    = key{head: 1, mask: 1<<64 - 1}
	everyKey = key{}
)

func newKey(text string, n *node, p int) key {
	k := key{text: text, size: len(text), back: max(len(text)-8, 0), node: n, decide: n.op.decider(), bit: 1 << p, long: len(text) > 16}
	var head, tail [8]byte
	k.mask = 1<<(8*copy(head[:], text)) - 1
	copy(tail[:], text[k.back:])
	k.head, k.tail = binary.LittleEndian.Uint64(head[:]), binary.LittleEndian.Uint64(tail[:])
	return k
}

// at reports whether the key stands at an offset, as far as its ends tell.
func (k *key) at(t rawjson.View, at int) bool {
	return ((t.Word(at)^k.head)|(t.Word(at+k.back)^k.tail))&k.mask == 0
}

// middleAt reports whether what is between the ends of the key stands there too.
func (k *key) middleAt(t rawjson.View, at int) bool {
	return string(t.Slice(at+8, at+k.back)) == k.text[8:k.back]
}

// guess is the key that stands at an offset, noKey when it is none of the first ones or
// not written plainly.
func (q *decider) guess(o *objectCheck, t rawjson.View, at int) *key {
	if t.Byte(at) != '"' {
		return &noKey
	}
	p := o.table.guess(endsOf(t, at+1, q.text.Stop(at+1)))
	if uint(p) >= uint(len(o.expected)) {
		return &noKey
	}
	k := &o.expected[p]
	if !k.at(t, at) || k.long && !k.middleAt(t, at) {
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
	if end = q.plain(t, at); end >= 0 && t.Byte(end+1) == ':' {
		q.name = t.Slice(at+1, end)
		return o.table.find(q.name), skip(t, end+2)
	}
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

// complete is that of the object, of which the required ones among the first 64 properties are
// there.
func (q *decider) complete(o *objectCheck, m *members) bool {
	count := len(q.names) - m.names
	if o.words == 0 {
		count += bits.OnesCount64(m.seen)
		if count < o.min || uint(count) > uint(o.max) || len(o.any) > 0 && !o.anyOf(m.seen) {
			return false
		}
		q.names = q.names[:m.names]
		return true
	}
	q.bits[m.words] = m.seen
	for _, w := range q.bits[m.words:] {
		count += bits.OnesCount64(w)
	}
	if !o.complete(q.bits[m.words:], count) {
		return false
	}
	q.names, q.bits = q.names[:m.names], q.bits[:m.words]
	return true
}

// anyOf reports whether all properties of a group of any are there, of an object with few.
func (o *objectCheck) anyOf(seen uint64) bool {
	for _, must := range o.anyMust {
		if seen&must == must {
			return true
		}
	}
	return false
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
