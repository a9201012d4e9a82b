package payload

import (
	"slices"

	"github.com/evctl/evctl/contracts/rawjson"
)

// The parts of an event that a decider looks out for while it reads the body.
const (
	namePart = iota
	versionPart
	partCount
	// propertiesPart is where the properties are, on which the contract decides.
	propertiesPart = partCount
	// fieldParts and those behind it are the fields that somebody asks for.
	fieldParts = propertiesPart + 1
)

// body is what a decider knows of the event that it reads.
type body struct {
	set   *Set
	parts []span // empty: not read yet, or not there
	pick  pick
	// chosen says that the properties were decided on. Where they stand before the name
	// or the version, they are postponed: passed over, or held against the version that is
	// supposed.
	chosen    bool
	postponed span
	depth     int      // at which the postponed properties are
	supposed  *version // accepts them
}

// noParts are the parts of a body that nothing is known of.
var noParts [partCount]span

// decideEvent returns the outcome for a whole event, and what decided on it. The program
// is that of the set, or a copy with more marks.
func (s *Set) decideEvent(q *decider, raw []byte, program *node) (pick, int) {
	t, ok := q.load(raw)
	if !ok {
		return pick{}, rejected
	}
	q.body.set = s
	at := t.SkipSpace(0)
	switch {
	case s.envelope.Flat():
		return s.decideFlat(q, t, at)
	case program == nil:
		return pick{}, unsure
	}
	outcome := q.end(t, q.outermost(program, t, at))
	if q.body.chosen || outcome < 0 && outcome != recorded {
		return q.body.pick, outcome
	}
	outcome = q.decidePostponed(t, outcome)
	return q.body.pick, outcome
}

// decidePostponed returns the outcome for a text whose properties were passed over, by what
// it is without them.
func (q *decider) decidePostponed(t rawjson.View, outcome int) int {
	p := q.body.postponed
	if p.end == 0 {
		return rejected
	}
	if q.body.supposed != nil && q.choose(t) >= 0 && q.body.pick.version == q.body.supposed {
		return outcome
	}
	q.depth = q.body.depth
	end := q.properties(t, p.start)
	if end == recorded {
		_, _, place := q.body.set.envelope.Places()
		for _, name := range slices.Backward(place) {
			q.addStep(p.start, step{name: []byte(name)}, recorded)
		}
		end, outcome = q.behind, recorded
	}
	switch {
	case end < 0:
		return end
	case end != p.end:
		return rejected // because the text is not JSON
	}
	return outcome
}

// decideFlat looks for name and version first: they say what the body has to be.
func (s *Set) decideFlat(q *decider, t rawjson.View, at int) (pick, int) {
	name, version, _ := s.envelope.Places()
	for part, place := range [partCount][]string{namePart: name, versionPart: version} {
		if len(place) > 0 {
			var ok bool
			if q.body.parts[part], ok = q.locate(place, t, at); !ok {
				return pick{}, unsure
			}
		}
	}
	if outcome := q.choose(t); outcome < 0 {
		return pick{}, outcome
	}
	c := q.body.pick
	if c.version == nil || c.version.body == nil {
		return pick{}, unsure
	}
	return c, q.end(t, q.outermost(c.version.body, t, at))
}

// locate looks for a value from the one at an offset on. It is empty where there is none,
// and false where that is too hard to say.
func (q *decider) locate(place []string, t rawjson.View, at int) (value span, ok bool) {
	for _, token := range place {
		if kindAt(t.Byte(at)) != objectKind {
			return span{}, true
		}
		if at, _ = q.find(token, t, at); at < 0 {
			return span{}, at != unsure
		}
	}
	return span{at, max(at, q.text.ValueEnd(at))}, true
}

// part decides on a value that is a part of the event, and keeps where it is.
func (q *decider) part(n *node, t rawjson.View, at int) int {
	b, p := &q.body, n.part
	if p.part != propertiesPart {
		end := q.value(p.inner, t, at)
		if end < 0 && q.collecting && p.part < propertiesPart {
			return unsure
		}
		for p.part >= len(b.parts) {
			b.parts = append(b.parts, span{})
		}
		b.parts[p.part] = span{at, end}
		if end < 0 {
			b.parts[p.part].end = q.text.ValueEnd(at)
		}
		return end
	}
	if b.parts[namePart].end == 0 || b.parts[versionPart].end == 0 && b.set.versioned {
		return q.postpone(t, at)
	}
	return q.properties(t, at)
}

// postpone is the offset behind properties on which nobody can decide yet. They are mostly of
// the newest version, and then need not be read again when that turns out.
func (q *decider) postpone(t rawjson.View, at int) int {
	b := &q.body
	b.depth = q.depth
	end := rejected
	if v := q.newest(t); v != nil {
		if end = q.attempt(1, v.compiled().root, t, at); end >= 0 {
			b.supposed = v
		}
	}
	if end < 0 {
		end = q.text.ValueEnd(at)
	}
	b.postponed = span{at, end}
	return end
}

// newest is the newest version of the event, as far as its name is known.
func (q *decider) newest(t rawjson.View) *version {
	name, ok := q.scalar(t, q.body.parts[namePart])
	if list := q.body.set.events[string(name)]; ok && len(list) > 0 && list[0].end == "" && list[0].compiled() != nil {
		return list[0]
	}
	return nil
}

// properties chooses what decides on the properties, and asks it.
func (q *decider) properties(t rawjson.View, at int) int {
	if outcome := q.choose(t); outcome < 0 {
		if q.collecting {
			return unsure
		}
		return outcome
	}
	q.body.chosen = true
	n := anyNode
	if q.body.pick.version != nil {
		n = q.body.pick.version.compiled().root
	}
	end := q.value(n, t, at)
	if end < 0 && q.collecting {
		if end = q.note(n, t, at, end); end == recorded {
			q.seal(at)
		}
	}
	return end
}

// choose finds the version that decides on the event. Where there is none that can, and
// the policy of the set does not let the event pass, the event is rejected.
func (q *decider) choose(t rawjson.View) int {
	b := &q.body
	name, ok := q.scalar(t, b.parts[namePart])
	if !ok || len(name) == 0 || t.Byte(b.parts[namePart].start) != '"' {
		return unsure // mostly because there is none
	}
	version, ok := q.scalar(t, b.parts[versionPart])
	if !ok {
		return unsure
	}
	b.pick = b.set.quickly(name, version)
	if b.pick.version == nil && b.pick.flag == "" {
		kept := len(q.decoded)
		q.decoded = append(append(append(q.decoded, name...), 0), version...)
		b.pick = b.set.remembered(q.decoded[kept:], len(name))
	}
	if b.pick.version == nil {
		if b.pick.flag == "" {
			return rejected
		}
		return 0
	}
	if b.pick.version.end != "" || b.pick.version.compiled() == nil {
		return rejected
	}
	return 0
}

// scalar is the text of a string or a number; empty for null, and where nothing is.
func (q *decider) scalar(t rawjson.View, s span) (text []byte, ok bool) {
	if s.end == 0 {
		return nil, true
	}
	switch kindAt(t.Byte(s.start)) {
	case nullKind:
		return nil, true
	case numberKind:
		return s.in(t), true
	case stringKind:
		text, _ = q.stringAt(t, s.start+1)
		return text, true
	}
	return nil, false
}
