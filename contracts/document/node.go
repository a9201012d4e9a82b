package document

import (
	"encoding/json"
	"fmt"
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
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return n.Entries[i].Value
		}
	}
	return nil
}

// IsNull reports whether the node is an unquoted null: nothing, ~ or null.
func (n *Node) IsNull() bool {
	return n.Kind == Scalar && !n.Quoted && (n.Text == "" || n.Text == "~" || strings.EqualFold(n.Text, "null"))
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
	if !n.Quoted && json.Valid([]byte(n.Text)) {
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
	if !n.Quoted && isNumber(n.Text) {
		return append(b, n.Text...)
	}
	return AppendQuoted(b, n.Text)
}

// JSON is the node as compact JSON text; see AppendJSON.
func (n *Node) JSON() string { return string(n.AppendJSON(nil)) }

func isNumber(text string) bool {
	first := text[0]
	return (first == '-' || '0' <= first && first <= '9') && json.Valid([]byte(text))
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string with the fewest escapes: quotes,
// backslashes, control characters and what YAML readers take for line breaks or
// do not let pass, so that the JSON we write is always YAML too.
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x80 {
			if escape, size := yamlEscape(s[i:]); size > 0 {
				b = append(append(b, s[start:i]...), escape...)
				i += size - 1
				start = i + 1
			}
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}

// yamlEscape is the escape of the character that s begins with, when it is not
// printable to YAML: C1 controls, line and paragraph separator, byte order mark and
// the two noncharacters of the basic plane. size is how many bytes it has in s.
func yamlEscape(s string) (escape string, size int) {
	switch s[0] {
	case 0xc2, 0xe2, 0xef:
	default:
		return "", 0
	}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case 0x80 <= r && r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
		return fmt.Sprintf("\\u%04x", r), size
	}
	return "", 0
}

// Quote is AppendQuoted as a string.
func Quote(s string) string { return string(AppendQuoted(make([]byte, 0, len(s)+2), s)) }
