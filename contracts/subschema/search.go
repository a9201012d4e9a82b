package subschema

// search is what the theories of arrays and objects have in common: they ask for the
// values of their parts, and remember what an unsuccessful search rests on.
type search struct {
	s       *solver
	rests   int
	unknown string
}

// try asks for a value.
func (m *search) try(f formula) (answer, bool) {
	a := m.s.solve(f)
	m.rests = min(m.rests, a.rests)
	if a.state == unknown {
		m.undecided(a.why)
	}
	return a, a.state == yes
}

// undecided notes why a value that was not found might exist.
func (m *search) undecided(why string) {
	if m.unknown == "" {
		m.unknown = why
	}
}

// failed is the answer when nothing was found.
func (m *search) failed() answer {
	if m.unknown != "" {
		return answer{why: m.unknown, rests: m.rests}
	}
	return answer{state: no, rests: m.rests}
}

// differs is the formula that a value is not v, in terms of its parts.
func (s *space) differs(v value) formula {
	switch v := v.(type) {
	case []any:
		list := []formula{-s.is(kindArray), s.counted(opMaxItems, len(v)-1), s.counted(opMinItems, len(v)+1)}
		for i, item := range v {
			list = append(list, -s.items(i, i+1, s.enum(item)))
		}
		return s.or(list...)
	case map[string]any:
		list := []formula{-s.is(kindObject)}
		var names []value
		for name, member := range sorted(v) {
			names = append(names, name)
			list = append(list, s.lacks(name), -s.names(s.name(name), s.enum(member)))
		}
		return s.or(append(list, -s.names(-s.enum(names...), never))...)
	}
	return -s.enum(v)
}
