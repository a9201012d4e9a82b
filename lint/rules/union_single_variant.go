package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var unionSingleVariant = lint.Rule{
	ID: "union-single-variant", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a union has a single variant",
	Why:      "There is no choice to make: the wrapper only adds a level to generated code.",
	Contract: checkUnionSingleVariant,
}

func checkUnionSingleVariant(p *lint.Pass) {
	for _, at := range p.Places() {
		if u := at.Schema.Union; u != nil && len(u.Variants) == 1 {
			p.Report(at.Schema.At(u.Keyword()), at.Pointer(), fmt.Sprintf("%s has the single variant %s", u.Keyword(), document.Quote(u.Variants[0].Name)), "write the variant itself")
		}
	}
}
