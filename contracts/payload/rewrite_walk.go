package payload

import (
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/rawjson"
)

// recaster walks over a value and its recast together, and notes what has to be edited.
type recaster struct {
	r     *run
	edits *edits
	// At token root, members that the envelope owns stay what they are.
	root     int
	envelope *envelope.Envelope
	present  []bool // fills that are not needed; a stack of one list for each open object
	why      *Violation
	whyAt    int

	renamed, filled, dropped int
}

// value notes what becomes of value i. It stops early when the result cannot be one of the
// later schema, or gets too long.
func (c *recaster) value(p *recast, i int) {
	if p == nil || c.why != nil || c.edits.tooLong() {
		return
	}
	if p.choice != nil {
		p.choice.each(c.r, i, func(k int) bool {
			c.value(p.variants[k], i)
			return false
		})
		return
	}
	switch c.r.doc.Kind(i) {
	case rawjson.Array:
		c.array(p, i)
	case rawjson.Object:
		c.object(p, i)
	}
}

func (c *recaster) array(p *recast, i int) {
	if p.items == nil {
		return
	}
	for at, left := i+1, c.r.doc.Len(i); left > 0; left-- {
		c.value(p.items, at)
		at = c.r.doc.Next(at)
	}
}

func (c *recaster) object(p *recast, i int) {
	d := &c.r.doc
	base := len(c.present)
	for range p.fills {
		c.present = append(c.present, false)
	}
	removal := newRemoval(c.edits)
	for at, left := i+1, d.Len(i); left > 0; left-- {
		m := c.member(p, i, at)
		if m.fill >= 0 {
			c.present[base+m.fill] = true
		}
		if m.drop {
			c.dropped++
			removal.remove(d.Offset(at), endOf(d, at+1))
		} else {
			removal.keep(d.Offset(at), endOf(d, at+1))
			c.keep(m, at)
		}
		at = d.Next(at + 1)
	}
	removal.finish()
	c.fill(p, i, c.present[base:], removal.last >= 0)
	c.present = c.present[:base]
}

// member is what becomes of the member of object i whose name is token at.
func (c *recaster) member(p *recast, i, at int) recastMember {
	name := c.r.doc.Text(at)
	m, known := p.members[string(name)]
	switch {
	case known && i == c.root && c.envelope != nil && c.envelope.Owns(string(name)):
		return recastMember{fill: m.fill}
	case known:
		return m
	case p.forgotten.has(name):
		return recastMember{fill: -1, drop: true}
	}
	for _, pattern := range p.patterns {
		if pattern.pattern.Match(name) {
			return recastMember{fill: -1, value: pattern.value}
		}
	}
	return recastMember{fill: -1, value: p.rest}
}

func (c *recaster) keep(m recastMember, at int) {
	if m.why != nil && c.why == nil {
		c.why, c.whyAt = m.why, at+1
		return
	}
	if m.name != nil {
		c.renamed++
		c.edits.replace(c.r.doc.Offset(at), endOf(&c.r.doc, at), m.name)
	}
	c.value(m.value, at+1)
}

// fill adds what is missing behind the last member of object i.
func (c *recaster) fill(p *recast, i int, present []bool, comma bool) {
	if len(p.fills) == 0 {
		return
	}
	d := &c.r.doc
	end := d.Offset(i) + 1
	for at, left := i+1, d.Len(i); left > 0; left-- {
		end = endOf(d, at+1)
		at = d.Next(at + 1)
	}
	for k, f := range p.fills {
		if present[k] {
			continue
		}
		c.filled++
		if comma {
			c.edits.replace(end, end, commaText)
		}
		c.edits.replace(end, end, f.text)
		comma = true
	}
}

var commaText = []byte(",")

// recastText is a default with its plan carried out.
func recastText(text []byte, p *recast) []byte {
	if p == nil {
		return text
	}
	r := newRun()
	defer r.release()
	if err := r.doc.Read(text); err != nil {
		return text
	}
	e := &edits{length: len(text)}
	c := recaster{r: r, edits: e, root: -1}
	c.value(p, 0)
	if c.why != nil || e.tooLong() {
		return text
	}
	return e.apply(nil, text)
}
