package importer

import "slices"

// newUnion is a choice, simplified: variants that accept nothing are left out, a
// choice of one is that one, and a choice with a variant that accepts everything is
// no choice.
func newUnion(exclusive bool, variants []*shape, a about) (*shape, error) {
	var kept []*shape
	for _, v := range variants {
		switch {
		case v.never():
			continue
		case !exclusive && v.everything():
			return v.with(a), nil
		case !exclusive && slices.ContainsFunc(kept, func(w *shape) bool { return w == v || v.ref != nil && w.ref == v.ref }):
			continue
		case !exclusive && v.union != nil && !v.union.exclusive && v.about.empty():
			kept = append(kept, v.union.variants...)
			continue
		}
		kept = append(kept, v)
	}
	switch {
	case len(kept) == 0:
		return nothing(), nil
	case len(kept) == 1:
		return kept[0].with(a), nil
	case len(kept) > maxVariants:
		return nil, &inexpressible{"anyOf", "union has too many variants", "split the event"}
	}
	s := &shape{union: &union{exclusive: exclusive, variants: kept}, about: a}
	for _, v := range kept {
		s.kinds |= v.kinds &^ isNull
	}
	if countNull(kept, exclusive) {
		s.kinds |= isNull
	}
	return s, nil
}

func countNull(variants []*shape, exclusive bool) bool {
	n := 0
	for _, v := range variants {
		if v.nullable() {
			n++
		}
	}
	return n == 1 || n > 1 && !exclusive
}

// alternatives reads a choice between required properties only, such as
// anyOf: [{required: [a]}, {required: [b]}], as groups of one object of which at
// least one is there.
func alternatives(variants []*shape) (*shape, bool) {
	var groups [][]string
	k := variants[0].kinds
	for _, v := range variants {
		if v.kinds != k || !onlyRequires(v) {
			return nil, false
		}
		groups = append(groups, v.objects.required)
	}
	if k != anyKind && k != isObject {
		return nil, false
	}
	return &shape{kinds: k, objects: &objects{requireAny: groups}}, true
}

func onlyRequires(s *shape) bool {
	if s.ref != nil || s.union != nil || s.objects == nil || s.whole || s.values != nil || s.text != nil || s.numbers != nil || s.arrays != nil {
		return false
	}
	o := s.objects
	return len(o.required) > 0 && len(o.properties) == 0 && len(o.patterns) == 0 && o.additional == nil &&
		len(o.requireAny) == 0 && o.names == nil && o.least == nil && o.most == nil
}
