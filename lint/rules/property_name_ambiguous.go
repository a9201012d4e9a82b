package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var propertyNameAmbiguous = lint.Rule{
	ID: "property-name-ambiguous", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property name says nothing about its content",
	Why: "Nobody finds a property called data, and every team puts something else into it. " +
		"A word that says what it is, such as refund_reason, is found and stays what it is. Enums say themselves what they hold, " +
		"and a value beside a name, key or unit belongs to it.",
	Options:  []string{"naming.ambiguous"},
	Contract: checkPropertyNameAmbiguous,
}

var ambiguousNames = wordSet(`any arg args attr attrs attribute attributes bar blob data datum dummy element extra extras field fields flag flags
	foo generic info information input item_data json misc miscellaneous obj object objects other others output param params parameter
	parameters payload prop props raw record stuff temp test thing things tmp type typ unknown val vals value values var variable`)

func checkPropertyNameAmbiguous(p *lint.Pass) {
	more := p.Config().Naming.Ambiguous
	for _, at := range p.Properties() {
		name := strings.Join(at.Words, "_")
		if slices.Contains(more, name) || slices.Contains(more, at.Property.Name) || ambiguousNames[name] && !explained(at) {
			p.Report(at.Property.At(), at.Pointer(), fmt.Sprintf("property name %s says nothing about the content", document.Quote(at.Property.Name)),
				"name what it is: whose, of what, measured how")
		}
	}
}

// explained reports whether a vague name is explained by its values or by the
// properties beside it.
func explained(at *lint.Place) bool {
	if at.Schema.Resolved().Enum != nil {
		return true
	}
	if at.Parent == nil || !pairNames[at.Words[0]] {
		return false
	}
	return slices.ContainsFunc(at.Parent.Properties, func(property *contracts.Property) bool { return pairedWith[property.Name] })
}

var (
	pairNames  = wordSet("value values val type")
	pairedWith = wordSet("name key unit currency label code")
)
