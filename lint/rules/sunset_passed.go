package rules

import (
	"fmt"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var sunsetPassed = lint.Rule{
	ID: "sunset-passed", Group: lint.Lifecycle, Profile: lint.Minimal, Severity: diag.Warning,
	Summary:  "the sunset of something that is still there has passed",
	Why:      "The day was announced and nothing happened. Either the contract or the promise has to change.",
	Contract: checkSunsetPassed,
}

func checkSunsetPassed(p *lint.Pass) {
	if p.Contract.Status == contracts.Retired {
		return
	}
	today := p.Now.UTC().Format(time.DateOnly)
	for _, d := range deprecations(p) {
		if d.Sunset != "" && d.Sunset < today {
			p.Report(d.at("sunset"), d.pointer, fmt.Sprintf("sunset of %s was on %s", d.what, d.Sunset), "remove it with a new major version, retire the event, or set a new date")
		}
	}
}
