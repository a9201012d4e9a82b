package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var objectOpen = lint.Rule{
	ID: "object-open", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "an object accepts properties that are not declared",
	Why:      "Whatever a producer adds or misspells passes unchecked, and a property that is declared later may be filled with something else already.",
	Contract: checkObjectOpen,
}

func checkObjectOpen(p *lint.Pass) {
	for _, at := range p.Places() {
		s := at.Schema
		if s.Types == contracts.Object && s.Additional.Allowed && s.Additional.Schema == nil {
			p.Report(s.At("additionalProperties"), at.Pointer()+"/additionalProperties", nameOf(p.Contract, at)+" accepts properties that are not declared", "declare them, say their schema, or use type: map")
		}
	}
}
