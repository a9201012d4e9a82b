package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var unitNameMismatch = lint.Rule{
	ID: "unit-name-mismatch", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "the name of a property and its unit disagree",
	Why:      "One of the two is wrong, and whoever reads only the other is off by a factor.",
	Contract: checkUnitNameMismatch,
}

func checkUnitNameMismatch(p *lint.Pass) {
	for _, at := range p.Properties() {
		named := unitInName(at.Words)
		if named == "" || at.Schema.Unit == "" || canonicalUnit(at.Schema.Unit) == named {
			continue
		}
		p.Report(at.Schema.At("unit"), at.Pointer(), fmt.Sprintf("property %s has unit %s", document.Quote(at.Property.Name), document.Quote(at.Schema.Unit)),
			fmt.Sprintf("the name says %s: correct one of the two", named))
	}
}
