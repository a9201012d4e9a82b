package typescript

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// This file lays text out as prettier does: documents of groups that stay on one
// line when they fit and break otherwise, after Wadler's "A prettier printer".

// doc is a text (string), a sequence (docs), or one of the types below.
type doc any

type docs []doc

type (
	// lineBreak is a space, or nothing when soft, in a flat group, and a new line in
	// a broken one.
	lineBreak struct{ soft bool }
	// group breaks all its own lines or none of them.
	group struct{ content doc }
	// indent moves the lines inside to the right.
	indent struct{ content doc }
	// ifBroken is left out of a flat group.
	ifBroken struct{ content doc }
	// broken breaks all its own lines.
	broken struct{ content doc }
	// filled are texts with commas between them, as many on a line as fit.
	filled struct{ of []doc }
	// after is a group of a line break and, indented when that breaks, what follows
	// on the same line or the next one.
	after struct{ content doc }
)

var (
	space    = lineBreak{}
	softLine = lineBreak{soft: true}
)

const (
	lineWidth = 80
	tab       = 2
)

// command is a document yet to be printed.
type command struct {
	content doc
	indent  int
	broken  bool
}

// layout prints a document that starts at a column.
func layout(d doc, column int) string {
	var line [4 * lineWidth]byte
	if text, ok := flat(line[:0], d, false); ok && column+textWidth(string(text)) <= lineWidth {
		return string(text)
	}
	var b strings.Builder
	stack := []command{{d, 0, true}}
	for len(stack) > 0 {
		c := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch d := c.content.(type) {
		case string:
			b.WriteString(d)
			column += textWidth(d)
		case docs:
			for i := len(d) - 1; i >= 0; i-- {
				stack = append(stack, command{d[i], c.indent, c.broken})
			}
		case indent:
			stack = append(stack, command{d.content, c.indent + tab, c.broken})
		case group:
			flat := fits(command{d.content, c.indent, false}, stack, lineWidth-column)
			stack = append(stack, command{d.content, c.indent, !flat})
		case broken:
			stack = append(stack, command{d.content, c.indent, true})
		case filled:
			stack = append(stack, command{fill(d.of, lineWidth-column), c.indent, c.broken})
		case after:
			// Only the break decides here: what follows may break on its own.
			if fits(command{space, c.indent, false}, append(stack, command{d.content, c.indent, true}), lineWidth-column) {
				stack = append(stack, command{docs{" ", d.content}, c.indent, true})
			} else {
				stack = append(stack, command{indent{docs{space, d.content}}, c.indent, true})
			}
		case ifBroken:
			if c.broken {
				stack = append(stack, command{d.content, c.indent, true})
			}
		case lineBreak:
			switch {
			case c.broken:
				b.WriteString("\n" + strings.Repeat(" ", c.indent))
				column = c.indent
			case !d.soft:
				b.WriteByte(' ')
				column++
			}
		}
	}
	return b.String()
}

// flat prints a document on one line. It is not ok when the line is too long by far, or
// when something breaks whatever the room is: that does not stand in a group.
func flat(line []byte, d doc, grouped bool) (_ []byte, ok bool) {
	switch d := d.(type) {
	case string:
		if len(line)+len(d) > cap(line) {
			return nil, false
		}
		return append(line, d...), true
	case docs:
		for _, part := range d {
			if line, ok = flat(line, part, grouped); !ok {
				return nil, false
			}
		}
		return line, true
	case indent:
		return flat(line, d.content, grouped)
	case group:
		return flat(line, d.content, true)
	case after:
		if line, ok = flat(line, " ", grouped); !ok {
			return nil, false
		}
		return flat(line, d.content, grouped)
	case filled:
		return flat(line, joined(d.of), grouped)
	case ifBroken:
		return line, grouped
	case lineBreak:
		if !d.soft {
			line, _ = flat(line, " ", grouped)
		}
		return line, grouped && line != nil
	}
	return nil, false
}

// fits reports whether next, flat, and what follows it up to the next possible
// break stay within the room.
func fits(next command, rest []command, room int) bool {
	work := []command{next}
	for room >= 0 {
		if len(work) == 0 {
			if len(rest) == 0 {
				return true
			}
			work, rest = append(work, rest[len(rest)-1]), rest[:len(rest)-1]
		}
		c := work[len(work)-1]
		work = work[:len(work)-1]
		switch d := c.content.(type) {
		case string:
			room -= textWidth(d)
		case docs:
			for i := len(d) - 1; i >= 0; i-- {
				work = append(work, command{d[i], c.indent, c.broken})
			}
		case indent:
			work = append(work, command{d.content, c.indent, c.broken})
		case group:
			work = append(work, command{d.content, c.indent, c.broken})
		case broken:
			if !c.broken {
				return false
			}
			work = append(work, command{d.content, c.indent, true})
		case filled:
			work = append(work, command{joined(d.of), c.indent, c.broken})
		case after:
			work = append(work, command{docs{space, d.content}, c.indent, c.broken})
		case ifBroken:
			if c.broken {
				work = append(work, command{d.content, c.indent, true})
			}
		case lineBreak:
			if c.broken {
				return true
			}
			if !d.soft {
				room--
			}
		}
	}
	return false
}

// fill breaks only where the room is used up, a comma at the end included.
func fill(of []doc, room int) doc {
	var d docs
	left := room
	for i, one := range of {
		width := textWidth(one.(string)) + 1
		switch {
		case i == 0:
		case left < width+1:
			d = append(d, ",", space)
			left = room
		default:
			d = append(d, ", ")
			left--
		}
		d = append(d, one)
		left -= width
	}
	return d
}

// textWidth counts columns: wide characters take two, combining marks none.
func textWidth(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case r <= unicode.MaxASCII:
			n++
		case unicode.Is(unicode.Mn, r):
		default:
			n++
			if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
				n++
			}
		}
	}
	return n
}
