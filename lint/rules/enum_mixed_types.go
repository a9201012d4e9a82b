package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var enumMixedTypes = lint.Rule{
	ID: "enum-mixed-types", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an enum mixes values of several types",
	Why:      "1 and \"1\" are two values that look like one. Columns and generated constants have one type.",
	Contract: checkEnumMixedTypes,
}

func checkEnumMixedTypes(p *lint.Pass) {
	for _, at := range p.Places() {
		var kinds contracts.Types
		for _, v := range at.Schema.Enum {
			t := v.Type()
			if t == contracts.Integer {
				t = contracts.Number
			}
			kinds |= t
		}
		if names := kinds.Names(); len(names) > 1 {
			p.Report(at.Schema.At("enum"), at.Pointer()+"/enum", fmt.Sprintf("enum of %s mixes %s", nameOf(p.Contract, at), strings.Join(names, " and ")), "write all values as text")
		}
	}
}
