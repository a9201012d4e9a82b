package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var objectDuplicated = lint.Rule{
	ID: "object-duplicated", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:   "the same object is written out in several places",
	Why:       "Each copy gets a type of its own in generated code, and the next change reaches some of them.",
	Workspace: checkObjectDuplicated,
}

// minCopies is how many times an object is written before it should be a definition.
const minCopies = 3

func checkObjectDuplicated(p *lint.Pass) {
	x := shapesOf(p)
	for _, shape := range x.order {
		copies := x.objects[shape]
		if len(copies) < minCopies || x.definitions[shape] != nil {
			continue
		}
		first := copies[0].place
		found := p.ReportIn(copies[0].contract, placeOf(first), first.Pointer(),
			fmt.Sprintf("%s is written out in %d places", nameOf(copies[0].contract, first), len(copies)), "make it a definition and refer to it with $ref")
		const shown = 5
		for _, o := range copies[1:min(len(copies), shown+1)] {
			at := o.place
			found.Related = append(found.Related, diag.Related{Location: placeOf(at), Message: "the same object"})
		}
	}
}
