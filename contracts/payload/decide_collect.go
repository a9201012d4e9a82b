package payload

import (
	"bytes"
	"math/bits"
	"slices"

	"github.com/evctl/evctl/contracts/rawjson"
)

// A decider that collects does not stop at what it rejects. It notes what is wrong there,
// goes over the value and on, and says recorded in the end instead of rejected. What it
// noted is explained from the few values that it is about, without reading the rest of the
// text again.
//
// It gives up, with unsure, where that would not be all: when the text is no JSON, when it
// cannot be said which contract decides, and when there is too much. What several nodes
// describe at once (patterns of names, variants of unions that are tried) and what compares
// items is noted as a whole.

// finding is what is wrong in one place.
type finding struct {
	at     int    // where in the text
	path   []step // from the outermost value to there, innermost step first
	masked bool   // a value around it must not be shown
	// sealed findings are about properties. What the envelope wants to be masked does not
	// concern them.
	sealed bool
	say    func(*run) // records the violations
}

// resume is the offset behind a member that was rejected, from which the object can go on.
// Where it cannot, resume is its outcome. The member starts at an offset.
func (q *decider) resume(o *objectCheck, m *members, t rawjson.View, start, outcome int) int {
	if q.collecting && !o.picky {
		outcome = q.noteMember(o, m.names, t, start, outcome)
	}
	if outcome == recorded {
		m.failed = true
		return q.behind
	}
	q.leave(m)
	return outcome
}

// leave forgets what the present object had in the lists of the decider.
func (q *decider) leave(m *members) {
	q.depth--
	q.names, q.bits = q.names[:m.names], q.bits[:m.words]
}

func (q *decider) noteMember(o *objectCheck, names int, t rawjson.View, start, outcome int) int {
	if outcome != rejected && outcome != recorded {
		return outcome
	}
	name, at := q.quoted(t, start)
	if at < 0 {
		return rejected
	}
	if at = colon(t, at); at < 0 {
		return rejected
	}
	switch p := o.table.find(name); {
	case p >= 0:
		outcome = q.note(o.properties[p].node, t, at, outcome)
	case o.open:
		outcome = q.note(o.rest(), t, at, outcome)
	default:
		outcome = q.noteUndeclared(o, name, names, t, start, at)
	}
	q.addStep(start, step{name: name}, outcome)
	return outcome
}

// note takes the outcome of a value for a node to what the object or array around it has to
// know: recorded, with the end of the value in q.behind, or an outcome that ends it all.
func (q *decider) note(n *node, t rawjson.View, at, outcome int) int {
	if n.part != nil {
		n = n.part.inner
	}
	if outcome == rejected {
		end := q.value(anyNode, t, at)
		if end < 0 {
			return unsure
		}
		text := t.Slice(at, end)
		q.behind, outcome = end, q.add(at, func(r *run) { r.explainPart(n, text, at) })
	}
	if outcome == recorded && n.masked {
		q.mask(at)
	}
	return outcome
}

// noteUndeclared notes the member of a closed object that starts at an offset and has a
// value at another.
func (q *decider) noteUndeclared(o *objectCheck, name []byte, names int, t rawjson.View, start, at int) int {
	if slices.ContainsFunc(q.names[names:], func(other []byte) bool { return bytes.Equal(name, other) }) {
		return repeated
	}
	end := q.value(anyNode, t, at)
	if end < 0 || len(q.names)-names == maxUndeclared {
		return unsure
	}
	q.names = append(q.names, name)
	written := t.Slice(start, q.text.ValueEnd(start))
	q.behind = end
	return q.add(start, func(r *run) { r.undeclared(o, name, start, written) })
}

// incomplete is the outcome of an object of which a member or the whole was rejected, and
// which ends at an offset.
func (q *decider) incomplete(o *objectCheck, m *members, end int) int {
	outcome := rejected
	if q.collecting && !o.picky {
		list := []uint64{m.seen}
		if o.words > 0 {
			list = append(list, q.bits[m.words+1:m.words+o.words]...)
		}
		count := len(q.names) - m.names
		for _, w := range list {
			count += bits.OnesCount64(w)
		}
		q.behind, outcome = end, recorded
		if !o.complete(list, count) {
			start := m.open
			outcome = q.add(start, func(r *run) { r.complete(o, start, list, count) })
		}
	}
	q.leave(m)
	return outcome
}

// resumeItem is resume for item k of an array.
func (q *decider) resumeItem(a *arrayCheck, items int, t rawjson.View, start, k, outcome int) int {
	if q.collecting && (outcome == rejected || outcome == recorded) {
		outcome = q.note(a.each, t, start, outcome)
		q.addStep(start, step{index: k}, outcome)
	}
	if outcome == recorded {
		return q.behind
	}
	q.depth--
	q.items = q.items[:items]
	return outcome
}

// miscounted is the outcome of an array between two offsets that has n items, of which one
// was rejected, or too few or too many.
func (q *decider) miscounted(a *arrayCheck, n, start, end int) int {
	if !q.collecting {
		return rejected
	}
	q.behind = end
	if n >= a.min && (a.max < 0 || n <= a.max) {
		return recorded
	}
	return q.add(start, func(r *run) { r.size(a, start, n) })
}

// aside is an array whose items are compared, without collecting what is wrong in them.
func (q *decider) aside(n *node, t rawjson.View, at int) int {
	q.collecting = false
	at = q.array(n, t, at)
	q.collecting = true
	return at
}

func (q *decider) add(at int, say func(*run)) int {
	if len(q.findings) == MaxViolations {
		return unsure
	}
	q.findings = append(q.findings, finding{at: at, say: say})
	return recorded
}

// since are the findings from an offset to q.behind, which are the last ones.
func (q *decider) since(start int) []finding {
	i := len(q.findings)
	for i > 0 && q.findings[i-1].at >= start && q.findings[i-1].at < q.behind {
		i--
	}
	return q.findings[i:]
}

func (q *decider) addStep(start int, s step, outcome int) {
	if outcome != recorded {
		return
	}
	list := q.since(start)
	for i := range list {
		list[i].path = append(list[i].path, s)
	}
}

func (q *decider) mask(start int) {
	list := q.since(start)
	for i := range list {
		list[i].masked = list[i].masked || !list[i].sealed
	}
}

func (q *decider) seal(start int) {
	list := q.since(start)
	for i := range list {
		list[i].sealed = true
	}
}

// collected explains what the decider noted. It is false when there are too many violations
// to say which ones come first, and should something that was rejected have none: what the
// decider and the explanation disagree on must never pass for valid.
func (r *run) collected() (found []Violation, ok bool) {
	r.decided, r.quiet, r.limit = true, false, MaxViolations+1
	r.decider.decoded = nil // steps are parts of it
	ok = len(r.decider.findings) > 0
	for i := range r.decider.findings {
		f, before := &r.decider.findings[i], len(r.found)
		r.path = append(r.path[:0], f.path...)
		slices.Reverse(r.path)
		r.masked = f.masked
		f.say(r)
		ok = ok && len(r.found) > before && len(r.found) <= MaxViolations
	}
	found = r.found
	r.quiet, r.masked, r.shift, r.found, r.path = true, false, 0, nil, r.path[:0]
	sortByPlace(found)
	return found, ok
}

// collect decides on a whole text and says what is wrong with it, unless that is to be
// explained from all tokens.
func (r *run) collect(n *node, raw []byte) (found []Violation, ok bool) {
	r.decider.collecting = true
	at := r.decider.decide(n, raw)
	r.decider.collecting, r.decided = false, true
	if at == recorded {
		return r.collected()
	}
	return nil, at >= 0
}

// explainPart explains the value that a text is, which stands at an offset.
func (r *run) explainPart(n *node, text []byte, at int) {
	if r.doc.Read(text) != nil {
		return // the decider has read it
	}
	clear(r.tested)
	r.shift = at
	r.value(n, 0)
}
