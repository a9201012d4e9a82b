package document

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/diag"
)

// json reads the file when it is JSON (RFC 8259). It is many times faster than
// the YAML library, which matters for release files, and it takes what YAML does
// not: escaped surrogate pairs, long keys. isJSON is false for files to be tried
// as YAML; files called .json are never tried.
func (p *parser) json() (n *Node, isJSON bool) {
	data := bytes.TrimPrefix(p.file.Data, bom)
	named := strings.HasSuffix(strings.ToLower(p.file.Path), ".json")
	first := bytes.TrimLeft(data, " \t\r\n")
	if !named && (len(first) == 0 || first[0] != '{' && first[0] != '[') {
		return nil, false
	}
	r := jsonReader{parser: p, text: string(p.file.Data), at: len(p.file.Data) - len(first)}
	n = r.value(0)
	if r.skip(); r.failed == "" && r.at < len(r.text) {
		r.fail("the end of the file")
	}
	switch {
	case p.overLimit:
		return nil, true
	case r.failed == "":
		return n, true
	case named && p.mergeConflict():
		return nil, true
	case named:
		p.report(RuleSyntax, r.failedAt, r.failed, "")
		return nil, true
	}
	p.diags, p.nodes = nil, 0
	return nil, false
}

// jsonReader reads one JSON text. After the first mistake it reads nothing more.
type jsonReader struct {
	*parser
	text     string
	at       int
	open     []Entry // of the objects that are being read
	failed   string  // message about the first mistake
	failedAt diag.Span
}

// fail says what was expected where the reader is.
func (r *jsonReader) fail(expected string) *Node {
	if r.failed != "" {
		return &Node{}
	}
	found, size := "the end of the file", 0
	if r.at < len(r.text) {
		var c rune
		c, size = utf8.DecodeRuneInString(r.text[r.at:])
		found = Quote(string(c))
	}
	r.failAt(spanOf(r.at, r.at+size), fmt.Sprintf("found %s, expected %s", found, expected))
	return &Node{}
}

func (r *jsonReader) failAt(span diag.Span, message string) {
	if r.failed == "" {
		r.failed, r.failedAt = message, span
	}
}

func (r *jsonReader) skip() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return
		}
	}
}

// take moves over c when it is what comes next.
func (r *jsonReader) take(c byte) bool {
	if r.skip(); r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) value(depth int) *Node {
	r.skip()
	if !r.enter(depth, func() diag.Span { return spanOf(r.at, r.at+1) }) || r.at == len(r.text) {
		return r.fail("a value")
	}
	start := r.at
	n := r.newNode()
	switch c := r.text[r.at]; {
	case c == '{':
		r.object(n, depth)
	case c == '[':
		r.array(n, depth)
	case c == '"':
		n.Text, n.Quoted = r.string(), true
	default:
		n.Text = r.word()
	}
	n.Span = spanOf(start, r.at)
	return n
}

func (r *jsonReader) object(n *Node, depth int) {
	n.Kind = Mapping
	known := keyFinder{of: n}
	first := len(r.open)
	defer func() {
		n.Entries = append(r.newEntries(len(r.open)-first), r.open[first:]...)
		r.open = r.open[:first]
	}()
	r.at++
	if r.take('}') {
		return
	}
	for r.failed == "" {
		if r.skip(); r.at == len(r.text) || r.text[r.at] != '"' {
			r.fail("a key in double quotes")
			return
		}
		start := r.at
		e := Entry{Key: r.string(), KeyQuoted: true}
		e.KeySpan = spanOf(start, r.at)
		if !r.take(':') {
			r.fail(`":"`)
			return
		}
		e.Value = r.value(depth + 1)
		n.Entries = r.open[first:]
		if i := known.find(e.Key); i >= 0 {
			r.duplicate(e.Key, e.KeySpan, n.Entries[i].KeySpan)
		} else {
			r.open = append(r.open, e)
		}
		if r.take('}') {
			return
		}
		if !r.take(',') {
			r.fail(`"," or "}"`)
		}
	}
}

func (r *jsonReader) array(n *Node, depth int) {
	n.Kind = Sequence
	r.at++
	if r.take(']') {
		return
	}
	for r.failed == "" {
		n.Items = append(n.Items, r.value(depth+1))
		if r.take(']') {
			return
		}
		if !r.take(',') {
			r.fail(`"," or "]"`)
		}
	}
}

// word reads true, false, null or a number.
func (r *jsonReader) word() string {
	start := r.at
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n,:]}[{\"", r.text[r.at]) < 0 {
		r.at++
	}
	word := r.text[start:r.at]
	if word != "true" && word != "false" && word != "null" && (word == "" || !IsNumber(word)) {
		r.at = start
		r.fail("a value")
	}
	return word
}

// string reads a string from its opening to behind its closing quote.
func (r *jsonReader) string() string {
	r.at++
	start := r.at
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return r.text[start : r.at-1]
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			r.fail("a closing quote")
			return ""
		}
		r.at++
	}
	r.fail("a closing quote")
	return ""
}

// escaped goes on with a string in which the first escape was found.
func (r *jsonReader) escaped(start int) string {
	b := []byte(r.text[start:r.at])
	for r.at < len(r.text) && r.failed == "" {
		c := r.text[r.at]
		switch {
		case c == '"':
			r.at++
			return string(b)
		case c < ' ':
			r.fail("a closing quote")
		case c != '\\':
			b = append(b, c)
			r.at++
		default:
			b = utf8.AppendRune(b, r.escape())
		}
	}
	r.fail("a closing quote")
	return ""
}

const (
	escapes  = `"\/bfnrt`
	escapeds = "\"\\/\b\f\n\r\t"
)

func (r *jsonReader) escape() rune {
	r.at++
	if r.at == len(r.text) {
		r.fail("an escape")
		return 0
	}
	if i := strings.IndexByte(escapes, r.text[r.at]); i >= 0 {
		r.at++
		return rune(escapeds[i])
	}
	start := r.at - 1
	c, ok := r.unicodeEscape()
	if !ok {
		r.fail(`an escape: one of "\/bfnrt, or u and four hexadecimal digits`)
		return 0
	}
	if !utf16.IsSurrogate(c) {
		return c
	}
	if strings.HasPrefix(r.text[r.at:], `\u`) {
		r.at++
		low, _ := r.unicodeEscape()
		if pair := utf16.DecodeRune(c, low); pair != utf8.RuneError {
			return pair
		}
	}
	r.failAt(spanOf(start, start+6), fmt.Sprintf("%s is half of a surrogate pair", r.text[start:start+6]))
	return 0
}

// unicodeEscape reads u and four digits.
func (r *jsonReader) unicodeEscape() (c rune, ok bool) {
	if len(r.text)-r.at < 5 || r.text[r.at] != 'u' {
		return 0, false
	}
	for i := 1; i <= 4; i++ {
		digit := strings.IndexByte(hexDigits, r.text[r.at+i]|0x20)
		if digit < 0 || r.text[r.at+i] < '0' {
			return 0, false
		}
		c = c<<4 | rune(digit)
	}
	r.at += 5
	return c, true
}
