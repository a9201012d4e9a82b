package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var countNameMismatch = lint.Rule{
	ID: "count-name-mismatch", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a name promises a count, and the property is no integer",
	Why:      "item_count: \"3\" cannot be summed, and 2.5 items are a mistake that the contract should have refused.",
	Contract: checkCountNameMismatch,
}

func checkCountNameMismatch(p *lint.Pass) {
	for _, at := range p.Properties() {
		types := at.Schema.Resolved().Types
		if !countName(at.Words) || types == contracts.Integer || types&contracts.Scalars == 0 {
			continue
		}
		p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s is %s, expected integer by its name", document.Quote(at.Property.Name), types),
			"make it an integer, or name it after what it holds")
	}
}

func countName(words []string) bool {
	name := strings.Join(words, "_")
	return len(words) > 1 && (words[len(words)-1] == "count" || strings.HasPrefix(name, "number_of_") || strings.HasPrefix(name, "num_"))
}
