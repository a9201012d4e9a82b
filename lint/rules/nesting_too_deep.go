package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var nestingTooDeep = lint.Rule{
	ID: "nesting-too-deep", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a property nests very deep",
	Why:      "Deep values are cut off or kept as text by warehouses, and every level adds an optional step to generated code.",
	Contract: checkNestingTooDeep,
}

// maxNesting counts objects, lists and maps inside each other, definitions written out.
const maxNesting = 6

func checkNestingTooDeep(p *lint.Pass) {
	if p.Contract.Kind != contracts.Event {
		return
	}
	for _, property := range p.Contract.Payload.Properties {
		depth := reachOf(p, property.Schema).depth
		if depth > maxNesting && property.From == nil {
			p.Report(property.At(), "/properties/"+contracts.EscapePointer(property.Name),
				fmt.Sprintf("property %s nests %d levels deep, expected at most %d", document.Quote(property.Name), depth, maxNesting), "flatten it, or move a part into an event of its own")
		}
	}
}
