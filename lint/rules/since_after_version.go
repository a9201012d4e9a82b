package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var sinceAfterVersion = lint.Rule{
	ID: "since-after-version", Group: lint.Lifecycle, Profile: lint.Minimal, Severity: diag.Error,
	Summary:  "since names a version that the event has not reached",
	Why:      "The version was not raised with the change, or the number is a slip. Consumers read since to learn which releases have the property.",
	Contract: checkSinceAfterVersion,
}

func checkSinceAfterVersion(p *lint.Pass) {
	c := p.Contract
	if c.Kind != contracts.Event {
		return
	}
	check := func(at diag.Location, pointer, what, since string) {
		if v, err := contracts.ParseVersion(since); err == nil && v.Compare(c.Version) > 0 {
			p.Report(at, pointer, fmt.Sprintf("%s since %s, but the event has version %s", what, since, c.Version), "raise the version of the event, or correct since")
		}
	}
	for _, at := range p.Places() {
		if at.Schema.Since != "" {
			what := nameOf(c, at) + " exists"
			if at.Property == nil {
				what = document.Quote(c.Name) + " exists"
			}
			check(at.Schema.At("since"), at.Pointer()+"/since", what, at.Schema.Since)
		}
	}
	for _, d := range deprecations(p) {
		check(d.at("since"), d.pointer+"/deprecated/since", d.what+" is deprecated", d.Since)
	}
}
