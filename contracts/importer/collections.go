package importer

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts/document"
)

// This file reads the keywords of arrays and objects.

func (r *reader) items(p place, n *document.Node, s *shape) {
	if n.Kind == document.Sequence && p.resource.draft <= draft2019 {
		rest := p.node.Get("additionalItems")
		r.tuple(p, "items", n, rest, "additionalItems", s)
		return
	}
	if p.resource.draft == draft2020 && p.node.Get("prefixItems") != nil {
		return // prefixItems reads both
	}
	s.arrays.items = r.optionalSchema(p.child("/items", n))
}

func (r *reader) prefixItems(p place, n *document.Node, s *shape) {
	if n.Kind != document.Sequence {
		r.refuse(p, "prefixItems", "expected a list of schemas", "")
		return
	}
	r.tuple(p, "prefixItems", n, p.node.Get("items"), "items", s)
}

// tuple reads schemas by position, which the language can say when all positions
// have one schema, or when there is one position.
func (r *reader) tuple(p place, keyword string, first, rest *document.Node, restKeyword string, s *shape) {
	parts := make([]*shape, len(first.Items))
	same := true
	for i, item := range first.Items {
		parts[i] = r.schema(p.child(fmt.Sprintf("/%s/%d", keyword, i), item))
		same = same && item.JSON() == first.Items[0].JSON()
	}
	last := anything()
	if rest != nil {
		last = r.schemaOrFlag(p.child("/"+restKeyword, rest))
		same = same && (last.never() || len(first.Items) == 0 || rest.JSON() == first.Items[0].JSON())
	} else {
		same = same && (len(parts) == 0 || parts[0].everything())
	}
	n := len(parts)
	switch {
	case n == 0:
		s.arrays.items = unlessEverything(last)
	case same && last.never():
		s.arrays.items, s.arrays.most = unlessEverything(parts[0]), smaller(s.arrays.most, &n)
	case same:
		s.arrays.items = unlessEverything(parts[0])
	case r.atMostOne(p):
		s.arrays.items = unlessEverything(parts[0])
	default:
		r.refuse(p, keyword, "items by position cannot be said", "name the parts: write an object, or one schema for all items")
	}
}

func (r *reader) atMostOne(p place) bool {
	n := p.node.Get("maxItems")
	return n != nil && (n.Text == "1" || n.Text == "0")
}

func (r *reader) additionalItems(p place, _ *document.Node, _ *shape) {
	if items := p.node.Get("items"); items == nil || items.Kind != document.Sequence {
		r.remark(p, "additionalItems", "additionalItems has no effect without a list of items")
	}
}

func (r *reader) contains(p place, n *document.Node, s *shape) {
	least := 1
	if m := p.node.Get("minContains"); m != nil && p.resource.draft >= draft2019 {
		if v := r.count(p, "minContains", m); v != nil {
			least = *v
		}
	}
	bounded := p.node.Get("maxContains") != nil && p.resource.draft >= draft2019
	item := r.schema(p.child("/contains", n))
	switch {
	case least == 0 && !bounded:
		r.remark(p, "contains", "contains with minContains 0 has no effect")
	case item.everything() && !bounded:
		s.arrays.least = larger(s.arrays.least, &least)
	default:
		r.refuse(p, "contains", "that some items have a schema cannot be said", "say what all items are, or put the special one into a property")
	}
}

func (r *reader) unevaluatedItems(p place, n *document.Node, _ *shape) {
	items := p.node.Get("items")
	if v, ok := n.Bool(); ok && v {
		return
	}
	if items == nil || items.Kind == document.Sequence {
		r.refuse(p, "unevaluatedItems", "what other keywords have not looked at cannot be said", "write items")
	}
}

// optionalSchema reads a schema of which nil means anything.
func (r *reader) optionalSchema(p place) *shape { return unlessEverything(r.schema(p)) }

func unlessEverything(s *shape) *shape {
	if s.everything() && s.about.empty() {
		return nil
	}
	return s
}

func (r *reader) properties(p place, n *document.Node, s *shape) {
	if n.Kind != document.Mapping {
		r.refuse(p, "properties", "expected a mapping of names to schemas", "")
		return
	}
	for _, e := range n.Entries {
		value := r.schema(p.child("/properties/"+escape(e.Key), e.Value))
		s.objects.properties = append(s.objects.properties, property{e.Key, value})
	}
}

func (r *reader) patternProperties(p place, n *document.Node, s *shape) {
	if n.Kind != document.Mapping {
		r.refuse(p, "patternProperties", "expected a mapping of patterns to schemas", "")
		return
	}
	for _, e := range n.Entries {
		value := r.schema(p.child("/patternProperties/"+escape(e.Key), e.Value))
		if pattern := r.pattern(p, "patternProperties", e.Key); pattern != "" {
			s.objects.patterns = append(s.objects.patterns, patterned{pattern, value})
			continue
		}
		if e.Key == "" {
			r.refuse(p, "patternProperties", "pattern is empty and matches every name", "write additionalProperties")
		}
	}
}

func (r *reader) additionalProperties(p place, n *document.Node, s *shape) {
	s.objects.additional = unlessEverything(r.schemaOrFlag(p.child("/additionalProperties", n)))
}

// schemaOrFlag reads a schema that draft 4 also lets be true or false.
func (r *reader) schemaOrFlag(p place) *shape {
	if v, ok := p.node.Bool(); ok {
		if v {
			return anything()
		}
		return nothing()
	}
	return r.schema(p)
}

func (r *reader) required(p place, n *document.Node, s *shape) {
	s.objects.required = union2(nil, r.names(p, "required", n))
}

// names reads a list of property names.
func (r *reader) names(p place, keyword string, n *document.Node) []string {
	if n.Kind != document.Sequence {
		r.refuse(p, keyword, "expected a list of names, found "+n.Describe(), "")
		return nil
	}
	var names []string
	for _, item := range n.Items {
		if item.Kind != document.Scalar {
			r.refuse(p, keyword, "expected a name, found "+item.Describe(), "")
			continue
		}
		names = append(names, item.Text)
	}
	return names
}

func (r *reader) propertyNames(p place, n *document.Node, s *shape) {
	names := r.schema(p.child("/propertyNames", n))
	if names.everything() {
		return
	}
	only, err := r.merge.both(names, &shape{kinds: isString})
	if err != nil {
		r.refused(p, err)
		return
	}
	s.objects.names = only
	if only.never() {
		s.objects.names, s.objects.most = nil, new(int)
	}
}

// dependencies can be said when they are certain to apply, or certain not to matter.
func (r *reader) dependencies(p place, keyword string, n *document.Node, s *shape) {
	var required []string
	if list := p.node.Get("required"); list != nil && list.Kind == document.Sequence {
		required = r.names(p, "required", list)
	}
	for _, e := range n.Entries {
		if e.Value.Kind != document.Sequence {
			r.refuse(p, keyword, fmt.Sprintf("what %s asks of the rest of the object cannot be said", document.Quote(e.Key)), "write oneOf with one variant for each case")
			continue
		}
		names := r.names(p, keyword, e.Value)
		switch {
		case slices.Contains(required, e.Key):
			s.objects.required = union2(s.objects.required, names)
		case len(names) > 0 && !subset(names, required):
			r.refuse(p, keyword, fmt.Sprintf("that %s is only allowed together with %s cannot be said", document.Quote(e.Key), quoteAll(names)),
				"put the properties that belong together into an object")
		}
	}
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(name string) bool { return !slices.Contains(b, name) })
}
