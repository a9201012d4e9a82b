package codegen

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/numbers"
)

// Source is what a model is made of.
type Source struct {
	// Events are linked. Broken ones have no meaning and are left out: callers
	// refuse to generate from them.
	Events []*contracts.Contract
	// Initialisms are words that casings such as Go's write in capitals, beside the
	// common ones.
	Initialisms []string
	// Ledgers are the protobuf numbers of the released versions of each event, by its
	// wire name, oldest version first. Nil: nothing was released.
	Ledgers map[string][]numbers.Ledger
	// Released are the released versions of each event, by its wire name, linked and
	// oldest first. Nil: nothing was released.
	Released map[string][]*contracts.Contract
	// Rename holds other names for single things; see Model.Renamed.
	Rename map[string]string
	// NamesOnly leaves out what no name depends on: documentation and digests.
	NamesOnly bool
}

// NewModel decides everything that generated code depends on.
//
// Names of types are given out in this order, so that a name depends on as few
// other contracts as possible: events with a name: of their own, other events,
// shared definitions, definitions of one event (after the event: order completed
// line item), and at last everything written inside another schema, which is named
// after its owner and its property.
func NewModel(src Source) *Model {
	b := &builder{
		model:       &Model{Initialisms: naming.NewInitialisms(src.Initialisms...)},
		types:       map[*contracts.Schema]*Type{},
		taken:       map[string]*Type{},
		next:        map[string]int{},
		definitions: map[*contracts.Schema]*root{},
		fragments:   map[*contracts.Contract]*Unit{},
		renames:     newRenames(src.Rename),
	}
	b.model.source = src
	b.roots(src)
	b.nameRoots()
	b.bodies()
	b.nameUnits()
	for _, e := range b.model.Events {
		e.Reach = reach(e.Payload)
	}
	b.model.unused = b.renames.unused()
	return b.model
}

type builder struct {
	model *Model
	types map[*contracts.Schema]*Type // declared so far, by where they are written
	taken map[string]*Type            // by the key of the name
	next  map[string]int              // by key: the last number given to a collision

	tops        []*root
	definitions map[*contracts.Schema]*root
	fragments   map[*contracts.Contract]*Unit
	renames     *renames
}

// root is a type that is named for itself: an event's payload or a definition.
type root struct {
	typ      *Type
	wanted   naming.Name
	rank     int // lower ones get their names first
	wire     string
	what     string
	location diag.Location
}

// Ranks of roots.
const (
	rankNamed = iota // the contract says name:
	rankEvent
	rankShared
	rankLocal
)

func (b *builder) roots(src Source) {
	events := slices.DeleteFunc(slices.Clone(src.Events), func(c *contracts.Contract) bool { return c.Broken || c.Payload == nil })
	slices.SortStableFunc(events, func(x, y *contracts.Contract) int { return cmp.Compare(x.Name, y.Name) })
	for _, c := range events {
		e := &Event{Contract: c, Renamed: b.renames != nil, Ledgers: src.Ledgers[c.Name], Released: src.Released[c.Name]}
		if !src.NamesOnly {
			e.Digest = contracts.DigestOf(c)
		}
		r := &root{wanted: naming.Of(c.Name), rank: rankEvent, wire: c.Name, what: "event", location: c.Head()}
		if c.CodeName != "" {
			r.wanted, r.rank = naming.Of(c.CodeName), rankNamed
		}
		if name, ok := b.renames.of(c.Name + "#"); ok {
			r.wanted, r.rank = name, rankNamed
		}
		r.typ = b.newType(c.Payload, &e.Unit, c.Name+"#")
		r.typ.Event, r.typ.At = e, r.location
		r.typ.Name = r.wanted // until all are named
		e.Payload = r.typ
		b.model.Events = append(b.model.Events, e)
		b.tops = append(b.tops, r)
		b.reachable(c.Payload, e)
	}
	slices.SortStableFunc(b.tops, func(x, y *root) int { return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.wire, y.wire)) })
}

// reachable makes roots of all definitions that s needs and that have none yet.
func (b *builder) reachable(s *contracts.Schema, e *Event) {
	contracts.Walk(s, "", func(_ string, s *contracts.Schema) bool {
		if s.Target != nil && b.definitions[s.Target] == nil {
			b.definition(s, e)
			b.reachable(s.Target, e)
		}
		return true
	})
}

func (b *builder) definition(ref *contracts.Schema, e *Event) {
	s := ref.Target
	r := &root{wanted: naming.Of(ref.Ref), rank: rankShared, wire: ref.Ref, what: "definition", location: diag.Location{File: s.File, Span: s.Span}}
	unit := &e.Unit
	pointer := "define " + ref.Ref + "#"
	if local := e.Contract.Definition(ref.Ref); local != nil && local.Local && local.Schema == s {
		r.wanted = b.eventName(e).Join(r.wanted)
		r.rank = rankLocal
		r.wire = e.Contract.Name + "#/definitions/" + ref.Ref
		pointer = r.wire
	} else {
		unit = &Unit{Name: r.wanted}
		b.model.Shared = append(b.model.Shared, unit)
	}
	if name, ok := b.renames.of(pointer); ok {
		r.wanted, r.rank = name, rankNamed
	}
	r.typ = b.newType(s, unit, pointer)
	r.typ.Definition = ref.Ref
	b.definitions[s] = r
	b.tops = append(b.tops, r)
}

// newType adds a declaration without a name to its unit.
func (b *builder) newType(s *contracts.Schema, unit *Unit, pointer string) *Type {
	t := &Type{Unit: unit, Schema: s, Pointer: pointer, At: diag.Location{File: s.File, Span: s.Span}}
	if !b.model.source.NamesOnly {
		t.Doc = docOf(s)
	}
	unit.Types = append(unit.Types, t)
	b.types[s] = t
	return t
}

// nameRoots names events and definitions all at once, so that only those change
// that collide.
func (b *builder) nameRoots() {
	wanted := make([]naming.Name, len(b.tops))
	for i, r := range b.tops {
		wanted[i] = r.wanted
	}
	names, first := naming.Unique(wanted)
	for i, r := range b.tops {
		r.typ.Name = names[i]
		b.taken[names[i].Key()] = r.typ
		if first[i] >= 0 {
			other := b.tops[first[i]]
			r.typ.Clash = b.collision(Collision{
				Location: r.location, What: r.what, Wire: r.wire, OtherWhat: other.what, Other: other.wire, First: Origin{Type: other.typ}, Got: names[i],
				Adjustable: r.what == "event",
			})
		}
	}
}

// eventName is what the definitions of an event are named after.
func (b *builder) eventName(e *Event) naming.Name {
	if e.Payload.Name.IsExact() {
		return e.Payload.Name
	}
	return naming.Of(e.Contract.Name)
}

func (b *builder) collision(c Collision) *Collision {
	b.model.Collisions = append(b.model.Collisions, c)
	return &c
}

// bodies fills in all declarations: events first, then definitions in the order
// in which they were named.
func (b *builder) bodies() {
	for _, e := range b.model.Events {
		b.body(e.Payload)
		eventDoc(e)
	}
	for _, r := range b.tops {
		if r.typ.Definition != "" {
			b.body(r.typ)
		}
	}
}

func eventDoc(e *Event) {
	if e.Contract.Status == contracts.Deprecated && e.Payload.Doc.Deprecated == "" {
		e.Payload.Doc.Deprecated = deprecation(&contracts.Deprecation{})
	}
	if e.Contract.Status == contracts.Retired {
		e.Payload.Doc.Deprecated = "The event is retired: nobody sends it."
	}
}

// nameUnits gives units names that differ, and orders the shared ones.
func (b *builder) nameUnits() {
	slices.SortStableFunc(b.model.Shared, func(x, y *Unit) int { return cmp.Compare(x.Name.Key(), y.Name.Key()) })
	var units []*Unit
	for _, e := range b.model.Events {
		e.Name = e.Payload.Name
		units = append(units, &e.Unit)
	}
	for _, u := range b.model.Shared {
		if u.Types[0].Definition != "" {
			u.Name = u.Types[0].Name
		}
		units = append(units, u)
	}
	wanted := make([]naming.Name, len(units))
	for i, u := range units {
		wanted[i] = u.Name
	}
	names, first := naming.Unique(wanted)
	for i, u := range units {
		u.Name = names[i]
		if first[i] >= 0 {
			u.Clash = &Collision{First: units[first[i]].Origin()}
		}
	}
}

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
