package payload

import (
	"math/bits"

	"github.com/evctl/evctl/contracts/rawjson"
)

// union decides on a value that one of several variants describes. A discriminator is
// looked up first; otherwise the variants whose types fit are tried one after another.
func (q *decider) union(n *node, t rawjson.View, at int) int {
	u := n.union
	kind := kindAt(t.Byte(at))
	switch {
	case kind == 0:
		return rejected
	case kind == nullKind && u.nullable:
		return q.value(anyNode, t, at)
	case u.discriminator != "":
		return q.discriminated(u, kind, t, at)
	}
	matched, end := 0, rejected
	near := int(u.byKind[bits.TrailingZeros8(uint8(kind))])
	for i := range u.variants {
		n := u.variants[i].node
		if n.kinds&kind == 0 {
			continue
		}
		if near == 1 {
			return q.variant(1, n, t, at)
		}
		switch e := q.attempt(near, n, t, at); {
		case e == unsure:
			return unsure
		case e >= 0:
			if matched, end = matched+1, e; !u.exclusive {
				return end
			}
		}
	}
	if matched != 1 {
		return rejected
	}
	return end
}

// attempt is again, and leaves nothing behind when it fails.
func (q *decider) attempt(readers int, n *node, t rawjson.View, at int) int {
	depth, width, name, collecting := q.depth, q.width, q.name, q.collecting
	names, items, bits := len(q.names), len(q.items), len(q.bits)
	q.collecting = false
	end := q.again(readers, n, t, at)
	if end < 0 {
		q.depth, q.width = depth, width
		q.names, q.items, q.bits = q.names[:names], q.items[:items], q.bits[:bits]
	}
	q.name, q.collecting = name, collecting
	return end
}

// kindAt is the kind of value that starts with a byte, 0 for none.
func kindAt(c byte) kinds {
	switch {
	case c == '"':
		return stringKind
	case c == '{':
		return objectKind
	case c == '[':
		return arrayKind
	case c == 't':
		return 1 << rawjson.True
	case c == 'f':
		return 1 << rawjson.False
	case c == 'n':
		return nullKind
	case c == '-' || '0' <= c && c <= '9':
		return numberKind
	}
	return 0
}

// discriminated looks for the discriminator, which mostly stands first, and lets the
// variant decide.
func (q *decider) discriminated(u *unionCheck, kind kinds, t rawjson.View, at int) int {
	if kind != objectKind {
		return rejected
	}
	tag, readers := q.find(u.discriminator, t, at)
	if tag < 0 {
		return tag
	}
	text, end := q.quoted(t, tag)
	if end < 0 {
		return rejected
	}
	v := u.tags.find(text)
	if v < 0 {
		return rejected
	}
	return q.variant(readers, u.variants[v].node, t, at)
}

// variant is again for the only variant that can accept a value.
func (q *decider) variant(readers int, n *node, t rawjson.View, at int) int {
	end := q.again(readers, n, t, at)
	if end == recorded && n.masked {
		q.mask(at)
	}
	return end
}

// find is where the value of a member starts in the object at an offset, and how many
// times the object is read when it is read again: members in front of it count. What it
// passes over is not checked, as the whole object is going to be.
func (q *decider) find(name string, t rawjson.View, at int) (value, readers int) {
	at, readers = skip(t, at+1), 1
	for more := true; more; readers = 2 {
		text, end := q.quoted(t, at)
		if end < 0 {
			return rejected, 0
		}
		found := string(text) == name
		if at = colon(t, end); at < 0 || found {
			return at, readers
		}
		if at = q.text.ValueEnd(at); at < 0 {
			return rejected, 0
		}
		if at, more = next(t, at, '}'); at < 0 {
			return rejected, 0
		}
	}
	return rejected, 0
}
