package payload

import (
	"bytes"
	"unicode/utf8"
	"unsafe"

	"github.com/evctl/evctl/contracts/rawjson"
)

// A decider says whether a text is valid JSON that satisfies a program, in one pass over
// the bytes and without remembering them. It does not say why not, and leaves a few
// things that are rare and long-winded to the run that explains: such a text is unsure.
//
// Its methods take the offset at which a value starts and return the one behind it, or
// one of the outcomes below.
type decider struct {
	index rawjson.Index
	depth int
	name  span   // of the member that is read
	names []span // undeclared names of the objects around
	items []span // of the arrays with unique items around
	bits  []uint64
	text  []byte // of a string with escapes
	body  body
	// width is how many times the present value may be read, because of unions inside of
	// unions.
	width int
}

// Outcomes of a value that was not accepted.
const (
	rejected = -1
	unsure   = -2
)

// Bounds of what is decided here.
const (
	maxWidth      = 32 // how many times a value is read at most
	maxUndeclared = 16 // undeclared names of an object, which are compared pair by pair
)

// span is a part of the text.
type span struct{ start, end int }

func (s span) of(data []byte) []byte { return data[s.start:s.end] }

func (q *decider) reset() {
	q.depth, q.width = 0, 1
	q.names, q.items, q.bits = q.names[:0], q.items[:0], q.bits[:0]
}

// decide returns the outcome for a whole text: its length when it is valid.
func (q *decider) decide(n *node, data []byte) int {
	if len(data) > rawjson.MaxBytes {
		return rejected
	}
	q.index.Build(data)
	return q.end(data, q.value(n, data, rawjson.SkipSpace(data, 0)))
}

// end checks that nothing but white space is left.
func (q *decider) end(data []byte, at int) int {
	if at < 0 {
		return at
	}
	if at = rawjson.SkipSpace(data, at); at < len(data) {
		return rejected
	}
	return at
}

// space is rawjson.SkipSpace, with the usual case inlined.
func space(data []byte, at int) int {
	if at < len(data) && data[at] <= ' ' {
		return rawjson.SkipSpace(data, at)
	}
	return at
}

func (q *decider) value(n *node, data []byte, at int) int {
	if at >= len(data) {
		return rejected
	}
	c := data[at]
	if c == '"' && n.strings {
		end := q.index.Stop(at + 1)
		switch {
		case end >= len(data) || data[end] != '"':
			return q.unusual(n, data, at+1)
		case n.text == nil && n.enum == nil || n.takes(data[at+1:end]):
			return end + 1
		}
		return rejected
	}
	switch n.special {
	case unionNode:
		return q.union(n.union, data, at)
	case partNode:
		return q.part(n.part, data, at)
	}
	switch c {
	case '{':
		if n.kinds&objectKind != 0 && n.enum == nil {
			return q.object(n.object, data, at)
		}
	case '[':
		if n.kinds&arrayKind != 0 && n.enum == nil {
			return q.array(n.array, data, at)
		}
	case 't':
		return q.word(n, 1<<rawjson.True, "true", data, at)
	case 'f':
		return q.word(n, 1<<rawjson.False, "false", data, at)
	case 'n':
		return q.word(n, nullKind, "null", data, at)
	default:
		if n.kinds&numberKind != 0 {
			return q.number(n, data, at)
		}
	}
	return rejected
}

// anyObject and anyNode take everything.
var (
	anyObject = (&objectCheck{open: true, max: -1}).prepared()
	anyNode   = (&node{kinds: allKinds}).prepared()
)

func (q *decider) word(n *node, kind kinds, text string, data []byte, at int) int {
	end := at + len(text)
	if n.kinds&kind == 0 || end > len(data) || string(data[at:end]) != text {
		return rejected
	}
	if n.enum != nil && kind != nullKind && n.enum.bools&kind == 0 {
		return rejected
	}
	return end
}

// takes decides on a string of ASCII without escapes.
func (n *node) takes(text []byte) bool {
	if t := n.text; t != nil {
		if len(text) < t.min || uint(len(text)) > uint(t.max) {
			return false
		}
		if t.format != nil && !t.format.Valid(unsafe.String(unsafe.SliceData(text), len(text))) {
			return false
		}
		if t.pattern != nil && !t.pattern.Match(text) {
			return false
		}
	}
	return n.enum == nil || n.enum.table.find(text) >= 0
}

// unusual decides on a string whose content starts at an offset, and which may be long,
// escaped or wide.
func (q *decider) unusual(n *node, data []byte, at int) int {
	end, traits := rawjson.StringEnd(data, at)
	switch {
	case end < 0 || traits == 0 && !n.takes(data[at:end]):
		return rejected
	case traits != 0 && (n.text != nil || n.enum != nil) && !q.content(n, data[at:end], traits):
		return rejected
	}
	return end + 1
}

// content decides on what stands between the quotes of a string.
func (q *decider) content(n *node, text []byte, traits rawjson.Traits) bool {
	if traits&rawjson.Escaped != 0 {
		q.text = rawjson.AppendText(q.text[:0], text)
		text = q.text
	}
	if t := n.text; t != nil {
		size := utf8.RuneCount(text)
		if size < t.min || uint(size) > uint(t.max) {
			return false
		}
		if t.format != nil && !t.format.Valid(unsafe.String(unsafe.SliceData(text), len(text))) ||
			t.pattern != nil && !t.pattern.Match(text) {
			return false
		}
	}
	return n.enum == nil || n.enum.table.find(text) >= 0
}

func (q *decider) array(a *arrayCheck, data []byte, at int) int {
	if q.depth++; q.depth > rawjson.MaxDepth {
		return rejected
	}
	if a == nil {
		a = anyArray
	}
	kept := len(q.items)
	count := 0
	at = space(data, at+1)
	if at < len(data) && data[at] == ']' {
		at++
	} else {
		for more := true; more; count++ {
			start := at
			if at = q.value(a.each, data, at); at < 0 {
				return at
			}
			if a.unique {
				q.items = append(q.items, span{start, at})
			}
			if at+1 < len(data) && data[at] == ',' && data[at+1] > ' ' {
				at++
			} else if at, more = next(data, at, ']'); at < 0 {
				return at
			}
		}
	}
	q.depth--
	if count < a.min || a.max >= 0 && count > a.max {
		return rejected
	}
	if a.unique && count > 1 {
		outcome := unique(data, q.items[kept:])
		q.items = q.items[:kept]
		if outcome < 0 {
			return outcome
		}
	}
	return at
}

var anyArray = &arrayCheck{max: -1, each: anyNode}

// next goes over what stands between two items or members: to the next one, or behind
// the bracket that closes them all.
func next(data []byte, at int, bracket byte) (int, bool) {
	at = space(data, at)
	if at >= len(data) {
		return rejected, false
	}
	switch data[at] {
	case ',':
		return space(data, at+1), true
	case bracket:
		return at + 1, false
	}
	return rejected, false
}

// unique decides whether items differ as far as their bytes tell: strings without
// escapes, whole numbers and words.
func unique(data []byte, items []span) int {
	if len(items) > fewItems {
		return unsure
	}
	for i, item := range items {
		if !telling(item.of(data)) {
			return unsure
		}
		for _, other := range items[:i] {
			if bytes.Equal(item.of(data), other.of(data)) {
				return rejected
			}
		}
	}
	return 0
}

// telling reports whether no other spelling of a value means the same.
func telling(text []byte) bool {
	switch c := text[0]; {
	case c == '"':
		return bytes.IndexByte(text, '\\') < 0
	case '1' <= c && c <= '9':
		return bytes.IndexAny(text, ".eE") < 0
	}
	return text[0] == 't' || text[0] == 'f' || text[0] == 'n'
}
