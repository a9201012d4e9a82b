package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var definitionDuplicated = lint.Rule{
	ID: "definition-duplicated", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:   "an object is written out that is a shared definition already",
	Why:       "The next change of the definition will not reach the copy, and two things with one meaning drift apart.",
	Workspace: checkDefinitionDuplicated,
}

func checkDefinitionDuplicated(p *lint.Pass) {
	x := shapesOf(p)
	for _, shape := range x.order {
		definition := x.definitions[shape]
		if definition == nil {
			continue
		}
		for _, o := range x.objects[shape] {
			at := o.place
			found := p.ReportIn(o.contract, placeOf(at), at.Pointer(),
				fmt.Sprintf("%s is written like definition %s", nameOf(o.contract, at), document.Quote(definition.Name)), fmt.Sprintf("write {$ref: %s}", definition.Name))
			found.Related = []diag.Related{{Location: definition.Head(), Message: "the definition"}}
		}
	}
}

// placeOf is where a place is best reported: the name of its property, or its schema.
func placeOf(at *lint.Place) diag.Location {
	if at.Property != nil {
		return at.Property.At()
	}
	return diag.Location{File: at.Schema.File, Span: at.Schema.Span}
}
