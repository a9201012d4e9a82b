package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var versionUnstable = lint.Rule{
	ID: "version-unstable", Group: lint.Lifecycle, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "an active event has a version below 1.0.0",
	Why:      "Below 1.0.0 readers expect changes at any time, although the same compatibility is kept. What is in use should say so.",
	Contract: checkVersionUnstable,
}

func checkVersionUnstable(p *lint.Pass) {
	if c := p.Contract; c.Kind == contracts.Event && c.Status == contracts.Active && c.Version.Major == 0 {
		p.Report(c.At("version"), "/version", fmt.Sprintf("event %s is active with version %s", document.Quote(c.Name), c.Version), "write version: 1.0.0, or status: draft")
	}
}
