package compat

import (
	"regexp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/payload"
)

// within reports whether b certainly accepts every value that a accepts.
func (j judge) within(a, b *contracts.Schema) bool {
	if !j.spend() {
		return false
	}
	a, b = diff.Flat(a), diff.Flat(b)
	switch {
	case b.Types&contracts.Any != 0:
		return true
	case a.Types&contracts.Any != 0 || a.AcceptsNull() && !b.AcceptsNull():
		return false
	case a.Union != nil:
		for _, v := range a.Union.Variants {
			if !j.within(diff.VariantSchema(a.Union, v, nil), withNull(b, true)) {
				return false
			}
		}
		return true
	case b.Union != nil:
		return j.withinUnion(withNull(a, false), b.Union)
	}
	for _, c := range diff.Schemas(a, b) {
		if r := j.change(c); r.backward {
			return false
		}
	}
	return true
}

// withNull is the schema with null accepted or not, where that is a flag.
func withNull(s *contracts.Schema, accepted bool) *contracts.Schema {
	if s.Nullable == accepted {
		return s
	}
	t := *s
	t.Nullable = accepted
	return &t
}

// withinUnion reports whether one variant accepts all of a, and for oneOf no other
// accepts any of it.
func (j judge) withinUnion(a *contracts.Schema, u *contracts.Union) bool {
	for i, v := range u.Variants {
		if !j.within(a, diff.VariantSchema(u, v, nil)) {
			continue
		}
		if !u.Exclusive {
			return true
		}
		alone := true
		for k, w := range u.Variants {
			alone = alone && (k == i || j.disjoint(a, diff.VariantSchema(u, w, nil), 0))
		}
		return alone
	}
	return false
}

// typesWithin reports whether b takes the types of a. The keywords of types that
// both have are changes of their own and not looked at.
func (j judge) typesWithin(a, b *contracts.Schema) bool {
	if a.Union != nil || b.Union != nil || (a.Types|b.Types)&contracts.Any != 0 {
		return j.within(a, b)
	}
	if a.Types|b.Types == contracts.Object|contracts.Map {
		return j.within(asObject(a), asObject(b)) && (b.MapKeys == nil || a.MapKeys != nil && j.within(a.MapKeys, b.MapKeys))
	}
	types := b.Types
	if types&contracts.Number != 0 || types&contracts.Integer != 0 && a.MultipleOf != nil && a.MultipleOf.IsInteger() {
		types |= contracts.Numeric
	}
	if values, ok := finite(a); ok {
		for _, v := range values {
			if v.Type()&types == 0 {
				return false
			}
		}
		return true
	}
	return a.Types&^types == 0
}

// finite lists the values of a closed enum; null is not among them.
func finite(s *contracts.Schema) ([]contracts.EnumValue, bool) {
	return s.Enum, s.Enum != nil && !s.Open
}

// valuesFit reports whether a accepts only a list of values, and b's other keywords
// take all of them.
func (j judge) valuesFit(a, b *contracts.Schema) bool {
	values, ok := finite(a)
	if !ok {
		return false
	}
	rest := *b
	rest.Enum, rest.Open = nil, false
	for _, v := range values {
		if j.accepts(a, v) && !j.accepts(&rest, v) {
			return false
		}
	}
	return true
}

// accepts reports whether a schema takes a value.
func (j judge) accepts(s *contracts.Schema, v contracts.EnumValue) bool {
	validator, known := j.validators[s]
	if !known {
		validator, _ = payload.CompileSchema(s)
		j.validators[s] = validator
	}
	return validator == nil || validator.Valid([]byte(v.JSON))
}

// asObject writes a map as an object without declared properties. Its keys are not
// part of that.
func asObject(s *contracts.Schema) *contracts.Schema {
	if s.Types&contracts.Map == 0 {
		return s
	}
	object := *s
	object.Types = contracts.Object
	object.Additional = contracts.Additional{Allowed: true, Schema: s.Values}
	object.Values, object.MapKeys = nil, nil
	return &object
}

// memberOnlyIn judges a property that object a declares and b does not. The results
// say whether a accepts something there that b rejects, and the other way round.
func (j judge) memberOnlyIn(a, b *contracts.Schema, p *contracts.Property, required bool) (aBreaks, bBreaks bool) {
	in := j.rulesFor(a, p.Name)
	out := j.rulesFor(b, p.Name)
	aBreaks = !out.allowed || !j.allWithin(in.schemas, out.schemas)
	bBreaks = required || out.allowed && !j.openContent(out) && !j.allWithin(out.schemas, in.schemas)
	return aBreaks, bBreaks
}

// openContent reports whether nothing is said about a member, and the workspace
// takes that for nothing being sent.
func (j judge) openContent(r memberRules) bool { return !j.strict && len(r.schemas) == 0 }

// memberRules is what an object says about a member of some name.
type memberRules struct {
	allowed bool
	schemas []*contracts.Schema // all of them hold; none means anything
}

func (j judge) rulesFor(s *contracts.Schema, name string) memberRules {
	var r memberRules
	if p := j.member(s, name); p != nil {
		r.allowed = true
		r.schemas = append(r.schemas, p.Schema)
	}
	for _, p := range s.PatternProperties {
		if j.matches(p.Pattern, name) {
			r.allowed = true
			r.schemas = append(r.schemas, p.Schema)
		}
	}
	if r.allowed {
		return r
	}
	r.allowed = s.Additional.Allowed
	if s.Additional.Schema != nil {
		r.schemas = []*contracts.Schema{s.Additional.Schema}
	}
	return r
}

// member finds a declared property, in large objects by an index.
func (j judge) member(s *contracts.Schema, name string) *contracts.Property {
	const small = 32
	if len(s.Properties) <= small {
		return s.Property(name)
	}
	index := j.members[s]
	if index == nil {
		index = make(map[string]*contracts.Property, len(s.Properties))
		for _, p := range s.Properties {
			index[p.Name] = p
		}
		j.members[s] = index
	}
	return index[name]
}

// matches reports whether the pattern is found in text. A pattern that is broken
// matches nothing: the language reports it.
func (j judge) matches(pattern, text string) bool {
	re, known := j.patterns[pattern]
	if !known {
		re, _ = regexp.Compile(pattern)
		j.patterns[pattern] = re
	}
	return re != nil && re.MatchString(text)
}

// allWithin reports whether what all of as accept is accepted by all of bs.
func (j judge) allWithin(as, bs []*contracts.Schema) bool {
	if len(as) == 0 {
		as = []*contracts.Schema{{Types: contracts.Any}}
	}
	for _, b := range bs {
		found := false
		for _, a := range as {
			found = found || j.within(a, b)
		}
		if !found {
			return false
		}
	}
	return true
}

// patternOnlyIn judges a pattern of names that object a declares and b does not;
// see memberOnlyIn.
func (j judge) patternOnlyIn(a, b *contracts.Schema, p *contracts.PatternProperty) (aBreaks, bBreaks bool) {
	rest := memberRules{allowed: b.Additional.Allowed}
	if b.Additional.Schema != nil {
		rest.schemas = []*contracts.Schema{b.Additional.Schema}
	}
	mine := []*contracts.Schema{p.Schema}
	aBreaks = !rest.allowed || !j.allWithin(mine, rest.schemas)
	bBreaks = rest.allowed && !j.openContent(rest) && !j.allWithin(rest.schemas, mine)
	for _, q := range b.Properties {
		if j.matches(p.Pattern, q.Name) && !j.allWithin(j.rulesFor(b, q.Name).schemas, mine) {
			bBreaks = true
		}
	}
	return aBreaks, bBreaks
}

// boundHolds reports whether a bound of b rejects nothing that a accepts, although
// it is tighter than a's.
func boundHolds(a, b *contracts.Schema, keyword string) bool {
	switch keyword {
	case "uniqueItems":
		return a.MaxItems != nil && *a.MaxItems <= 1
	case "maxProperties":
		return a.Types == contracts.Object && !a.Additional.Allowed && len(a.PatternProperties) == 0 && len(a.Properties) <= *b.MaxProperties
	}
	return false
}

// formatWithin reports whether every text of format a is of format b.
func formatWithin(a, b string) bool {
	return a == b || b == "" || a == "uri" && b == "uri-reference"
}

// everyText reports whether a pattern is found in every text.
func everyText(pattern string) bool {
	switch pattern {
	case "", ".*", "^.*", ".*$", "^", "$":
		return true
	}
	return false
}
