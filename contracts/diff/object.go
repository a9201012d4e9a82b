package diff

import (
	"slices"

	"github.com/evctl/evctl/contracts"
)

func (d *differ) object(p *Pair) {
	oldRequired, oldGroups := Required(p.Old)
	newRequired, newGroups := Required(p.New)
	renamed := renames(p.Old, p.New)
	for _, n := range p.New.Properties {
		o := p.Old.Property(n.Name)
		if from := renamed[n.Name]; from != nil {
			place := Place{Pointer: p.Pointer + propertyPointer(n.Name), In: p, Old: from.At(), New: n.At()}
			d.add(&PropertyRenamed{Place: place, From: from, To: n})
			o = from
		}
		if o == nil {
			place := Place{Pointer: p.Pointer + propertyPointer(n.Name), In: p, Old: p.oldHead, New: n.At()}
			d.add(&PropertyAdded{Place: place, Property: n, Required: newRequired[n.Name]})
			continue
		}
		child := p.property(o, n)
		child.renamed = renamed[n.Name] != nil
		d.required(child, oldRequired[o.Name], newRequired[n.Name])
		d.codeName(child, o.CodeName, n.CodeName)
		d.pair(child)
	}
	for _, o := range p.Old.Properties {
		if p.New.Property(o.Name) == nil && !isRenamed(renamed, o) {
			place := Place{Pointer: p.Pointer + propertyPointer(o.Name), In: p, Old: o.At(), New: p.newHead}
			d.add(&PropertyRemoved{Place: place, Property: o, Required: oldRequired[o.Name]})
		}
	}
	d.patternProperties(p)
	d.additional(p)
	if !slices.EqualFunc(oldGroups, newGroups, slices.Equal[[]string]) {
		d.add(&RequireAnyChanged{Place: p.place("requireAny"), From: oldGroups, To: newGroups})
	}
	if !sameCount(p.Old.MinProperties, p.New.MinProperties) {
		d.count(p, "minProperties", atLeast(p.Old.MinProperties, len(oldRequired)), atLeast(p.New.MinProperties, len(newRequired)))
	}
	d.count(p, "maxProperties", p.Old.MaxProperties, p.New.MaxProperties)
}

// renames finds the old property of each new one that says renamedFrom, where the
// old name is gone.
func renames(old, new *contracts.Schema) map[string]*contracts.Property {
	var renamed map[string]*contracts.Property
	for _, n := range new.Properties {
		from := n.Schema.RenamedFrom
		if from == "" || old.Property(n.Name) != nil || new.Property(from) != nil {
			continue
		}
		o := old.Property(from)
		if o == nil || isRenamed(renamed, o) {
			continue
		}
		if renamed == nil {
			renamed = map[string]*contracts.Property{}
		}
		renamed[n.Name] = o
	}
	return renamed
}

func isRenamed(renamed map[string]*contracts.Property, old *contracts.Property) bool {
	for _, p := range renamed {
		if p == old {
			return true
		}
	}
	return false
}

func (d *differ) required(p *Pair, old, new bool) {
	switch {
	case new && !old:
		d.add(&RequiredAdded{p.place("required")})
	case old && !new:
		d.add(&RequiredRemoved{p.place("required")})
	}
}

func (d *differ) patternProperties(p *Pair) {
	find := func(s *contracts.Schema, pattern string) *contracts.PatternProperty {
		i := slices.IndexFunc(s.PatternProperties, func(q *contracts.PatternProperty) bool { return q.Pattern == pattern })
		if i < 0 {
			return nil
		}
		return s.PatternProperties[i]
	}
	at := func(pattern string) Place {
		place := p.place("patternProperties")
		place.Pointer += "/" + contracts.EscapePointer(pattern)
		return place
	}
	for _, n := range p.New.PatternProperties {
		o := find(p.Old, n.Pattern)
		if o == nil {
			place := at(n.Pattern)
			place.New = keySpan(n.Schema, n.Key, p.newHead)
			d.add(&PatternPropertyAdded{Place: place, Property: n})
			continue
		}
		words := "properties that match " + n.Pattern
		d.pair(p.child(o.Schema, n.Schema, step{
			pointer: "/patternProperties/" + contracts.EscapePointer(n.Pattern), path: "./" + n.Pattern + "/",
			label: words + " of " + p.label, oldHead: keySpan(o.Schema, o.Key, p.oldHead), newHead: keySpan(n.Schema, n.Key, p.newHead),
		}))
	}
	for _, o := range p.Old.PatternProperties {
		if find(p.New, o.Pattern) == nil {
			place := at(o.Pattern)
			place.Old = keySpan(o.Schema, o.Key, p.oldHead)
			d.add(&PatternPropertyRemoved{Place: place, Property: o})
		}
	}
}

func (d *differ) additional(p *Pair) {
	old, new := p.Old.Additional, p.New.Additional
	if old.Allowed != new.Allowed {
		d.add(&AdditionalChanged{Place: p.place("additionalProperties"), Allowed: new.Allowed})
		return
	}
	if !old.Allowed || old.Schema == nil && new.Schema == nil {
		return
	}
	d.pair(p.part("additionalProperties", ".*", "undeclared properties", orElse(old.Schema, anything), orElse(new.Schema, anything)))
}

// Required tells which properties every accepted object has, and of which groups
// it has at least one besides. A requireAny of one group requires its names, where
// they are declared, and names that are required anyhow do not count in groups.
// Groups and names are sorted.
func Required(s *contracts.Schema) (names map[string]bool, groups [][]string) {
	names = map[string]bool{}
	for _, p := range s.Properties {
		if p.Required {
			names[p.Name] = true
		}
	}
	if len(s.RequireAny) == 0 {
		return names, nil
	}
	for _, name := range s.RequireAny[0] {
		if s.Property(name) != nil && !slices.ContainsFunc(s.RequireAny, func(g []string) bool { return !slices.Contains(g, name) }) {
			names[name] = true
		}
	}
	for _, group := range s.RequireAny {
		rest := slices.DeleteFunc(slices.Clone(group), func(name string) bool { return names[name] })
		if len(rest) == 0 {
			return names, nil // satisfied by what is required
		}
		slices.Sort(rest)
		groups = append(groups, rest)
	}
	return names, minimal(groups)
}

// minimal leaves out groups that contain another one, and sorts.
func minimal(groups [][]string) [][]string {
	slices.SortFunc(groups, slices.Compare[[]string])
	groups = slices.CompactFunc(groups, slices.Equal[[]string])
	return slices.DeleteFunc(slices.Clone(groups), func(g []string) bool {
		return slices.ContainsFunc(groups, func(h []string) bool { return len(h) < len(g) && containsAll(g, h) })
	})
}

func containsAll(list, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(list, w) {
			return false
		}
	}
	return true
}

// atLeast is the bound where it asks for more than n.
func atLeast(bound *int, n int) *int {
	if bound == nil || *bound <= n {
		return nil
	}
	return bound
}
