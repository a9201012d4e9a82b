package payload

import (
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/rawjson"
)

// redacting walks over a value with its redactions, and notes what has to be edited. There
// are several where several schemas describe one value: a name and a pattern, or variants
// of anyOf.
type redacting struct {
	r      *run
	edits  *edits
	hasher *hasher // nil: nothing is hashed
	// At token root, members that the envelope owns are not undeclared; token hole is not
	// looked at.
	root, hole int
	envelope   *envelope.Envelope
	plans      []*redaction // a stack of those that apply to the values that are open

	hashed, dropped int
}

// expand puts the redactions of value i on the stack: p or, where it is that of a union,
// those of the variants that accept the value. It returns the strictest of their actions.
func (w *redacting) expand(p *redaction, i int) Action {
	if p == nil {
		return Keep
	}
	if p.choice == nil {
		w.plans = append(w.plans, p)
		return p.action
	}
	action := p.action
	p.choice.each(w.r, i, func(k int) bool {
		action = max(action, w.expand(p.variants[k], i))
		return true
	})
	return action
}

// value redacts value i. The action, which is not Drop, goes for all that is in it.
func (w *redacting) value(i int, plans []*redaction, action Action) {
	if w.edits.tooLong() {
		return
	}
	switch w.r.doc.Kind(i) {
	case rawjson.Array:
		w.array(i, plans, action)
	case rawjson.Object:
		w.object(i, plans, action)
	default:
		if action == Hash {
			w.hash(i)
		}
	}
}

func (w *redacting) hash(i int) {
	if text := w.hasher.scalar(&w.r.doc, i); text != nil {
		w.hashed++
		w.edits.replace(w.r.doc.Offset(i), endOf(&w.r.doc, i), text)
	}
}

func (w *redacting) array(i int, plans []*redaction, action Action) {
	d := &w.r.doc
	removal := newRemoval(w.edits)
	base := len(w.plans)
	for at, left := i+1, d.Len(i); left > 0; left-- {
		item := action
		for _, p := range plans {
			item = max(item, w.expand(p.items, at))
		}
		if w.stays(&removal, at, at, item) && (item == Hash || len(w.plans) > base) {
			w.value(at, w.plans[base:], item)
		}
		w.plans = w.plans[:base]
		at = d.Next(at)
	}
	removal.finish()
}

// stays removes the element from token first to value last, or leaves it in.
func (w *redacting) stays(r *removal, first, last int, action Action) bool {
	start, end := w.r.doc.Offset(first), endOf(&w.r.doc, last)
	if action == Drop {
		w.dropped++
		r.remove(start, end)
		return false
	}
	r.keep(start, end)
	return true
}

func (w *redacting) object(i int, plans []*redaction, action Action) {
	d := &w.r.doc
	removal := newRemoval(w.edits)
	base := len(w.plans)
	for at, left := i+1, d.Len(i); left > 0; left-- {
		name, value := w.member(i, at, plans)
		value = max(value, action)
		if name == Keep && action == Hash {
			name = w.nameWithin(at, plans)
		}
		if w.stays(&removal, at, at+1, max(value, name)) && at+1 != w.hole {
			if name == Hash {
				w.hash(at)
			}
			if value == Hash || len(w.plans) > base {
				w.value(at+1, w.plans[base:], value)
			}
		}
		w.plans = w.plans[:base]
		at = d.Next(at + 1)
	}
	removal.finish()
}

// member puts the redactions of the member on the stack whose name is token at, and returns
// the strictest actions for the name and for the value.
func (w *redacting) member(i, at int, plans []*redaction) (name, value Action) {
	if at+1 == w.hole {
		return Keep, Keep
	}
	described, undeclared := false, Keep
	for _, p := range plans {
		action, known := w.described(p, at)
		name, value = max(name, p.keys), max(value, action)
		described, undeclared = described || known, max(undeclared, p.undeclared)
	}
	if undeclared > value && !described && !(i == w.root && w.owns(at)) {
		value = undeclared
	}
	return name, value
}

func (w *redacting) owns(at int) bool {
	return w.envelope != nil && w.envelope.Owns(w.r.doc.TextString(at))
}

// described puts what one redaction says of a member on the stack, and reports whether it
// says anything.
func (w *redacting) described(p *redaction, at int) (action Action, described bool) {
	name := w.r.doc.Text(at)
	if plan, ok := p.properties[string(name)]; ok {
		action, described = w.expand(plan, at+1), true
	}
	for _, pattern := range p.patterns {
		if pattern.pattern.Match(name) {
			action, described = max(action, w.expand(pattern.value, at+1)), true
		}
	}
	if !described {
		action, described = w.expand(p.rest, at+1), p.described
	}
	return action, described
}

// nameWithin is what happens to a name within a value that is hashed: what the contract
// does not declare is data.
func (w *redacting) nameWithin(at int, plans []*redaction) Action {
	name := w.r.doc.Text(at)
	for _, p := range plans {
		if _, declared := p.properties[string(name)]; declared {
			return Keep
		}
	}
	return Hash
}
