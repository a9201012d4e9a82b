package codegen

import (
	"cmp"
	"slices"

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
	contracts.EachSchema(s, func(s *contracts.Schema) {
		if s.Target != nil && b.definitions[s.Target] == nil {
			b.definition(s, e)
			b.reachable(s.Target, e)
		}
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
