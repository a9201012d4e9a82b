package payload

import (
	"bytes"

	"github.com/evctl/evctl/contracts/rawjson"
)

func (q *decider) object(o *objectCheck, data []byte, at int) int {
	if q.depth++; q.depth > rawjson.MaxDepth {
		return rejected
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
		if p < len(o.expected) && hasAt(data, at, o.expected[p]) {
			at += len(o.expected[p])
		} else if p, at = q.memberName(o, data, at); at < 0 {
			return at
		}
		at = space(data, at)
		switch {
		case p < 0:
			at = q.undeclared(o, data, at, names)
		case p < 64 && first&(1<<p) == 0:
			first |= 1 << p
			expected = p + 1
			at = q.declared(o, p, data, at)
		case p >= 64 && q.mark(words, p):
			expected = p + 1
			at = q.declared(o, p, data, at)
		default:
			return rejected // a second one
		}
		if at < 0 {
			return at
		}
		if at, more = next(data, at, '}'); at < 0 {
			return at
		}
	}
	q.depth--
	accepted := first&o.must == o.must
	if accepted && !o.simple {
		if o.words == 0 {
			q.bits = append(q.bits, 0)
		}
		q.bits[words] = first
		accepted = o.complete(q.bits[words:], count)
	}
	q.names, q.bits = q.names[:names], q.bits[:words]
	if !accepted {
		return rejected
	}
	return at
}

func hasAt(data []byte, at int, text string) bool {
	return len(data)-at >= len(text) && string(data[at:at+len(text)]) == text
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
	end, traits := nameEnd(data, at)
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
func nameEnd(data []byte, at int) (end int, traits rawjson.Traits) {
	if at >= len(data) || data[at] != '"' {
		return rejected, 0
	}
	return rawjson.StringEnd(data, at+1)
}

// colon is the offset behind the colon that stands behind a name.
func colon(data []byte, at int) int {
	if at = space(data, at); at >= len(data) || data[at] != ':' {
		return rejected
	}
	return at + 1
}

// declared decides on the value of property p.
func (q *decider) declared(o *objectCheck, p int, data []byte, at int) int {
	if o.picky {
		return q.described(o, o.properties[p].node, data, at)
	}
	return q.value(o.properties[p].node, data, at)
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
