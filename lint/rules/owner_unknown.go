package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var ownerUnknown = lint.Rule{
	ID: "owner-unknown", Group: lint.Ownership, Profile: lint.Minimal, Severity: diag.Error,
	Summary:  "the owner is no team of evctl.yaml",
	Why:      "An owner that does not exist cannot be asked. Workspaces that list no teams accept any owner.",
	Options:  []string{"teams"},
	Contract: checkOwnerUnknown,
}

func checkOwnerUnknown(p *lint.Pass) {
	c, teams := p.Contract, p.Config().Teams
	if _, known := teams[c.Owner]; known || c.Owner == "" || len(teams) == 0 {
		return
	}
	hint := "teams are " + strings.Join(p.Config().TeamNames(), ", ")
	if near := contracts.Nearest(c.Owner, p.Config().TeamNames()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	p.Report(c.At("owner"), "/owner", fmt.Sprintf("owner %s is no team of evctl.yaml", document.Quote(c.Owner)), hint)
}
