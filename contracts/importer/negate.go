package importer

import (
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// negation carries out not where the rest can be listed: whole types, and values of
// an enum.
func (r *reader) negation(p place, s *shape) *shape {
	n := p.node.Get("not")
	if n == nil {
		return s
	}
	not := r.schema(p.child("/not", n))
	rest, ok := r.without(s, not)
	if !ok {
		r.refuse(p, "not", "what is not allowed cannot be said", "say what is allowed instead")
		return s
	}
	return rest
}

// without is what s accepts and not does not, when that can be said.
func (r *reader) without(s, not *shape) (*shape, bool) {
	not = not.resolved()
	switch {
	case not.kinds&s.kinds == 0:
		return s, true
	case not.free():
		rest, err := r.merge.both(s, &shape{kinds: anyKind &^ not.kinds})
		return rest, err == nil
	case not.union != nil || s.union != nil || s.ref != nil || not.values == nil || s.values == nil:
		return s, false
	case not.text != nil || not.numbers != nil || not.whole:
		return s, false
	}
	rest := *s
	rest.kinds &^= not.kinds & isNull
	rest.values = []contracts.Value{}
	excluded := setOf(not.values)
	for _, v := range s.values {
		if !excluded.has(v) {
			rest.values = append(rest.values, v)
		}
	}
	return rest.settled(), true
}

// unevaluated reads unevaluatedProperties, which means additionalProperties once all
// parts of the schema are merged, if none of them is a choice.
func (r *reader) unevaluated(p place, s *shape) *shape {
	n := p.node.Get("unevaluatedProperties")
	if n == nil || s.kinds&isObject == 0 {
		return s
	}
	if p.resource.draft < draft2019 {
		r.remark(p, "unevaluatedProperties", "unevaluatedProperties is not part of "+p.resource.draft.String()+" and has no effect")
		return s
	}
	if p.node.Get("additionalProperties") != nil {
		return s
	}
	rest := r.schema(p.child("/unevaluatedProperties", n))
	if rest.everything() {
		return s
	}
	resolved := s.resolved()
	if resolved.union != nil || !r.evaluates(p, 0) {
		r.refuse(p, "unevaluatedProperties", "what the other keywords have not looked at depends on the value", "write additionalProperties in every variant")
		return s
	}
	c := *resolved
	objects := objects{}
	if c.objects != nil {
		objects = *c.objects
	}
	objects.additional = rest
	c.objects = &objects
	return c.settled()
}

// evaluates reports whether it is the same for all values which properties a schema
// looks at: declared ones and patterns, in it and in what it is merged with.
func (r *reader) evaluates(p place, depth int) bool {
	if p.node.Kind != document.Mapping || depth > document.MaxDepth {
		return false
	}
	for _, keyword := range []string{"anyOf", "oneOf", "if", "not", "dependentSchemas", "dependencies", "additionalProperties", "propertyNames", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"} {
		if depth == 0 && strings.HasPrefix(keyword, "unevaluated") {
			continue
		}
		if p.node.Get(keyword) != nil {
			return false
		}
	}
	if ref := p.node.Get("$ref"); ref != nil {
		to, reason := r.catalogue.find(p, ref.Text)
		if reason != "" || !r.evaluates(to, depth+1) {
			return false
		}
	}
	if all := p.node.Get("allOf"); all != nil {
		for _, item := range all.Items {
			if !r.evaluates(p.child("/allOf", item), depth+1) {
				return false
			}
		}
	}
	return true
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = document.Quote(name)
	}
	return strings.Join(quoted, ", ")
}
