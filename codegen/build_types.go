package codegen

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/naming"
)

// body decides what the declaration says.
func (b *builder) body(t *Type) {
	s := t.Schema
	switch {
	case s.Ref != "" || s.Union == nil && s.Enum == nil && (s.Types != contracts.Object || isOpenMap(s) && t.Definition != ""):
		t.Kind = Alias
		t.Of = b.ref(s, place{owner: t})
		if t.Of.Kind != Any {
			t.Of.Nullable = false
		}
	case s.Union != nil:
		b.union(t)
	case s.Enum != nil:
		b.enum(t)
	default:
		b.object(t)
	}
}

// place is where a schema is written, for naming what is declared there.
type place struct {
	owner *Type
	words naming.Name         // after the owner's name
	path  string              // after the owner's pointer
	from  *contracts.Contract // the fragment it came with, which owns it then
	inner bool                // it is what lists or maps hold, and has no name but that of its type
}

func (p place) below(word, path string) place {
	p.words, p.path, p.inner = p.words.With(word), p.path+path, true
	return p
}

// isOpenMap reports whether an object declares no property but takes some: for
// code, that is a map.
func isOpenMap(s *contracts.Schema) bool {
	return s.Types == contracts.Object && len(s.Properties) == 0 && (s.Additional.Allowed || len(s.PatternProperties) > 0)
}

// ref decides what stands in a place, declaring types that are written there.
func (b *builder) ref(s *contracts.Schema, at place) *Ref {
	if s == nil {
		return &Ref{Kind: Any, Nullable: true, Schema: &contracts.Schema{Types: contracts.Any, Nullable: true}}
	}
	r := &Ref{Schema: s, Nullable: s.AcceptsNull(), Types: s.Types}
	switch {
	case s.Ref != "":
		r.Kind, r.Named, r.Types = Named, b.definitions[s.Target].typ, 0
	case s.Union != nil || s.Enum != nil:
		r.Kind, r.Named = Named, b.declare(s, at)
	case isOpenMap(s):
		r.Kind, r.Elem = Map, b.extra(s, at).Type
	case s.Types == contracts.Object:
		r.Kind, r.Named = Named, b.declare(s, at)
	case s.Types == contracts.Array:
		r.Kind, r.Elem = Array, b.ref(s.Items, at.below("item", "/items"))
	case s.Types == contracts.Map:
		r.Kind, r.Elem = Map, b.ref(s.Values, at.below("value", "/values"))
	default:
		r.Kind = scalarKind(s.Types)
	}
	return r
}

func scalarKind(t contracts.Types) RefKind {
	switch t {
	case contracts.String:
		return String
	case contracts.Integer:
		return Integer
	case contracts.Number:
		return Number
	case contracts.Boolean:
		return Boolean
	}
	if t&contracts.Any != 0 || t == 0 {
		return Any
	}
	return Scalar
}

// declare makes a type of a schema that is written inside another one. A schema
// that several events share, because it came with a fragment, is declared once.
func (b *builder) declare(s *contracts.Schema, at place) *Type {
	if t := b.types[s]; t != nil {
		return t
	}
	unit, base, pointer := at.owner.Unit, at.owner.Name, at.owner.Pointer
	if at.from != nil {
		unit, pointer = b.fragment(at.from), "fragment "+at.from.Name+"#"
		base = b.fragmentName(at.from)
	}
	t := b.newType(s, unit, pointer+at.path)
	wanted := base.Join(at.words)
	if name, ok := b.renames.of(t.Pointer); ok && at.inner {
		wanted = name
	}
	t.Name = b.claim(t, wanted)
	b.body(t)
	return t
}

// claim gives a nested type the name it wants, or that name with a number.
func (b *builder) claim(t *Type, wanted naming.Name) naming.Name {
	name, first := wanted, b.taken[wanted.Key()]
	for b.taken[name.Key()] != nil {
		n := max(b.next[wanted.Key()]+1, 2)
		b.next[wanted.Key()] = n
		name = wanted.With(strconv.Itoa(n))
	}
	b.taken[name.Key()] = t
	if first != nil {
		at := diag.Location{File: t.Schema.File, Span: t.Schema.Span}
		t.Clash = b.collision(Collision{Location: at, What: "type", Wire: t.Pointer, OtherWhat: "type", Other: first.Pointer, First: Origin{Type: first}, Got: name})
	}
	return name
}

func (b *builder) object(t *Type) {
	t.Kind = Object
	b.members(t)
	for _, f := range t.Fields {
		p := f.Property
		f.Type = b.ref(p.Schema, place{owner: t, words: f.Name, path: "/properties/" + contracts.EscapePointer(p.Name), from: p.From})
		if !b.model.source.NamesOnly {
			f.Doc = docOf(p.Schema)
		}
	}
	if t.Schema.Additional.Allowed || len(t.Schema.PatternProperties) > 0 {
		t.Extra = b.extra(t.Schema, place{owner: t})
	}
}

// members makes the fields of an object and names them; those with a name: of their own,
// and those that have another name here, come first.
func (b *builder) members(t *Type) {
	t.Fields = make([]*Field, len(t.Schema.Properties))
	wanted := make([]naming.Name, 0, len(t.Fields))
	order := make([]*Field, 0, len(t.Fields))
	for _, named := range []bool{true, false} {
		for i, p := range t.Schema.Properties {
			if t.Fields[i] == nil {
				t.Fields[i] = &Field{Wire: p.Name, Required: p.Required, Property: p}
			}
			name, renamed := b.renames.ofField(t, p)
			if (renamed || p.CodeName != "") != named {
				continue
			}
			if !renamed {
				name = naming.Of(cmp.Or(p.CodeName, p.Name))
			}
			order, wanted = append(order, t.Fields[i]), append(wanted, name)
		}
	}
	names, first := naming.Unique(wanted)
	for i, f := range order {
		f.Name = names[i]
		if first[i] >= 0 {
			other := order[first[i]]
			f.Clash = b.collision(Collision{
				Location: f.Property.At(), What: "property", Wire: f.Wire, OtherWhat: "property", Other: other.Wire, First: Origin{Type: t, Field: other}, Got: f.Name,
				Adjustable: true,
			})
		}
	}
}

// fragmentName is what the types of a fragment are named after.
func (b *builder) fragmentName(c *contracts.Contract) naming.Name {
	if name, ok := b.renames.of("fragment " + c.Name + "#"); ok {
		return name
	}
	return naming.Of(c.Name)
}

// fragment is the unit for what a fragment declares.
func (b *builder) fragment(c *contracts.Contract) *Unit {
	if b.fragments[c] == nil {
		b.fragments[c] = &Unit{Name: b.fragmentName(c)}
		b.model.Shared = append(b.model.Shared, b.fragments[c])
	}
	return b.fragments[c]
}

// extra finds what all members that are not declared have in common.
func (b *builder) extra(s *contracts.Schema, at place) *Extra {
	var schemas []*contracts.Schema
	x := &Extra{}
	for _, p := range s.PatternProperties {
		schemas = append(schemas, p.Schema)
		x.Patterns = append(x.Patterns, p.Pattern)
	}
	if s.Additional.Allowed {
		schemas = append(schemas, s.Additional.Schema)
		x.Patterns = nil
	}
	at = at.below("value", "/additionalProperties")
	if len(schemas) == 1 {
		x.Type = b.ref(schemas[0], at)
		return x
	}
	x.Type = b.ref(nil, at)
	return x
}

func (b *builder) enum(t *Type) {
	t.Kind, t.Base, t.Open = Enum, t.Schema.Types, t.Schema.Open
	wanted := make([]naming.Name, len(t.Schema.Enum))
	for i, v := range t.Schema.Enum {
		wanted[i] = b.renames.value(t, v)
	}
	names, first := naming.Unique(wanted)
	for i, v := range t.Schema.Enum {
		value := &Value{EnumValue: v, Name: names[i], Doc: Doc{Deprecated: deprecation(v.Deprecated)}}
		value.Doc.add(v.Description)
		t.Values = append(t.Values, value)
		if first[i] >= 0 {
			at := diag.Location{File: t.Schema.File, Span: v.Span}
			other := t.Values[first[i]]
			value.Clash = b.collision(Collision{
				Location: at, What: "enum value", Wire: v.JSON, OtherWhat: "enum value", Other: other.JSON, First: Origin{Type: t, Value: other}, Got: names[i],
			})
		}
	}
}

// valueName names an enum value; the sign of a number is a word.
func valueName(v contracts.EnumValue) naming.Name {
	text := v.Text()
	if v.Type()&contracts.Numeric != 0 {
		if rest, negative := strings.CutPrefix(text, "-"); negative {
			text = "minus " + rest
		}
	}
	return naming.Part(text)
}

func (b *builder) union(t *Type) {
	u := t.Schema.Union
	t.Kind, t.Discriminator, t.Exclusive = Union, u.Discriminator, u.Exclusive
	wanted := make([]naming.Name, len(u.Variants))
	for i, v := range u.Variants {
		wanted[i] = b.renames.part(naming.Part(v.Name), t, u.Keyword(), v.Name)
	}
	names, first := naming.Unique(wanted)
	for i, v := range u.Variants {
		at := place{owner: t, words: names[i], path: "/" + u.Keyword() + "/" + contracts.EscapePointer(v.Name)}
		r := b.ref(v.Schema, at)
		if r.Kind != Any {
			r.Nullable = false
		}
		variant := &Variant{Variant: v, Name: names[i], Type: r, Doc: docOf(v.Schema)}
		t.Variants = append(t.Variants, variant)
		if first[i] >= 0 {
			at := diag.Location{File: t.Schema.File, Span: v.Key}
			other := t.Variants[first[i]]
			variant.Clash = b.collision(Collision{
				Location: at, What: "variant", Wire: v.Name, OtherWhat: "variant", Other: other.Variant.Name, First: Origin{Type: t, Variant: other}, Got: names[i],
			})
		}
	}
}

// reach lists the types that t needs, itself first, in order of first use.
func reach(t *Type) []*Type {
	var list []*Type
	seen := map[*Type]bool{}
	var visit func(t *Type)
	var follow func(r *Ref)
	follow = func(r *Ref) {
		switch {
		case r == nil:
		case r.Named != nil:
			visit(r.Named)
		default:
			follow(r.Elem)
		}
	}
	visit = func(t *Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		list = append(list, t)
		for r := range t.Uses() {
			follow(r)
		}
	}
	visit(t)
	return list
}
