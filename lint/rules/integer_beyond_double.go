package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var integerBeyondDouble = lint.Rule{
	ID: "integer-beyond-double", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an integer has bounds beyond 2^53",
	Why:      "JavaScript, and every JSON reader that keeps numbers as floating point, rounds such values without a word.",
	Contract: checkIntegerBeyondDouble,
}

// The largest integers that a double holds together with their neighbours.
const (
	maxDouble = contracts.Decimal("9007199254740991")
	minDouble = contracts.Decimal("-9007199254740991")
)

func checkIntegerBeyondDouble(p *lint.Pass) {
	for _, at := range p.Places() {
		s := at.Schema
		if !s.Types.Has(contracts.Integer) {
			continue
		}
		for _, b := range []struct {
			key   string
			bound *contracts.Decimal
		}{{"minimum", s.Minimum}, {"exclusiveMinimum", s.ExclusiveMinimum}, {"maximum", s.Maximum}, {"exclusiveMaximum", s.ExclusiveMaximum}} {
			if b.bound != nil && (len(*b.bound) > 15 || strings.ContainsAny(string(*b.bound), "eE")) && (b.bound.Cmp(maxDouble) > 0 || b.bound.Cmp(minDouble) < 0) {
				p.Report(s.At(b.key), at.Pointer()+"/"+b.key, fmt.Sprintf("%s of %s is beyond 2^53", b.key, nameOf(p.Contract, at)), "write type: string for such values")
			}
		}
	}
}
