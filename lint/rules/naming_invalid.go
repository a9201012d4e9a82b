package rules

import (
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var namingInvalid = lint.Rule{
	ID: "naming-invalid", Group: lint.Configuration, Profile: lint.Minimal, Severity: diag.Error, Required: true,
	Summary: "the naming section of evctl.yaml cannot be used",
	Why:     "A convention that cannot be read is not checked, and every name would pass.",
	Options: []string{"naming"},
	Config: func(p *lint.Pass) {
		for _, problem := range conventionsOf(p).problems {
			p.ReportIn(nil, p.Config().At("naming", problem.key), "evctl.yaml#naming."+problem.key, problem.message, problem.hint)
		}
	},
}
