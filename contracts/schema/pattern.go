package schema

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Pattern writes an RE2 pattern so that ECMA-262 engines read it as RE2 does, with
// the u flag that JSON Schema recommends. Where the two agree the pattern stays as it
// is; flags, named groups, and the classes that differ are written out. The result is
// still RE2. A pattern with (?m) is returned as it is: its anchors have no spelling
// in both languages.
func Pattern(re2 string) string {
	if portable(re2) {
		return re2
	}
	re, err := syntax.Parse(re2, syntax.Perl)
	if err != nil || anchorsLines(re) {
		return re2
	}
	var b strings.Builder
	writePattern(&b, re, 0)
	return b.String()
}

func anchorsLines(re *syntax.Regexp) bool {
	return re.Op == syntax.OpBeginLine || re.Op == syntax.OpEndLine || slices.ContainsFunc(re.Sub, anchorsLines)
}

// portable reports whether a pattern uses only what both languages read alike:
// no dots and white-space classes, no escapes but those of punctuation, digits and
// words, no groups with flags, no classes in brackets.
func portable(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
			if i == len(pattern) || strings.IndexByte(`dwDWbB^$.*+?()[]{}|/\nrtfv`, pattern[i]) < 0 {
				return false
			}
		case c == '.' || c >= 0x80:
			return false
		case c == '(' && strings.HasPrefix(pattern[i+1:], "?") && !strings.HasPrefix(pattern[i+1:], "?:"):
			return false
		case c == '[' || c == ']' || c == '{' || c == '}':
			// Brackets and braces mean the same when they are closed and hold nothing odd.
			end := closing(pattern[i:])
			if end < 0 {
				return false
			}
			i += end
		}
	}
	return true
}

// closing is where a plain class or repetition at the start of the text ends, or -1
// when it is not plain.
func closing(text string) int {
	switch text[0] {
	case '{':
		end := strings.IndexByte(text, '}')
		if end < 2 || strings.Trim(text[1:end], "0123456789,") != "" || text[1] == ',' {
			return -1
		}
		return end
	case '[':
		end := strings.IndexByte(text, ']')
		if end < 2 || text[:end] == "[^" || strings.ContainsAny(text[1:end], `[\&~`) {
			return -1
		}
		return end
	}
	return -1
}

// How tightly operators bind, loosest first.
const (
	inAlternation = iota
	inSequence
	inRepetition
)

func writePattern(b *strings.Builder, re *syntax.Regexp, context int) {
	switch re.Op {
	case syntax.OpNoMatch:
		b.WriteString(`[^\s\S]`)
	case syntax.OpEmptyMatch:
		b.WriteString("(?:)")
	case syntax.OpLiteral:
		writeLiteral(b, re, context)
	case syntax.OpCharClass:
		writeClass(b, re.Rune)
	case syntax.OpAnyCharNotNL:
		b.WriteString(`[^\n]`)
	case syntax.OpAnyChar:
		b.WriteString(`[\s\S]`)
	case syntax.OpBeginText:
		b.WriteString("^")
	case syntax.OpEndText:
		b.WriteString("$")
	case syntax.OpWordBoundary:
		b.WriteString(`\b`)
	case syntax.OpNoWordBoundary:
		b.WriteString(`\B`)
	case syntax.OpCapture:
		group(b, "(?:", func() { writePattern(b, re.Sub[0], inAlternation) })
	case syntax.OpConcat:
		grouped(b, context > inSequence, func() {
			for _, sub := range re.Sub {
				writePattern(b, sub, inSequence)
			}
		})
	case syntax.OpAlternate:
		grouped(b, context > inAlternation, func() {
			for i, sub := range re.Sub {
				if i > 0 {
					b.WriteByte('|')
				}
				writePattern(b, sub, inSequence)
			}
		})
	default:
		writeRepetition(b, re, context)
	}
}

func group(b *strings.Builder, open string, write func()) {
	b.WriteString(open)
	write()
	b.WriteByte(')')
}

func grouped(b *strings.Builder, needed bool, write func()) {
	if needed {
		group(b, "(?:", write)
		return
	}
	write()
}

// writeRepetition leaves out whether the operator is lazy: it does not change
// whether something matches.
func writeRepetition(b *strings.Builder, re *syntax.Regexp, context int) {
	grouped(b, context >= inRepetition, func() {
		sub := re.Sub[0]
		anchor := sub.Op >= syntax.OpBeginLine && sub.Op <= syntax.OpNoWordBoundary || sub.Op == syntax.OpEmptyMatch
		grouped(b, anchor, func() { writePattern(b, sub, inRepetition) })
		switch re.Op {
		case syntax.OpStar:
			b.WriteByte('*')
		case syntax.OpPlus:
			b.WriteByte('+')
		case syntax.OpQuest:
			b.WriteByte('?')
		case syntax.OpRepeat:
			writeCounts(b, re.Min, re.Max)
		}
	})
}

func writeCounts(b *strings.Builder, least, most int) {
	b.WriteString("{" + strconv.Itoa(least))
	switch {
	case most < 0:
		b.WriteByte(',')
	case most != least:
		b.WriteString("," + strconv.Itoa(most))
	}
	b.WriteByte('}')
}

func writeLiteral(b *strings.Builder, re *syntax.Regexp, context int) {
	grouped(b, context >= inRepetition && len(re.Rune) > 1, func() {
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 && unicode.SimpleFold(r) != r {
				writeFolded(b, r)
				continue
			}
			writeRune(b, r)
		}
	})
}

// writeFolded writes a letter in all its cases.
func writeFolded(b *strings.Builder, r rune) {
	b.WriteByte('[')
	writeRune(b, r)
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		writeRune(b, f)
	}
	b.WriteByte(']')
}

func writeClass(b *strings.Builder, ranges []rune) {
	if len(ranges) == 0 {
		b.WriteString(`[^\s\S]`)
		return
	}
	b.WriteByte('[')
	// A class up to the last code point is shorter, and safe without the u flag, as
	// the complement of what is left out.
	if last := len(ranges) - 1; ranges[last] == unicode.MaxRune && !(ranges[0] == 0 && last == 1) {
		b.WriteByte('^')
		ranges = complement(ranges)
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		writeRune(b, ranges[i])
		if ranges[i] < ranges[i+1] {
			if ranges[i]+1 < ranges[i+1] {
				b.WriteByte('-')
			}
			writeRune(b, ranges[i+1])
		}
	}
	b.WriteByte(']')
}

func complement(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] > next {
			out = append(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	return out
}

// writeRune writes one character, escaped where it could be read as syntax in a
// class or outside of one.
func writeRune(b *strings.Builder, r rune) {
	switch {
	case strings.ContainsRune(`^$\.*+?()[]{}|/`, r):
		b.WriteByte('\\')
		b.WriteRune(r)
	case r == '-':
		b.WriteString(`\x2d`)
	case strings.ContainsRune("\t\n\v\f\r", r):
		b.WriteString(`\` + string("tnvfr"[r-'\t']))
	case r < ' ' || r == 0x7f:
		fmt.Fprintf(b, `\x%02x`, r)
	default:
		b.WriteRune(r)
	}
}
