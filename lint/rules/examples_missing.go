package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var examplesMissing = lint.Rule{
	ID: "examples-missing", Group: lint.Documentation, Profile: lint.Strict, Severity: diag.Warning,
	Summary:  "an event has no example",
	Why:      "Producers copy an example before they read a schema, and tests of collectors need one. Examples are checked, so they do not go stale.",
	Contract: checkExamplesMissing,
}

func checkExamplesMissing(p *lint.Pass) {
	c := p.Contract
	if c.Kind == contracts.Event && len(c.Payload.Examples) == 0 && len(c.Payload.Properties) > 0 {
		p.Report(c.Head(), "/examples", fmt.Sprintf("event %s has no example", document.Quote(c.Name)), "add one under examples:")
	}
}
