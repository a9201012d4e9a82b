package rules

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var booleanNameNegated = lint.Rule{
	ID: "boolean-name-negated", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "the name of a boolean says what is not",
	Why:      "is_not_new: false takes a moment to understand, and not is_not_new is where mistakes are made.",
	Contract: checkBooleanNameNegated,
}

var negations = wordSet("not no non never without isnt hasnt cannot")

func checkBooleanNameNegated(p *lint.Pass) {
	for _, at := range p.Properties() {
		if at.Schema.Types != contracts.Boolean || len(at.Words) < 2 {
			continue
		}
		if slices.ContainsFunc(at.Words, func(word string) bool { return negations[word] }) {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("boolean %s says what is not", document.Quote(at.Property.Name)), "name the positive and turn the value around")
		}
	}
}
