package pattern

// table is an automaton as a table of steps. States are named by where their row
// begins: first dead and found, at which reading ends, then those that do not accept the
// end of the text, then those that do.
type table struct {
	class     [256]uint8
	next      []uint16
	start     uint16
	found     uint16
	accepting uint16 // the first of them
}

func (m *table) match(text string) bool {
	s := m.start
	if s <= m.found {
		return s != 0
	}
	for i := range len(text) {
		s = m.next[int(s)+int(m.class[text[i]])]
		if s <= m.found {
			return s != 0
		}
	}
	return s >= m.accepting
}

func (a *automaton) table() *table {
	m := &table{class: a.class, next: make([]uint16, len(a.next)), found: uint16(a.classes)}
	row := make([]uint16, len(a.accepts))
	row[found] = m.found
	at := 2 * a.classes
	for _, accepting := range []bool{false, true} {
		if accepting {
			m.accepting = uint16(at)
		}
		for s := int(firstState); s < len(row); s++ {
			if a.accepts[s] == accepting {
				row[s] = uint16(at)
				at += a.classes
			}
		}
	}
	for s, begin := range row {
		for c := range a.classes {
			m.next[int(begin)+c] = row[a.next[s*a.classes+c]]
		}
	}
	m.start = row[a.start]
	return m
}
