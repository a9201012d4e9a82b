package diff

import (
	"slices"

	"github.com/evctl/evctl/contracts"
)

// object carries out what concerns the members of an object. Which of them are
// required is written on the properties first, in the way that Compare sees it.
func (e *edit) object(s *contracts.Schema) {
	required, groups := Required(e.pair.Old)
	e.minimum(s, len(required))
	s.RequireAny = groups
	changed := map[*contracts.Property]*edit{}
	patterns := map[*contracts.PatternProperty]*edit{}
	for _, part := range e.parts {
		switch slot := part.pair.slot; {
		case slot.property != nil:
			changed[slot.property] = part
		case slot.pattern != nil:
			patterns[slot.pattern] = part
		}
	}
	removed, renamed := e.gone()
	properties := make([]*contracts.Property, 0, len(s.Properties))
	for _, p := range s.Properties {
		if removed[p] {
			continue
		}
		own := *p
		own.Required = required[p.Name]
		changed[p].property(&own)
		if to := renamed[p]; to != nil {
			rename(s, &own, to)
		}
		properties = append(properties, &own)
	}
	s.Properties = append(properties, e.added()...)
	s.PatternProperties = e.patternProperties(s.PatternProperties, patterns)
	for _, c := range e.changes {
		if c, ok := c.(*RequireAnyChanged); ok {
			s.RequireAny = c.To
		}
	}
}

// minimum drops a minProperties that the required properties imply, where the new
// contract has another one: when they become optional, it must not stay behind.
func (e *edit) minimum(s *contracts.Schema, required int) {
	old, new := e.pair.Old.MinProperties, e.pair.New.MinProperties
	if s.MinProperties == old && !sameCount(old, new) && atLeast(old, required) == nil {
		s.MinProperties = nil
	}
}

// gone are the properties that are removed, and what others are renamed to.
func (e *edit) gone() (removed map[*contracts.Property]bool, renamed map[*contracts.Property]*contracts.Property) {
	removed, renamed = map[*contracts.Property]bool{}, map[*contracts.Property]*contracts.Property{}
	for _, c := range e.changes {
		switch c := c.(type) {
		case *PropertyRemoved:
			removed[c.Property] = true
		case *PropertyRenamed:
			renamed[c.From] = c.To
		}
	}
	return removed, renamed
}

// added are the new properties.
func (e *edit) added() []*contracts.Property {
	var list []*contracts.Property
	for _, c := range e.changes {
		if c, ok := c.(*PropertyAdded); ok {
			own := *c.Property
			own.Required, own.Schema = c.Required, inline(own.Schema)
			list = append(list, &own)
		}
	}
	return list
}

// property changes a property and its schema. Nothing changes without an edit.
func (e *edit) property(p *contracts.Property) {
	if e == nil {
		return
	}
	p.Schema = e.schema()
	for _, c := range e.changes {
		switch c := c.(type) {
		case *RequiredAdded:
			p.Required = true
		case *RequiredRemoved:
			p.Required = false
		case *AnnotationChanged:
			if c.Keyword == "name" {
				p.CodeName = c.To
			}
		}
	}
}

// rename gives a property its new name, also where the object asks for it.
func rename(s *contracts.Schema, p, to *contracts.Property) {
	s.RequireAny = slices.Clone(s.RequireAny)
	for i, group := range s.RequireAny {
		group = slices.Clone(group)
		for j := range group {
			if group[j] == p.Name {
				group[j] = to.Name
			}
		}
		slices.Sort(group)
		s.RequireAny[i] = group
	}
	renamed := *Flat(p.Schema)
	renamed.RenamedFrom = p.Name
	p.Name, p.Schema = to.Name, &renamed
}

func (e *edit) patternProperties(list []*contracts.PatternProperty, changed map[*contracts.PatternProperty]*edit) []*contracts.PatternProperty {
	removed := map[*contracts.PatternProperty]bool{}
	var added []*contracts.PatternProperty
	for _, c := range e.changes {
		switch c := c.(type) {
		case *PatternPropertyRemoved:
			removed[c.Property] = true
		case *PatternPropertyAdded:
			own := *c.Property
			own.Schema = inline(own.Schema)
			added = append(added, &own)
		}
	}
	var kept []*contracts.PatternProperty
	for _, p := range list {
		if removed[p] {
			continue
		}
		if part := changed[p]; part != nil {
			own := *p
			own.Schema = part.schema()
			p = &own
		}
		kept = append(kept, p)
	}
	return append(kept, added...)
}

// union is the old union with the changes made to its variants.
func (e *edit) union() *contracts.Union {
	u := *e.pair.Old.Union
	removed := map[*contracts.Variant]bool{}
	renamed := map[string]string{}
	var added []*contracts.Variant
	again := false // the tags are of another property now
	for _, c := range e.changes {
		switch c := c.(type) {
		case *UnionChanged:
			u.Exclusive = e.pair.New.Union.Exclusive
		case *DiscriminatorChanged:
			u.Discriminator = c.To
			again = true
		case *VariantRemoved:
			removed[c.Variant] = true
		case *VariantRenamed:
			renamed[c.From] = c.To
		case *VariantAdded:
			own := *c.Variant
			own.Schema = inline(own.Schema)
			added = append(added, &own)
		}
	}
	changed := map[*contracts.Variant]*edit{}
	for _, part := range e.parts {
		changed[part.pair.slot.variant] = part
	}
	u.Variants = make([]*contracts.Variant, 0, len(u.Variants)+len(added))
	for _, v := range e.pair.Old.Union.Variants {
		if removed[v] {
			continue
		}
		own := *v
		if part := changed[v]; part != nil {
			own.Schema = part.schema()
		}
		if to, ok := renamed[v.Name]; ok {
			own.Name = to
		}
		u.Variants = append(u.Variants, &own)
	}
	u.Variants = append(u.Variants, added...)
	for _, v := range u.Variants {
		if again {
			v.Tag = ""
		}
		tag(&u, v)
	}
	return &u
}

// tag finds out what selects a variant, as linking does. A variant that declares the
// discriminator without fixing its value, or keeps a tag that is not its name, gets a
// declaration that says so.
func tag(u *contracts.Union, v *contracts.Variant) {
	v.TagImplied = false
	if u.Discriminator == "" {
		v.Tag = ""
		return
	}
	flat := Flat(v.Schema)
	p := flat.Property(u.Discriminator)
	if p != nil {
		if text, ok := singleText(p); ok {
			v.Tag = text
			return
		}
		without := *flat
		without.Properties = slices.DeleteFunc(slices.Clone(flat.Properties), func(q *contracts.Property) bool { return q == p })
		flat = &without
	}
	if v.Tag == "" {
		v.Tag = v.Name
	}
	v.TagImplied = true
	if p == nil && v.Tag == v.Name {
		return
	}
	v.Schema = flat
	v.Schema, v.TagImplied = VariantSchema(u, v, flat.File), false
}

// singleText is the one text that a required property can have.
func singleText(p *contracts.Property) (string, bool) {
	s := p.Schema.Resolved()
	if !p.Required || s.Open || len(s.Enum) != 1 || p.Schema.AcceptsNull() || !s.Enum[0].IsString() {
		return "", false
	}
	return s.Enum[0].Text(), true
}
