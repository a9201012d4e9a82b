package rules

import (
	"fmt"
	"maps"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/format"
	"github.com/evctl/evctl/lint"
)

var unitSpelling = lint.Rule{
	ID: "unit-spelling", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary:   "a unit is spelled in several ways",
	Why:       "Tools convert and label by unit. ms and milliseconds are two units to them. The spelling that is used less is reported.",
	Workspace: checkUnitSpelling,
}

// unitUse is a place where a unit is written.
type unitUse struct {
	contract *contracts.Contract
	place    *lint.Place
}

func checkUnitSpelling(p *lint.Pass) {
	uses := map[string]map[string][]unitUse{} // by unit, then by spelling
	for _, c := range p.Workspace.Contracts {
		if c.Broken {
			continue
		}
		for _, at := range p.PlacesOf(c).All() {
			if at.Schema.Unit == "" {
				continue
			}
			unit := canonicalUnit(at.Schema.Unit)
			if uses[unit] == nil {
				uses[unit] = map[string][]unitUse{}
			}
			uses[unit][at.Schema.Unit] = append(uses[unit][at.Schema.Unit], unitUse{c, at})
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(uses)) {
		reportUnitSpellings(p, uses[unit])
	}
}

func reportUnitSpellings(p *lint.Pass, spellings map[string][]unitUse) {
	names := slices.Sorted(maps.Keys(spellings))
	usual := names[0]
	for _, name := range names {
		if len(spellings[name]) > len(spellings[usual]) {
			usual = name
		}
	}
	for _, name := range names {
		if name == usual {
			continue
		}
		for _, u := range spellings[name] {
			at := u.place.Schema.At("unit")
			found := p.ReportIn(u.contract, at, u.place.Pointer()+"/unit",
				fmt.Sprintf("unit %s is spelled %s elsewhere", document.Quote(name), document.Quote(usual)), fmt.Sprintf("write unit: %s, or run evctl lint --fix", usual))
			found.Related = []diag.Related{{Location: spellings[usual][0].place.Schema.At("unit"), Message: "such as here"}}
			found.Fix = &diag.Fix{Title: fmt.Sprintf("spell unit %s as %s", name, usual), Edits: []diag.Edit{{Location: at, New: format.Scalar(usual)}}}
		}
	}
}
