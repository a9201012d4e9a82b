package rules

import (
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var propertyUnitInconsistent = lint.Rule{
	ID: "property-unit-inconsistent", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property has another unit than properties of its name elsewhere",
	Why:     "Sums and averages over events mix seconds with milliseconds, and the result looks plausible.",
	Workspace: func(p *lint.Pass) {
		reportInconsistent(p, "unit", func(u propertyUse) string { return canonicalUnit(u.property.Schema.Unit) })
	},
}
