package regular

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Surrogates are no characters of a JSON string.
const (
	firstSurrogate = 0xd800
	lastSurrogate  = 0xdfff
)

// noClass is the class of surrogates.
const noClass = -1

// alphabet splits the code points into classes that an automaton does not tell
// apart.
type alphabet struct {
	starts []rune  // of the intervals, ascending, the first is 0
	class  []int32 // of each interval
	size   int     // how many classes there are
	ascii  [utf8.RuneSelf]int32
}

// of is the class of a character. What is no character counts as U+FFFD, as it does
// when a Go string is read.
func (a *alphabet) of(r rune) int32 {
	if r >= 0 && r < utf8.RuneSelf {
		return a.ascii[r]
	}
	if r < 0 || r > unicode.MaxRune || firstSurrogate <= r && r <= lastSurrogate {
		r = utf8.RuneError
	}
	return a.class[a.interval(r)]
}

func (a *alphabet) interval(r rune) int {
	i, found := slices.BinarySearch(a.starts, r)
	if !found {
		i--
	}
	return i
}

// ranges are pairs of first and last code point, ascending, as in regexp/syntax.
type ranges []rune

// newAlphabet finds the coarsest alphabet in which every set is a union of classes.
// Its work is the number of intervals that the sets cover; ok is false beyond limit.
func newAlphabet(sets []ranges, limit int) (a *alphabet, ok bool) {
	a = &alphabet{starts: []rune{0, firstSurrogate, lastSurrogate + 1}}
	for _, set := range sets {
		for i := 0; i+1 < len(set); i += 2 {
			a.starts = append(a.starts, set[i], min(set[i+1]+1, unicode.MaxRune+1))
		}
	}
	slices.Sort(a.starts)
	a.starts = slices.Compact(a.starts)
	if last := len(a.starts) - 1; a.starts[last] > unicode.MaxRune {
		a.starts = a.starts[:last]
	}
	a.class = make([]int32, len(a.starts))
	fresh := int32(1)
	split := map[int32]int32{}
	for _, set := range sets {
		clear(split)
		for i := 0; i+1 < len(set); i += 2 {
			for k := a.interval(set[i]); k < len(a.starts) && a.starts[k] <= set[i+1]; k++ {
				old := a.class[k]
				if _, found := split[old]; !found {
					split[old] = fresh
					fresh++
				}
				a.class[k] = split[old]
				limit--
			}
		}
		if limit < 0 {
			return nil, false
		}
	}
	a.finish()
	return a, true
}

// finish numbers the classes densely, in the order of their first character.
func (a *alphabet) finish() {
	number := newNumbers(int(slices.Max(a.class)) + 1)
	for i, start := range a.starts {
		if start == firstSurrogate {
			a.class[i] = noClass
			continue
		}
		a.class[i] = number.of(int(a.class[i]))
	}
	a.size = int(number.count)
	for i, next := 0, 0; i < len(a.ascii); i++ {
		for next+1 < len(a.starts) && a.starts[next+1] <= rune(i) {
			next++
		}
		a.ascii[i] = a.class[next]
	}
}

// members is the bit set of the classes that make up a set of this alphabet.
func (a *alphabet) members(set ranges) []uint64 {
	bits := make([]uint64, (a.size+63)/64)
	for i := 0; i+1 < len(set); i += 2 {
		for k := a.interval(set[i]); k < len(a.starts) && a.starts[k] <= set[i+1]; k++ {
			if c := a.class[k]; c != noClass {
				bits[c/64] |= 1 << (c % 64)
			}
		}
	}
	return bits
}

// end is the last code point of an interval.
func (a *alphabet) end(interval int) rune {
	if interval+1 < len(a.starts) {
		return a.starts[interval+1] - 1
	}
	return unicode.MaxRune
}

// shared is the alphabet of several automata together. Its classes are sorted by how
// readable they are.
type shared struct {
	size   int
	of     []int32 // the class of automaton i in class c is of[c*n+i]
	sample []rune  // a character of each class, the most readable
	weight []int   // how many characters each class has
	n      int
}

// share joins alphabets.
func share(all []*alphabet) *shared {
	s := &shared{n: len(all)}
	starts := merged(all)
	class, size := all[0].spread(starts, make([]int32, 0, len(starts))), all[0].size
	var other []int32
	for _, a := range all[1:] {
		other = a.spread(starts, other[:0])
		size = pairUp(class, other, size, a.size)
	}
	found := make([]sample, size)
	for i := range found {
		found[i] = sample{class: -1, rank: worstRank}
	}
	s.weight = make([]int, size)
	s.of = make([]int32, size*s.n)
	for i, start := range starts {
		c := class[i]
		if c == noClass {
			continue
		}
		end := rune(unicode.MaxRune)
		if i+1 < len(starts) {
			end = starts[i+1] - 1
		}
		if found[c].class < 0 {
			found[c].class = int(c)
			for k, a := range all {
				s.of[int(c)*s.n+k] = a.of(start)
			}
		}
		s.weight[c] += int(end-start) + 1
		found[c].improve(start, end)
	}
	s.sort(found)
	return s
}

// spread appends the class of each interval of a finer split.
func (a *alphabet) spread(starts []rune, class []int32) []int32 {
	at := 0
	for _, start := range starts {
		for at+1 < len(a.starts) && a.starts[at+1] <= start {
			at++
		}
		class = append(class, a.class[at])
	}
	return class
}

// pairUp replaces the classes of intervals by classes of pairs, and returns how many
// there are.
func pairUp(class, other []int32, size, otherSize int) int {
	number := newNumbers(size * otherSize)
	for i, c := range class {
		if c != noClass {
			class[i] = number.of(int(c)*otherSize + int(other[i]))
		}
	}
	return int(number.count)
}

// numbers numbers integers in the order in which they are first seen.
type numbers struct {
	table []int32 // plus one; nil if there may be too many
	index map[int]int32
	count int32
}

func newNumbers(bound int) numbers {
	if bound <= 1<<12 {
		return numbers{table: make([]int32, bound)}
	}
	return numbers{index: map[int]int32{}}
}

func (n *numbers) of(i int) int32 {
	if n.table != nil {
		if n.table[i] == 0 {
			n.count++
			n.table[i] = n.count
		}
		return n.table[i] - 1
	}
	c, known := n.index[i]
	if !known {
		c = n.count
		n.index[i] = c
		n.count++
	}
	return c
}

// merged are the starts of all intervals of several alphabets.
func merged(all []*alphabet) []rune {
	starts := all[0].starts
	for _, a := range all[1:] {
		starts = union(starts, a.starts)
	}
	return starts
}

// union merges two sorted lists.
func union(a, b []rune) []rune {
	if slices.Equal(a, b) {
		return a
	}
	out := make([]rune, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		first := min(a[0], b[0])
		out = append(out, first)
		if a[0] == first {
			a = a[1:]
		}
		if b[0] == first {
			b = b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// sort puts the classes into the order of their samples.
func (s *shared) sort(found []sample) {
	slices.SortFunc(found, sample.compare)
	of, weight := make([]int32, 0, len(s.of)), make([]int, 0, len(s.weight))
	s.sample = make([]rune, 0, len(found))
	for _, f := range found {
		of = append(of, s.of[f.class*s.n:(f.class+1)*s.n]...)
		weight = append(weight, s.weight[f.class])
		s.sample = append(s.sample, f.char)
	}
	s.of, s.weight, s.size = of, weight, len(found)
}
