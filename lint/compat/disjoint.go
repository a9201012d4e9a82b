package compat

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
)

// maxDisjointDepth bounds how deep two schemas are compared for a common value.
const maxDisjointDepth = 8

// disjoint reports whether certainly no value is accepted by both schemas.
func (j judge) disjoint(a, b *contracts.Schema, depth int) bool {
	a, b = diff.Flat(a), diff.Flat(b)
	if depth > maxDisjointDepth || !j.spend() || a.AcceptsNull() && b.AcceptsNull() {
		return false
	}
	if a.Union != nil {
		return !slices.ContainsFunc(a.Union.Variants, func(v *contracts.Variant) bool {
			return !j.disjoint(withNull(diff.VariantSchema(a.Union, v, nil), false), b, depth+1)
		})
	}
	if b.Union != nil {
		return j.disjoint(b, a, depth)
	}
	if (a.Types|b.Types)&contracts.Any != 0 {
		return false
	}
	if disjointTypes(a.Types, b.Types) {
		return true
	}
	if a.Types&contracts.Scalars != 0 {
		return disjointScalars(a, b)
	}
	return a.Types == contracts.Object && b.Types == contracts.Object && (j.missesRequired(a, b, depth) || j.missesRequired(b, a, depth))
}

func disjointTypes(a, b contracts.Types) bool {
	if a&contracts.Numeric != 0 && b&contracts.Numeric != 0 {
		return false
	}
	objects := contracts.Object | contracts.Map
	if a&objects != 0 && b&objects != 0 {
		return false
	}
	return a&b == 0
}

func disjointScalars(a, b *contracts.Schema) bool {
	listA, okA := finite(a)
	listB, okB := finite(b)
	if !okA || !okB {
		return false
	}
	known := make(map[string]bool, len(listB))
	for _, v := range listB {
		known[diff.ValueKey(v)] = true
	}
	return !slices.ContainsFunc(listA, func(v contracts.EnumValue) bool { return known[diff.ValueKey(v)] })
}

// missesRequired reports whether every object of a has a property that b never
// accepts there.
func (j judge) missesRequired(a, b *contracts.Schema, depth int) bool {
	required, _ := diff.Required(a)
	for name := range required {
		theirs := j.rulesFor(b, name)
		if !theirs.allowed {
			return true
		}
		for _, mine := range j.rulesFor(a, name).schemas {
			for _, other := range theirs.schemas {
				if j.disjoint(mine, other, depth+1) {
					return true
				}
			}
		}
	}
	return false
}
