package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var arrayUnbounded = lint.Rule{
	ID: "array-unbounded", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "a list has no largest number of items",
	Why:      "A list of a million items is valid then, in one event.",
	Contract: checkArrayUnbounded,
}

func checkArrayUnbounded(p *lint.Pass) {
	for _, at := range p.Places() {
		if at.Schema.Types == contracts.Array && at.Schema.MaxItems == nil {
			p.Report(at.Schema.At("type"), at.Pointer(), nameOf(p.Contract, at)+" has no maxItems", "add the largest number of items that makes sense")
		}
	}
}
