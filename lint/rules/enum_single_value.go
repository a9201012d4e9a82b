package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var enumSingleValue = lint.Rule{
	ID: "enum-single-value", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "an enum has a single value",
	Why:      "A property that is always the same carries no information; the next value will be a breaking change for readers unless the enum is open.",
	Contract: checkEnumSingleValue,
}

func checkEnumSingleValue(p *lint.Pass) {
	tags := discriminators(p)
	for _, at := range p.Places() {
		s := at.Schema
		if len(s.Enum) != 1 || s.Open || at.Property != nil && tags[at.Property.Name] {
			continue
		}
		p.Report(s.At("enum"), at.Pointer()+"/enum", fmt.Sprintf("%s can only be %s", nameOf(p.Contract, at), s.Enum[0].JSON), "write open: true when more values may come, or leave the property out")
	}
}

// discriminators are the properties that tell variants apart, which have one value on
// purpose. Definitions do not know which unions use them.
func discriminators(p *lint.Pass) map[string]bool {
	return lint.Shared(p, func(p *lint.Pass) map[string]bool {
		tags := map[string]bool{}
		for _, c := range p.Workspace.Contracts {
			for _, at := range p.PlacesOf(c).All() {
				if u := at.Schema.Union; u != nil && u.Discriminator != "" {
					tags[u.Discriminator] = true
				}
			}
		}
		return tags
	})
}
