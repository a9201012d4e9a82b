package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var objectTooWide = lint.Rule{
	ID: "object-too-wide", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "an object has very many properties",
	Why:      "Nobody fills or reads a hundred properties with care. Most often several events, or an object inside the object, are hidden in it.",
	Contract: checkObjectTooWide,
}

const maxProperties = 100

func checkObjectTooWide(p *lint.Pass) {
	for _, at := range p.Places() {
		if n := len(at.Schema.Properties); n > maxProperties {
			p.Report(at.Schema.At("properties"), at.Pointer()+"/properties", fmt.Sprintf("object has %d properties, expected at most %d", n, maxProperties), "split the event, or group properties into objects")
		}
	}
}
