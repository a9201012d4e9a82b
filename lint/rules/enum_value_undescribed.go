package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var enumValueUndescribed = lint.Rule{
	ID: "enum-value-undescribed", Group: lint.Documentation, Profile: lint.Strict, Severity: diag.Info,
	Summary: "an enum value has no description although others have one, or none has",
	Why: "Values such as pending and processing differ only for those who chose them. The one value without a description is " +
		"the one that was added in a hurry.",
	Contract: checkEnumValueUndescribed,
}

func checkEnumValueUndescribed(p *lint.Pass) {
	for _, at := range p.Places() {
		described := 0
		for _, v := range at.Schema.Enum {
			if v.Description != "" {
				described++
			}
		}
		switch {
		case len(at.Schema.Enum) < 2 || described == len(at.Schema.Enum):
		case described == 0:
			p.Report(at.Schema.At("enum"), at.Pointer()+"/enum", "values of the enum are not described", "write enum: {value: what it means, …}")
		default:
			for _, v := range at.Schema.Enum {
				if v.Description == "" {
					p.Report(diag.Location{File: at.Schema.File, Span: v.Span}, at.Pointer()+"/enum/"+v.Text(),
						fmt.Sprintf("enum value %s has no description", document.Quote(v.Text())), "say what it means, as for the other values")
				}
			}
		}
	}
}
