package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Columns of a terminal that a code frame may use, and how many of them stay
// before the underlined part when a line is cut.
const (
	frameColumns = 110
	frameBefore  = 40
	tabColumns   = 4
)

// layout prepares one line for a frame: tabs become spaces, characters that would
// disturb the terminal are replaced, and a long line is cut around the part from
// byte start to byte stop. It returns the columns before that part and its width.
func layout(line string, start, stop int) (text string, before, span int) {
	first := 0 // byte at which the shown part starts
	if columns(line[:start]) > frameBefore && columns(line) > frameColumns {
		for first = start; first > 0 && columns(line[first:start]) < frameBefore; {
			_, size := utf8.DecodeLastRuneInString(line[:first])
			first -= size
		}
	}
	var b strings.Builder
	column := 0
	if first > 0 {
		b.WriteString("…")
		column = 1
	}
	before, end := -1, -1
	for i := first; i <= len(line); {
		if i >= start && before < 0 {
			before = column
		}
		if i >= stop && end < 0 {
			end = column
		}
		if i == len(line) {
			break
		}
		if column >= frameColumns && before >= 0 {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		shown, n := display(r, column)
		b.WriteString(shown)
		column += n
		i += size
	}
	if end < 0 {
		end = column
	}
	return strings.TrimRight(b.String(), " "), before, end - before
}

// columns is the width of text as display shows it, counted up to the width of a
// frame and no further, so that a line of megabytes costs little.
func columns(text string) int {
	column := 0
	for _, r := range text {
		_, n := display(r, column)
		if column += n; column > frameColumns {
			break
		}
	}
	return column
}

// display is how a character is shown at a column, and how many columns it takes.
func display(r rune, column int) (string, int) {
	switch {
	case r == '\t':
		n := tabColumns - column%tabColumns
		return strings.Repeat(" ", n), n
	case r < utf8.RuneSelf && r >= ' ' && r != 0x7f:
		return string(r), 1
	case disturbing(r):
		return "\ufffd", 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return string(r), 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return string(r), 2
	}
	return string(r), 1
}

// disturbing reports control characters, and those that reorder text so that it
// reads differently from what it is.
func disturbing(r rune) bool {
	return unicode.IsControl(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}

// clean makes text fit for one line of a terminal.
func clean(text string) string {
	if strings.IndexFunc(text, disturbing) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if disturbing(r) {
			return '\ufffd'
		}
		return r
	}, text)
}
