package payload

import (
	"slices"

	"github.com/evctl/evctl/contracts/envelope"
)

// compileBody makes the program for the bodies of events: what the envelope's definition
// wants, with the parts of an event marked. It stays nil where a decider cannot do it.
func (s *Set) compileBody() {
	name, version, properties := s.envelope.Places()
	s.versioned = version != nil
	rest := anyNode
	if s.rest != nil {
		rest = s.rest.root
	}
	if s.envelope.Flat() {
		s.flat = newFlatEnvelope(s.envelope, rest)
		return
	}
	// The definition says nothing of the member that holds the properties.
	n := withMember(rest, properties[0], true, func(*node) *node { return marked(anyNode, properties[1:], propertiesPart) })
	n = marked(n, name, namePart)
	if version != nil {
		n = marked(n, version, versionPart)
	}
	s.program = n
}

// marked is n with a part marked at a pointer. It is nil where that cannot be said of n.
func marked(n *node, pointer []string, part int) *node {
	if len(pointer) == 0 {
		if n == nil {
			return nil
		}
		return &node{op: partOp, kinds: n.kinds, part: &partCheck{part, n}}
	}
	return withMember(n, pointer[0], false, func(m *node) *node { return marked(m, pointer[1:], part) })
}

// withMember is n with what it wants of a member changed. A member that n does not allow
// stays so, unless the change is forced. It is nil where that cannot be said of n.
func withMember(n *node, name string, forced bool, change func(*node) *node) *node {
	if n == nil || n.op == unionOp || n.op == partOp {
		return nil
	}
	o := anyObject
	if n.object != nil {
		o = n.object
	}
	i := slices.Index(o.names, name)
	switch {
	case n.kinds&objectKind == 0 || n.enum != nil || i < 0 && !o.open && !forced:
		return n
	case i < 0 && o.picky:
		return nil
	case i < 0:
		o = o.with(&property{name, o.rest()})
		i = len(o.properties) - 1
	default:
		o = o.with(nil)
	}
	if o.properties[i].node = change(o.properties[i].node); o.properties[i].node == nil {
		return nil
	}
	out := *n
	out.object = o.prepared()
	return &out
}

// with is a copy of the object with one more property, which is none to propose; without one,
// just a copy.
func (o *objectCheck) with(p *property) *objectCheck {
	c := *o
	c.properties, c.names, c.required = slices.Clone(o.properties), slices.Clone(o.names), slices.Clone(o.required)
	if p != nil {
		c.add(p.name, p.node, false)
		c.foreign++
	}
	return &c
}

// flatEnvelope is what the envelope wants of bodies that are the properties themselves.
type flatEnvelope struct {
	members []string
	rest    *objectCheck
}

// newFlatEnvelope is nil where a decider cannot do it.
func newFlatEnvelope(e *envelope.Envelope, rest *node) *flatEnvelope {
	f := &flatEnvelope{members: e.Members(), rest: anyObject}
	if rest != anyNode {
		f.rest = rest.object
	}
	if r := f.rest; rest.op == unionOp || rest.masked || r == nil || r.picky || r.min > 0 || r.max >= 0 || len(r.any) > 0 {
		return nil
	}
	return f
}

// around is the program for a body: the contract's, with the members that belong to the
// envelope. It is nil where a decider cannot do it.
func (f *flatEnvelope) around(root *node) *node {
	o := root.object
	if root.op == unionOp || root.kinds != objectKind || root.enum != nil || o == nil || o.picky || o.min > 0 || o.max >= 0 {
		return nil
	}
	for _, name := range f.members {
		declared := slices.Index(f.rest.names, name)
		switch ours := slices.Contains(o.names, name); {
		case ours && declared >= 0:
			return nil
		case ours:
		case declared >= 0:
			o = o.with(&property{name, f.rest.properties[declared].node})
		default:
			o = o.with(&property{name, anyNode})
		}
	}
	required := make([]int, 0, len(f.rest.required)+len(o.required)) // the envelope's are missed first
	for _, p := range f.rest.required {
		required = append(required, slices.Index(o.names, f.rest.names[p]))
	}
	if slices.Contains(required, -1) {
		return nil
	}
	out := *root
	o = o.with(nil)
	o.required = append(required, o.required...)
	out.object = o.prepared()
	return &out
}
