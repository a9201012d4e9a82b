package regular

import "encoding/binary"

// both is the machine of the words that two machines accept, both of which have few
// states. A key is the numbers of their states, four bytes each; it is empty when no
// word is accepted any more.
type both struct {
	a, b     *automaton
	alphabet *alphabet
	ofA, ofB []int32 // their classes, by class
}

func newBoth(a, b machine) *both {
	m := &both{a: newAutomaton(a), b: newAutomaton(b)}
	m.a.most, m.b.most = noBound, noBound
	x, y := a.letters(), b.letters()
	m.alphabet = &alphabet{starts: merged([]*alphabet{x, y})}
	pairs := map[[2]int32]int32{}
	for _, start := range m.alphabet.starts {
		pair := [2]int32{x.class[x.interval(start)], y.class[y.interval(start)]}
		c, known := pairs[pair]
		if !known {
			c = int32(len(pairs))
			pairs[pair] = c
		}
		m.alphabet.class = append(m.alphabet.class, c)
	}
	m.alphabet.finish()
	m.ofA, m.ofB = make([]int32, m.alphabet.size), make([]int32, m.alphabet.size)
	for i, start := range m.alphabet.starts {
		if c := m.alphabet.class[i]; c != noClass {
			m.ofA[c], m.ofB[c] = x.class[x.interval(start)], y.class[y.interval(start)]
		}
	}
	return m
}

func (m *both) letters() *alphabet { return m.alphabet }

func (m *both) start(key []byte, _ *work) []byte { return appendPair(key, m.a.first, m.b.first) }

func (m *both) next(key []byte, from string, class int32, w *work) []byte {
	if from == "" {
		return key
	}
	a, b := m.pair(from)
	a, costA := m.a.follow(a, m.ofA[class])
	b, costB := m.b.follow(b, m.ofB[class])
	w.cost += costA + costB
	if (a.verdict|b.verdict)&nothing != 0 {
		return key
	}
	return appendPair(key, a, b)
}

func (m *both) verdict(key string, _ *work) verdict {
	if key == "" {
		return nothing
	}
	a, b := m.pair(key)
	return a.verdict & b.verdict
}

func appendPair(key []byte, a, b *state) []byte {
	key = binary.BigEndian.AppendUint32(key, uint32(a.number))
	return binary.BigEndian.AppendUint32(key, uint32(b.number))
}

func (m *both) pair(key string) (a, b *state) {
	return m.a.state(int(number(key, 0))), m.b.state(int(number(key, 4)))
}

// number reads four bytes of a key.
func number(key string, i int) uint32 {
	return uint32(key[i])<<24 | uint32(key[i+1])<<16 | uint32(key[i+2])<<8 | uint32(key[i+3])
}
