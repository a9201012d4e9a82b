package typescript

import (
	"slices"
	"unicode"
	"unicode/utf8"

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

// sheet is a text that documents are laid out on, and the memory that this takes, so that
// both are used for many of them.
type sheet struct {
	text        []byte
	stack, work []command
}

func (s *sheet) WriteString(text string) { s.text = append(s.text, text...) }

// Write is for fmt.Fprintf. It never fails.
func (s *sheet) Write(text []byte) (int, error) {
	s.text = append(s.text, text...)
	return len(text), nil
}

// print adds a document. margin is the column of its broken lines; it starts at a column of
// its own.
func (s *sheet) print(d doc, margin, column int) {
	start := len(s.text)
	s.text = slices.Grow(s.text, 4*lineWidth)
	if line, ok := flat(s.text[start:start:start+4*lineWidth], d, false); ok && column+textWidth(line) <= lineWidth {
		s.text = s.text[:start+len(line)]
		return
	}
	s.stack = append(s.stack[:0], command{d, margin, true})
	for len(s.stack) > 0 {
		c := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		switch d := c.content.(type) {
		case string:
			s.WriteString(d)
			column += textWidth(d)
		case docs:
			for i := len(d) - 1; i >= 0; i-- {
				s.push(d[i], c.indent, c.broken)
			}
		case indent:
			s.push(d.content, c.indent+tab, c.broken)
		case group:
			s.push(d.content, c.indent, !s.fits(command{d.content, c.indent, false}, s.stack, lineWidth-column))
		case broken:
			s.push(d.content, c.indent, true)
		case filled:
			s.push(fill(d.of, lineWidth-column), c.indent, c.broken)
		case after:
			// Only the break decides here: what follows may break on its own.
			if s.fits(command{space, c.indent, false}, append(s.stack, command{d.content, c.indent, true}), lineWidth-column) {
				s.push(docs{" ", d.content}, c.indent, true)
			} else {
				s.push(indent{docs{space, d.content}}, c.indent, true)
			}
		case ifBroken:
			if c.broken {
				s.push(d.content, c.indent, true)
			}
		case lineBreak:
			switch {
			case c.broken:
				s.line(c.indent)
				column = c.indent
			case !d.soft:
				s.WriteString(" ")
				column++
			}
		}
	}
}

func (s *sheet) push(d doc, indent int, broken bool) {
	s.stack = append(s.stack, command{d, indent, broken})
}

// line begins a new line at a column.
func (s *sheet) line(column int) {
	s.WriteString("\n")
	s.margin(column)
}

func (s *sheet) margin(width int) {
	for range width {
		s.text = append(s.text, ' ')
	}
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
func (s *sheet) fits(next command, rest []command, room int) bool {
	work := append(s.work[:0], next)
	defer func() { s.work = work }()
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
func textWidth[T string | []byte](text T) int {
	n := 0
	for n < len(text) && text[n] < utf8.RuneSelf {
		n++
	}
	for _, r := range string(text[n:]) {
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
