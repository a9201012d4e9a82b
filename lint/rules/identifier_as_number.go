package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var identifierAsNumber = lint.Rule{
	ID: "identifier-as-number", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an identifier is a number that may have a fraction",
	Why:      "JSON readers keep such numbers as floating point: identifiers above 2^53 become their neighbours.",
	Contract: checkIdentifierAsNumber,
}

func checkIdentifierAsNumber(p *lint.Pass) {
	for _, at := range p.Properties() {
		last := at.Words[len(at.Words)-1]
		if (last == "id" || last == "uuid") && at.Schema.Resolved().Types.Has(contracts.Number) {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("identifier %s is a number", document.Quote(at.Property.Name)), "write type: string, or type: integer")
		}
	}
}
