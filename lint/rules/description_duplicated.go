package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var descriptionDuplicated = lint.Rule{
	ID: "description-duplicated", Group: lint.Documentation, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "two properties of an object have the same description",
	Why:      "One was copied from the other and not rewritten, so at least one of the two is wrong.",
	Contract: checkDescriptionDuplicated,
}

func checkDescriptionDuplicated(p *lint.Pass) {
	for _, at := range p.Places() {
		if len(at.Schema.Properties) < 2 {
			continue
		}
		seen := make(map[string]*contracts.Property, len(at.Schema.Properties))
		for _, property := range at.Schema.Properties {
			text := property.Schema.Description
			other := seen[text]
			switch {
			case text == "" || property.From != nil:
			case other == nil:
				seen[text] = property
			default:
				found := p.Report(property.Schema.At("description"), at.Pointer()+"/properties/"+contracts.EscapePointer(property.Name)+"/description",
					fmt.Sprintf("property %s has the description of %s", document.Quote(property.Name), document.Quote(other.Name)), "say what makes them different")
				found.Related = []diag.Related{{Location: other.Schema.At("description"), Message: "the other one"}}
			}
		}
	}
}
