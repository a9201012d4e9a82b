package rules

import (
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var deprecationWithoutReplacement = lint.Rule{
	ID: "deprecation-without-replacement", Group: lint.Lifecycle, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "something is deprecated, and nothing says what to use instead or why",
	Why:     "Whoever reads \"deprecated\" asks what to do now. Without an answer they go on as before.",
	Contract: func(p *lint.Pass) {
		for _, d := range deprecations(p) {
			if d.ReplacedBy == "" && d.Reason == "" {
				p.Report(d.at(""), d.pointer, d.what+" is deprecated without a replacement or a reason", "add replacedBy:, or reason: when nothing replaces it")
			}
		}
	},
}
