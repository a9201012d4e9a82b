package diff

import (
	"errors"

	"github.com/evctl/evctl/contracts"
)

// Apply makes some of the changes that Compare found from old to a later contract,
// and no others. The result is linked and has old's version; what need not change is
// shared with old and with the later contract. A reference on the way to a change is
// written out, so that a change that was made in a definition is made at its own
// place and at none of the definition's other uses.
//
// Where one change means nothing without another, the result shows both: a union
// that has another discriminator has variants that declare it.
//
// It fails when the changes are not of one comparison of old with another contract.
func Apply(old *contracts.Contract, changes ...Change) (*contracts.Contract, error) {
	result := *old
	if len(changes) == 0 {
		return &result, nil
	}
	root, err := planned(old, changes)
	if err != nil {
		return nil, err
	}
	for _, c := range root.changes {
		head(&result, root.pair.later, c)
	}
	result.Payload = root.schema()
	return &result, nil
}

// Alone is the old schema of a pair with only one change made, which is in the pair or
// below it.
func Alone(p *Pair, c Change) *contracts.Schema {
	e := &edit{pair: c.At().In, changes: []Change{c}}
	for e.pair != p && e.pair.Parent != nil {
		e = &edit{pair: e.pair.Parent, parts: []*edit{e}}
	}
	return e.schema()
}

// edit is what is changed in one pair and below it.
type edit struct {
	pair    *Pair
	changes []Change
	parts   []*edit // in the order in which they were met
}

var errForeignChange = errors.New("the change is not one of this contract")

// planned sorts changes by the schemas that they are about.
func planned(old *contracts.Contract, changes []Change) (*edit, error) {
	edits := map[*Pair]*edit{}
	var root *edit
	var of func(p *Pair) *edit
	of = func(p *Pair) *edit {
		if e := edits[p]; e != nil {
			return e
		}
		e := &edit{pair: p}
		edits[p] = e
		if p.Parent == nil {
			root = e
			return e
		}
		around := of(p.Parent)
		around.parts = append(around.parts, e)
		return e
	}
	for _, c := range changes {
		p := c.At().In
		if p == nil {
			return nil, errForeignChange
		}
		before := root
		e := of(p)
		e.changes = append(e.changes, c)
		if before != nil && root != before || root.pair.oldUse != old.Payload || root.pair.later == nil {
			return nil, errForeignChange
		}
	}
	return root, nil
}

// head changes what a contract says outside its payload. Other keywords are the
// payload's.
func head(c, later *contracts.Contract, change Change) {
	switch change := change.(type) {
	case *EventRenamed:
		c.Name = change.To
	case *AnnotationChanged:
		switch change.Keyword {
		case "owner":
			c.Owner = later.Owner
		case "status":
			c.Status = later.Status
		case "retention":
			c.Retention = later.Retention
		case "tags":
			c.Tags = later.Tags
		case "name":
			c.CodeName = later.CodeName
		}
	}
}

// schema is the old schema of the pair with the changes made. New types come first,
// because the other changes are made to keywords of the types that both sides have.
func (e *edit) schema() *contracts.Schema {
	s := *e.pair.Old
	for _, c := range e.changes {
		if _, ok := c.(*TypeChanged); ok {
			e.retype(&s)
		}
	}
	for _, c := range e.changes {
		e.make(&s, c)
	}
	e.enum(&s)
	e.fill(&s)
	switch {
	case s.Union != nil && e.pair.Old.Union != nil:
		s.Union = e.union()
	case s.Types == contracts.Object && e.pair.Old.Types == contracts.Object:
		e.object(&s)
	}
	return &s
}

// make carries out a change of the schema's own keywords. Properties, variants and
// values of enums are left to object, union and enum.
func (e *edit) make(s *contracts.Schema, c Change) {
	new := e.pair.New
	switch c := c.(type) {
	case *NullableAdded, *NullableRemoved:
		s.Nullable = new.Nullable
	case *EnumAdded, *EnumRemoved:
		s.Enum, s.Open = new.Enum, new.Open
	case *EnumOpened, *EnumClosed:
		s.Open = new.Open
	case *BoundChanged:
		e.bound(s, c.Keyword)
	case *FormatChanged:
		s.Format = new.Format
	case *PatternChanged:
		s.Pattern = new.Pattern
	case *AdditionalChanged:
		s.Additional = contracts.Additional{Allowed: new.Additional.Allowed, Schema: inline(new.Additional.Schema)}
	case *AnnotationChanged:
		if c.value == "" {
			annotate(s, new, c.Keyword)
		}
	case *Deprecated:
		if c.value == "" {
			s.Deprecated = new.Deprecated
		}
	case *Undeprecated:
		if c.value == "" {
			s.Deprecated = nil
		}
	}
}

// annotate takes what the new schema says about itself under one keyword.
func annotate(s, new *contracts.Schema, keyword string) {
	switch keyword {
	case "title":
		s.Title = new.Title
	case "description":
		s.Description = new.Description
	case "examples":
		s.Examples = new.Examples
	case "default":
		s.Default = new.Default
	case "pii":
		s.PII = new.PII
	case "unit":
		s.Unit = new.Unit
	case "since":
		s.Since = new.Since
	case "renamedFrom":
		s.RenamedFrom = new.RenamedFrom
	case "deprecated":
		s.Deprecated = new.Deprecated
	default:
		s.Extensions = extended(s.Extensions, new, keyword)
	}
}

// extended replaces the x- key of a name, of which the first counts.
func extended(list []contracts.Extension, new *contracts.Schema, name string) []contracts.Extension {
	var kept []contracts.Extension
	for _, x := range list {
		if x.Name != name {
			kept = append(kept, x)
		}
	}
	for _, x := range new.Extensions {
		if x.Name == name {
			return append(kept, x)
		}
	}
	return kept
}

// copyMeaning takes all that does not decide which values are accepted.
func copyMeaning(to, from *contracts.Schema) {
	to.Title, to.Description, to.Examples, to.Default = from.Title, from.Description, from.Examples, from.Default
	to.PII, to.Unit, to.Since, to.RenamedFrom = from.PII, from.Unit, from.Since, from.RenamedFrom
	to.Deprecated, to.Extensions = from.Deprecated, from.Extensions
}

// fill puts the changed parts that single keywords hold in their places.
func (e *edit) fill(s *contracts.Schema) {
	for _, part := range e.parts {
		switch part.pair.slot.keyword {
		case "items":
			s.Items = part.orNothing()
		case "keys":
			s.MapKeys = part.orNothing()
		case "values":
			s.Values = part.orNothing()
		case "additionalProperties":
			s.Additional.Schema = part.orNothing()
		}
	}
}

// orNothing is the changed schema, left out where the new contract leaves it out and
// it says no more than that.
func (e *edit) orNothing() *contracts.Schema {
	s, otherwise := e.schema(), e.pair.newUse
	if (otherwise == anything || otherwise == anyString) && len(Schemas(s, otherwise)) == 0 {
		return nil
	}
	return s
}

// inline is a schema in which every reference is written out; nil stays nil. What
// has none is shared. The definitions of two contracts may differ under one name.
func inline(s *contracts.Schema) *contracts.Schema {
	if s == nil {
		return nil
	}
	flat := Flat(s)
	copied := *flat
	changed := flat != s
	put := func(to **contracts.Schema, from *contracts.Schema) {
		*to = inline(from)
		changed = changed || *to != from
	}
	put(&copied.Items, flat.Items)
	put(&copied.MapKeys, flat.MapKeys)
	put(&copied.Values, flat.Values)
	put(&copied.Additional.Schema, flat.Additional.Schema)
	copied.Properties = make([]*contracts.Property, len(flat.Properties))
	for i, p := range flat.Properties {
		own := *p
		put(&own.Schema, p.Schema)
		copied.Properties[i] = &own
	}
	copied.PatternProperties = make([]*contracts.PatternProperty, len(flat.PatternProperties))
	for i, p := range flat.PatternProperties {
		own := *p
		put(&own.Schema, p.Schema)
		copied.PatternProperties[i] = &own
	}
	if flat.Union != nil {
		union := *flat.Union
		union.Variants = make([]*contracts.Variant, len(flat.Union.Variants))
		for i, v := range flat.Union.Variants {
			own := *v
			put(&own.Schema, v.Schema)
			union.Variants[i] = &own
		}
		copied.Union = &union
	}
	if !changed {
		return s
	}
	return &copied
}
