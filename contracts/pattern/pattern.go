package pattern

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"unsafe"
)

// Matcher is a compiled pattern. It may be used from several goroutines.
type Matcher struct {
	// One of them is there.
	runs     *runs
	shifts   *shifts
	table    *table
	fallback *regexp.Regexp
}

// Compile compiles an RE2 pattern, in the syntax of package regexp. The error is that
// of regexp.Compile.
func Compile(re2 string) (*Matcher, error) {
	re, err := syntax.Parse(re2, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if r, ok := newRuns(re); ok {
		return &Matcher{runs: r}, nil
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, err
	}
	if a, ok := newAutomaton(prog); ok {
		return a.matcher(), nil
	}
	slow, err := regexp.Compile(re2)
	if err != nil {
		return nil, fmt.Errorf("compile %q: %w", re2, err)
	}
	return &Matcher{fallback: slow}, nil
}

// MatchString reports whether the pattern is found in a text, which must be UTF-8: for
// other texts the verdict may differ from that of regexp.
func (m *Matcher) MatchString(text string) bool {
	switch {
	case m.runs != nil:
		return m.runs.match(text)
	case m.shifts != nil:
		return m.shifts.match(text)
	case m.table != nil:
		return m.table.match(text)
	}
	return m.fallback.MatchString(text)
}

// Match is MatchString for bytes, which it does not keep.
func (m *Matcher) Match(text []byte) bool {
	return m.MatchString(unsafe.String(unsafe.SliceData(text), len(text)))
}

// Automaton reports whether texts are read by an automaton of this package, byte by
// byte, and not by regexp.
func (m *Matcher) Automaton() bool { return m.fallback == nil }
