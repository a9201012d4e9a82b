package format

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Scalar is a text as a YAML scalar that every reader takes for that text, on one line,
// between brackets too.
func Scalar(text string) string { return scalar(text, true) }

// scalar is a text on one line; flow says whether it stands between brackets,
// where commas and brackets end it.
func scalar(s string, flow bool) string {
	if plain(s, flow) {
		return s
	}
	if strings.ContainsAny(s, `\"`) && printable(s) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return quoted(s)
}

// plain reports whether every YAML reader takes the bare word for that text.
func plain(s string, flow bool) bool {
	switch {
	case s == "" || !printable(s) || s != strings.TrimSpace(s) || otherType(s):
		return false
	case strings.ContainsRune("-?:,[]{}#&*!|>'\"%@`=<", rune(s[0])):
		return false
	case strings.Contains(s, ": ") || strings.Contains(s, " #") || strings.HasSuffix(s, ":"):
		return false
	case flow && strings.ContainsAny(s, ",[]{}?"):
		return false
	case flow && strings.Contains(s, ":") && !innerColons(s):
		return false
	}
	return true
}

// innerColons reports whether every colon stands between characters that keep it
// a part of a word even in flow style.
func innerColons(s string) bool {
	for i := range len(s) {
		if s[i] == ':' && (i+1 >= len(s) || strings.IndexByte("\"'&*!|>%@`", s[i+1]) >= 0) {
			return false
		}
	}
	return true
}

// words that YAML 1.1 or 1.2 reads as null, a boolean or a special number.
var words = map[string]bool{
	"~": true, "null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true,
	".nan": true, ".inf": true, "-.inf": true, "+.inf": true,
}

// numeric covers numbers of all bases, sexagesimals, dates and times of YAML 1.1,
// and some more than those: a quote too many does no harm.
var numeric = regexp.MustCompile(`^[-+]?\.?[0-9][0-9_.]*([eE][-+]?[0-9]*)?$` +
	`|^[-+]?0[xXoObB][0-9a-fA-F_]*$|^[-+]?[0-9][0-9_]*(:[0-9]+)+(\.[0-9_]*)?$|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}`)

func otherType(s string) bool {
	return words[strings.ToLower(s)] || numeric.MatchString(s)
}

// printable reports whether YAML lets s stand as it is, on one line.
func printable(s string) bool {
	for _, r := range s {
		if unprintable(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// unprintable follows the production c-printable of YAML 1.2, without the line
// breaks of either version and without tabs.
func unprintable(r rune) bool {
	switch {
	case r < 0x20, 0x7f <= r && r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
		return true
	}
	return false
}

// escapeUnprintable finishes a JSON string for YAML, whose readers object to
// characters that JSON lets pass.
func escapeUnprintable(s string) string {
	if printable(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unprintable(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// prose is a long text as a block scalar, indented by indent, without its first
// line's indentation; ok is false when only a quoted text keeps it exactly.
func prose(s string, indent, width int) (block string, ok bool) {
	pad := strings.Repeat(" ", indent)
	switch {
	case strings.Contains(s, "\n"):
		if !literalSafe(s) {
			return "", false
		}
		var b strings.Builder
		b.WriteString("|-")
		for line := range strings.SplitSeq(s, "\n") {
			b.WriteString("\n")
			if line != "" {
				b.WriteString(pad + line)
			}
		}
		return b.String(), true
	case printable(s) && s == strings.TrimSpace(s) && strings.Contains(s, " "):
		return ">-\n" + pad + strings.Join(wrap(s, width-indent), "\n"+pad), true
	}
	return "", false
}

// literalSafe reports whether a text of several lines survives as a literal block.
func literalSafe(s string) bool {
	if s != strings.TrimSpace(s) {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if !printable(line) || strings.TrimSpace(line) == "" && line != "" {
			return false
		}
	}
	return true
}

// wrap breaks a text at single spaces into lines of at most width characters,
// where that is possible. Joining the lines with spaces gives the text again.
func wrap(s string, width int) []string {
	var lines []string
	start, last, column := 0, -1, 0
	for i, r := range s {
		if r == ' ' && s[i-1] != ' ' && s[i+1] != ' ' {
			if column > width && last > start {
				lines = append(lines, s[start:last])
				start = last + 1
				column = utf8.RuneCountInString(s[start:i])
			}
			last = i
		}
		column++
	}
	if column > width && last > start {
		lines = append(lines, s[start:last])
		start = last + 1
	}
	return append(lines, s[start:])
}
