package pattern

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// Surrogates are no characters of UTF-8.
const (
	firstSurrogate = 0xd800
	lastSurrogate  = 0xdfff
)

// interval are numbers from first to last.
type interval struct{ first, last rune }

// edge is what follows when a byte from first to last is read.
type edge struct {
	first, last byte
	to          uint16
}

// intervalsOf lists the characters that an instruction reads, ascending. As texts have
// no surrogates, intervals that end or begin next to them take them in: that leaves
// fewer bytes to tell apart.
func intervalsOf(in *syntax.Inst) []interval {
	switch in.Op {
	case syntax.InstRuneAny:
		return []interval{{0, unicode.MaxRune}}
	case syntax.InstRuneAnyNotNL:
		return []interval{{0, '\n' - 1}, {'\n' + 1, unicode.MaxRune}}
	}
	set := in.Rune
	if len(set) == 1 {
		flags := syntax.Flags(0)
		if in.Op == syntax.InstRune {
			flags = syntax.Flags(in.Arg)
		}
		set = foldsOf(set[0], flags)
	}
	list := make([]interval, 0, len(set)/2)
	for i := 0; i+1 < len(set); i += 2 {
		first, last := set[i], set[i+1]
		if firstSurrogate < first && first <= lastSurrogate+1 {
			first = firstSurrogate
		}
		if firstSurrogate-1 <= last && last < lastSurrogate {
			last = lastSurrogate
		}
		if n := len(list) - 1; n >= 0 && list[n].last >= first-1 {
			list[n].last = max(list[n].last, last)
			continue
		}
		list = append(list, interval{first, last})
	}
	return list
}

// widths are the characters that UTF-8 spells with a number of bytes.
var widths = [utf8.UTFMax]struct {
	first, last rune
	lead        byte // of the first byte
	more        int  // bytes behind it
}{
	{0, 0x7f, 0, 0},
	{0x80, 0x7ff, 0xc0, 1},
	{0x800, 0xffff, 0xe0, 2},
	{0x10000, unicode.MaxRune, 0xf0, 3},
}

// lastSpelled is the number up to which four bytes can count.
const lastSpelled = 0x1fffff

// spell lists the edges on which the first byte of these characters is read; they or
// those on the following bytes lead to instruction out, as soon as it is known that the
// character is one of them: what is left of it is skipped there. Spellings that UTF-8
// forbids are spelled too where that is simpler: no text has them.
func (p *program) spell(set []interval, out uint16) []edge {
	var edges []edge
	for _, w := range widths {
		var part []interval
		for _, s := range set {
			if s.last < w.first || s.first > w.last {
				continue
			}
			s.first, s.last = max(s.first, w.first), min(s.last, w.last)
			if s.first == w.first {
				s.first = 0
			}
			if s.last == unicode.MaxRune {
				s.last = lastSpelled
			}
			part = append(part, s)
		}
		edges = append(edges, p.spellBytes(part, w.lead, w.more, out)...)
	}
	return edges
}

// spellBytes spells numbers as a byte that starts with lead and as many continuation
// bytes of six bits.
func (p *program) spellBytes(set []interval, lead byte, more int, out uint16) []edge {
	var edges []edge
	unit := rune(1) << (6 * more)
	for len(set) > 0 {
		first, last := set[0].first, set[0].last
		group := first / unit
		e := edge{lead + byte(group), lead + byte(group), 0}
		rest := (group + 1) * unit
		if first == group*unit && last >= rest-1 {
			rest = (last + 1) / unit * unit
			e.last, e.to = lead+byte(rest/unit-1), out
		} else {
			e.to = p.read(p.spellBytes(part(set, group*unit, unit), utf8.RuneSelf, more-1, out))
		}
		edges = appendEdge(edges, e)
		set = from(set, rest)
	}
	return edges
}

// part are the numbers from start on, less than unit of them, counted from there.
func part(set []interval, start, unit rune) []interval {
	var list []interval
	for _, s := range set {
		if s.first >= start+unit {
			break
		}
		list = append(list, interval{max(s.first-start, 0), min(s.last-start, unit-1)})
	}
	return list
}

// from are the numbers from start on. It changes the set.
func from(set []interval, start rune) []interval {
	for len(set) > 0 && set[0].last < start {
		set = set[1:]
	}
	if len(set) > 0 {
		set[0].first = max(set[0].first, start)
	}
	return set
}

// appendEdge joins neighbours that lead to the same instruction.
func appendEdge(edges []edge, e edge) []edge {
	if n := len(edges) - 1; n >= 0 && edges[n].to == e.to && edges[n].last == e.first-1 {
		edges[n].last = e.last
		return edges
	}
	return append(edges, e)
}
