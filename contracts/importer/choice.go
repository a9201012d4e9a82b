package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
)

// This file says unions, and finds names for their variants.

func (e *emitter) choice(list []*shape, exclusive bool, at string) *contracts.Schema {
	keyword := "anyOf"
	if exclusive {
		keyword = "oneOf"
	}
	if !exclusive && disjoint(list) {
		exclusive, keyword = true, "oneOf" // one variant for each type: both mean the same
	}
	u := &contracts.Union{Exclusive: exclusive}
	for _, piece := range list {
		s := e.piece(piece, at+"/"+keyword)
		if piece.ref == nil && piece.union == nil {
			piece.about.onto(s)
		}
		u.Variants = append(u.Variants, &contracts.Variant{Schema: s})
	}
	tags := e.tagged(u)
	nameVariants(u, list, tags)
	return &contracts.Schema{Union: u}
}

// nameVariants names each variant after what sets it apart: the definition it refers
// to, the one value of a property that all of them have, its title, or its type.
func nameVariants(u *contracts.Union, list []*shape, tags []string) {
	for i, v := range u.Variants {
		name := typeName(v.Schema)
		switch {
		case tags != nil && tags[i] != "":
			name = identifier(tags[i])
		case v.Schema.Ref != "":
			name = v.Schema.Ref
		case list[i].about.title != "" && len(list[i].about.title) <= 40:
			name = strings.ToLower(identifier(list[i].about.title))
		}
		v.Name = name
	}
	number(u.Variants)
}

func typeName(s *contracts.Schema) string {
	names := s.Types.Names()
	switch {
	case s.Union != nil:
		return "choice"
	case len(names) == 1:
		return names[0]
	}
	return "scalar"
}

// tagged finds the property by which variants can be told apart: each object has one
// text of its own for it. It returns the texts, and makes the property the
// discriminator when all variants are objects that require it: the verdicts stay the
// same, and readers need not try.
func (e *emitter) tagged(u *contracts.Union) []string {
	objects := make([]*contracts.Schema, len(u.Variants))
	var first *contracts.Schema
	for i, v := range u.Variants {
		if s := e.resolved(v.Schema); s.Types == contracts.Object {
			objects[i] = s
			first = either(first, s)
		}
	}
	if first == nil {
		return nil
	}
	for _, p := range first.Properties {
		tags, all := e.tagsBy(p.Name, objects)
		if all {
			u.Discriminator = p.Name
		}
		if tags != nil {
			return tags
		}
	}
	return nil
}

// tagsBy are the texts of a property, and whether it can be a discriminator.
func (e *emitter) tagsBy(name string, objects []*contracts.Schema) (tags []string, all bool) {
	tags, all = make([]string, len(objects)), true
	found := 0
	for i, s := range objects {
		if s == nil {
			all = false
			continue
		}
		p := s.Property(name)
		if p == nil {
			return nil, false
		}
		value := e.resolved(p.Schema)
		if len(value.Enum) != 1 || value.Open || !value.Enum[0].IsString() || slices.Contains(tags, value.Enum[0].Text()) {
			return nil, false
		}
		tags[i] = value.Enum[0].Text()
		found++
		all = all && p.Required && !s.Nullable && !value.Nullable && !p.Schema.Nullable && tags[i] != ""
	}
	if found < 2 {
		return nil, false
	}
	return tags, all
}

// resolved follows a reference to a definition that has been made.
func (e *emitter) resolved(s *contracts.Schema) *contracts.Schema {
	for s.Ref != "" && !s.Nullable {
		i := slices.IndexFunc(e.definitions, func(d *contracts.NamedSchema) bool { return d.Name == s.Ref })
		if i < 0 || e.definitions[i].Schema == nil {
			return s
		}
		s = e.definitions[i].Schema
	}
	return s
}

// number makes equal names different.
func number(variants []*contracts.Variant) {
	count := map[string]int{}
	for _, v := range variants {
		count[v.Name]++
	}
	next := map[string]int{}
	for _, v := range variants {
		name := v.Name
		if count[name] == 1 {
			continue
		}
		for v.Name == name || count[v.Name] > 0 {
			next[name]++
			v.Name = fmt.Sprintf("%s_%d", name, next[name])
		}
	}
}

// identifier makes a name of letters, digits and _ out of any text.
func identifier(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	name := strings.TrimRight(b.String(), "_")
	if name == "" {
		return "schema"
	}
	if '0' <= name[0] && name[0] <= '9' {
		return "_" + name
	}
	return name
}
