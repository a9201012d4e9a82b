package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var personalDataKeptForever = lint.Rule{
	ID: "personal-data-kept-forever", Group: lint.Privacy, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an event holds personal data and is kept forever",
	Why:      "No purpose lasts forever: storage limitation is what regulators ask about first.",
	Contract: checkPersonalDataKeptForever,
}

func checkPersonalDataKeptForever(p *lint.Pass) {
	c := p.Contract
	if c.Kind != contracts.Event || c.Retention.Days() >= 0 {
		return
	}
	if class := reachOf(p, c.Payload).pii; class != "" && class != contracts.NoPII {
		p.Report(c.At("retention"), "/retention", fmt.Sprintf("event %s holds %s personal data and is kept forever", document.Quote(c.Name), class), "say how long it is needed, such as 2y")
	}
}
