package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var objectEmpty = lint.Rule{
	ID: "object-empty", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an object declares no properties and allows none",
	Why:      "The only value that it accepts is {}, which says nothing.",
	Contract: checkObjectEmpty,
}

func checkObjectEmpty(p *lint.Pass) {
	for _, at := range p.Places() {
		s := at.Schema
		if at.Depth == 0 && p.Contract.Kind != contracts.Definition && at.Top() {
			continue // an event may have nothing to add to its name
		}
		if s.Types == contracts.Object && len(s.Properties) == 0 && len(s.PatternProperties) == 0 && !s.Additional.Allowed {
			p.Report(s.At("type"), at.Pointer(), nameOf(p.Contract, at)+" is an object that accepts {} only", "declare its properties, or write additionalProperties: true, or type: map")
		}
	}
}
