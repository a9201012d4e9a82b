package rules

import (
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var propertyPIIInconsistent = lint.Rule{
	ID: "property-pii-inconsistent", Group: lint.Privacy, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property has another privacy class than properties of its name elsewhere",
	Why:     "Masking and deletion follow the class. Where one event calls email direct and another calls it none, the second one leaks it.",
	Workspace: func(p *lint.Pass) {
		reportInconsistent(p, "pii", func(u propertyUse) string { return string(u.property.Schema.PII) })
	},
}
