package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var booleanNameMismatch = lint.Rule{
	ID: "boolean-name-mismatch", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a name promises yes or no, and the property is no boolean",
	Why:      "Readers of is_active write if is_active, which is true for the text \"false\" and for every number but 0.",
	Contract: checkBooleanNameMismatch,
}

var questionWords = wordSet("is has can should was were did does will are have")

func checkBooleanNameMismatch(p *lint.Pass) {
	for _, at := range p.Properties() {
		types := at.Schema.Resolved().Types
		if len(at.Words) < 2 || !questionWords[at.Words[0]] || types == 0 || types&(contracts.Boolean|contracts.Any) != 0 {
			continue
		}
		p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s is %s, expected boolean by its name", document.Quote(at.Property.Name), types),
			"make it a boolean, or name it after what it holds")
	}
}
