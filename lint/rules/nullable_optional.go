package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var nullableOptional = lint.Rule{
	ID: "nullable-optional", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "a property can be absent and can be null",
	Why:      "Two ways to say nothing mean different things to different producers, and most readers handle one of them.",
	Contract: checkNullableOptional,
}

func checkNullableOptional(p *lint.Pass) {
	for _, at := range p.Properties() {
		if !at.Property.Required && at.Schema.Nullable {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s can be absent and can be null", document.Quote(at.Property.Name)), "make it required and nullable, or optional and not nullable")
		}
	}
}
