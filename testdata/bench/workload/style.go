package workload

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"unicode/utf8"
)

// Style is how the same event is written. The zero value is compact, with members in
// the order in which a producer's program would most likely have them, and no more
// escapes than JSON asks for.
type Style struct {
	// Shuffled puts the members of every object in random order.
	Shuffled bool
	// Sorted puts them in alphabetical order, as several languages' libraries do.
	Sorted bool
	// Indented writes one member to a line.
	Indented bool
	// Escaped writes / as \/ and everything outside of ASCII as \uXXXX, as several
	// languages' libraries do.
	Escaped bool
	// Obscured writes one in fifty of all characters as \uXXXX, those of names too, which
	// no library does.
	Obscured bool
}

// writer writes one event.
type writer struct {
	Style
	random *rand.Rand
	out    []byte
	depth  int
}

func (w *writer) value(n node) {
	switch n := n.(type) {
	case *object:
		w.object(n)
	case *list:
		w.list(n)
	case text:
		w.text(string(n))
	case scalar:
		w.out = append(w.out, n...)
	}
}

func (w *writer) object(o *object) {
	order := w.order(o.members)
	w.begin('{')
	for i, at := range order {
		w.next(i)
		w.text(o.members[at].key)
		w.out = append(w.out, ':')
		if w.Indented {
			w.out = append(w.out, ' ')
		}
		w.value(o.members[at].value)
	}
	w.end('}', len(order) == 0)
}

func (w *writer) list(l *list) {
	w.begin('[')
	for i, item := range l.items {
		w.next(i)
		w.value(item)
	}
	w.end(']', len(l.items) == 0)
}

func (w *writer) order(members []member) []int {
	if w.Shuffled {
		return w.random.Perm(len(members))
	}
	order := make([]int, len(members))
	for i := range order {
		order[i] = i
	}
	if w.Sorted {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(members[a].key, members[b].key) })
	}
	return order
}

func (w *writer) begin(c byte) {
	w.out = append(w.out, c)
	w.depth++
}

// next goes to item i of what is open.
func (w *writer) next(i int) {
	if i > 0 {
		w.out = append(w.out, ',')
	}
	w.line()
}

func (w *writer) end(c byte, empty bool) {
	w.depth--
	if !empty {
		w.line()
	}
	w.out = append(w.out, c)
}

func (w *writer) line() {
	if !w.Indented {
		return
	}
	w.out = append(w.out, '\n')
	for range w.depth {
		w.out = append(w.out, "  "...)
	}
}

func (w *writer) text(s string) {
	w.out = append(w.out, '"')
	for _, r := range s {
		w.character(r)
	}
	w.out = append(w.out, '"')
}

// shorts are the characters that have an escape of one letter.
var shorts = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\t': `\t`, '\r': `\r`}

func (w *writer) character(r rune) {
	short, ok := shorts[r]
	switch {
	case ok:
		w.out = append(w.out, short...)
	case r < ' ':
		w.out = fmt.Appendf(w.out, `\u%04x`, r)
	case w.Escaped && r == '/':
		w.out = append(w.out, `\/`...)
	case (w.Escaped || w.Obscured) && r > 0xffff:
		r -= 0x10000
		w.out = fmt.Appendf(w.out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	case w.Escaped && r > '~' || w.Obscured && w.random.IntN(50) == 0:
		w.out = fmt.Appendf(w.out, `\u%04x`, r)
	default:
		w.out = utf8.AppendRune(w.out, r)
	}
}
