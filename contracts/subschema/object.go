package subschema

import (
	"slices"
)

// members is what the constraints on objects say together: rules for all members whose
// name is in a set, members that must exist, and how many there may be.
type members struct {
	search
	rules     []rule               // about sets of names
	named     map[string][]formula // rules about single names
	wanted    []rule
	low, high int
	explicit  []string // names that the sets speak about one by one
	classes   []class  // of all other names
	classed   bool
}

// rule speaks about members with a name in a set, which is a formula about strings.
type rule struct {
	names formula
	value formula
}

// class is a set of names that the same rules speak about.
type class struct {
	names formula
	value formula
}

// field is a member of the object that is being made. A field of a class has no name yet.
type field struct {
	name   string
	named  bool
	names  formula
	value  formula
	answer answer
}

// object is the theory of objects.
func (s *solver) object(facts []formula) answer {
	m := &members{search: search{s: s, rests: restsOnNothing}, named: map[string][]formula{}, high: maxCount}
	for _, f := range facts {
		m.read(s.at(f), f > 0)
	}
	if m.low > m.high {
		return none()
	}
	m.findExplicit()
	m.sortWanted()
	fields, ok := m.place(0, nil)
	if ok {
		fields, ok = m.fill(fields)
	}
	if ok {
		return m.build(fields)
	}
	return m.failed()
}

func (m *members) read(n *node, positive bool) {
	switch {
	case n.op == opMinMembers && positive:
		m.low = max(m.low, n.count)
	case n.op == opMinMembers:
		m.high = min(m.high, n.count-1)
	case n.op == opMaxMembers && positive:
		m.high = min(m.high, n.count)
	case n.op == opMaxMembers:
		m.low = max(m.low, n.count+1)
	case n.op == opNames && positive:
		m.rule(m.s.restrict(n.kids[0], kindString), n.kids[1])
	case n.op == opNames:
		m.wanted = append(m.wanted, rule{m.s.restrict(n.kids[0], kindString), -n.kids[1]})
	}
}

// rule keeps what is said about members. Rules about single names, which most are, are
// found by the name.
func (m *members) rule(names, value formula) {
	if n := m.s.at(names); names > 0 && n.op == opEnum {
		for _, v := range n.values {
			if name, ok := v.(string); ok {
				m.named[name] = append(m.named[name], value)
			}
		}
		return
	}
	m.rules = append(m.rules, rule{names, value})
}

// findExplicit collects the names that stand in the sets.
func (m *members) findExplicit() {
	seen := map[string]bool{}
	for _, list := range [][]rule{m.rules, m.wanted} {
		for _, r := range list {
			for _, name := range m.s.wordsOf(r.names) {
				if !seen[name] {
					seen[name] = true
					m.explicit = append(m.explicit, name)
				}
			}
		}
	}
	for name := range m.named {
		if !seen[name] {
			m.explicit = append(m.explicit, name)
		}
	}
	slices.Sort(m.explicit)
}

// wordsOf lists the strings that a formula speaks about one by one.
func (s *space) wordsOf(f formula) []string {
	f = max(f, -f)
	if words, ok := s.explicit[f]; ok {
		return words
	}
	var words []string
	n := s.at(f)
	for _, v := range n.values {
		if word, ok := v.(string); ok {
			words = append(words, word)
		}
	}
	if n.op == opAnd || n.op == opOne {
		for _, kid := range n.kids {
			words = append(words, s.wordsOf(kid)...)
		}
	}
	s.explicit[f] = words
	return words
}

// sortWanted puts members first that can have one name only: they leave no choice.
func (m *members) sortWanted() {
	slices.SortStableFunc(m.wanted, func(a, b rule) int { return m.choices(a) - m.choices(b) })
}

func (m *members) choices(r rule) int {
	if n := m.s.at(r.names); r.names > 0 && n.op == opEnum {
		return len(n.values)
	}
	return maxCount
}

// applies reports whether a rule speaks about a name. What is not known counts as
// undecided.
func (m *members) applies(set formula, name string) bool {
	switch m.s.holds(set, name) {
	case yes:
		return true
	case unknown:
		m.undecided("which names a pattern accepts")
	}
	return false
}

// ruling is what all rules ask of the member with a name.
func (m *members) ruling(name string) formula {
	all := slices.Clone(m.named[name])
	for _, r := range m.rules {
		if m.applies(r.names, name) {
			all = append(all, r.value)
		}
	}
	return m.s.and(all...)
}

// place finds a field for every wanted member from number i on.
func (m *members) place(i int, fields []field) ([]field, bool) {
	if i == len(m.wanted) {
		return fields, len(fields) <= m.high
	}
	m.s.spend(1)
	want := m.wanted[i]
	if next, ok := m.placeNamed(i, want, fields); ok {
		return next, true
	}
	if m.choices(want) < maxCount {
		return nil, false
	}
	if next, ok := m.placeAmong(i, want, fields); ok {
		return next, true
	}
	return m.placeFresh(i, want, fields)
}

// placeNamed tries the names that the sets speak about.
func (m *members) placeNamed(i int, want rule, fields []field) ([]field, bool) {
	names := m.explicit
	if m.choices(want) < maxCount {
		names = m.s.wordsOf(want.names)
	}
	for _, name := range names {
		if !m.applies(want.names, name) {
			continue
		}
		at := slices.IndexFunc(fields, func(f field) bool { return f.named && f.name == name })
		f := field{name: name, named: true}
		if at >= 0 {
			f.value = m.s.and(fields[at].value, want.value)
		} else {
			f.value = m.s.and(m.ruling(name), want.value)
		}
		if next, ok := m.with(i, fields, at, f); ok {
			return next, true
		}
	}
	return nil, false
}

// with goes on with a field in place of number at, or behind all when at is negative.
func (m *members) with(i int, fields []field, at int, f field) ([]field, bool) {
	if at < 0 && len(fields) >= m.high {
		return nil, false
	}
	var ok bool
	if f.answer, ok = m.try(f.value); !ok {
		return nil, false
	}
	if at < 0 {
		// Whoever goes on from fields after a failure overwrites what was appended.
		return m.place(i+1, append(fields, f))
	}
	next := slices.Clone(fields)
	next[at] = f
	return m.place(i+1, next)
}

// placeAmong tries fields that have no name yet and could take this one as well.
func (m *members) placeAmong(i int, want rule, fields []field) ([]field, bool) {
	for at, f := range fields {
		if f.named {
			continue
		}
		f.names = m.s.and(f.names, want.names)
		f.value = m.s.and(f.value, want.value)
		if _, ok := m.try(f.names); !ok {
			continue
		}
		if next, ok := m.with(i, fields, at, f); ok {
			return next, true
		}
	}
	return nil, false
}

// placeFresh tries a new name of each class.
func (m *members) placeFresh(i int, want rule, fields []field) ([]field, bool) {
	m.classify()
	for _, c := range m.classes {
		f := field{names: m.s.and(c.names, want.names), value: m.s.and(c.value, want.value)}
		if f.names == never || f.value == never {
			continue
		}
		if _, ok := m.try(f.names); !ok {
			continue
		}
		if next, ok := m.with(i, fields, -1, f); ok {
			return next, true
		}
	}
	return nil, false
}

// classify splits the names that no set speaks about one by one.
func (m *members) classify() {
	if m.classed {
		return
	}
	m.classed = true
	var words []value
	for _, name := range m.explicit {
		words = append(words, name)
	}
	m.split(class{names: m.s.and(m.s.is(kindString), -m.s.enum(words...)), value: always}, 0)
}

func (m *members) split(c class, i int) {
	m.s.spend(1)
	if i == len(m.rules) {
		m.classes = append(m.classes, c)
		return
	}
	r := m.rules[i]
	set := m.s.others(r.names)
	switch {
	case set == never || r.value == always:
		m.split(c, i+1)
		return
	case set == always:
		m.split(class{c.names, m.s.and(c.value, r.value)}, i+1)
		return
	}
	// The rule speaks about some of these names.
	in := class{m.s.and(c.names, set), m.s.and(c.value, r.value)}
	out := class{m.s.and(c.names, -set), c.value}
	for _, half := range []class{out, in} {
		if half.names == never {
			continue
		}
		a, ok := m.try(half.names)
		if ok || a.state == unknown {
			m.split(half, i+1)
		}
	}
}

// others is what remains of a set of names for names it does not speak about one by one.
func (s *space) others(f formula) formula {
	if f < 0 {
		return -s.others(-f)
	}
	n := s.at(f)
	switch n.op {
	case opEnum:
		return never
	case opAnd, opOne:
		op, kids := n.op, slices.Clone(n.kids)
		for i, kid := range kids {
			kids[i] = s.others(kid)
		}
		if op == opOne {
			return s.one(kids...)
		}
		return s.and(kids...)
	}
	return f
}

// fill adds members until there are enough.
func (m *members) fill(fields []field) ([]field, bool) {
	if len(fields) >= m.low {
		return fields, true
	}
	if m.low > maxParts {
		m.undecided("a least number of properties in the thousands")
		return nil, false
	}
	for _, name := range m.explicit {
		if len(fields) >= m.low {
			return fields, true
		}
		if slices.ContainsFunc(fields, func(f field) bool { return f.named && f.name == name }) {
			continue
		}
		if a, ok := m.try(m.ruling(name)); ok {
			fields = append(fields, field{name: name, named: true, answer: a})
		}
	}
	m.classify()
	for _, c := range m.classes {
		if len(fields) >= m.low {
			return fields, true
		}
		a, ok := m.try(c.value)
		if !ok {
			continue
		}
		for n := m.room(c, fields); n > 0 && len(fields) < m.low; n-- {
			fields = append(fields, field{names: c.names, answer: a})
		}
	}
	if len(fields) < m.low && slices.ContainsFunc(fields, func(f field) bool { return !f.named }) {
		// Which names those fields leave for others is only estimated.
		m.undecided("a least number of properties whose names patterns restrict")
	}
	return fields, len(fields) >= m.low
}

// maxParts bounds the members and items of a value that is made.
const maxParts = 4096

// room counts the names of a class that are left for more members, as far as they
// are needed.
func (m *members) room(c class, fields []field) int {
	taken := 0
	for _, f := range fields {
		if !f.named && f.names != c.names {
			// It may have taken a name of this class or of another one.
			if a, _ := m.try(m.s.and(f.names, c.names)); a.state != no {
				taken++
			}
		} else if !f.named {
			taken++
		}
	}
	n, used := 0, []value{}
	for n < m.low {
		a, ok := m.try(m.s.and(c.names, -m.s.enum(used...)))
		if !ok {
			break
		}
		used = append(used, a.value)
		n++
	}
	return n - taken
}

// build gives names to the fields that have none.
func (m *members) build(fields []field) answer {
	object := map[string]any{}
	for _, f := range fields {
		if f.named {
			object[f.name] = f.answer.value
		}
	}
	// Those with the fewest names to choose from come first.
	var open []field
	for _, f := range fields {
		if !f.named {
			open = append(open, f)
		}
	}
	if !m.assign(open, object) {
		if m.unknown != "" {
			return undecided(m.unknown)
		}
		return undecided("names for members that patterns allow only a few of")
	}
	return found(object)
}

// plainNames are tried first for members that may have any name.
var plainNames = []value{"other", "another", "x_other"}

func (m *members) assign(open []field, object map[string]any) bool {
	if len(open) == 0 {
		return true
	}
	var used []value
	for name := range object {
		used = append(used, name)
	}
	f := open[0]
	a, ok := m.try(m.s.and(f.names, m.s.enum(plainNames...), -m.s.enum(used...)))
	if !ok {
		a, ok = m.try(m.s.and(f.names, -m.s.enum(used...)))
	}
	if !ok {
		return false
	}
	name, _ := a.value.(string)
	object[name] = f.answer.value
	if m.assign(open[1:], object) {
		return true
	}
	delete(object, name)
	return false
}
