package rules

import (
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var propertyFormatInconsistent = lint.Rule{
	ID: "property-format-inconsistent", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property has another format than properties of its name elsewhere",
	Why:     "A value that one event checks as a uuid and another as an email cannot be the same thing, so joins by that name find nothing.",
	Workspace: func(p *lint.Pass) {
		reportInconsistent(p, "format", func(u propertyUse) string { return u.schema().Format })
	},
}
