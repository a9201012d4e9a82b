package document

import (
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/diag"
)

// Kind is the shape of a node.
type Kind uint8

const (
	Scalar Kind = iota
	Mapping
	Sequence
)

func (k Kind) String() string { return [...]string{"scalar", "mapping", "list"}[k] }

// Node is a value of a document.
type Node struct {
	Kind    Kind
	Quoted  bool // a scalar in quotes or a block scalar: always a string
	Text    string
	Span    diag.Span
	Entries []Entry // of a mapping, in the order of the file, keys unique
	Items   []*Node // of a sequence
}

// Entry is a key of a mapping with its value.
type Entry struct {
	Key       string
	KeySpan   diag.Span
	KeyQuoted bool
	Value     *Node
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	if i := n.index(key); i >= 0 {
		return n.Entries[i].Value
	}
	return nil
}

// index finds the entry of a key, or -1.
func (n *Node) index(key string) int {
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return i
		}
	}
	return -1
}

// IsNull reports whether the node is an unquoted null: nothing, ~ or null.
func (n *Node) IsNull() bool {
	if n.Kind != Scalar || n.Quoted {
		return false
	}
	switch n.Text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// Bool reads an unquoted true or false. The words that YAML 1.1 also takes for
// booleans (yes, no, on, off) are strings here.
func (n *Node) Bool() (value, ok bool) {
	if n.Kind != Scalar || n.Quoted {
		return false, false
	}
	switch n.Text {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

// Describe names what stands there for messages: `string "x"`, `number 3`, "a list".
func (n *Node) Describe() string {
	switch {
	case n.Kind == Mapping:
		return "a mapping"
	case n.Kind == Sequence:
		return "a list"
	case n.IsNull():
		return "null"
	}
	if _, ok := n.Bool(); ok {
		return strings.ToLower(n.Text)
	}
	if !n.Quoted && IsNumber(n.Text) {
		return "number " + clip(n.Text)
	}
	return "string " + Quote(clip(n.Text))
}

func clip(s string) string {
	const limit = 60
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// AppendJSON appends the node as compact JSON. Unquoted scalars are null,
// booleans or JSON numbers where they read as such, and strings otherwise: 0755,
// 1_000, 2024-01-01, yes and .inf are strings, 1.10 keeps its digits.
func (n *Node) AppendJSON(b []byte) []byte {
	switch n.Kind {
	case Mapping:
		b = append(b, '{')
		for i, e := range n.Entries {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(AppendQuoted(b, e.Key), ':')
			b = e.Value.AppendJSON(b)
		}
		return append(b, '}')
	case Sequence:
		b = append(b, '[')
		for i, item := range n.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.AppendJSON(b)
		}
		return append(b, ']')
	}
	if n.IsNull() {
		return append(b, "null"...)
	}
	if v, ok := n.Bool(); ok {
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	}
	if !n.Quoted && IsNumber(n.Text) {
		return append(b, n.Text...)
	}
	return AppendQuoted(b, n.Text)
}

// JSON is the node as compact JSON text; see AppendJSON.
func (n *Node) JSON() string { return string(n.AppendJSON(nil)) }

// IsNumber reports whether text is a number in JSON's grammar (RFC 8259, section 6).
func IsNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	whole, rest := digits(text)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if strings.HasPrefix(rest, ".") {
		var fraction string
		if fraction, rest = digits(rest[1:]); fraction == "" {
			return false
		}
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		var exponent string
		if exponent, rest = digits(rest); exponent == "" {
			return false
		}
	}
	return rest == ""
}

func digits(s string) (leading, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string with the fewest escapes: quotes,
// backslashes, and the characters that YAML does not take as they are or breaks
// lines at. The result reads the same as JSON and as YAML.
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if asItIs[c] {
			i++
			continue
		}
		r, size := rune(c), 1
		if c >= utf8.RuneSelf {
			if r, size = utf8.DecodeRuneInString(s[i:]); printable(r) && !lineBreak(r) {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		i += size
		start = i
		b = appendEscape(b, r)
	}
	return append(append(b, s[start:]...), '"')
}

// asItIs holds the bytes that mean themselves within double quotes.
var asItIs = func() (plain [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// lineBreak reports whether YAML 1.1 folds a line at a character that JSON takes
// for text.
func lineBreak(r rune) bool { return r == 0x85 || r == 0x2028 || r == 0x2029 }

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// Quote is AppendQuoted as a string.
func Quote(s string) string { return string(AppendQuoted(make([]byte, 0, len(s)+2), s)) }
