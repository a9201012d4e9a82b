package rules

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

// propertyIndex lists every declared property of a workspace, by name.
type propertyIndex struct {
	names []string // sorted
	uses  map[string][]propertyUse
}

// propertyUse is one declaration of a property.
type propertyUse struct {
	contract *contracts.Contract
	property *contracts.Property
	place    *lint.Place
}

func (u propertyUse) at() diag.Location { return u.property.At() }

func (u propertyUse) pointer() string { return u.place.Pointer() }

// schema is what the property's value is, references followed.
func (u propertyUse) schema() *contracts.Schema { return u.property.Schema.Resolved() }

func indexOf(p *lint.Pass) *propertyIndex { return lint.Shared(p, newPropertyIndex) }

func newPropertyIndex(p *lint.Pass) *propertyIndex {
	x := &propertyIndex{uses: map[string][]propertyUse{}}
	for _, c := range p.Workspace.Contracts {
		if c.Broken {
			continue
		}
		for _, at := range p.PlacesOf(c).Properties() {
			name := at.Property.Name
			if len(x.uses[name]) == 0 {
				x.names = append(x.names, name)
			}
			x.uses[name] = append(x.uses[name], propertyUse{c, at.Property, at})
		}
	}
	slices.Sort(x.names)
	return x
}

// minority splits the uses of a name by what aspect says about them, leaves out those
// it says "" about, and returns the uses that differ from the most common answer with
// the first use that gives it. With equal numbers the first answer counts.
func minority(uses []propertyUse, aspect func(propertyUse) string) (odd []propertyUse, usual propertyUse) {
	counts := map[string]int{}
	var order []string
	for _, u := range uses {
		if answer := aspect(u); answer != "" {
			if counts[answer] == 0 {
				order = append(order, answer)
			}
			counts[answer]++
		}
	}
	if len(order) < 2 {
		return nil, usual
	}
	best := order[0]
	for _, answer := range order {
		if counts[answer] > counts[best] {
			best = answer
		}
	}
	found := false
	for _, u := range uses {
		switch answer := aspect(u); {
		case answer == best && !found:
			usual, found = u, true
		case answer != best && answer != "":
			odd = append(odd, u)
		}
	}
	return odd, usual
}
