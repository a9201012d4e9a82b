package typescript

import (
	"slices"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// A type expression is one of these; layout.go prints them.
type (
	// word is a keyword, a literal or anything else that never breaks.
	word struct{ text string }
	// reference is a named type; of is nil for one that only this module has.
	reference struct {
		name string
		of   *codegen.Type
	}
	list   struct{ of expr }
	record struct{ of expr }
	union  struct{ of []expr }
	// tagged is a type with one more member.
	tagged struct {
		of expr // nil: nothing else
		tag
	}
)

type expr any

// expression is the type of a place, null included where it is valid.
func (p *printer) expression(r *codegen.Ref) expr {
	e := p.bare(r)
	if !r.Nullable || e == (expr)(word{"unknown"}) {
		return e
	}
	if e == (expr)(word{"never"}) {
		return word{"null"}
	}
	return join(e, word{"null"})
}

// bare is the type of a place, null left aside.
func (p *printer) bare(r *codegen.Ref) expr {
	switch r.Kind {
	case codegen.String:
		return word{"string"}
	case codegen.Integer, codegen.Number:
		return word{"number"}
	case codegen.Boolean:
		return word{"boolean"}
	case codegen.Scalar:
		return scalars(r.Types)
	case codegen.Array:
		return list{p.expression(r.Elem)}
	case codegen.Map:
		return record{p.expression(r.Elem)}
	case codegen.Named:
		if r.Named.Kind == codegen.Enum && r.Named.Definition == "" && len(r.Named.Values) == 0 && !r.Named.Open {
			return word{"never"}
		}
		if at := r.Underlying(); at.Kind == codegen.Any {
			return word{"unknown"}
		}
		return p.refer(r.Named)
	}
	return word{"unknown"}
}

func scalars(t contracts.Types) expr {
	var of []expr
	for _, s := range []struct {
		types contracts.Types
		name  string
	}{{contracts.String, "string"}, {contracts.Numeric, "number"}, {contracts.Boolean, "boolean"}} {
		if t&s.types != 0 {
			of = append(of, word{s.name})
		}
	}
	return join(of...)
}

// join makes a union, taking unions apart and leaving out what stands there
// already. A union with unknown is unknown.
func join(parts ...expr) expr {
	var of []expr
	for _, part := range parts {
		members := []expr{part}
		if u, ok := part.(union); ok {
			members = u.of
		}
		for _, m := range members {
			if m == (expr)(word{"unknown"}) {
				return m
			}
			if !slices.ContainsFunc(of, func(o expr) bool { return same(o, m) }) {
				of = append(of, m)
			}
		}
	}
	if len(of) == 1 {
		return of[0]
	}
	return union{of}
}

// same reports whether two expressions are written alike.
func same(a, b expr) bool {
	switch a := a.(type) {
	case word:
		return spelled(b) == a.text
	case reference:
		return spelled(b) == a.name
	case list:
		b, ok := b.(list)
		return ok && same(a.of, b.of)
	case record:
		b, ok := b.(record)
		return ok && same(a.of, b.of)
	case tagged:
		b, ok := b.(tagged)
		return ok && a.tag == b.tag && (a.of == nil) == (b.of == nil) && (a.of == nil || same(a.of, b.of))
	case union:
		b, ok := b.(union)
		return ok && slices.EqualFunc(a.of, b.of, same)
	}
	return false
}

// spelled is the text of an expression that is one word, or empty.
func spelled(e expr) string {
	switch e := e.(type) {
	case word:
		return e.text
	case reference:
		return e.name
	}
	return ""
}

// position is where an expression stands, which decides how unions break.
type position uint8

const (
	inside    position = iota // an argument of Record, or a member of a union
	ofList                    // the element of a list, in parentheses
	ofMember                  // after the name of a member
	ofDeclare                 // after the = of a declaration
)

// expression prepares an expression for layout.
func (d *documents) expression(e expr, at position) doc {
	switch e := e.(type) {
	case word:
		return d.leaf(e.text)
	case reference:
		return d.leaf(e.name)
	case list:
		return d.seq(d.expression(e.of, ofList), "[]")
	case record:
		return d.seq("Record", d.group("<", d.indent(softLine, "string,", space, d.expression(e.of, inside)), softLine, ">"))
	case tagged:
		return d.intersection(e)
	case union:
		return d.union(e, at)
	}
	return d.leaf("")
}

func (d *documents) intersection(e tagged) doc {
	object := d.group("{", d.indent(space, key(e.name), ": ", quote(e.value), d.of(ifBroken, ";")), space, "}")
	if e.of == nil {
		return object
	}
	return d.seq(d.expression(e.of, inside), " & ", object)
}

// union breaks all members of a union or none. A named type or null is
// never broken.
func (d *documents) union(u union, at position) doc {
	var list []doc
	hug := hugs(u)
	for i, m := range u.of {
		if i > 0 {
			if hug {
				list = append(list, d.leaf(" "))
			} else {
				list = append(list, space)
			}
			list = append(list, d.leaf("| "))
		}
		one := d.expression(m, inside)
		if !hug {
			one = d.indent(one) // by the width of "| "
		}
		list = append(list, one)
	}
	members := d.list(sequence, list)
	switch {
	case at == ofList && hug:
		return d.seq("(", members, ")")
	case at == ofList:
		return d.seq("(", d.group(d.indent(softLine, d.of(ifBroken, "| "), members), softLine), ")")
	case hug:
		return members
	}
	return d.group(d.of(ifBroken, "| "), members)
}

// hugs reports whether a union is one named type or map, and null.
func hugs(u union) bool {
	if len(u.of) != 2 || u.of[1] != (expr)(word{"null"}) {
		return false
	}
	switch u.of[0].(type) {
	case reference, record:
		return true
	}
	return false
}

// ownLine reports whether an expression starts on a line of its own when it does
// not fit beside what it belongs to.
func ownLine(e expr) bool {
	u, ok := e.(union)
	return ok && !hugs(u)
}

// value prints a name and, on the same line or on the next one, the expression after it.
func (s *sheet) value(name, separator string, e expr, at position) {
	d := s.expression(e, at)
	s.WriteString(name)
	switch {
	case ownLine(e):
		s.print(s.seq(s.group(separator, s.indent(space, d)), ";"), 0, textWidth(name))
	case at == ofDeclare:
		s.print(s.seq(separator, s.of(after, d), ";"), 0, textWidth(name))
	default:
		s.print(s.seq(separator, " ", d, ";"), 0, textWidth(name))
	}
}

// member prints a member of an interface, two columns in, and ends the line. mark stands
// behind its name.
func (s *sheet) member(name, mark string, e expr) {
	d := s.expression(e, ofMember)
	s.margin(tab)
	if ownLine(e) {
		s.print(s.seq(name, mark, s.group(":", s.indent(space, d)), ";"), tab, tab)
	} else {
		s.print(s.seq(name, mark, ": ", d, ";"), tab, tab)
	}
	s.WriteString("\n")
}
