package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var timeNameSuffix = lint.Rule{
	ID: "time-name-suffix", Group: lint.Naming, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "the name of a point in time does not show that it is one",
	Why:      "shipped could be a boolean, a day or a moment; shipped_at and shipped_on say which.",
	Contract: checkTimeNameSuffix,
}

var timeWords = wordSet("at time timestamp ts date day on until since from to start end begin deadline expiry expiration before after datetime moment when month year birthday")

func checkTimeNameSuffix(p *lint.Pass) {
	suffixes := map[string]string{"date-time": "at", "date": "on"}
	for _, at := range p.Properties() {
		s := at.Schema
		suffix := suffixes[s.Format]
		if s.Types != contracts.String || suffix == "" || timeWords[at.Words[len(at.Words)-1]] {
			continue
		}
		p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s has format %s, and its name does not show it", document.Quote(at.Property.Name), s.Format),
			fmt.Sprintf("end the name in %q", "_"+suffix))
	}
}
