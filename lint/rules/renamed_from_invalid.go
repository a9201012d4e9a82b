package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var renamedFromInvalid = lint.Rule{
	ID: "renamed-from-invalid", Group: lint.Lifecycle, Profile: lint.Minimal, Severity: diag.Error,
	Summary:  "renamedFrom names the property itself, or one that is still there",
	Why:      "renamedFrom tells comparison, upgrades and protobuf numbers that two names are one property. A name that is still in use is another property.",
	Contract: checkRenamedFromInvalid,
}

func checkRenamedFromInvalid(p *lint.Pass) {
	for _, at := range p.Properties() {
		old, name := at.Schema.RenamedFrom, at.Property.Name
		switch {
		case old == "" || at.Parent == nil:
		case old == name:
			p.Report(at.Schema.At("renamedFrom"), at.Pointer(), fmt.Sprintf("property %s is renamed from itself", document.Quote(name)), "write the earlier name, or remove renamedFrom")
		case propertyOf(p, at.Parent, old) != nil:
			found := p.Report(at.Schema.At("renamedFrom"), at.Pointer(), fmt.Sprintf("property %s is renamed from %s, which is still declared", document.Quote(name), document.Quote(old)),
				"deprecate the old one with replacedBy, or remove it")
			found.Related = []diag.Related{{Location: propertyOf(p, at.Parent, old).At(), Message: "still declared here"}}
		}
	}
}
