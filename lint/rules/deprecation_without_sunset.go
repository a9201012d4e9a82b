package rules

import (
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var deprecationWithoutSunset = lint.Rule{
	ID: "deprecation-without-sunset", Group: lint.Lifecycle, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "something is deprecated without a date at which it ends",
	Why:     "What has no end is used forever: consumers cannot plan for a day that is not named.",
	Contract: func(p *lint.Pass) {
		for _, d := range deprecations(p) {
			if d.Sunset == "" {
				p.Report(d.at(""), d.pointer, d.what+" is deprecated without a sunset", "add sunset: with the first day on which it must not be sent any more, such as 2027-06-30")
			}
		}
	},
}
