package markdown

import (
	"math"
	"strings"
	"unicode"
)

// oneLine is text as one line without characters that cannot be seen.
func oneLine(text string) string {
	return strings.Join(wrapped(text), " ")
}

// special are the characters that mean something in a line of Markdown. Underscores
// within a word mean nothing.
const special = "\\`*[]<>|~&#"

// escape makes text stand for itself anywhere in a line, in cells of tables too.
func escape(text string) string {
	var b strings.Builder
	runes := []rune(oneLine(text))
	for i, r := range runes {
		within := i > 0 && i+1 < len(runes) && isWord(runes[i-1]) && isWord(runes[i+1])
		switch {
		case r == '_' && !within, strings.ContainsRune(special, r), startsBlock(runes, i):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// startsBlock reports whether the character would make a list or a rule of a line that
// it starts: "- a", "+ a", "1. a", "2) a", "===".
func startsBlock(line []rune, i int) bool {
	switch line[i] {
	case '-', '+', '=':
		return i == 0
	case '.', ')':
		for _, r := range line[:i] {
			if r < '0' || r > '9' {
				return false
			}
		}
		return i > 0
	}
	return false
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// code shows text as it is, in a cell too. What a span cannot show exactly (nothing,
// spaces at the ends, line breaks) is shown as JSON would write it.
func code(text string) string {
	if text == "" || strings.TrimSpace(text) != text || oneLine(text) != text {
		text = quoted(text)
	}
	fence := strings.Repeat("`", longestRun(text)+1)
	text = strings.ReplaceAll(text, "|", `\|`)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// quoted writes text between double quotes with escapes for what cannot be seen. Spaces
// that would run together stay apart by being written as escapes.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	previous := 'x'
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == ' ' && previous == ' ', r != ' ' && (!unicode.IsPrint(r) || oneLine(string(r)) == ""):
			writeEscape(&b, r)
		default:
			b.WriteRune(r)
		}
		previous = r
	}
	b.WriteByte('"')
	return b.String()
}

// writeEscape writes a character as JSON's \u does, in two halves where one is not enough.
func writeEscape(b *strings.Builder, r rune) {
	const digits = "0123456789abcdef"
	units := []rune{r}
	if r > math.MaxUint16 {
		r -= 0x10000
		units = []rune{0xd800 + r>>10, 0xdc00 + r&0x3ff}
	}
	for _, u := range units {
		b.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			b.WriteByte(digits[u>>shift&0xf])
		}
	}
}

// longestRun is the length of the longest run of backticks.
func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}
