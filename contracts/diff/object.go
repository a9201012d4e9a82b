package diff

import (
	"slices"

	"github.com/evctl/evctl/contracts"
)

func (d *differ) object(p *Pair) {
	oldRequired, oldGroups := Required(p.Old)
	newRequired, newGroups := Required(p.New)
	olds, news := propertiesOf(p.Old), propertiesOf(p.New)
	renamed := renames(p.New, olds, news)
	isRenamed := map[*contracts.Property]bool{}
	for _, n := range p.New.Properties {
		o := olds[n.Name]
		if from := renamed[n.Name]; from != nil {
			place := Place{Pointer: p.Pointer + propertyPointer(n.Name), In: p, Old: from.At(), New: n.At()}
			d.add(&PropertyRenamed{Place: place, From: from, To: n})
			o, isRenamed[from] = from, true
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
		if news[o.Name] == nil && !isRenamed[o] {
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

func propertiesOf(s *contracts.Schema) map[string]*contracts.Property {
	m := make(map[string]*contracts.Property, len(s.Properties))
	for _, p := range s.Properties {
		m[p.Name] = p
	}
	return m
}

// renames finds the old property of each new one that says renamedFrom, where the
// old name is gone.
func renames(s *contracts.Schema, olds, news map[string]*contracts.Property) map[string]*contracts.Property {
	renamed := map[string]*contracts.Property{}
	taken := map[string]bool{}
	for _, n := range s.Properties {
		from := n.Schema.RenamedFrom
		if from == "" || taken[from] || olds[from] == nil || olds[n.Name] != nil || news[from] != nil {
			continue
		}
		renamed[n.Name], taken[from] = olds[from], true
	}
	return renamed
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
	olds, news := patternsOf(p.Old), patternsOf(p.New)
	at := func(pattern string) Place {
		place := p.place("patternProperties")
		place.Pointer += "/" + contracts.EscapePointer(pattern)
		return place
	}
	for _, n := range p.New.PatternProperties {
		o := olds[n.Pattern]
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
			slot: slot{pattern: o},
		}))
	}
	for _, o := range p.Old.PatternProperties {
		if news[o.Pattern] == nil {
			place := at(o.Pattern)
			place.Old = keySpan(o.Schema, o.Key, p.oldHead)
			d.add(&PatternPropertyRemoved{Place: place, Property: o})
		}
	}
}

func patternsOf(s *contracts.Schema) map[string]*contracts.PatternProperty {
	m := make(map[string]*contracts.PatternProperty, len(s.PatternProperties))
	for _, p := range s.PatternProperties {
		m[p.Pattern] = p
	}
	return m
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

// maxMinimal bounds how many groups are compared with each other.
const maxMinimal = 500

// minimal leaves out groups that contain another one, and sorts.
func minimal(groups [][]string) [][]string {
	slices.SortFunc(groups, slices.Compare[[]string])
	groups = slices.CompactFunc(groups, slices.Equal[[]string])
	if len(groups) > maxMinimal {
		return groups
	}
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
