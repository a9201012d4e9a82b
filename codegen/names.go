package codegen

import (
	"cmp"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// Namer is a Target that can tell which names it gives without printing anything.
type Namer interface {
	Target
	// Identify tells n every identifier that Generate takes from the model, file names
	// included: all that people outside of the generated code see. It goes through the
	// scopes that Generate goes through, so that there is one place that decides.
	Identify(m *Model, options Options, n *Names)
}

// Origin is what an identifier stands for: a type, something of a type, or a unit. The
// zero value is the generated code itself.
type Origin struct {
	Unit    *Unit
	Type    *Type
	Field   *Field   // of Type
	Value   *Value   // of Type
	Variant *Variant // of Type
}

// What is the word for it: event, definition, type, property, enum value, variant or
// fragment.
func (o Origin) What() string {
	switch {
	case o.Field != nil:
		return "property"
	case o.Value != nil:
		return "enum value"
	case o.Variant != nil:
		return "variant"
	case o.Type == nil && o.Unit != nil:
		return "fragment"
	case o.Type == nil:
		return ""
	case o.Type.Event != nil:
		return "event"
	case o.Type.Definition != "":
		return "definition"
	}
	return "type"
}

// Key is how the options of a target speak of it: NAME or NAME#POINTER, where NAME is
// that of the contract which writes it, and POINTER is what findings have.
func (o Origin) Key() string {
	switch {
	case o.Field != nil && o.Field.Property.From != nil:
		return o.Field.Property.From.Name + "#/properties/" + contracts.EscapePointer(o.Field.Wire)
	case o.Field != nil:
		return below(o.Type, "properties", o.Field.Wire)
	case o.Value != nil:
		return below(o.Type, "enum", valueKey(o.Type.Schema, o.Value.EnumValue))
	case o.Variant != nil:
		return below(o.Type, o.Type.Schema.Union.Keyword(), o.Variant.Variant.Name)
	case o.Type != nil:
		return keyOf(o.Type.Pointer)
	case o.Unit != nil:
		return RenamedIn(o.Unit.Types[0].Pointer)
	}
	return ""
}

// ExplicitKey is Key with the word for the kind of the contract, which tells contracts of one
// name apart.
func (o Origin) ExplicitKey() string {
	pointer := ""
	switch {
	case o.Field != nil && o.Field.Property.From != nil:
		return "fragment " + o.Key()
	case o.Type != nil:
		pointer = o.Type.Pointer
	case o.Unit != nil:
		pointer = o.Unit.Types[0].Pointer
	}
	if word := strings.TrimSuffix(pointer, plain(pointer)); word != "" {
		return word + o.Key()
	}
	return "event " + o.Key()
}

// below is the key of something within a type.
func below(t *Type, step, name string) string {
	return plain(t.Pointer) + "/" + step + "/" + contracts.EscapePointer(name)
}

// Location is where to send people: the head of an event, or where it is written.
func (o Origin) Location() diag.Location {
	switch {
	case o.Field != nil:
		return o.Field.Property.At()
	case o.Value != nil:
		return diag.Location{File: o.Type.Schema.File, Span: o.Value.Span}
	case o.Variant != nil:
		return diag.Location{File: o.Type.Schema.File, Span: o.Variant.Key}
	case o.Type != nil:
		return o.Type.At
	case o.Unit != nil:
		return o.Unit.Types[0].At
	}
	return diag.Location{}
}

// clash is the collision in which the model gave it another name, or nil.
func (o Origin) clash() *Collision {
	switch {
	case o.Field != nil:
		return o.Field.Clash
	case o.Value != nil:
		return o.Value.Clash
	case o.Variant != nil:
		return o.Variant.Clash
	case o.Type != nil:
		return o.Type.Clash
	case o.Unit != nil:
		return o.Unit.Clash
	}
	return nil
}

// Clash is two names of the model, or one of the model and one of the generated code
// itself, for which a language has one identifier.
type Clash struct {
	Identifier string // what Other has, and Of would have
	Of         Origin // got a number
	Other      Origin
	file       bool // Identifier is the name of a file
}

// Names learns of the identifiers of one target. Its zero value is ready to use.
type Names struct {
	// Visit is called with every identifier; it may be nil.
	Visit   func(scope *Scope, identifier string, of Origin)
	reserve func(s *Scope, identifier string) // called with what scopes have from the start; may be nil
	clashes []Clash
	known   map[[2]Origin]int // index of clashes
}

// Files is Scope for names of files: what a language calls something comes before that.
func (n *Names) Files(reserved ...string) *Scope {
	s := n.Scope(reserved...)
	s.files = true
	return s
}

// Scope makes a namespace of which n learns; n may be nil.
func (n *Names) Scope(reserved ...string) *Scope {
	s := &Scope{taken: make(map[string]int, len(reserved)+8), names: n}
	for _, name := range reserved {
		s.taken[name] = 0
		if n != nil && n.reserve != nil {
			n.reserve(s, name)
		}
	}
	return s
}

// See tells n of an identifier that a scope did not hand out: the target has rules of its
// own, or the identifier is a part of a longer one. The scope may be nil.
func (n *Names) See(s *Scope, identifier string, of Origin) {
	if n != nil && n.Visit != nil {
		n.Visit(s, identifier, of)
	}
}

// Clash tells n of two names that clash by rules of the target.
func (n *Names) Clash(identifier string, of, other Origin) {
	if n != nil {
		n.clash(Clash{identifier, of, other, false})
	}
}

func (n *Names) add(s *Scope, want, name string, of Origin) {
	s.owners = append(s.owners, of)
	s.taken[name] = len(s.owners)
	if n.Visit != nil {
		n.Visit(s, name, of)
	}
	switch clash := of.clash(); {
	case name != want:
		n.clash(Clash{want, of, s.owner(want), s.files})
	case clash != nil:
		n.clash(Clash{"", of, clash.First, s.files}) // see Job.Clashes
	}
}

// clash keeps one finding for two origins: what is made of their names clashes as well.
func (n *Names) clash(c Clash) {
	pair := [2]Origin{c.Of, c.Other}
	if i, known := n.known[pair]; known {
		if n.clashes[i].file && !c.file {
			n.clashes[i] = c
		}
		return
	}
	if n.known == nil {
		n.known = map[[2]Origin]int{}
	}
	n.known[pair] = len(n.clashes)
	n.clashes = append(n.clashes, c)
}

// owner is what an identifier stands for.
func (s *Scope) owner(identifier string) Origin {
	if at := s.taken[identifier]; at > 0 {
		return s.owners[at-1]
	}
	return Origin{}
}

// identify tells n the names of a target that says nothing about its own: those of the model.
func identify(m *Model, n *Names) {
	files, types := n.Files(), n.Scope()
	for u := range m.Units() {
		files.Name(u.Name.Snake(), u.Origin())
		for _, t := range u.Types {
			types.Name(t.Name.Snake(), Origin{Type: t})
			inside := n.Scope()
			for _, f := range t.Fields {
				inside.Name(f.Name.Snake(), Origin{Type: t, Field: f})
			}
			for _, v := range t.Values {
				inside.Name(v.Name.Snake(), Origin{Type: t, Value: v})
			}
			for _, v := range t.Variants {
				inside.Name(v.Name.Snake(), Origin{Type: t, Variant: v})
			}
		}
	}
}

// Clashes are the names of the model that clash in a job, in the order in which the target
// gives them.
func (job Job) Clashes(m *Model) []Clash {
	m = m.Renamed(job.Rename)
	var n Names
	job.Names(m, &n)
	job.complete(m, n.clashes)
	return n.clashes
}

// complete fills in the identifiers of names that clash in the model already: what the
// target calls those that came first.
func (job Job) complete(m *Model, clashes []Clash) {
	first := map[Origin]*[2]string{} // in the language, and of a file
	for _, c := range clashes {
		if c.Identifier == "" {
			first[c.Other] = &[2]string{}
		}
	}
	if len(first) == 0 {
		return
	}
	job.Names(m, &Names{Visit: func(s *Scope, identifier string, of Origin) {
		kind := 0
		if s.OfFiles() {
			kind = 1
		}
		if found := first[of]; found != nil && found[kind] == "" {
			found[kind] = identifier
		}
	}})
	for i := range clashes {
		if c := &clashes[i]; c.Identifier == "" {
			found := first[c.Other]
			c.Identifier = cmp.Or(found[0], found[1])
		}
	}
}

// Names tells n the names that a job gives.
func (job Job) Names(m *Model, n *Names) {
	if namer, ok := job.Target.(Namer); ok {
		namer.Identify(m, job.Options, n)
		return
	}
	identify(m, n)
}
