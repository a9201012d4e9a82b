package regular

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// Pattern is the language of the strings in which an RE2 pattern is found, anywhere
// unless it says otherwise: those that regexp.MatchString accepts. Spellings of
// ECMA-262 that RE2 lacks are read too: \uXXXX, \u{X}, \cX and letters that are
// escaped for no reason.
//
// The error says which construct RE2 does not have, or that the pattern is too large.
func Pattern(re2 string) (*Language, error) {
	l, err := newPattern(re2)
	if err != nil {
		return nil, fmt.Errorf("pattern %s: %w", quote(re2), err)
	}
	return l, nil
}

// quote quotes the beginning of a pattern.
func quote(pattern string) string {
	const most = 200
	if len(pattern) > most {
		return fmt.Sprintf("%.*q…", most, pattern)
	}
	return strconv.Quote(pattern)
}

func newPattern(re2 string) (*Language, error) {
	if len(re2) > maxPattern {
		return nil, errTooLarge
	}
	text, err := translate(re2)
	if err != nil {
		return nil, err
	}
	re, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, explain(err)
	}
	if hasSurrogate(re) {
		return nil, errSurrogate
	}
	if size(re) > maxProgram {
		return nil, errTooLarge
	}
	n, bounded := wholeLength(re)
	re = re.Simplify()
	prog, err := syntax.Compile(re)
	if err != nil {
		return nil, err
	}
	p, ok := newProgram(prog)
	if !ok {
		return nil, errTooLarge
	}
	return &Language{source: "pattern:" + text, machine: p, bounded: bounded, longest: n}, nil
}

var (
	errSurrogate = errors.New("a surrogate on its own is no character")
	errTooLarge  = errors.New("too large: written out, its repetitions and classes have more than 100,000 parts")
)

// unsupported are constructs of other dialects, by how syntax.Error quotes them.
var unsupported = []struct{ prefix, name string }{
	{"(?=", "lookahead"},
	{"(?!", "lookahead"},
	{"(?<=", "lookbehind"},
	{"(?<!", "lookbehind"},
	{"(?>", "an atomic group"},
	{"(?(", "a conditional group"},
	{"(?#", "a comment"},
	{`\k`, "a backreference"},
	{`\g`, "a backreference"},
	{`\1`, "a backreference"}, {`\2`, "a backreference"}, {`\3`, "a backreference"},
	{`\4`, "a backreference"}, {`\5`, "a backreference"}, {`\6`, "a backreference"},
	{`\7`, "a backreference"}, {`\8`, "a backreference"}, {`\9`, "a backreference"},
}

// explain names what RE2 does not have.
func explain(err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err
	}
	for _, u := range unsupported {
		if strings.HasPrefix(e.Expr, u.prefix) {
			return fmt.Errorf("%s, %s, is not part of RE2", u.name, u.prefix)
		}
	}
	if e.Code == syntax.ErrInvalidRepeatOp {
		return fmt.Errorf("a possessive or doubled repetition, %s, is not part of RE2", quote(e.Expr))
	}
	if e.Expr == "" {
		return errors.New(string(e.Code))
	}
	return fmt.Errorf("%s: %s", e.Code, quote(e.Expr))
}

// hasSurrogate reports whether a pattern asks for a surrogate, which regexp would
// find in U+FFFD.
func hasSurrogate(re *syntax.Regexp) bool {
	if re.Op == syntax.OpLiteral {
		return slices.ContainsFunc(re.Rune, func(r rune) bool { return firstSurrogate <= r && r <= lastSurrogate })
	}
	return slices.ContainsFunc(re.Sub, hasSurrogate)
}

// size is about how many instructions a pattern takes, at most a little more than
// maxProgram.
func size(re *syntax.Regexp) int {
	n := 1
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpCharClass:
		n = 1 + len(re.Rune)/256
	}
	for _, sub := range re.Sub {
		n = min(n+size(sub), maxProgram+1)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(1, re.Min, re.Max)
	}
	return min(n, maxProgram+1)
}

// wholeLength is how many characters the strings have at most that a pattern with both
// anchors is found in; ok is false for others and where there is no bound.
func wholeLength(re *syntax.Regexp) (n int, ok bool) {
	switch re.Op {
	case syntax.OpCapture:
		return wholeLength(re.Sub[0])
	case syntax.OpConcat:
		last := len(re.Sub) - 1
		if re.Sub[0].Op == syntax.OpBeginText && re.Sub[last].Op == syntax.OpEndText {
			return length(re)
		}
	case syntax.OpAlternate:
		return longestOf(re.Sub, wholeLength)
	}
	return 0, false
}

func longestOf(all []*syntax.Regexp, of func(*syntax.Regexp) (int, bool)) (n int, ok bool) {
	for _, re := range all {
		m, ok := of(re)
		if !ok {
			return 0, false
		}
		n = max(n, m)
	}
	return n, true
}

// length is how many characters a pattern reads at most.
func length(re *syntax.Regexp) (n int, ok bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune), true
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, true
	case syntax.OpCapture, syntax.OpQuest:
		return length(re.Sub[0])
	case syntax.OpAlternate:
		return longestOf(re.Sub, length)
	case syntax.OpRepeat:
		n, ok = length(re.Sub[0])
		return n * re.Max, ok && re.Max >= 0
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			m, ok := length(sub)
			if !ok {
				return 0, false
			}
			n += m
		}
		return n, true
	case syntax.OpStar, syntax.OpPlus:
		return 0, false
	}
	return 0, true // conditions, and what matches nothing
}
