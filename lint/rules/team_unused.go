package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var teamUnused = lint.Rule{
	ID: "team-unused", Group: lint.Ownership, Profile: lint.Strict, Severity: diag.Info,
	Summary:   "a team owns nothing",
	Why:       "Teams are renamed and dissolved. One that owns nothing is most often the old name of another.",
	Options:   []string{"teams"},
	Workspace: checkTeamUnused,
}

func checkTeamUnused(p *lint.Pass) {
	owners := map[string]bool{}
	for _, c := range p.Workspace.Contracts {
		owners[c.Owner] = true
	}
	for _, name := range p.Config().TeamNames() {
		if !owners[name] {
			p.ReportIn(nil, p.Config().At("teams", name), "evctl.yaml#teams/"+name, fmt.Sprintf("team %s owns no contract", document.Quote(name)), "remove it, or correct the owners")
		}
	}
}
