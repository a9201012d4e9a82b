package rules

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var propertyNameReserved = lint.Rule{
	ID: "property-name-reserved", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Error,
	Summary: "a property has a name that the workspace or JavaScript reserves",
	Why: "Names such as __proto__ and constructor change objects in JavaScript instead of being stored in them. " +
		"Names that a workspace reserves belong to the envelope or to the pipeline, which overwrites them.",
	Options:  []string{"naming.reserved"},
	Contract: checkPropertyNameReserved,
}

var dangerousNames = wordSet("__proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ constructor prototype hasOwnProperty toString valueOf")

func checkPropertyNameReserved(p *lint.Pass) {
	reserved := p.Config().Naming.Reserved
	for _, at := range p.Properties() {
		name := at.Property.Name
		switch {
		case dangerousNames[name]:
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s has a meaning of its own in JavaScript", document.Quote(name)), "choose another name")
		case slices.Contains(reserved, name):
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s is reserved in this workspace", document.Quote(name)), "choose another name; naming.reserved of evctl.yaml lists the reserved ones")
		}
	}
}
