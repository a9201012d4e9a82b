package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var eventUndocumented = lint.Rule{
	ID: "event-undocumented", Group: lint.Documentation, Profile: lint.Minimal, Severity: diag.Warning,
	Summary:  "an event has no description",
	Why:      "When exactly is the event sent? Without an answer two producers send it at two moments, and a count of it means neither.",
	Contract: checkEventUndocumented,
}

func checkEventUndocumented(p *lint.Pass) {
	c := p.Contract
	if c.Kind == contracts.Event && c.Payload.Description == "" {
		p.Report(c.Head(), "", fmt.Sprintf("event %s has no description", document.Quote(c.Name)), "say what happened when it is sent")
	}
}
