package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var typeAny = lint.Rule{
	ID: "type-any", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a value may be anything",
	Why:      "Nothing checks the value, columns for it become text, and generated code cannot use it without a cast.",
	Contract: checkTypeAny,
}

func checkTypeAny(p *lint.Pass) {
	for _, at := range p.Places() {
		if at.Schema.Types == contracts.Any {
			p.Report(at.Schema.At("type"), at.Pointer(), nameOf(p.Contract, at)+" may be anything", "name its type, the types that occur as a list, or oneOf with named variants")
		}
	}
}
