package format

import (
	"strings"
	"unicode/utf8"
)

// width is where lines end, if anything can be done about it.
const width = 100

// longKey is where YAML readers stop taking a text for the key of a mapping
// unless it is marked as one.
const longKey = 1000

type printer struct{ b strings.Builder }

// mapping writes a block mapping. The first line's indentation is there already.
func (p *printer) mapping(t tree, indent int) {
	for i, e := range t.entries {
		if i > 0 {
			p.indent(indent)
		}
		p.key(e.key, indent)
		p.value(e.value, indent, indent+utf8.RuneCountInString(e.key)+1)
	}
}

func (p *printer) key(name string, indent int) {
	key := scalar(name, false)
	if len(key) > longKey {
		p.b.WriteString("? " + key + "\n" + strings.Repeat(" ", indent) + ":")
		return
	}
	p.b.WriteString(key + ":")
}

func (p *printer) indent(n int) { p.b.WriteString(strings.Repeat(" ", n)) }

// value writes what follows a key or a dash, with the line break after it.
// column is how far the line has got.
func (p *printer) value(t tree, indent, column int) {
	if line, ok := oneLine(t, width-column-1); ok {
		p.b.WriteString(" " + line + "\n")
		return
	}
	switch t.kind {
	case mapping:
		p.b.WriteString("\n")
		p.indent(indent + 2)
		p.mapping(t, indent+2)
	case list:
		p.b.WriteString("\n")
		p.list(t, indent+2)
	default:
		p.b.WriteString(" " + p.long(t, indent+2) + "\n")
	}
}

func (p *printer) list(t tree, indent int) {
	for _, item := range t.items {
		p.indent(indent)
		p.b.WriteString("-")
		line, fits := oneLine(item, width-indent-2)
		switch {
		case fits:
			p.b.WriteString(" " + line + "\n")
		case item.kind == mapping:
			p.b.WriteString(" ")
			p.mapping(item, indent+2)
		default:
			p.value(item, indent, indent+1)
		}
	}
}

// long is a scalar that is too long for its line.
func (p *printer) long(t tree, indent int) string {
	if t.kind == text {
		if block, ok := prose(t.text, indent, width); ok {
			return block
		}
		return scalar(t.text, false)
	}
	return t.text
}

// oneLine is the value on one line of at most room characters. Empty collections
// always are.
func oneLine(t tree, room int) (string, bool) {
	switch t.kind {
	case text:
		if strings.Contains(t.text, "\n") && literalSafe(t.text) {
			return "", false
		}
		line := scalar(t.text, false)
		return line, utf8.RuneCountInString(line) <= room
	case literal:
		return t.text, true
	}
	if len(t.entries) == 0 && len(t.items) == 0 {
		return flow(t), true
	}
	if left(t, room) < 0 {
		return "", false
	}
	line := flow(t)
	return line, utf8.RuneCountInString(line) <= room
}

// left is at most how much room a value on one line leaves, counted without quotes and
// escapes; negative when it does not fit or has to be a block. It stops looking as soon
// as that is certain, so that layout costs little however deep a value is.
func left(t tree, room int) int {
	switch {
	case t.block || t.kind == text && strings.Contains(t.text, "\n"):
		return -1
	case t.kind == text || t.kind == literal:
		return room - utf8.RuneCountInString(t.text)
	}
	room -= 2 // brackets
	for _, e := range t.entries {
		if room = left(e.value, room-utf8.RuneCountInString(e.key)-2); room < 0 || len(e.key) > longKey {
			return -1
		}
	}
	for _, item := range t.items {
		if room = left(item, room); room < 0 {
			return -1
		}
	}
	return room
}

// flow is the value between brackets.
func flow(t tree) string {
	switch t.kind {
	case text:
		return scalar(t.text, true)
	case literal:
		return t.text
	case mapping:
		parts := make([]string, len(t.entries))
		for i, e := range t.entries {
			parts[i] = scalar(e.key, true) + ": " + flow(e.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	parts := make([]string, len(t.items))
	for i, item := range t.items {
		parts[i] = flow(item)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
