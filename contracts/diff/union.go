package diff

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// VariantSchema is what a variant of a union accepts: its own schema and, where
// the discriminator selects it by a property that it does not declare, that
// property too.
func VariantSchema(u *contracts.Union, v *contracts.Variant, file *diag.File) *contracts.Schema {
	flat := Flat(v.Schema)
	if !v.TagImplied {
		return flat
	}
	tagged := *flat
	tag := &contracts.Schema{File: file, Span: v.Key, Types: contracts.String,
		Enum: []contracts.EnumValue{{Value: contracts.Value{JSON: document.Quote(v.Tag), Span: v.Key}}}}
	tagged.Properties = append(slices.Clip(flat.Properties), &contracts.Property{Name: u.Discriminator, Key: v.Key, Required: true, Schema: tag})
	return &tagged
}

func (d *differ) union(p *Pair) {
	old, new := p.Old.Union, p.New.Union
	if old.Exclusive != new.Exclusive {
		place := p.place(new.Keyword())
		place.Old = keywordAt(p.Old, old.Keyword(), p.oldHead)
		place.Pointer = p.Pointer
		d.add(&UnionChanged{textChange{place, old.Keyword(), new.Keyword()}})
	}
	if old.Discriminator != new.Discriminator {
		d.add(&DiscriminatorChanged{textChange{p.place("discriminator"), old.Discriminator, new.Discriminator}})
	}
	matched := match(old, new)
	d.variants(p, matched)
	for _, o := range old.Variants {
		if !matched.old[o] {
			place := p.variantPlace(old, o)
			place.Old = keySpan(p.Old, o.Key, p.oldHead)
			d.add(&VariantRemoved{Place: place, Variant: o})
		}
	}
}

func (d *differ) variants(p *Pair, matched matching) {
	old, new := p.Old.Union, p.New.Union
	for _, n := range new.Variants {
		o := matched.new[n]
		place := p.variantPlace(new, n)
		place.New = keySpan(p.New, n.Key, p.newHead)
		if o == nil {
			d.add(&VariantAdded{Place: place, Variant: n})
			continue
		}
		if o.Name != n.Name {
			place.Old = keySpan(p.Old, o.Key, p.oldHead)
			d.add(&VariantRenamed{textChange{place, o.Name, n.Name}})
		}
		oldSchema, newSchema := o.Schema, n.Schema
		if old.Discriminator == new.Discriminator && (o.TagImplied || n.TagImplied) {
			oldSchema, newSchema = VariantSchema(old, o, p.Old.File), VariantSchema(new, n, p.New.File)
		}
		d.pair(p.child(oldSchema, newSchema, step{
			pointer: "/" + new.Keyword() + "/" + contracts.EscapePointer(n.Name), path: "(" + n.Name + ")", variant: true,
			label:   "variant " + document.Quote(n.Name) + " of " + p.label,
			oldHead: keySpan(p.Old, o.Key, p.oldHead), newHead: keySpan(p.New, n.Key, p.newHead),
			slot: slot{variant: o},
		}))
	}
}

func (p *Pair) variantPlace(u *contracts.Union, v *contracts.Variant) Place {
	place := p.place(p.New.Union.Keyword())
	place.Old = keywordAt(p.Old, p.Old.Union.Keyword(), p.oldHead)
	place.Pointer = p.Pointer + "/" + u.Keyword() + "/" + contracts.EscapePointer(v.Name)
	return place
}

// matching says which old variant each new one continues.
type matching struct {
	new map[*contracts.Variant]*contracts.Variant
	old map[*contracts.Variant]bool
}

func (m matching) put(o, n *contracts.Variant) { m.new[n], m.old[o] = o, true }

// maxRenamed bounds how many variants without a counterpart are compared with each other.
const maxRenamed = 32

// match finds the old variant of each new one: the one that the same value of the
// discriminator selects, or the one of the same name. What is left is matched
// where the schemas are the same, because names do not show on the wire.
func match(old, new *contracts.Union) matching {
	m := matching{map[*contracts.Variant]*contracts.Variant{}, map[*contracts.Variant]bool{}}
	tagged := old.Discriminator != "" && old.Discriminator == new.Discriminator
	key := func(v *contracts.Variant) string {
		if tagged {
			return v.Tag
		}
		return v.Name
	}
	byKey := map[string]*contracts.Variant{}
	for _, o := range old.Variants {
		byKey[key(o)] = o
	}
	for _, n := range new.Variants {
		if o := byKey[key(n)]; o != nil && !m.old[o] {
			m.put(o, n)
		}
	}
	if tagged || len(old.Variants)-len(m.old) > maxRenamed || len(new.Variants)-len(m.old) > maxRenamed {
		return m
	}
	for _, n := range new.Variants {
		for _, o := range old.Variants {
			if m.new[n] == nil && !m.old[o] && len(Schemas(o.Schema, n.Schema)) == 0 {
				m.put(o, n)
			}
		}
	}
	return m
}
