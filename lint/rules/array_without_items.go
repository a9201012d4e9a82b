package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var arrayWithoutItems = lint.Rule{
	ID: "array-without-items", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a list does not say what it contains",
	Why:      "Every element may be anything: nothing checks it, and generated code cannot use it without a cast.",
	Contract: checkArrayWithoutItems,
}

func checkArrayWithoutItems(p *lint.Pass) {
	for _, at := range p.Places() {
		if at.Schema.Types == contracts.Array && at.Schema.Items == nil {
			p.Report(at.Schema.At("type"), at.Pointer(), nameOf(p.Contract, at)+" is a list of anything", "add items: with what it contains")
		}
	}
}
