package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var requiredDeprecated = lint.Rule{
	ID: "required-deprecated", Group: lint.Lifecycle, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a deprecated property is required",
	Why:      "Producers are told to stop sending it and rejected when they do. Making it optional is the first step of removing it.",
	Contract: checkRequiredDeprecated,
}

func checkRequiredDeprecated(p *lint.Pass) {
	for _, at := range p.Properties() {
		if at.Property.Required && at.Schema.Deprecated != nil {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s is deprecated and required", document.Quote(at.Property.Name)), "make it optional, so that producers can stop sending it")
		}
	}
}
