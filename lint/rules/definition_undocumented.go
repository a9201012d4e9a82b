package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var definitionUndocumented = lint.Rule{
	ID: "definition-undocumented", Group: lint.Documentation, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a definition or fragment has no description",
	Why:      "Definitions are there to be found and used again. One that says nothing about itself is written a second time.",
	Contract: checkDefinitionUndocumented,
}

func checkDefinitionUndocumented(p *lint.Pass) {
	c := p.Contract
	if c.Kind != contracts.Event && c.Payload.Description == "" {
		noun := nounOf(c.Kind)
		p.Report(c.Head(), "", fmt.Sprintf("%s %s has no description", noun, document.Quote(c.Name)), "say what it stands for")
	}
}
