package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var booleanGroup = lint.Rule{
	ID: "boolean-group", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "several booleans that share a word may be one enum",
	Why:      "is_web, is_ios and is_android allow eight combinations of which three make sense, and the next platform is a new property instead of a new value.",
	Contract: checkBooleanGroup,
}

// minGroup is how many booleans make a group.
const minGroup = 3

func checkBooleanGroup(p *lint.Pass) {
	for _, at := range p.Places() {
		if booleans(at.Schema) < minGroup {
			continue
		}
		groups := map[string][]*contracts.Property{}
		var order []string
		for _, property := range at.Schema.Properties {
			words := naming.Words(property.Name)
			if property.From != nil || property.Schema.Types != contracts.Boolean || len(words) != 2 || !groupWords[words[0]] {
				continue
			}
			if len(groups[words[0]]) == 0 {
				order = append(order, words[0])
			}
			groups[words[0]] = append(groups[words[0]], property)
		}
		for _, word := range order {
			if list := groups[word]; len(list) >= minGroup {
				found := p.Report(list[0].At(), at.Pointer()+"/properties/"+contracts.EscapePointer(list[0].Name),
					fmt.Sprintf("%d booleans start with %q: they may be the values of one enum", len(list), word), "when only one of them can be true, write one enum")
				for _, property := range list[1:] {
					found.Related = append(found.Related, diag.Related{Location: property.At(), Message: "another one"})
				}
			}
		}
	}
}

// booleans counts the boolean properties of an object.
func booleans(s *contracts.Schema) (n int) {
	for _, property := range s.Properties {
		if property.Schema.Types == contracts.Boolean {
			n++
		}
	}
	return n
}

// groupWords start names of booleans that often exclude each other.
var groupWords = wordSet("is was from via by type kind status state")
