package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var deprecationWithoutSince = lint.Rule{
	ID: "deprecation-without-since", Group: lint.Lifecycle, Profile: lint.Strict, Severity: diag.Info,
	Summary: "something is deprecated, and nothing says since which version",
	Why:     "Consumers that pin a version want to know whether the announcement concerns them.",
	Contract: func(p *lint.Pass) {
		if p.Contract.Kind != contracts.Event {
			return // definitions have no versions
		}
		for _, d := range deprecations(p) {
			if d.Since == "" {
				p.Report(d.at(""), d.pointer, d.what+" is deprecated without a version", "add since: with the version that announced it")
			}
		}
	},
}
