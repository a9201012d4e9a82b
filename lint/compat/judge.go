package compat

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/payload"
)

// judge decides what changes break, by what the two schemas accept there.
type judge struct {
	strict bool // see Options.StrictContent
	// steps is what is left of maxSteps. When nothing is, nothing is proven any more,
	// and what is not proven harmless counts as a break.
	steps *int
	// What was made once and is needed again.
	patterns   map[string]*regexp.Regexp
	validators map[*contracts.Schema]*payload.Validator
	members    map[*contracts.Schema]map[string]*contracts.Property
}

// maxSteps bounds the comparisons of one Check, which unions within unions would
// multiply without limit.
const maxSteps = 200_000

func newJudge(opt Options) judge {
	steps := maxSteps
	return judge{
		strict: opt.StrictContent, steps: &steps, patterns: map[string]*regexp.Regexp{},
		validators: map[*contracts.Schema]*payload.Validator{}, members: map[*contracts.Schema]map[string]*contracts.Property{},
	}
}

// spend takes one step and reports whether there was one left.
func (j judge) spend() bool {
	*j.steps--
	return *j.steps >= 0
}

// ruling is the judgement on one change. The zero value breaks nothing.
type ruling struct {
	rule              string
	backward, forward bool
	least             contracts.Bump // what it asks for when it breaks nothing
	note              string
}

func (j judge) change(c diff.Change) ruling {
	r := ruling{rule: c.Kind(), least: contracts.MinorBump}
	pair := c.At().In
	old, new := pair.Old, pair.New
	switch c := c.(type) {
	case *diff.EventRenamed:
		r.backward, r.forward = true, true
	case *diff.PropertyAdded:
		if c.Required {
			r.rule = "property-required-added"
		}
		r.forward, r.backward = j.memberOnlyIn(new, old, c.Property, c.Required)
	case *diff.PropertyRemoved:
		r.backward, r.forward = j.memberOnlyIn(old, new, c.Property, c.Required)
	case *diff.PropertyRenamed:
		goneBack, goneForward := j.memberOnlyIn(old, new, c.From, c.From.Required)
		newForward, newBack := j.memberOnlyIn(new, old, c.To, c.To.Required)
		r.backward, r.forward = goneBack || newBack, goneForward || newForward
	case *diff.RequiredAdded:
		r.backward = true
	case *diff.RequiredRemoved:
		r.forward = true
	case *diff.RequireAnyChanged:
		r.backward, r.forward = !j.groupsWithin(old, new), !j.groupsWithin(new, old)
	case *diff.AdditionalChanged:
		r.backward, r.forward = !c.Allowed, c.Allowed
	case *diff.PatternPropertyAdded:
		r.forward, r.backward = j.patternOnlyIn(new, old, c.Property)
	case *diff.PatternPropertyRemoved:
		r.backward, r.forward = j.patternOnlyIn(old, new, c.Property)
	case *diff.TypeChanged:
		r.backward, r.forward = !j.typesWithin(old, new), !j.typesWithin(new, old)
	case *diff.NullableAdded:
		r.forward = !old.AcceptsNull()
	case *diff.NullableRemoved:
		r.backward = !new.AcceptsNull()
	case *diff.EnumAdded:
		r.backward = !new.Open
	case *diff.EnumRemoved:
		r.forward = !old.Open
	case *diff.EnumOpened:
		r.forward = true
	case *diff.EnumClosed:
		r.backward = true
	case *diff.EnumValueAdded:
		r.forward = !old.Open && !new.Open && j.accepts(new, c.Value)
	case *diff.EnumValueRemoved:
		r.backward = !old.Open && !new.Open && j.accepts(old, c.Value)
	case *diff.BoundChanged:
		r.backward = c.Tightened && !boundHolds(old, new, c.Keyword) && !j.valuesFit(old, new)
		r.forward = c.Loosened && !boundHolds(new, old, c.Keyword) && !j.valuesFit(new, old)
	case *diff.FormatChanged:
		r.backward = !formatWithin(c.From, c.To) && !j.valuesFit(old, new)
		r.forward = !formatWithin(c.To, c.From) && !j.valuesFit(new, old)
	case *diff.PatternChanged:
		r.backward = !everyText(c.To) && !j.valuesFit(old, new)
		r.forward = !everyText(c.From) && !j.valuesFit(new, old)
		if (r.backward || r.forward) && c.From != "" && c.To != "" {
			r.note = "whether two patterns accept the same texts is not decided, so a change of one counts as a break"
		}
	case *diff.VariantAdded:
		r.forward, r.backward = j.variantOnlyIn(new, old, c.Variant)
	case *diff.VariantRemoved:
		r.backward, r.forward = j.variantOnlyIn(old, new, c.Variant)
	case *diff.UnionChanged:
		r.backward = new.Union.Exclusive && !j.separate(new.Union)
		r.forward = old.Union.Exclusive && !j.separate(old.Union)
	case *diff.DiscriminatorChanged:
		r.backward = !j.tagsWithin(old.Union, new.Union) || new.Union.Exclusive && !j.separate(new.Union)
		r.forward = !j.tagsWithin(new.Union, old.Union) || old.Union.Exclusive && !j.separate(old.Union)
	case *diff.VariantRenamed:
	case *diff.AnnotationChanged:
		annotation(&r, c)
	case *diff.Deprecated:
	case *diff.Undeprecated:
		r.least = contracts.PatchBump
	}
	return r
}

// annotation judges what does not show in payloads. A unit is the exception: a
// payload stays valid and its numbers mean something else.
func annotation(r *ruling, c *diff.AnnotationChanged) {
	r.least = contracts.PatchBump
	switch c.Keyword {
	case "unit":
		if c.From != "" && c.To != "" {
			r.rule, r.backward, r.forward = "unit-changed", true, true
			r.note = "payloads stay valid, but their numbers mean something else"
		}
	case "name", "default":
		r.least = contracts.MinorBump // generated code and upgraded payloads differ
	case "status":
		if s := contracts.Status(c.To); s == contracts.Deprecated || s == contracts.Retired {
			r.least = contracts.MinorBump
		}
	}
}

// overlap adds what a change within a choice of oneOf does to the other choices: a
// value that two of them accept is rejected, so that accepting more may break too.
func (j judge) overlap(c diff.Change, r *ruling) {
	for p := c.At().In; p != nil && p.Parent != nil; p = p.Parent {
		if !p.Variant {
			continue
		}
		union := p.Parent
		switch {
		case r.forward && !r.backward && exclusive(union.New) && !j.apart(p.New, union.New.Union):
			r.backward = true
		case r.backward && !r.forward && exclusive(union.Old) && !j.apart(p.Old, union.Old.Union):
			r.forward = true
		default:
			continue
		}
		r.note = fmt.Sprintf("%s is a oneOf, which rejects what two of its variants accept", union.Label())
	}
}

// exclusive reports whether the schema is a oneOf whose variants no discriminator
// keeps apart.
func exclusive(s *contracts.Schema) bool {
	return s.Union != nil && s.Union.Exclusive && s.Union.Discriminator == ""
}

// apart reports whether no other variant accepts what this one accepts. The variant
// is found by its schema.
func (j judge) apart(variant *contracts.Schema, u *contracts.Union) bool {
	self := -1
	for i, v := range u.Variants {
		if flat := diff.Flat(v.Schema); self < 0 && (flat == variant || len(diff.Schemas(flat, variant)) == 0) {
			self = i
			continue
		}
	}
	for i, v := range u.Variants {
		if i != self && !j.disjoint(variant, diff.VariantSchema(u, v, nil), 0) {
			return false
		}
	}
	return true
}

// separate reports whether no value is accepted by two variants.
func (j judge) separate(u *contracts.Union) bool {
	for i, v := range u.Variants {
		for _, w := range u.Variants[:i] {
			if !j.disjoint(diff.VariantSchema(u, v, nil), diff.VariantSchema(u, w, nil), 0) {
				return false
			}
		}
	}
	return true
}

// variantOnlyIn judges a variant that union a has and b has not. The results say
// whether a accepts something that b rejects, and the other way round.
func (j judge) variantOnlyIn(a, b *contracts.Schema, v *contracts.Variant) (aBreaks, bBreaks bool) {
	schema := diff.VariantSchema(a.Union, v, nil)
	aBreaks = !j.within(schema, b)
	if !a.Union.Exclusive {
		return aBreaks, false
	}
	for _, w := range a.Union.Variants {
		if w != v && !j.disjoint(schema, diff.VariantSchema(a.Union, w, nil), 0) {
			bBreaks = true
		}
	}
	return aBreaks, bBreaks
}

// tagsWithin reports whether selecting variants as b does accepts all that
// selecting as a does, the variants being those of a.
func (j judge) tagsWithin(a, b *contracts.Union) bool {
	for _, v := range a.Variants {
		i := slices.IndexFunc(b.Variants, func(w *contracts.Variant) bool { return w.Name == v.Name })
		if i < 0 {
			continue // a variant that was removed is a change of its own
		}
		w := *b.Variants[i]
		w.Schema = v.Schema
		if !j.within(diff.VariantSchema(a, v, nil), diff.VariantSchema(b, &w, nil)) {
			return false
		}
	}
	return true
}

// groupsWithin reports whether every object that has one of a's groups has one of b's.
func (j judge) groupsWithin(a, b *contracts.Schema) bool {
	aNames, aGroups := diff.Required(a)
	bNames, bGroups := diff.Required(b)
	if len(bGroups) == 0 {
		return true
	}
	if len(aGroups) == 0 {
		aGroups = [][]string{nil}
	}
	for _, group := range aGroups {
		if *j.steps -= len(bGroups); *j.steps < 0 {
			return false
		}
		present := func(name string) bool {
			return aNames[name] || bNames[name] || slices.Contains(group, name)
		}
		if !slices.ContainsFunc(bGroups, func(wanted []string) bool {
			return !slices.ContainsFunc(wanted, func(name string) bool { return !present(name) })
		}) {
			return false
		}
	}
	return true
}
