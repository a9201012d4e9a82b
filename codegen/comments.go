package codegen

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts"
)

// Doc is what people should know about a declaration, as plain text. Targets turn
// it into comments; nothing in it is escaped for any language.
type Doc struct {
	// Lines are sentences, in the order of importance: description, unit, privacy.
	Lines []string
	// Deprecated is empty, or one sentence on why and what to use instead.
	Deprecated string
}

// Empty reports whether there is nothing to say.
func (d Doc) Empty() bool { return len(d.Lines) == 0 && d.Deprecated == "" }

// docOf collects the documentation of a schema.
func docOf(s *contracts.Schema) Doc {
	d := Doc{Deprecated: deprecation(s.Deprecated)}
	d.add(s.Title)
	d.add(s.Description)
	if s.Unit != "" {
		d.add("Unit: " + s.Unit)
	}
	if s.PII != "" && s.PII != contracts.NoPII {
		d.add("Personal data: " + string(s.PII))
	}
	return d
}

func (d *Doc) add(text string) {
	if !isPlain(text) {
		text = strings.Join(strings.Fields(text), " ")
	}
	if text == "" {
		return
	}
	if !strings.ContainsAny(text[len(text)-1:], ".!?:") {
		text += "."
	}
	d.Lines = append(d.Lines, text)
}

func deprecation(d *contracts.Deprecation) string {
	if d == nil {
		return ""
	}
	var b Doc
	b.add(d.Reason)
	if d.ReplacedBy != "" {
		b.add("Use " + d.ReplacedBy + " instead")
	}
	if d.Since != "" {
		b.add("Deprecated since " + d.Since)
	}
	if d.Sunset != "" {
		b.add("Do not send it after " + d.Sunset)
	}
	if len(b.Lines) == 0 {
		return "Do not use it in new code."
	}
	return strings.Join(b.Lines, " ")
}

// Wrap breaks text into lines of at most width characters, between words. Control
// characters become spaces, so that a line is always one line. Byte order marks, which
// some languages refuse, and characters that turn the direction of text around,
// which can make code look like something else, are left out.
func Wrap(text string, width int) []string { return slices.Collect(Lines(text, width)) }

// Lines yields the lines of Wrap.
func Lines(text string, width int) iter.Seq[string] {
	return func(yield func(string) bool) { eachLine(text, width, yield) }
}

func eachLine(text string, width int, yield func(string) bool) {
	if !isPlain(text) {
		text = strings.Join(strings.Fields(strings.Map(visible, text)), " ")
	}
	if len(text) <= width {
		if text != "" {
			yield(text)
		}
		return
	}
	start, end, length := 0, 0, 0 // of the line, and its characters
	for at := 0; at < len(text); {
		word := text[at:]
		if n := strings.IndexByte(word, ' '); n >= 0 {
			word = word[:n]
		}
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > width {
			if !yield(text[start:end]) {
				return
			}
			start, length = at, 0
		}
		if length > 0 {
			length++
		}
		length += n
		end = at + len(word)
		at = end + 1
	}
	yield(text[start:])
}

// isPlain reports whether text is words of ASCII with single spaces between them.
func isPlain(text string) bool {
	before := byte(' ')
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = text[i]
	}
	return before != ' ' || text == ""
}

func visible(r rune) rune {
	switch {
	case r < ' ', 0x7f <= r && r < 0xa0, r == 0x2028, r == 0x2029:
		return ' '
	case r == 0xfeff, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return -1
	}
	return r
}
