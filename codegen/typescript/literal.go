package typescript

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts"
)

// quote writes a string literal with the quotes that need fewer escapes, double
// ones when it does not matter.
func quote(text string) string {
	if isPlain(text) {
		return `"` + text + `"`
	}
	mark := '"'
	if strings.Count(text, `"`) > strings.Count(text, "'") {
		mark = '\''
	}
	var b strings.Builder
	b.WriteRune(mark)
	for _, r := range text {
		switch {
		case r == mark || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case invisible(r):
			writeEscape(&b, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteRune(mark)
	return b.String()
}

// isPlain reports whether a text is characters of ASCII that double quotes take as they are.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// invisible reports whether a character is written as an escape: control
// characters, line separators, and those that change the direction of text.
func invisible(r rune) bool {
	return r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == utf8.RuneError ||
		0x200b <= r && r <= 0x200f || 0x202a <= r && r <= 0x202e || 0x2060 <= r && r <= 0x2069
}

func writeEscape(b *strings.Builder, r rune) {
	hex := strconv.FormatInt(int64(r), 16)
	b.WriteString(`\u` + strings.Repeat("0", 4-len(hex)) + hex)
}

// key writes a member's name, quoted where it is no identifier.
func key(name string) string {
	for i, r := range name {
		if !startsIdentifier(r) && (i == 0 || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)) {
			return quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

func startsIdentifier(r rune) bool {
	return r == '_' || r == '$' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r > unicode.MaxASCII && unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start)
}

// number writes a numeric literal; it is empty for numbers that JavaScript cannot
// hold.
func number(d contracts.Decimal) string {
	f := d.Float64()
	if math.IsInf(f, 0) {
		return ""
	}
	if f == 0 {
		return "0" // also for -0
	}
	if math.Abs(f) < 1e21 && math.Abs(f) >= 1e-6 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	exponent = strings.TrimPrefix(exponent, "+")
	if sign, digits := strings.HasPrefix(exponent, "-"), strings.TrimLeft(strings.TrimPrefix(exponent, "-"), "0"); sign {
		exponent = "-" + digits
	} else {
		exponent = digits
	}
	return mantissa + "e" + exponent
}
