package numbers

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/evctl/evctl/contracts"
)

// Scope is a message, an enum or a union with the numbers of its members.
type Scope struct {
	Key    string // in the ledger
	Leaf   Leaf   // Message, Enum or Union
	Schema *contracts.Schema
	// Definition is the one that declares the scope; empty for the event itself and
	// for what is written in place.
	Definition string
	Fields     []Field // in the order of the contract; Extra last
	// Reserved are the numbers that were given away and are not in use now.
	Reserved []Entry
}

// Field is a member of a scope: a property, a value or a variant.
type Field struct {
	Number int
	Name   string // property, value or variant as it is on the wire; empty for Extra
	Kind   Kind
	Type   Type   // not for enum values and Extra
	Scope  *Scope // of the type's leaf, when that has one; definitions share theirs

	Property *contracts.Property  // in messages, nil for Extra
	Value    *contracts.EnumValue // in enums
	Variant  *contracts.Variant   // in unions
}

// Allocate is the ledger of an event that follows previous: all of its numbers,
// and new ones for what is new.
func Allocate(previous Ledger, c *contracts.Contract) Ledger {
	_, ledger := Plan(previous, c)
	return ledger
}

// Plan gives every property, enum value and union variant of a linked event its
// number and returns the event's message, and the ledger with what was added.
//
// New members take the smallest numbers that were never used, required properties
// first because numbers up to 15 are a byte shorter on the wire, otherwise in the
// order of the contract. Equal arguments give equal results.
func Plan(previous Ledger, c *contracts.Contract) (*Scope, Ledger) {
	next := maps.Clone(previous.scopes)
	if next == nil {
		next = map[string][]Entry{}
	}
	event := plan(planner{previous: previous, next: next}, c)
	return event, Ledger{scopes: next}
}

// Scopes is the event's message that Plan returns, for those who do not need the ledger.
func Scopes(previous Ledger, c *contracts.Contract) *Scope {
	return plan(planner{previous: previous}, c)
}

func plan(p planner, c *contracts.Contract) *Scope {
	event := &Scope{Key: eventScope, Leaf: Message, Schema: c.Payload}
	p.definitions = map[string]*Scope{}
	p.fill(event)
	return event
}

type planner struct {
	previous    Ledger
	next        map[string][]Entry // what follows it; nil: nobody needs it
	definitions map[string]*Scope
}

// fill numbers the members of a scope, and the scopes below it.
func (p *planner) fill(s *Scope) {
	s.Fields = members(s)
	n := number(p.previous.scopes[s.Key], s.Fields)
	s.Reserved = n.reserved()
	if p.next != nil && len(n.entries)+len(s.Fields) > 0 {
		p.next[s.Key] = n.ledger()
	}
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Type.Scoped() {
			f.Scope = p.below(s, f)
		}
	}
}

// below is the scope of a field's leaf.
func (p *planner) below(s *Scope, f *Field) *Scope {
	t := f.Type
	scope := &Scope{Leaf: t.Leaf, Schema: t.Schema, Definition: t.Definition}
	if t.Definition == "" {
		scope.Key = s.Key + "/" + strconv.Itoa(f.Number)
		p.fill(scope)
		return scope
	}
	scope.Key = string(t.Leaf) + ":" + t.Definition
	if known := p.definitions[scope.Key]; known != nil {
		return known
	}
	p.definitions[scope.Key] = scope
	p.fill(scope)
	return scope
}

// members lists what a scope has to number.
func members(s *Scope) []Field {
	switch s.Leaf {
	case Enum:
		return values(s.Schema)
	case Union:
		return variants(s.Schema.Union)
	}
	return properties(s.Schema)
}

func values(s *contracts.Schema) []Field {
	fields := make([]Field, len(s.Enum))
	for i := range s.Enum {
		fields[i] = Field{Name: s.Enum[i].Text(), Kind: EnumValue, Value: &s.Enum[i]}
	}
	return fields
}

func variants(u *contracts.Union) []Field {
	fields := make([]Field, len(u.Variants))
	for i, v := range u.Variants {
		t := TypeOf(v.Schema)
		fields[i] = Field{Name: v.Name, Kind: t.Kind(), Type: t, Variant: v}
	}
	return fields
}

func properties(s *contracts.Schema) []Field {
	fields := make([]Field, 0, len(s.Properties)+1)
	for _, property := range s.Properties {
		t := TypeOf(property.Schema)
		fields = append(fields, Field{Name: property.Name, Kind: t.Kind(), Type: t, Property: property})
	}
	if hasExtra(s) {
		fields = append(fields, Field{Kind: Extra})
	}
	return fields
}

// numbering gives fields their numbers. It does not change the entries it is given.
type numbering struct {
	entries []Entry // ordered by number
	fields  []Field
	owner   []*Field // by entry: which field has it now, or nil
	fresh   []*Field // those that got a number of their own, in its order
	missing int      // how many fields have no number yet
	// byName is the first entry of a name, current or not, and same the next one of each. The
	// empty name is that of Extra.
	byName map[string]int
	same   []other
}

// other is an entry, and where in numbering.same the next one is; negative: nowhere.
type other struct{ entry, next int }

// number sets the numbers of fields.
func number(entries []Entry, fields []Field) *numbering {
	n := &numbering{entries: entries, fields: fields, owner: make([]*Field, len(entries)), missing: len(fields)}
	n.follow()
	if n.missing > 0 && len(entries) > 0 {
		n.index()
		for _, current := range []bool{true, false} {
			n.claim(ownName, current)
			n.claim(earlierName, current)
		}
	}
	if n.missing > 0 {
		n.allocate()
	}
	return n
}

// follow claims entries as far as they stand in the order in which fields get numbers, which
// is all of them as long as nothing was added or removed. The entry that has a field's name
// and kind now is what claim would find for it: no two of a ledger have both.
func (n *numbering) follow() {
	at := 0
	for f := range n.inOrder() {
		if at < len(n.entries) && n.entries[at].Name() == f.Name && n.entries[at].Kind == f.Kind {
			n.take(at, f)
			at++
		}
	}
}

// inOrder yields the fields without a number in the order in which they get one.
func (n *numbering) inOrder() iter.Seq[*Field] {
	return func(yield func(*Field) bool) {
		for _, wantRequired := range []bool{true, false} {
			for i := range n.fields {
				f := &n.fields[i]
				required := f.Property != nil && f.Property.Required
				if f.Number == 0 && required == wantRequired && !yield(f) {
					return
				}
			}
		}
	}
}

// take gives an entry's number to a field.
func (n *numbering) take(entry int, f *Field) {
	f.Number = n.entries[entry].Number
	n.owner[entry] = f
	n.missing--
}

// ownName is the name under which a field has its number when nothing was renamed.
// It is that of an earlier version, too, in which the property is not renamed yet.
func ownName(_ []Field, f *Field) (string, bool) { return f.Name, true }

// earlierName follows renamedFrom, unless the earlier name is still in use.
func earlierName(fields []Field, f *Field) (string, bool) {
	if f.Property == nil || f.Property.Schema.RenamedFrom == "" {
		return "", false
	}
	from := f.Property.Schema.RenamedFrom
	inUse := slices.ContainsFunc(fields, func(g Field) bool { return g.Property != nil && g.Name == from })
	return from, !inUse
}

// claim gives the fields without a number the entry that has their name, as its
// current one or as any. Current names are claimed for all fields first, so that
// no field loses its number to another one.
func (n *numbering) claim(nameOf func([]Field, *Field) (string, bool), current bool) {
	if n.missing == 0 {
		return
	}
	for i := range n.fields {
		f := &n.fields[i]
		if f.Number != 0 {
			continue
		}
		name, ok := nameOf(n.fields, f)
		if !ok {
			continue
		}
		at, known := n.byName[name]
		for ; known && at >= 0; at = n.same[at].next {
			entry := n.same[at].entry
			e := &n.entries[entry]
			if n.owner[entry] == nil && compatible(e.Kind, f.Kind) && (!current || e.Name() == name) {
				n.take(entry, f)
				break
			}
		}
	}
}

// index finds entries by all of their names, in the order of their numbers.
func (n *numbering) index() {
	n.byName, n.same = make(map[string]int, len(n.entries)), make([]other, 0, len(n.entries))
	for i, e := range slices.Backward(n.entries) {
		for _, name := range e.Names {
			n.add(name, i)
		}
		if e.Kind == Extra {
			n.add("", i)
		}
	}
}

func (n *numbering) add(name string, entry int) {
	next, known := n.byName[name]
	if !known {
		next = -1
	}
	n.byName[name] = len(n.same)
	n.same = append(n.same, other{entry, next})
}

// allocate gives the smallest numbers that were never used to the fields that have none yet.
func (n *numbering) allocate() {
	next, entries := 1, n.entries
	for f := range n.inOrder() {
		next, entries = unused(next, entries)
		f.Number = next
		n.fresh = append(n.fresh, f)
		next++
	}
}

// unused is the smallest number from at on that no entry has, and the entries behind it.
func unused(at int, entries []Entry) (int, []Entry) {
	for {
		switch {
		case reservedFirst <= at && at <= reservedLast:
			at = reservedLast + 1
		case len(entries) > 0 && entries[0].Number <= at:
			at = max(at, entries[0].Number+1)
			entries = entries[1:]
		default:
			return at, entries
		}
	}
}

// reserved are the entries that no field has.
func (n *numbering) reserved() []Entry {
	var list []Entry
	for i, f := range n.owner {
		if f == nil {
			list = append(list, n.entries[i])
		}
	}
	return list
}

// ledger is all entries, with what their fields have now and those of new fields added.
func (n *numbering) ledger() []Entry {
	all := make([]Entry, 0, len(n.entries)+len(n.fresh))
	for i, e := range n.entries {
		if f := n.owner[i]; f != nil {
			e.Kind = f.Kind
			e.rename(f)
		}
		all = append(all, e)
	}
	if len(n.fresh) == 0 {
		return all
	}
	for _, f := range n.fresh {
		e := Entry{Number: f.Number, Kind: f.Kind}
		e.rename(f)
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Number, b.Number) })
	return all
}

// rename makes the name of the field that has the entry now its current one.
func (e *Entry) rename(f *Field) {
	if f.Kind != Extra && (len(e.Names) == 0 || e.Name() != f.Name) {
		e.Names = append(slices.Clip(e.Names), f.Name)
	}
}
