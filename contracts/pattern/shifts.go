package pattern

// shifts is an automaton whose states are places in a row of bits.
//
// State n is the number n*bitsOfState. The row of a class holds, at the place of each
// state, the number of the state that follows: shifting the row by a state leaves that
// number in the lowest bits, and what stands above does no harm, as shifts look at no
// more than those. So the load of the row does not wait for the state.
type shifts struct {
	class   [256]uint8
	start   uint64
	accepts uint64 // a bit at the place of each state that accepts
	final   uint64 // a bit at the places of dead and found
	rows    [maxRows]uint64
}

const (
	bitsOfState = 6
	maxShifted  = 64 / bitsOfState
	lowestBits  = 1<<bitsOfState - 1
	maxRows     = 32
)

// stretch is how many bytes are read until it is asked whether to go on.
const stretch = 32

func (m *shifts) match(text string) bool {
	s := m.start
	for len(text) > stretch {
		for i := range stretch {
			s = m.rows[m.class[text[i]]%maxRows] >> (s & lowestBits)
		}
		if m.final>>(s&lowestBits)&1 != 0 {
			return m.accepts>>(s&lowestBits)&1 != 0
		}
		text = text[stretch:]
	}
	for i := range len(text) {
		s = m.rows[m.class[text[i]]%maxRows] >> (s & lowestBits)
	}
	return m.accepts>>(s&lowestBits)&1 != 0
}

func (a *automaton) shifts() *shifts {
	m := &shifts{class: a.class, start: uint64(a.start) * bitsOfState}
	m.final = 1<<(dead*bitsOfState) | 1<<(found*bitsOfState)
	for s, accepts := range a.accepts {
		place := s * bitsOfState
		if accepts {
			m.accepts |= 1 << place
		}
		for c := range a.classes {
			m.rows[c] |= uint64(a.next[s*a.classes+c]) * bitsOfState << place
		}
	}
	return m
}
