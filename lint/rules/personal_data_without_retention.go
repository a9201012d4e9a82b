package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var personalDataWithoutRetention = lint.Rule{
	ID: "personal-data-without-retention", Group: lint.Privacy, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an event holds personal data and does not say how long it is kept",
	Why:      "Personal data may be kept as long as its purpose needs it. Without a number it is kept until somebody asks.",
	Contract: checkPersonalDataWithoutRetention,
}

func checkPersonalDataWithoutRetention(p *lint.Pass) {
	c := p.Contract
	if c.Kind != contracts.Event || c.Retention != "" {
		return
	}
	if class := reachOf(p, c.Payload).pii; class == contracts.Direct || class == contracts.Sensitive {
		p.Report(c.Head(), "/retention", fmt.Sprintf("event %s holds %s personal data and has no retention", document.Quote(c.Name), class), "add retention: with how long it is needed, such as 400d")
	}
}
