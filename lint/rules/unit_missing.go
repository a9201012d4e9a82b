package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var unitMissing = lint.Rule{
	ID: "unit-missing", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "a measured number has no unit",
	Why:      "A duration of 90 is a minute and a half or a tenth of a second.",
	Contract: checkUnitMissing,
}

func checkUnitMissing(p *lint.Pass) {
	for _, at := range p.Properties() {
		s := at.Schema
		if s.Types&contracts.Numeric != 0 && s.Types&contracts.String == 0 && s.Unit == "" && measures[at.Words[len(at.Words)-1]] {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s has no unit", document.Quote(at.Property.Name)), "add unit: such as ms, kg or km")
		}
	}
}

var measures = wordSet("duration latency elapsed weight height width distance speed temperature timeout interval delay volume bandwidth altitude uptime ttl")
