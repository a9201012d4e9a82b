package regular

import "encoding/binary"

// both is the machine of the words that two machines accept. A key is the length of
// the key of the first, two bytes, and both keys; it is empty when no word is accepted
// any more.
type both struct {
	a, b     machine
	alphabet *alphabet
	ofA, ofB []int32 // their classes, by class
}

func newBoth(a, b machine) *both {
	m := &both{a: a, b: b}
	x, y := a.letters(), b.letters()
	m.alphabet = &alphabet{starts: merged([]*alphabet{x, y})}
	pairs := map[[2]int32]int32{}
	for _, start := range m.alphabet.starts {
		pair := [2]int32{x.class[x.interval(start)], y.class[y.interval(start)]}
		c, known := pairs[pair]
		if !known && start != firstSurrogate {
			c = int32(len(pairs))
			pairs[pair] = c
			m.ofA, m.ofB = append(m.ofA, pair[0]), append(m.ofB, pair[1])
		}
		m.alphabet.class = append(m.alphabet.class, c)
	}
	m.alphabet.finish()
	return m
}

func (m *both) letters() *alphabet { return m.alphabet }

func (m *both) start(key []byte, w *work) []byte {
	at := len(key)
	key = m.a.start(append(key, 0, 0), w)
	split := len(key)
	return m.join(m.b.start(key, w), at, split, w)
}

func (m *both) next(key []byte, from string, class int32, w *work) []byte {
	if from == "" {
		return key
	}
	a, b := split(from)
	at := len(key)
	key = m.a.next(append(key, 0, 0), a, m.ofA[class], w)
	split := len(key)
	return m.join(m.b.next(key, b, m.ofB[class], w), at, split, w)
}

// join finishes a key that begins at at, whose second part begins at split.
func (m *both) join(key []byte, at, split int, w *work) []byte {
	a, b := string(key[at+2:split]), string(key[split:])
	if (m.a.verdict(a, w)|m.b.verdict(b, w))&nothing != 0 {
		return key[:at]
	}
	binary.BigEndian.PutUint16(key[at:], uint16(split-at-2))
	return key
}

func split(key string) (a, b string) {
	n := 2 + (int(key[0])<<8 | int(key[1]))
	return key[2:n], key[n:]
}

func (m *both) verdict(key string, w *work) verdict {
	if key == "" {
		return nothing
	}
	a, b := split(key)
	return m.a.verdict(a, w) & m.b.verdict(b, w)
}
