package protobuf

import (
	"cmp"
	"slices"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/numbers"
)

// shape is a message, enum or union with what the model says of it. Its members stand in
// the order of the contract, as those of the model's type do.
type shape struct {
	*numbers.Scope
	typ *codegen.Type // nil when the model has none
	// named says that names depend on what the model calls something, or that somebody
	// learns of them. Otherwise they depend on the event alone.
	named bool
}

// typesOf finds the types that an event needs by where they are written.
func typesOf(e *codegen.Event) map[*contracts.Schema]*codegen.Type {
	types := make(map[*contracts.Schema]*codegen.Type, len(e.Reach))
	for _, t := range e.Reach {
		types[t.Schema] = t
	}
	return types
}

func (f *file) shape(s *numbers.Scope) shape {
	return shape{s, f.model[s.Schema], f.names != nil || f.event.Renamed}
}

// member is one of a shape, with what it stands for.
type member struct {
	*numbers.Field
	at int // among the members of the shape
	of codegen.Origin
}

func (s shape) member(at int) member {
	return member{&s.Fields[at], at, s.memberOrigin(at)}
}

func (s shape) memberOrigin(at int) codegen.Origin {
	switch t := s.typ; {
	case t == nil || !s.named:
	case at < len(t.Fields):
		return codegen.Origin{Type: t, Field: t.Fields[at]}
	case at < len(t.Values):
		return codegen.Origin{Type: t, Value: t.Values[at]}
	case at < len(t.Variants):
		return codegen.Origin{Type: t, Variant: t.Variants[at]}
	}
	return codegen.Origin{}
}

// origin is what the type stands for.
func (s shape) origin() codegen.Origin {
	if s.typ == nil || !s.named {
		return codegen.Origin{}
	}
	return codegen.Origin{Type: s.typ}
}

// doc documents the type.
func (s shape) doc() doc {
	if s.typ == nil {
		return doc{}
	}
	return docOf(s.typ.Doc)
}

// memberDoc documents a member. What its type does not say on the wire is added: the values
// of an open list.
func (s shape) memberDoc(at int) doc {
	switch t := s.typ; {
	case t == nil:
	case at < len(t.Fields):
		out := docOf(t.Fields[at].Doc)
		if s := s.Fields[at].Type.Schema; s != nil && s.Open && len(s.Enum) > 0 {
			out.lines = append(out.lines, openValues(s))
		}
		return out
	case at < len(t.Values):
		return docOf(t.Values[at].Doc)
	case at < len(t.Variants):
		return docOf(t.Variants[at].Doc)
	}
	return doc{}
}

// byNumber lists the places of the members by number; the one for members without a name
// comes last, so that it gives way to those with one.
func (s shape) byNumber() []int {
	order := make([]int, len(s.Fields))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &s.Fields[i], &s.Fields[j]
		if (a.Kind == numbers.Extra) != (b.Kind == numbers.Extra) {
			if a.Kind == numbers.Extra {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Number, b.Number)
	})
	return order
}

// renamed is the name of a member that was chosen for this target.
func renamed(of codegen.Origin) (name naming.Name, ok bool) {
	switch {
	case of.Field != nil:
		name = of.Field.Name
	case of.Value != nil:
		name = of.Value.Name
	case of.Variant != nil:
		name = of.Variant.Name
	}
	return name, name.IsExact()
}

// renamedType is the name of a type that was chosen for this target, not one that only
// starts or ends with a chosen one.
func renamedType(of codegen.Origin) (name naming.Name, ok bool) {
	if of.Type == nil || !of.Type.Name.IsExact() {
		return name, false
	}
	name = of.Type.Name
	return name, name == naming.Exactly(name.Pascal(nil))
}
