package regular

import (
	"cmp"
	"unicode"
)

// readable are the characters that words are made of where there is a choice, the
// best first.
var readable = []struct{ first, last rune }{
	{'a', 'z'}, {'A', 'Z'}, {'0', '9'}, {'-', '-'}, {'_', '_'}, {'.', '.'}, {'@', '@'}, {'/', '/'}, {':', ':'},
	{'!', ','}, {';', '?'}, {'[', '^'}, {'`', '`'}, {'{', '~'}, {' ', ' '},
	{'À', 'Ö'}, {'Ø', 'ö'}, {'ø', 'ɏ'}, {'Α', 'Ρ'}, {'Σ', 'ω'}, {'А', 'я'}, {'一', '鿋'},
}

// Ranks of the characters that the table does not have.
const (
	letterRank = 100 + iota
	graphicRank
	plainRank
	worstRank
)

// sample is the most readable character of a class.
type sample struct {
	class, rank int
	char        rune
	tries       int // characters outside of the table that were looked at
}

// mostTries is how many of them are worth a look: this is about looks.
const mostTries = 64

func (s sample) compare(other sample) int {
	return cmp.Or(cmp.Compare(s.rank, other.rank), cmp.Compare(s.char, other.char))
}

// improve takes a character of an interval, if that has a better one.
func (s *sample) improve(first, last rune) {
	for rank, r := range readable {
		if rank >= s.rank {
			return
		}
		if c := max(first, r.first); c <= min(last, r.last) {
			s.rank, s.char = rank, c
			return
		}
	}
	for r := first; r <= last && r < first+8 && s.rank > letterRank && s.tries < mostTries; r++ {
		s.tries++
		if rank := rankOf(r); rank < s.rank {
			s.rank, s.char = rank, r
		}
	}
}

func rankOf(r rune) int {
	switch {
	case unicode.IsLetter(r):
		return letterRank
	case unicode.IsGraphic(r) && !unicode.IsMark(r):
		return graphicRank
	}
	return plainRank
}
