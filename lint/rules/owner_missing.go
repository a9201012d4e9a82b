package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var ownerMissing = lint.Rule{
	ID: "owner-missing", Group: lint.Ownership, Profile: lint.Minimal, Severity: diag.Warning,
	Summary:  "an event has no owner",
	Why:      "When the event stops arriving at night, somebody has to be called. An event that nobody owns is never corrected and never removed.",
	Contract: checkOwnerMissing,
}

func checkOwnerMissing(p *lint.Pass) {
	c := p.Contract
	if c.Kind == contracts.Event && c.Owner == "" {
		p.Report(c.Head(), "/owner", fmt.Sprintf("event %s has no owner", document.Quote(c.Name)), "add owner: with a team of evctl.yaml")
	}
}
