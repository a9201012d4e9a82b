package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var propertyUndocumented = lint.Rule{
	ID: "property-undocumented", Group: lint.Documentation, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property has no description",
	Why: "Gross or net, of the cart or of the line, before or after the discount: a name does not say, and whoever analyses " +
		"the data a year later has nobody to ask. The description of a definition counts for properties that refer to it.",
	Contract: checkPropertyUndocumented,
}

func checkPropertyUndocumented(p *lint.Pass) {
	for _, at := range p.Properties() {
		if at.Schema.Description == "" && at.Schema.Title == "" && at.Schema.Resolved().Description == "" {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s has no description", document.Quote(at.Property.Name)), "say what it means, and what its absence means")
		}
	}
}
