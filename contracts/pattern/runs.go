package pattern

import (
	"math"
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// runs is a pattern between both anchors whose every byte belongs to one place.
type runs struct {
	list []oneRun
	sets [256]uint8 // the sets that a byte is in, as bits
}

// oneRun is how many bytes of a set follow each other.
type oneRun struct {
	set         uint8 // a bit
	least, most int
}

// Bounds of runs: sets are bits of a byte.
const (
	maxSets = 8
	maxRuns = 64
)

// match reads each run as far as it goes.
func (r *runs) match(text string) bool {
	at := 0
	for i := range r.list {
		run := &r.list[i]
		end := min(len(text)-at, run.most) + at
		start := at
		for at < end && r.sets[text[at]]&run.set != 0 {
			at++
		}
		if at-start < run.least {
			return false
		}
	}
	return at == len(text)
}

// newRuns makes runs of a pattern. ok is false if it is something else.
func newRuns(re *syntax.Regexp) (r *runs, ok bool) {
	if re.Op != syntax.OpConcat {
		return nil, false
	}
	last := len(re.Sub) - 1
	if re.Sub[0].Op != syntax.OpBeginText || re.Sub[last].Op != syntax.OpEndText {
		return nil, false
	}
	r = &runs{}
	for _, sub := range re.Sub[1:last] {
		if !r.add(sub) {
			return nil, false
		}
	}
	return r, len(r.list) <= maxRuns && r.decided()
}

// add appends what a part of a pattern reads.
func (r *runs) add(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCapture:
		return r.add(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !r.add(sub) {
				return false
			}
		}
		return true
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			if !r.addSet([]rune{c, c}, re.Flags&syntax.FoldCase != 0, 1, 1) {
				return false
			}
		}
		return true
	case syntax.OpCharClass:
		return r.addSet(re.Rune, false, 1, 1)
	}
	return r.addRepetition(re)
}

func (r *runs) addRepetition(re *syntax.Regexp) bool {
	least, most := 0, math.MaxInt
	switch re.Op {
	case syntax.OpStar:
	case syntax.OpPlus:
		least = 1
	case syntax.OpQuest:
		most = 1
	case syntax.OpRepeat:
		least = re.Min
		if re.Max >= 0 {
			most = re.Max
		}
	default:
		return false
	}
	one := re.Sub[0]
	if one.Op == syntax.OpCapture {
		one = one.Sub[0]
	}
	switch {
	case one.Op == syntax.OpCharClass:
		return r.addSet(one.Rune, false, least, most)
	case one.Op == syntax.OpLiteral && len(one.Rune) == 1:
		return r.addSet([]rune{one.Rune[0], one.Rune[0]}, one.Flags&syntax.FoldCase != 0, least, most)
	}
	return false
}

// addSet appends a run of a set of characters, given as ranges. It refuses sets that are
// not all ASCII.
func (r *runs) addSet(set []rune, fold bool, least, most int) bool {
	var members [256]bool
	for i := 0; i+1 < len(set); i += 2 {
		for c := set[i]; c <= set[i+1]; c++ {
			if c >= utf8.RuneSelf {
				return false
			}
			members[c] = true
			for f := unicode.SimpleFold(c); fold && f != c; f = unicode.SimpleFold(f) {
				if f >= utf8.RuneSelf {
					return false
				}
				members[f] = true
			}
		}
	}
	bit, ok := r.bit(&members)
	if !ok {
		return false
	}
	if n := len(r.list) - 1; n >= 0 && r.list[n].set == bit && r.list[n].least == r.list[n].most && least == most {
		r.list[n].least += least
		r.list[n].most += most
		return true
	}
	r.list = append(r.list, oneRun{bit, least, most})
	return true
}

// bit is the bit of a set, a new one if the set is.
func (r *runs) bit(members *[256]bool) (bit uint8, ok bool) {
	for k := range maxSets {
		bit := uint8(1) << k
		taken := false
		same := true
		for c, in := range members {
			has := r.sets[c]&bit != 0
			taken = taken || has
			same = same && has == in
		}
		if same {
			return bit, taken
		}
		if taken {
			continue
		}
		for c, in := range members {
			if in {
				r.sets[c] |= bit
			}
		}
		return bit, true
	}
	return 0, false
}

// decided reports whether no byte could be read by its run and by a later one.
func (r *runs) decided() bool {
	for i, run := range r.list {
		if run.least == run.most {
			continue
		}
		for _, later := range r.list[i+1:] {
			if r.overlap(run.set, later.set) {
				return false
			}
			if later.least > 0 {
				break
			}
		}
	}
	return true
}

func (r *runs) overlap(a, b uint8) bool {
	for _, sets := range r.sets {
		if sets&a != 0 && sets&b != 0 {
			return true
		}
	}
	return false
}
