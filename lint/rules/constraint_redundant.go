package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var constraintRedundant = lint.Rule{
	ID: "constraint-redundant", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a constraint says what another one says already",
	Why:      "Two sources for one fact drift apart: whoever changes one of them wonders why nothing changes.",
	Contract: checkConstraintRedundant,
}

func checkConstraintRedundant(p *lint.Pass) {
	for _, at := range p.Places() {
		for _, r := range redundant(at.Schema) {
			p.Report(at.Schema.At(r.key), at.Pointer()+"/"+r.key, fmt.Sprintf("%s of %s %s", r.key, nameOf(p.Contract, at), r.why), "remove "+r.key)
		}
	}
}

// redundancy is a keyword and why it has no effect.
type redundancy struct{ key, why string }

// enumKeywords restrict values that an enum lists one by one.
var enumKeywords = []string{"format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}

// fixedFormats are formats whose texts all have one length.
var fixedFormats = map[string]int{"uuid": 36, "date": 10}

func redundant(s *contracts.Schema) []redundancy {
	var list []redundancy
	add := func(when bool, key, why string) {
		if when {
			list = append(list, redundancy{key, why})
		}
	}
	if s.Enum != nil && !s.Open {
		for _, key := range enumKeywords {
			_, written := s.Keys.Find(key)
			add(written, key, "adds nothing to its enum")
		}
		return list
	}
	zero := func(n *int) bool { return n != nil && *n == 0 }
	add(zero(s.MinLength), "minLength", "is 0, which every text has")
	add(zero(s.MinItems), "minItems", "is 0, which every list has")
	add(zero(s.MinProperties), "minProperties", "is 0, which every object has")
	if n := fixedFormats[s.Format]; n > 0 {
		add(s.MinLength != nil && *s.MinLength <= n, "minLength", "adds nothing to format "+s.Format)
		add(s.MaxLength != nil && *s.MaxLength >= n, "maxLength", "adds nothing to format "+s.Format)
	}
	add(matchesAll[s.Pattern], "pattern", "matches every text")
	add(s.Minimum != nil && s.ExclusiveMinimum != nil, "minimum", "stands beside exclusiveMinimum")
	add(s.Maximum != nil && s.ExclusiveMaximum != nil, "maximum", "stands beside exclusiveMaximum")
	add(s.Types == contracts.Integer && s.MultipleOf != nil && s.MultipleOf.Cmp("1") == 0, "multipleOf", "is 1, of which every integer is a multiple")
	add(s.UniqueItems && s.MaxItems != nil && *s.MaxItems < 2, "uniqueItems", "adds nothing to a list of one item")
	return list
}

var matchesAll = map[string]bool{".*": true, "^.*$": true, "^.*": true, ".*$": true, "^": true, "$": true}
