package regular

import (
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// Language is a set of strings. It does not change and is safe for concurrent use.
type Language struct {
	source  string  // equal for equal languages of equal origin; "" is unknown
	machine machine // nil for everything
	finite  *words  // set if the language is a list of words; it is the machine too
	kept    int     // memory of its automaton that it keeps, if more than others
	bounded bool    // no word has more than longest code points
	longest int
	rough   *Language // has all words of the language, and far fewer states; or nil
	narrow  *Language // has words of the language only, of most lengths; or nil
	found   atomic.Pointer[automaton]
}

// Longest bounds the length of the words, in code points; ok is false when no bound is
// known. Searches for longer words end there, before they begin.
func (l *Language) Longest() (n int, ok bool) { return l.longest, l.bounded }

// Everything is the language of all strings.
func Everything() *Language { return everything }

var everything = &Language{source: "everything"}

// Words is the language of these strings and no others. Words that are not UTF-8 are
// read as Go reads them, with U+FFFD for each byte that is wrong.
func Words(list ...string) *Language {
	return newWords(list).language()
}

// Contains reports whether a string is in the language.
func (l *Language) Contains(word string) bool {
	found, _ := l.contains(word, unlimited{})
	return found
}

func (l *Language) contains(word string, b Budget) (bool, error) {
	switch {
	case l.finite != nil:
		return l.finite.contains(word), nil
	case l.machine == nil:
		return true, nil
	}
	return l.automaton().contains(word, b)
}

// automaton is the one whose states are kept.
func (l *Language) automaton() *automaton {
	if a := l.found.Load(); a != nil {
		return a
	}
	a := newAutomaton(l.machine)
	if l.found.CompareAndSwap(nil, a) {
		return a
	}
	return l.found.Load()
}

// release forgets the states of an automaton that has grown large. Whoever still uses
// it goes on to.
func (l *Language) release(a *automaton) {
	a.mu.Lock()
	large := a.memory > max(l.kept, keptMemory)
	a.mu.Unlock()
	if large {
		l.found.CompareAndSwap(a, nil)
	}
}

// same reports whether two languages are known to be equal without a search.
func (l *Language) same(other *Language) bool {
	return l == other || l.source != "" && l.source == other.source
}

// valid is a text as UTF-8, read as Go reads it.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

func validAll(texts []string) []string {
	out := slices.Clone(texts)
	for i := range out {
		out[i] = valid(out[i])
	}
	return out
}

// repeat is n characters that are as readable as can be.
func repeat(n int) string { return strings.Repeat("a", n) }
