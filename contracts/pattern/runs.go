package pattern

import (
	"math"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// runs is a pattern between both anchors whose every character belongs to one place.
type runs struct {
	list []oneRun
	sets [256]uint8 // the sets that a character of ASCII is in, as bits
}

// oneRun is how many characters of a set follow each other, or a text.
type oneRun struct {
	text        string // if it is not empty, this and nothing else
	set         uint8  // a bit, 0 if no character of ASCII is in the set
	wide        []rune // the other characters in the set, as pairs of first and last, ascending
	least, most int
}

// Bounds of runs: sets are bits of a byte.
const (
	maxSets = 8
	maxRuns = 64
	maxText = 4 << 10 // bytes: texts grow by parts
)

// match reads each run as far as it goes.
func (r *runs) match(text string) bool {
	at := 0
	for i := range r.list {
		run := &r.list[i]
		n := 0
		switch {
		case run.text != "":
			if !strings.HasPrefix(text[at:], run.text) {
				return false
			}
			at += len(run.text)
			continue
		case run.wide == nil:
			n = r.narrow(run, text[at:])
			at += n
		default:
			size := 0
			n, size = r.wide(run, text[at:])
			at += size
		}
		if n < run.least {
			return false
		}
	}
	return at == len(text)
}

// narrow is how many bytes a text begins with that are in a set of ASCII.
func (r *runs) narrow(run *oneRun, text string) int {
	text = text[:min(len(text), run.most)]
	for i := range len(text) {
		if r.sets[text[i]]&run.set == 0 {
			return i
		}
	}
	return len(text)
}

// wide is how many characters a text begins with that are in a set, and their size in
// bytes.
func (r *runs) wide(run *oneRun, text string) (n, size int) {
	all := run.wide[0] == utf8.RuneSelf && run.wide[1] == unicode.MaxRune
	for n < run.most && size < len(text) {
		if c := text[size]; c < utf8.RuneSelf {
			if r.sets[c]&run.set == 0 {
				break
			}
			size++
			n++
			continue
		}
		width := widthOf(text[size])
		if !all {
			var c rune
			if c, width = utf8.DecodeRuneInString(text[size:]); !within(run.wide, c) {
				break
			}
		}
		size += width
		n++
	}
	return n, min(size, len(text))
}

// widthOf is how many bytes a character has that is not ASCII, by the first of them.
func widthOf(lead byte) int {
	switch {
	case lead < widths[2].lead:
		return 2
	case lead < widths[3].lead:
		return 3
	}
	return utf8.UTFMax
}

// within reports whether a character is in a set of ranges.
func within(ranges []rune, c rune) bool {
	low, high := 0, len(ranges)/2
	for low < high {
		middle := (low + high) / 2
		switch {
		case c < ranges[2*middle]:
			high = middle
		case c > ranges[2*middle+1]:
			low = middle + 1
		default:
			return true
		}
	}
	return false
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
	if !r.decided() {
		return nil, false
	}
	r.list = slices.Clip(r.list)
	return r, true
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
		return r.addLiteral(re)
	case syntax.OpStar:
		return r.addSet(re.Sub[0], 0, math.MaxInt)
	case syntax.OpPlus:
		return r.addSet(re.Sub[0], 1, math.MaxInt)
	case syntax.OpQuest:
		return r.addSet(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		if re.Max < 0 {
			return r.addSet(re.Sub[0], re.Min, math.MaxInt)
		}
		return r.addSet(re.Sub[0], re.Min, re.Max)
	}
	return r.addSet(re, 1, 1)
}

func (r *runs) addLiteral(re *syntax.Regexp) bool {
	start := 0 // of the characters that mean themselves
	for i, c := range re.Rune {
		if !utf8.ValidRune(c) {
			return false // a surrogate, for which regexp looks in its own way
		}
		set := foldsOf(c, re.Flags)
		if len(set) == 2 {
			continue
		}
		if !r.addText(string(re.Rune[start:i])) || !r.addRanges(set, 1, 1) {
			return false
		}
		start = i + 1
	}
	return r.addText(string(re.Rune[start:]))
}

func (r *runs) addText(text string) bool {
	if text == "" {
		return true
	}
	if n := len(r.list) - 1; n >= 0 && r.list[n].text != "" {
		r.list[n].text += text
		return len(r.list[n].text) <= maxText
	}
	return r.append(oneRun{text: text}) && len(text) <= maxText
}

func (r *runs) append(run oneRun) bool {
	r.list = append(r.list, run)
	return len(r.list) <= maxRuns
}

// foldsOf is a character as a set, in all its cases if the flags do not tell them apart.
func foldsOf(c rune, flags syntax.Flags) []rune {
	set := []rune{c, c}
	if flags&syntax.FoldCase != 0 {
		for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
			set = append(set, f, f)
		}
		slices.Sort(set)
	}
	return set
}

// addSet appends a run of what reads one character.
func (r *runs) addSet(re *syntax.Regexp, least, most int) bool {
	switch {
	case re.Op == syntax.OpCapture:
		return r.addSet(re.Sub[0], least, most)
	case re.Op == syntax.OpCharClass:
		return r.addRanges(re.Rune, least, most)
	case re.Op == syntax.OpAnyChar:
		return r.addRanges([]rune{0, unicode.MaxRune}, least, most)
	case re.Op == syntax.OpAnyCharNotNL:
		return r.addRanges([]rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}, least, most)
	case re.Op == syntax.OpLiteral && len(re.Rune) == 1 && utf8.ValidRune(re.Rune[0]):
		return r.addRanges(foldsOf(re.Rune[0], re.Flags), least, most)
	}
	return false
}

// addRanges appends a run of a set of characters.
func (r *runs) addRanges(set []rune, least, most int) bool {
	var narrow [utf8.RuneSelf]bool
	var wide []rune
	for i := 0; i+1 < len(set); i += 2 {
		for c := set[i]; c <= min(set[i+1], unicode.MaxASCII); c++ {
			narrow[c] = true
		}
		if set[i+1] > unicode.MaxASCII {
			wide = append(wide, max(set[i], utf8.RuneSelf), set[i+1])
		}
	}
	bit, ok := r.bit(&narrow)
	if !ok {
		return false
	}
	if n := len(r.list) - 1; n >= 0 && least == most && r.list[n].isFixed(bit, wide) {
		r.list[n].least += least
		r.list[n].most += most
		return true
	}
	return r.append(oneRun{set: bit, wide: wide, least: least, most: most})
}

// isFixed reports whether a run is one of the same set with a fixed length.
func (run *oneRun) isFixed(bit uint8, wide []rune) bool {
	return run.text == "" && run.least == run.most && run.set == bit && slices.Equal(run.wide, wide)
}

// bit is the bit of a set, a new one if the set is, and 0 of the empty set. ok is false
// if there are too many.
func (r *runs) bit(members *[utf8.RuneSelf]bool) (bit uint8, ok bool) {
	if !slices.Contains(members[:], true) {
		return 0, true
	}
	for k := range maxSets {
		bit := uint8(1) << k
		taken, same := false, true
		for c, in := range members {
			has := r.sets[c]&bit != 0
			taken = taken || has
			same = same && has == in
		}
		if same {
			return bit, true
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

// decided reports whether no character could be read by its run and by a later one.
func (r *runs) decided() bool {
	for i := range r.list {
		if run := &r.list[i]; run.text != "" || run.least == run.most {
			continue
		}
		for k := range r.list[i+1:] {
			later := &r.list[i+1+k]
			if r.overlap(&r.list[i], later) {
				return false
			}
			if later.text != "" || later.least > 0 {
				break
			}
		}
	}
	return true
}

// overlap reports whether a character of a run can be the first one of another.
func (r *runs) overlap(run, other *oneRun) bool {
	if other.text != "" {
		c, _ := utf8.DecodeRuneInString(other.text)
		return c < utf8.RuneSelf && r.sets[c]&run.set != 0 || within(run.wide, c)
	}
	for _, sets := range r.sets {
		if sets&run.set != 0 && sets&other.set != 0 {
			return true
		}
	}
	a, b := run.wide, other.wide
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[1] < b[0]:
			a = a[2:]
		case b[1] < a[0]:
			b = b[2:]
		default:
			return true
		}
	}
	return false
}
