package diff

import (
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// Compare lists what changed from one linked event to another, in the order of
// the new file. What was removed follows what is still there. Contracts without a
// payload, which could not be parsed, have no changes.
//
// The version is not compared: it is a claim about the changes.
func Compare(old, new *contracts.Contract) []Change {
	if old.Payload == nil || new.Payload == nil {
		return nil
	}
	d := &differ{}
	root := &Pair{
		Old: Flat(old.Payload), New: Flat(new.Payload), oldUse: old.Payload, newUse: new.Payload,
		label: "the event", oldHead: old.Head(), newHead: new.Head(), later: new,
	}
	if new.Kind != contracts.Event {
		root.label = string(new.Kind) + " " + document.Quote(new.Name)
	}
	d.contract(old, new, root)
	d.pair(root)
	return d.changes
}

// Schemas lists what changed from one linked schema to another. Its changes have
// places in files where the schemas have.
func Schemas(old, new *contracts.Schema) []Change {
	d := &differ{}
	d.pair(&Pair{Old: Flat(old), New: Flat(new), oldUse: old, newUse: new, label: "the value"})
	return d.changes
}

// differ collects changes.
type differ struct {
	changes []Change
}

func (d *differ) add(c Change) { d.changes = append(d.changes, c) }

func (d *differ) contract(old, new *contracts.Contract, root *Pair) {
	if old.Name != new.Name {
		d.add(&EventRenamed{Place: root.here(), From: old.Name, To: new.Name})
	}
	note := func(keyword, from, to string) {
		if from != to {
			place := Place{Pointer: "/" + keyword, In: root, Old: old.At(keyword), New: new.At(keyword)}
			d.add(&AnnotationChanged{Place: place, Keyword: keyword, Of: root.label, From: from, To: to})
		}
	}
	note("owner", old.Owner, new.Owner)
	note("status", string(old.Status), string(new.Status))
	note("retention", string(old.Retention), string(new.Retention))
	note("tags", sortedText(old.Tags), sortedText(new.Tags))
	note("name", old.CodeName, new.CodeName)
}

func sortedText(list []string) string { return strings.Join(slices.Sorted(slices.Values(list)), ", ") }

// pair compares two schemas with everything below them.
func (d *differ) pair(p *Pair) {
	if p.oldUse == p.newUse {
		return
	}
	d.annotations(p)
	switch {
	case p.Old.Union != nil && p.New.Union != nil:
		d.nullable(p)
		d.union(p)
	case p.Old.Union != nil || p.New.Union != nil:
		d.typeChanged(p)
	default:
		d.typed(p)
	}
}

func (d *differ) typed(p *Pair) {
	old, new := p.Old.Types, p.New.Types
	if old != new {
		d.typeChanged(p)
	}
	if (old|new)&contracts.Any != 0 {
		return // null is part of any
	}
	d.nullable(p)
	both := commonTypes(old, new)
	if both&contracts.Scalars != 0 {
		d.enum(p)
	}
	if both&contracts.String != 0 {
		d.strings(p)
	}
	if both&contracts.Number != 0 {
		d.numbers(p)
	}
	if both&contracts.Array != 0 {
		d.array(p)
	}
	if both&contracts.Object != 0 {
		d.object(p)
	}
	if both&contracts.Map != 0 {
		d.mapping(p)
	}
}

// commonTypes are the types whose keywords are compared. Whole numbers are numbers.
func commonTypes(old, new contracts.Types) contracts.Types {
	both := old & new
	if old&contracts.Numeric != 0 && new&contracts.Numeric != 0 {
		both |= contracts.Number
	}
	return both
}

func (d *differ) typeChanged(p *Pair) {
	place := p.place("type")
	if p.New.Union != nil {
		place = p.place(p.New.Union.Keyword())
	}
	if p.Old.Union != nil {
		place.Old = keywordAt(p.Old, p.Old.Union.Keyword(), p.oldHead)
	}
	if p.oldUse.Ref != p.newUse.Ref { // the edit is the reference, not what it names
		place.Old = keywordAt(p.oldUse, "$ref", place.Old)
		place.New = keywordAt(p.newUse, "$ref", place.New)
	}
	place.Pointer = p.Pointer
	d.add(&TypeChanged{Place: place, From: describe(p.Old), To: describe(p.New)})
}

// describe names what kind of schema it is.
func describe(s *contracts.Schema) string {
	if s.Union == nil {
		return s.Types.String()
	}
	names := make([]string, len(s.Union.Variants))
	for i, v := range s.Union.Variants {
		names[i] = v.Name
	}
	return s.Union.Keyword() + " of " + strings.Join(names, ", ")
}

func (d *differ) nullable(p *Pair) {
	switch {
	case p.New.Nullable && !p.Old.Nullable:
		d.add(&NullableAdded{p.place("nullable")})
	case p.Old.Nullable && !p.New.Nullable:
		d.add(&NullableRemoved{p.place("nullable")})
	}
}

func (d *differ) array(p *Pair) {
	d.count(p, "minItems", p.Old.MinItems, p.New.MinItems)
	d.count(p, "maxItems", p.Old.MaxItems, p.New.MaxItems)
	if p.Old.UniqueItems != p.New.UniqueItems {
		c := &BoundChanged{Place: p.place("uniqueItems"), Keyword: "uniqueItems", Tightened: p.New.UniqueItems, Loosened: p.Old.UniqueItems}
		if c.To = ""; p.New.UniqueItems {
			c.To = "true"
		} else {
			c.From = "true"
		}
		d.add(c)
	}
	d.pair(p.part("items", "[]", "items", orElse(p.Old.Items, anything), orElse(p.New.Items, anything)))
}

func (d *differ) mapping(p *Pair) {
	d.count(p, "minProperties", p.Old.MinProperties, p.New.MinProperties)
	d.count(p, "maxProperties", p.Old.MaxProperties, p.New.MaxProperties)
	d.pair(p.part("keys", "", "keys", orElse(p.Old.MapKeys, anyString), orElse(p.New.MapKeys, anyString)))
	d.pair(p.part("values", ".*", "values", orElse(p.Old.Values, anything), orElse(p.New.Values, anything)))
}
