package typescript

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// This file lays text out as prettier does: documents of groups that stay on one
// line when they fit and break otherwise, after Wadler's "A prettier printer".

// doc is a document: the number of a piece of documents.
type doc int32

// kind is what a document is.
type kind uint8

const (
	text kind = iota
	// sequence is one document after the other.
	sequence
	// group breaks all its own lines or none of them.
	group
	// indent moves the lines inside to the right.
	indent
	// ifBroken is left out of a flat group.
	ifBroken
	// broken breaks all its own lines.
	broken
	// filled are texts with commas between them, as many on a line as fit.
	filled
	// after is a group of a line break and, indented when that breaks, what follows
	// on the same line or the next one.
	after
	// lineBreak is a space in a flat group, and a new line in a broken one.
	lineBreak
	// softBreak is nothing in a flat group.
	softBreak
)

// piece is a text, a break, or the documents that others are made of.
type piece struct {
	kind        kind
	text        string
	first, last int32 // of documents.parts
}

// documents holds what documents are made of, for all of a module.
type documents struct {
	pieces []piece
	parts  []doc
}

// Breaks stand in front of all other documents.
const (
	space doc = iota
	softLine
)

// clear forgets all documents.
func (d *documents) clear() {
	d.pieces = append(d.pieces[:0], piece{kind: lineBreak}, piece{kind: softBreak})
	d.parts = d.parts[:0]
}

// leaf is a text.
func (d *documents) leaf(text string) doc {
	d.pieces = append(d.pieces, piece{text: text})
	return doc(len(d.pieces) - 1)
}

// of makes a document of parts, which are strings and documents.
func (d *documents) of(k kind, parts ...any) doc {
	first := len(d.parts)
	for _, part := range parts {
		switch part := part.(type) {
		case doc:
			d.parts = append(d.parts, part)
		case string:
			d.parts = append(d.parts, d.leaf(part))
		}
	}
	d.pieces = append(d.pieces, piece{k, "", int32(first), int32(len(d.parts))})
	return doc(len(d.pieces) - 1)
}

func (d *documents) seq(parts ...any) doc    { return d.of(sequence, parts...) }
func (d *documents) group(parts ...any) doc  { return d.of(group, parts...) }
func (d *documents) indent(parts ...any) doc { return d.of(indent, parts...) }

// list makes a document of documents.
func (d *documents) list(k kind, of []doc) doc {
	first := len(d.parts)
	d.parts = append(d.parts, of...)
	d.pieces = append(d.pieces, piece{k, "", int32(first), int32(len(d.parts))})
	return doc(len(d.pieces) - 1)
}

// in lists what a document is made of.
func (d *documents) in(one *piece) []doc { return d.parts[one.first:one.last] }

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
	*documents
	text        []byte
	stack, work []command
}

// WriteString adds texts.
func (s *sheet) WriteString(texts ...string) {
	for _, text := range texts {
		s.text = append(s.text, text...)
	}
}

// Write is for fmt.Fprintf. It never fails.
func (s *sheet) Write(text []byte) (int, error) {
	s.text = append(s.text, text...)
	return len(text), nil
}

// print adds a document. margin is the column of its broken lines; it starts at a column of
// its own.
func (s *sheet) print(d doc, margin, column int) {
	start, room := len(s.text), max(0, lineWidth-column)
	s.text = slices.Grow(s.text, room)
	if line, ok := s.flat(s.text[start:start:start+room], d, false); ok {
		s.text = s.text[:start+len(line)]
		return
	}
	s.stack = append(s.stack[:0], command{d, margin, true})
	for len(s.stack) > 0 {
		c := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		one := &s.pieces[c.content]
		switch one.kind {
		case text:
			s.text = append(s.text, one.text...)
			column += textWidth(one.text)
		case sequence:
			s.push(s.in(one), c.indent, c.broken)
		case indent:
			s.push(s.in(one), c.indent+tab, c.broken)
		case group:
			s.push(s.in(one), c.indent, !s.fits(s.in(one), c.indent, s.stack, lineWidth-column))
		case broken:
			s.push(s.in(one), c.indent, true)
		case filled:
			s.push(s.fill(s.in(one), lineWidth-column), c.indent, c.broken)
		case after:
			// Only the break decides here: what follows may break on its own.
			s.push(s.in(one), c.indent, true)
			if s.fits([]doc{space}, c.indent, s.stack, lineWidth-column) {
				s.WriteString(" ")
				column++
				continue
			}
			for i := range s.in(one) {
				s.stack[len(s.stack)-1-i].indent += tab
			}
			s.push([]doc{space}, c.indent+tab, true)
		case ifBroken:
			if c.broken {
				s.push(s.in(one), c.indent, true)
			}
		case lineBreak, softBreak:
			switch {
			case c.broken:
				s.line(c.indent)
				column = c.indent
			case one.kind == lineBreak:
				s.WriteString(" ")
				column++
			}
		}
	}
}

func (s *sheet) push(parts []doc, indent int, broken bool) {
	for _, part := range slices.Backward(parts) {
		s.stack = append(s.stack, command{part, indent, broken})
	}
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

// flat prints a document on one line. It is not ok when the line has more bytes than there
// is room for, which are never fewer than its columns, or when something breaks whatever the
// room is: that does not stand in a group.
func (d *documents) flat(line []byte, n doc, grouped bool) (_ []byte, ok bool) {
	one := &d.pieces[n]
	switch one.kind {
	case text:
		if len(line)+len(one.text) > cap(line) {
			return nil, false
		}
		return append(line, one.text...), true
	case group:
		grouped = true
	case after:
		if len(line) == cap(line) {
			return nil, false
		}
		line = append(line, ' ')
	case broken:
		return nil, false
	case ifBroken:
		return line, grouped
	case lineBreak:
		if !grouped || len(line) == cap(line) {
			return nil, false
		}
		return append(line, ' '), true
	case softBreak:
		return line, grouped
	}
	for i, part := range d.in(one) {
		if i > 0 && one.kind == filled {
			if len(line)+2 > cap(line) || !grouped {
				return nil, false
			}
			line = append(line, ", "...)
		}
		if line, ok = d.flat(line, part, grouped); !ok {
			return nil, false
		}
	}
	return line, true
}

// fits reports whether documents, flat, and what follows them up to the next possible
// break stay within the room.
func (s *sheet) fits(next []doc, margin int, rest []command, room int) bool {
	work := s.work[:0]
	defer func() { s.work = work }()
	add := func(parts []doc, indent int, broken bool) {
		for _, part := range slices.Backward(parts) {
			work = append(work, command{part, indent, broken})
		}
	}
	add(next, margin, false)
	for room >= 0 {
		if len(work) == 0 {
			if len(rest) == 0 {
				return true
			}
			work, rest = append(work, rest[len(rest)-1]), rest[:len(rest)-1]
		}
		c := work[len(work)-1]
		work = work[:len(work)-1]
		one := &s.pieces[c.content]
		switch one.kind {
		case text:
			room -= textWidth(one.text)
		case broken:
			if !c.broken {
				return false
			}
			add(s.in(one), c.indent, true)
		case filled:
			parts := s.in(one)
			if c.broken && len(parts) > 1 { // after the first comma
				return textWidth(s.pieces[parts[0]].text)+1 <= room
			}
			room -= 2 * max(0, len(parts)-1) // commas and spaces
			add(parts, c.indent, c.broken)
		case after:
			add(s.in(one), c.indent, c.broken)
			work = append(work, command{space, c.indent, c.broken})
		case ifBroken:
			if c.broken {
				add(s.in(one), c.indent, true)
			}
		case lineBreak, softBreak:
			if c.broken {
				return true
			}
			if one.kind == lineBreak {
				room--
			}
		default:
			add(s.in(one), c.indent, c.broken)
		}
	}
	return false
}

// fill breaks only where the room is used up, a comma at the end included.
func (d *documents) fill(of []doc, room int) []doc {
	var list []doc
	left := room
	for i, one := range of {
		width := textWidth(d.pieces[one].text) + 1
		switch {
		case i == 0:
		case left < width+1:
			list = append(list, d.leaf(","), space)
			left = room
		default:
			list = append(list, d.leaf(", "))
			left--
		}
		list = append(list, one)
		left -= width
	}
	return list
}

// textWidth counts columns: wide characters take two, combining marks none.
func textWidth(text string) int {
	n := 0
	for n < len(text) && text[n] < utf8.RuneSelf {
		n++
	}
	for _, r := range text[n:] {
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
