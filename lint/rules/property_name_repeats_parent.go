package rules

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var propertyNameRepeatsParent = lint.Rule{
	ID: "property-name-repeats-parent", Group: lint.Naming, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "a property repeats the name of the object that it is in",
	Why:      "address.address_street becomes the column address_address_street and the call order.Address.AddressStreet.",
	Contract: checkPropertyNameRepeatsParent,
}

func checkPropertyNameRepeatsParent(p *lint.Pass) {
	for _, at := range p.Properties() {
		parent := at.Up()
		if parent == nil || parent.Property == nil {
			continue
		}
		if n := len(parent.Words); len(at.Words) > n && slices.Equal(at.Words[:n], parent.Words) {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property %s repeats the name of %s around it",
				document.Quote(at.Property.Name), document.Quote(parent.Property.Name)),
				fmt.Sprintf("%q is enough", like(at.Property.Name, at.Words[n:])))
		}
	}
}
