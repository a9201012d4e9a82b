package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var draftReleased = lint.Rule{
	ID: "draft-released", Group: lint.Lifecycle, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a draft was released",
	Why:      "A released version is a promise to consumers. A contract that still calls itself a draft tells them not to rely on it.",
	Contract: checkDraftReleased,
}

func checkDraftReleased(p *lint.Pass) {
	if c := p.Contract; c.Kind == contracts.Event && c.Status == contracts.Draft && p.Released() {
		p.Report(c.At("status"), "/status", fmt.Sprintf("event %s is a draft and was released", document.Quote(c.Name)), "write status: active")
	}
}
