package rules

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var requiredNone = lint.Rule{
	ID: "required-none", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "an event requires none of its properties",
	Why:      "{} is a valid event then: a producer that sends nothing at all is not noticed.",
	Contract: checkRequiredNone,
}

func checkRequiredNone(p *lint.Pass) {
	c := p.Contract
	if c.Kind != contracts.Event || len(c.Payload.Properties) == 0 || len(c.Payload.RequireAny) > 0 ||
		slices.ContainsFunc(c.Payload.Properties, func(property *contracts.Property) bool { return property.Required }) {
		return
	}
	p.Report(c.Head(), "", fmt.Sprintf("event %s requires none of its properties", document.Quote(c.Name)), "write required: true on those without which it means nothing")
}
