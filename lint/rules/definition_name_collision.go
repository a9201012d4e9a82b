package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var definitionNameCollision = lint.Rule{
	ID: "definition-name-collision", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Warning,
	Summary: "two definitions differ only in case or separators",
	Why:     "Generated types have to be told apart by a number, and $ref: lineItem and $ref: line_item mean different things.",
	Workspace: func(p *lint.Pass) {
		var definitions []*contracts.Contract
		for _, c := range p.Workspace.Contracts {
			if c.Kind == contracts.Definition {
				definitions = append(definitions, c)
			}
		}
		reportCollisions(p, definitions, "definition")
	},
}
