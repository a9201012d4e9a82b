package pattern

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// automaton is a deterministic automaton that is being built. State dead accepts
// nothing, state found everything.
type automaton struct {
	class   [256]uint8
	classes int
	start   uint16
	next    []uint16 // the state behind state s and class c is next[s*classes+c]
	accepts []bool   // by state
}

const (
	dead uint16 = iota
	found
	firstState // that is built
)

// Bounds of an automaton. Work is counted in threads that are followed or wait.
const (
	maxStates = 2_048
	maxTable  = 32_768  // states times classes
	maxDraft  = 131_072 // the same while classes are not joined
	maxWork   = 500_000
)

// determinizer makes states of sets of threads.
//
// The key of a state is what is known of the place before it, one byte, and the
// instructions where threads wait, ascending, two bytes each.
type determinizer struct {
	*program
	a            *automaton
	states       map[string]uint16
	keys         []string
	key          []byte
	current, new threads
}

// newAutomaton builds the automaton of a compiled pattern. ok is false beyond the
// bounds.
func newAutomaton(prog *syntax.Prog) (a *automaton, ok bool) {
	p, ok := newProgram(prog)
	if !ok {
		return nil, false
	}
	d := determinizer{
		program: p, a: &automaton{class: p.class, classes: p.classes}, states: map[string]uint16{},
		current: threads{mark: make([]uint32, len(p.insts))}, new: threads{mark: make([]uint32, len(p.insts))},
	}
	if !d.build() {
		return nil, false
	}
	d.a.bury()
	if len(d.a.accepts) <= maxMinimized {
		d.a.minimize()
	}
	d.a.joinClasses()
	return d.a, len(d.a.next) <= maxTable
}

func (d *determinizer) build() (ok bool) {
	a := d.a
	a.accepts = []bool{false, true}
	for _, s := range []uint16{dead, found} {
		a.next = append(a.next, slices.Repeat([]uint16{s}, a.classes)...)
	}
	d.new.reset()
	d.enter(&d.new, d.entry, behind(atBegin))
	a.start = d.state(atBegin)
	for i := 0; i < len(d.keys); i++ {
		from := d.keys[i]
		for c := range a.classes {
			if d.tooLarge() {
				return false
			}
			s := d.follow(from, c)
			a.next[(int(firstState)+i)*a.classes+c] = s
		}
	}
	return !d.tooLarge()
}

func (d *determinizer) tooLarge() bool {
	return len(d.a.accepts) > maxStates || len(d.a.next) > maxDraft || d.current.work+d.new.work > maxWork
}

// follow is the state behind one and a byte of the class.
func (d *determinizer) follow(from string, class int) uint16 {
	if continues(d.samples[class]) {
		return d.proceed(from, class)
	}
	context := d.contexts[class]
	here := behind(context)
	if from[0]&conditional == 0 {
		d.new.reset()
		for k := 1; k < len(from); k += 2 {
			d.step(number(from, k), class, here)
		}
	} else {
		if d.resume(from, between(from[0], d.samples[class])) {
			return found
		}
		d.new.reset()
		for _, i := range d.current.waiting {
			d.step(i, class, here)
		}
	}
	if !d.anchored {
		d.enter(&d.new, d.entry, here)
	}
	return d.state(context)
}

// proceed is follow for a byte within a character. What is known of the place before
// it stays as it is.
func (d *determinizer) proceed(from string, class int) uint16 {
	d.new.reset()
	d.new.checks = from[0]&conditional != 0
	for k := 1; k < len(from); k += 2 {
		i := number(from, k)
		if i >= d.within {
			d.step(i, class, behind(0))
		} else if d.new.mark[i] != d.new.round {
			d.new.mark[i] = d.new.round
			d.new.waiting = append(d.new.waiting, i)
		}
	}
	return d.state(from[0] &^ conditional)
}

func (d *determinizer) step(i uint16, class int, here place) {
	if to := d.steps[int(i)*d.classes+class]; to != nowhere {
		d.enter(&d.new, to, here)
	}
}

// resume puts the threads of a state into d.current, those at a condition as far as
// they come. It reports whether one matched.
func (d *determinizer) resume(from string, here place) bool {
	t := &d.current
	t.reset()
	for k := 1; k < len(from); k += 2 {
		d.enter(t, number(from, k), here)
	}
	return t.found
}

func number(key string, at int) uint16 { return uint16(key[at])<<8 | uint16(key[at+1]) }

// state is the state of the new threads, added if it was not met before.
func (d *determinizer) state(context byte) uint16 {
	t := &d.new
	switch {
	case t.found:
		return found
	case len(t.waiting) == 0 && d.anchored:
		return dead
	}
	if t.checks {
		context |= conditional
	} else {
		context = 0
	}
	slices.Sort(t.waiting)
	t.work += len(t.waiting)
	d.key = append(d.key[:0], context)
	for _, i := range t.waiting {
		d.key = binary.BigEndian.AppendUint16(d.key, i)
	}
	if s, met := d.states[string(d.key)]; met {
		return s
	}
	s := uint16(len(d.a.accepts))
	key := string(d.key)
	d.states[key] = s
	d.keys = append(d.keys, key)
	accepts := context != 0 && d.resume(key, atEnd(context))
	d.a.accepts = append(d.a.accepts, accepts)
	d.a.next = append(d.a.next, make([]uint16, d.a.classes)...)
	return s
}

// bury replaces states that lead to no accepting one by dead. They stay without being
// reached.
func (a *automaton) bury() {
	n := len(a.accepts)
	first, list := make([]int32, n), make([]int32, 0, len(a.next)) // who leads to a state
	list = list[:len(a.next)]
	for i, to := range a.next {
		list[i], first[to] = first[to], int32(i+1)
	}
	alive := slices.Clone(a.accepts)
	var queue []uint16
	for s, accepts := range a.accepts {
		if accepts {
			queue = append(queue, uint16(s))
		}
	}
	for len(queue) > 0 {
		s := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for i := first[s]; i > 0; i = list[i-1] {
			if from := uint16(int(i-1) / a.classes); !alive[from] {
				alive[from] = true
				queue = append(queue, from)
			}
		}
	}
	for i, to := range a.next {
		if !alive[to] {
			a.next[i] = dead
		}
	}
	if !alive[a.start] {
		a.start = dead
	}
}

// maxMinimized is up to how many states it is worth while to join equal ones.
const maxMinimized = 96

// minimize joins states that accept the same, after Moore: it splits those that accept
// from the others, and then those whose steps lead to different parts.
func (a *automaton) minimize() {
	n := len(a.accepts)
	part, size := make([]uint16, n), 2
	for s, accepts := range a.accepts {
		if accepts {
			part[s] = found
		}
	}
	pairs := make([]uint16, n*n) // of parts to new part plus one
	split := make([]uint16, n)
	before := make([]uint16, n)
	for {
		copy(before, part)
		grown := size
		for c := range a.classes {
			size = 0
			for s := range split {
				pair := int(part[s])*n + int(before[a.next[s*a.classes+c]])
				if pairs[pair] == 0 {
					size++
					pairs[pair] = uint16(size)
				}
				split[s] = pairs[pair] - 1
			}
			for s := range split {
				pairs[int(part[s])*n+int(before[a.next[s*a.classes+c]])] = 0
			}
			copy(part, split)
		}
		if size == grown {
			break
		}
	}
	a.keep(part, size)
}

// keep keeps one state of each part. As states are numbered in the order in which they
// are met, dead and found stay what they are.
func (a *automaton) keep(part []uint16, size int) {
	next, accepts := make([]uint16, size*a.classes), make([]bool, size)
	for s, p := range part {
		accepts[p] = a.accepts[s]
		for c := range a.classes {
			next[int(p)*a.classes+c] = part[a.next[s*a.classes+c]]
		}
	}
	a.next, a.accepts, a.start = next, accepts, part[a.start]
}

// joinClasses joins classes that no state tells apart.
func (a *automaton) joinClasses() {
	columns := map[string]uint8{}
	to, kept := make([]uint8, a.classes), []int{}
	column := make([]byte, 2*len(a.accepts))
	for c := range a.classes {
		for s := range a.accepts {
			binary.BigEndian.PutUint16(column[2*s:], a.next[s*a.classes+c])
		}
		joined, met := columns[string(column)]
		if !met {
			joined = uint8(len(kept))
			columns[string(column)] = joined
			kept = append(kept, c)
		}
		to[c] = joined
	}
	next := make([]uint16, 0, len(a.accepts)*len(kept))
	for s := range a.accepts {
		for _, c := range kept {
			next = append(next, a.next[s*a.classes+c])
		}
	}
	for b, c := range a.class {
		a.class[b] = to[c]
	}
	a.next, a.classes = next, len(kept)
}

// matcher writes the automaton down for reading.
func (a *automaton) matcher() *Matcher {
	if len(a.accepts) <= maxShifted && a.classes <= maxRows {
		return &Matcher{shifts: a.shifts()}
	}
	return &Matcher{table: a.table()}
}
