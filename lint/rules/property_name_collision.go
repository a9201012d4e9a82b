package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var propertyNameCollision = lint.Rule{
	ID: "property-name-collision", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Error,
	Summary: "two properties of an object differ only in case or separators",
	Why: "Column names of most warehouses ignore case, and generated code writes both names alike: one of the two " +
		"gets a number, or silently overwrites the other.",
	Contract: checkPropertyNameCollision,
}

func checkPropertyNameCollision(p *lint.Pass) {
	for _, at := range p.Places() {
		if len(at.Schema.Properties) < 2 {
			continue
		}
		seen := make(map[string]*contracts.Property, len(at.Schema.Properties))
		for _, property := range at.Schema.Properties {
			name := property.Name
			if property.CodeName != "" {
				name = property.CodeName
			}
			key := keyOf(name)
			other := seen[key]
			if other == nil {
				seen[key] = property
				continue
			}
			found := p.Report(property.At(), at.Pointer()+"/properties/"+contracts.EscapePointer(property.Name),
				fmt.Sprintf("property %s differs from %s only in case or separators", document.Quote(property.Name), document.Quote(other.Name)), "rename one of the two")
			found.Related = []diag.Related{{Location: other.At(), Message: "the other one"}}
		}
	}
}

// keyOf is naming.Key, without the detour over words for names that are written in
// lower case with underscores already.
func keyOf(name string) string {
	if !styles[0].match(name) {
		return naming.Key(name)
	}
	return strings.ReplaceAll(name, "_", "")
}
