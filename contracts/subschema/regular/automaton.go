package regular

import (
	"math"
	"sync"
	"sync/atomic"
)

// machine is a deterministic automaton whose states are named by keys. Its methods
// depend on nothing but their arguments.
type machine interface {
	letters() *alphabet
	// start appends the key of the first state.
	start(key []byte, w *work) []byte
	// next appends the key of the state that follows when a character of the class is read.
	next(key []byte, from string, class int32, w *work) []byte
	// verdict says what the state accepts.
	verdict(key string, w *work) verdict
}

// verdict is what is known of the words that go on from a state.
type verdict uint8

const (
	accepts verdict = 1 << iota // the word that ends here
	nothing                     // no word, wherever it goes on
	all                         // every word, however it goes on
)

// work is what machines need while they make a step.
type work struct {
	key          []byte
	current, new threads
	cost         int // instructions that were visited since it was last asked
}

// state is a state that was met, with those that follow.
type state struct {
	key     string
	number  int32 // unique in its automaton
	verdict verdict
	next    []atomic.Pointer[state] // by class; empty where there are too many classes
}

// wideAlphabet is from how many classes on the following states are not kept.
const wideAlphabet = 256

// Memory of automata, in bytes by rough count: what a language keeps between queries
// and what one query may use.
const (
	keptMemory       = 1 << 20
	keptFormatMemory = 24 << 20
	mostMemory       = 128 << 20
	noBound          = math.MaxInt
)

// automaton holds the states of a machine that were met so far. It is safe for
// concurrent use.
type automaton struct {
	machine
	classes int
	first   *state

	mu     sync.Mutex
	states map[string]*state
	list   []*state // by number
	memory int
	most   int // of memory
	work   work
	// Room for states and their rows that are not taken yet.
	room []state
	rows []atomic.Pointer[state]
}

func newAutomaton(m machine) *automaton {
	a := &automaton{machine: m, classes: m.letters().size, states: map[string]*state{}, most: mostMemory}
	a.work.key = m.start(a.work.key[:0], &a.work)
	a.first = a.intern(a.work.key)
	return a
}

// follow is the state after s when a character of the class is read, and what it cost
// to find it. It is nil when the automaton is full.
func (a *automaton) follow(s *state, class int32) (next *state, cost int) {
	if len(s.next) > 0 {
		if t := s.next[class].Load(); t != nil {
			return t, 0
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.work.cost = 0
	a.work.key = a.machine.next(a.work.key[:0], s.key, class, &a.work)
	t := a.intern(a.work.key)
	if t != nil && len(s.next) > 0 {
		s.next[class].Store(t)
	}
	return t, 4 + a.work.cost + len(a.work.key)/16
}

// intern finds the state of a key; a.mu is held, or a is not shared yet.
func (a *automaton) intern(key []byte) *state {
	if s, found := a.states[string(key)]; found {
		return s
	}
	if a.memory > a.most {
		return nil
	}
	s := a.newState()
	s.key, s.number = string(key), int32(len(a.list))
	s.verdict = a.verdict(s.key, &a.work)
	a.memory += 160 + len(key) + 8*len(s.next)
	a.states[s.key] = s
	a.list = append(a.list, s)
	return s
}

// newState takes a state from the room there is, or makes room for more the more
// there are.
func (a *automaton) newState() *state {
	if len(a.room) == 0 {
		n := min(max(4, len(a.list)), 128)
		a.room = make([]state, n)
		if a.classes <= wideAlphabet {
			a.rows = make([]atomic.Pointer[state], n*a.classes)
		}
	}
	s := &a.room[0]
	a.room = a.room[1:]
	if a.classes <= wideAlphabet {
		s.next, a.rows = a.rows[:a.classes:a.classes], a.rows[a.classes:]
	}
	return s
}

// size is how many states were met.
func (a *automaton) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.list)
}

// state is the one with a number.
func (a *automaton) state(number int) *state {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.list[number]
}

// contains runs a word through the automaton.
func (a *automaton) contains(word string, b Budget) (bool, error) {
	s, letters, cost := a.first, a.letters(), 0
	for i, r := range word {
		if s.verdict&(all|nothing) != 0 {
			break
		}
		next, spent := a.follow(s, letters.of(r))
		if next == nil {
			return runs(a.machine, s.key, word[i:], b)
		}
		if cost += 1 + spent; cost > spendEvery {
			if err := b.Spend(cost); err != nil {
				return false, err
			}
			cost = 0
		}
		s = next
	}
	return s.verdict&accepts != 0, b.Spend(cost)
}

// spendEvery is how many steps are saved up until they are spent.
const spendEvery = 1 << 10

// runs follows a machine from a state without keeping what it meets.
func runs(m machine, key, word string, b Budget) (bool, error) {
	var w work
	for _, r := range word {
		w.cost = 4
		w.key = m.next(w.key[:0], key, m.letters().of(r), &w)
		key = string(w.key)
		if err := b.Spend(w.cost); err != nil {
			return false, err
		}
	}
	return m.verdict(key, &w)&accepts != 0, nil
}
