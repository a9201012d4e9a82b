package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var teamContactMissing = lint.Rule{
	ID: "team-contact-missing", Group: lint.Ownership, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a team has no contact",
	Why:     "Reasons for rejected events and deprecations name the owner. A name without an address sends people searching.",
	Options: []string{"teams"},
	Config:  checkTeamContactMissing,
}

func checkTeamContactMissing(p *lint.Pass) {
	for _, name := range p.Config().TeamNames() {
		if p.Config().Teams[name].Contact == "" {
			p.ReportIn(nil, p.Config().At("teams", name), "evctl.yaml#teams/"+name, fmt.Sprintf("team %s has no contact", document.Quote(name)), "add contact: with an address, a channel or a page")
		}
	}
}
