package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
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
		steps := strings.Split(at.Pointer, "/properties/")
		if len(steps) < 3 || strings.Contains(steps[len(steps)-2], "/") {
			continue
		}
		parent := naming.Words(steps[len(steps)-2])
		if len(at.Words) > len(parent) && slices.Equal(at.Words[:len(parent)], parent) {
			p.Report(at.Property.At(), at.Pointer, fmt.Sprintf("property %s repeats the name of %s around it",
				document.Quote(at.Property.Name), document.Quote(steps[len(steps)-2])),
				fmt.Sprintf("%q is enough", like(at.Property.Name, at.Words[len(parent):])))
		}
	}
}
