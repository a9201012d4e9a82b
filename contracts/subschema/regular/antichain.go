package regular

import (
	"encoding/binary"
	"errors"
	"slices"
)

// The search of this file is for patterns that have few threads and very many sets of
// them, such as a.{30}$. It follows each thread of In on its own, together with the
// sets of threads of Out, and leaves out whoever has the same threads of In as
// another word that is no longer, and in Out all of its threads: what it finds, the
// other finds too. Published as antichains by De Wulf, Doyen, Henzinger and Raskin, "A New
// Algorithm for Checking Universality of Finite Automata" (CAV 2006).

// Bounds of when this search takes over from that of the product.
const (
	fewNodes      = 1 << 12 // it is not tried below
	mostLeast     = 1 << 12 // least lengths beyond are left to the product
	statesPerInst = 8       // so many states of an instruction are many
)

// errExploded ends the search of the product when this one takes over.
var errExploded = errors.New("too many sets of threads")

// exploded reports whether a pattern has many more states than instructions.
func (p *product) exploded() bool {
	if len(p.nodes) < p.enough {
		return false
	}
	p.enough += len(p.nodes) / 4
	return slices.ContainsFunc(p.automata, func(a *automaton) bool {
		m, ok := a.machine.(*program)
		return ok && a.size() > statesPerInst*len(m.insts)+1000
	})
}

// chain is a search for words of a product whose languages have threads.
type chain struct {
	*product
	queue   []link
	longest int32    // links from here on are of words as long as those that are added
	states  []*state // of link i: those of its automata
	met     map[string][]int32
	singles []map[*state][]*state // of each automaton of In: the threads of a state
	key     []byte
	choice  []int
	next    []*state
}

// link is a thread of each language of In with a set of each of Out, and how it was
// reached.
type link struct {
	parent, class int32
	dropped       bool // another finds what it would find
}

// maxLinks bounds the memory of a search.
const maxLinks = 1 << 20

// findThreads returns a shortest word of a length within the bounds, as find does.
func (p *product) findThreads(least, most int) (word string, found bool, err error) {
	c := &chain{product: p, met: map[string][]int32{}, choice: make([]int, p.in), next: make([]*state, len(p.automata))}
	for range p.in {
		c.singles = append(c.singles, map[*state][]*state{})
	}
	for i, a := range p.automata {
		p.tuple[i] = a.first
		if p.hopeless(i, a.first) {
			return "", false, nil
		}
	}
	if ok, err := c.addAll(-1, 0); !ok || err != nil {
		return "", false, err
	}
	for length, i, end := 0, 0, len(c.queue); i < len(c.queue); length, end = length+1, len(c.queue) {
		if length >= least {
			if at := c.accepted(i, end); at >= 0 {
				return c.spell(at), true, nil
			}
		}
		if length == most {
			break
		}
		c.longest = int32(end)
		if length < least {
			clear(c.met) // words of another length do not count yet
		}
		for ; i < end; i++ {
			if c.queue[i].dropped {
				continue
			}
			if err := c.expand(int32(i)); err != nil {
				return "", false, err
			}
		}
	}
	return "", false, nil
}

// accepted is the first of some links that is the end of a word, or -1.
func (c *chain) accepted(from, to int) int {
	for i := from; i < to; i++ {
		ok := true
		for k, s := range c.of(int32(i)) {
			ok = ok && (s.verdict&accepts != 0) == (k < c.in)
		}
		if ok {
			return i
		}
	}
	return -1
}

// of are the states of a link.
func (c *chain) of(i int32) []*state {
	n := len(c.automata)
	return c.states[int(i)*n : int(i+1)*n]
}

func (c *chain) spell(at int) string {
	var word []rune
	for i := int32(at); c.queue[i].parent >= 0; i = c.queue[i].parent {
		word = append(word, c.letters.sample[c.queue[i].class])
	}
	slices.Reverse(word)
	return string(word)
}

// expand adds what follows a link.
func (c *chain) expand(at int32) error {
	for class := range c.letters.size {
		cost, ok := 1+len(c.automata), true
		for i, a := range c.automata {
			s, spent := a.follow(c.of(at)[i], c.letters.of[class*len(c.automata)+i])
			if s == nil {
				return ErrBudget
			}
			cost += spent
			if ok = !c.hopeless(i, s); !ok {
				break
			}
			c.tuple[i] = s
		}
		if err := c.budget.Spend(cost); err != nil {
			return err
		}
		if !ok {
			continue
		}
		if _, err := c.addAll(at, int32(class)); err != nil {
			return err
		}
	}
	return nil
}

// addAll adds a link for each combination of threads of c.tuple. It is false when there
// is none.
func (c *chain) addAll(parent, class int32) (ok bool, err error) {
	threads := make([][]*state, c.in)
	for i := range threads {
		if threads[i] = c.threadsOf(i, c.tuple[i]); threads[i] == nil {
			return false, ErrBudget
		}
		c.choice[i] = 0
	}
	copy(c.next[c.in:], c.tuple[c.in:])
	for {
		for i, k := range c.choice {
			c.next[i] = threads[i][k]
		}
		if err := c.add(parent, class); err != nil {
			return false, err
		}
		i := 0
		for ; i < c.in; i++ {
			if c.choice[i]++; c.choice[i] < len(threads[i]) {
				break
			}
			c.choice[i] = 0
		}
		if i == c.in {
			return true, nil
		}
	}
}

// threadsOf are the states with a single thread each that a state is made of. There is
// none if the automaton is full.
func (c *chain) threadsOf(i int, s *state) []*state {
	if t, known := c.singles[i][s]; known {
		return t
	}
	t := c.automata[i].threads(s)
	c.singles[i][s] = t
	return t
}

// threads splits a state; one that is no set of threads stays as it is.
func (a *automaton) threads(s *state) []*state {
	if _, ok := a.machine.(*program); !ok || len(s.key) <= 5 {
		return []*state{s}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.machine.(*program)
	var all []*state
	for k := 1; k < len(s.key); k += 4 {
		context := s.key[0]
		if p.insts[number(s.key, k)].kind != instCheck {
			context = 0
		}
		a.work.key = append(append(a.work.key[:0], context), s.key[k:k+4]...)
		t := a.intern(a.work.key)
		if t == nil {
			return nil
		}
		all = append(all, t)
	}
	return all
}

// add adds the link of c.next, unless another finds what it would find.
func (c *chain) add(parent, class int32) error {
	c.key = c.key[:0]
	for _, s := range c.next[:c.in] {
		c.key = binary.BigEndian.AppendUint32(c.key, uint32(s.number))
	}
	met := c.met[string(c.key)]
	kept := met[:0]
	for k, i := range met {
		cost, covered := c.covers(c.of(i)[c.in:], c.next[c.in:])
		more, covers := c.covers(c.next[c.in:], c.of(i)[c.in:])
		if err := c.budget.Spend(cost + more); err != nil {
			return err
		}
		if covered {
			// Nothing was dropped: what covers this one is not covered by it. Those that
			// cover one are likely to cover the next.
			met[0], met[k] = met[k], met[0]
			return nil
		}
		if covers {
			// A word that is shorter may still be the end of the search.
			c.queue[i].dropped = i >= c.longest
			continue
		}
		kept = append(kept, i)
	}
	met = kept
	if len(c.queue) > maxLinks {
		return ErrBudget
	}
	if err := c.budget.Spend(2); err != nil {
		return err
	}
	c.met[string(c.key)] = append(met, int32(len(c.queue)))
	c.queue = append(c.queue, link{parent: parent, class: class})
	c.states = append(c.states, c.next...)
	return nil
}

// covers reports whether each of some states of Out has no threads but those of the
// other.
func (c *chain) covers(few, many []*state) (cost int, ok bool) {
	cost = 1
	for i, s := range few {
		if s == many[i] {
			continue
		}
		if _, isProgram := c.automata[c.in+i].machine.(*program); !isProgram {
			return cost, false
		}
		cost += (len(s.key) + len(many[i].key)) / 16
		if !subset(s.key, many[i].key) {
			return cost, false
		}
	}
	return cost, true
}

// subset reports whether the threads of a key are among those of another. A context
// that no thread asks for is 0.
func subset(few, many string) bool {
	switch {
	case many[0] == matched:
		return true
	case few[0] == matched || few[0] != 0 && few[0] != many[0] || len(few) > len(many):
		return false
	}
	k := 1
	for i := 1; i < len(few); i += 4 {
		for k < len(many) && many[k:k+4] < few[i:i+4] {
			k += 4
		}
		if k >= len(many) || many[k:k+4] != few[i:i+4] {
			return false
		}
		k += 4
	}
	return true
}
