package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var moneyWithoutCurrency = lint.Rule{
	ID: "money-without-currency", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an amount of money is a number without a currency",
	Why:      "Sums over shops of two countries add euros to crowns, and 0.1 + 0.2 is not 0.3.",
	Contract: checkMoneyWithoutCurrency,
}

func checkMoneyWithoutCurrency(p *lint.Pass) {
	for _, at := range p.Properties() {
		s := at.Schema.Resolved()
		if !moneyName(at.Words) || !s.Types.Has(contracts.Number) || at.Schema.Unit != "" || s.Unit != "" || namesCurrency(at.Parent) {
			continue
		}
		p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("amount %s is a number without a currency", document.Quote(at.Property.Name)), "add unit: EUR, a currency beside it, or an object of minor units and currency")
	}
}

var moneyWords = wordSet("price amount cost revenue fee subtotal salary turnover gmv")

// moneyName reports names that end in a word for money, and totals.
func moneyName(words []string) bool {
	last := words[len(words)-1]
	return moneyWords[last] || last == "total" && (len(words) == 1 || len(words) == 2 && (words[0] == "order" || words[0] == "cart" || words[0] == "grand" || words[0] == "invoice"))
}

func namesCurrency(s *contracts.Schema) bool {
	return s != nil && slices.ContainsFunc(s.Properties, func(property *contracts.Property) bool {
		return strings.Contains(strings.ToLower(property.Name), "currency")
	})
}
