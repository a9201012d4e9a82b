package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var timestampAsNumber = lint.Rule{
	ID: "timestamp-as-number", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a number whose name promises a time has no unit",
	Why:      "Seconds or milliseconds: the wrong guess is a date in 1970 or in the year 58000, and both are valid.",
	Contract: checkTimestampAsNumber,
}

func checkTimestampAsNumber(p *lint.Pass) {
	for _, at := range p.Properties() {
		s := at.Schema.Resolved()
		if timestampName(at.Words) && s.Types&contracts.Numeric != 0 && s.Types&contracts.String == 0 && s.Unit == "" && at.Schema.Unit == "" {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s is %s without a unit", document.Quote(at.Property.Name), s.Types), "write type: string with format: date-time, or add unit: ms")
		}
	}
}
