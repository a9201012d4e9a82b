package rules

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var numberUnbounded = lint.Rule{
	ID: "number-unbounded", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "a number has no bounds",
	Why:      "A negative quantity, and 1e300 for a price, are valid then. Columns have bounds whether the contract names them or not.",
	Contract: checkNumberUnbounded,
}

func checkNumberUnbounded(p *lint.Pass) {
	for _, at := range p.Places() {
		s := at.Schema
		low, high := s.Minimum != nil || s.ExclusiveMinimum != nil, s.Maximum != nil || s.ExclusiveMaximum != nil
		if s.Types&contracts.Numeric == 0 || s.Enum != nil || low && high {
			continue
		}
		missing := "minimum and no maximum"
		switch {
		case low:
			missing = "maximum"
		case high:
			missing = "minimum"
		}
		p.Report(s.At("type"), at.Pointer(), nameOf(p.Contract, at)+" has no "+missing, "add the bounds of what makes sense")
	}
}
