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
	nameVariants(u, list)
	return &contracts.Schema{Union: u}
}

// nameVariants names each variant after what sets it apart: the definition it refers
// to, the one value of a property that all of them have, its title, or its type.
func nameVariants(u *contracts.Union, list []*shape) {
	tags := tagged(u.Variants)
	for i, v := range u.Variants {
		name := typeName(v.Schema)
		switch {
		case v.Schema.Ref != "":
			name = v.Schema.Ref
		case tags != nil && tags[i] != "":
			name = identifier(tags[i])
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

// tagged finds a required property that has one text of its own in every variant that
// is an object, and returns the texts; nil when there is none.
func tagged(variants []*contracts.Variant) []string {
	var objects []*contracts.Schema
	for _, v := range variants {
		if v.Schema.Types == contracts.Object {
			objects = append(objects, v.Schema)
		}
	}
	if len(objects) < 2 {
		return nil
	}
	for _, p := range objects[0].Properties {
		if tags := tagsBy(p.Name, variants); tags != nil {
			return tags
		}
	}
	return nil
}

func tagsBy(property string, variants []*contracts.Variant) []string {
	tags := make([]string, len(variants))
	for i, v := range variants {
		if v.Schema.Types != contracts.Object {
			continue
		}
		p := v.Schema.Property(property)
		if p == nil || len(p.Schema.Enum) != 1 || !p.Schema.Enum[0].IsString() || slices.Contains(tags, p.Schema.Enum[0].Text()) {
			return nil
		}
		tags[i] = p.Schema.Enum[0].Text()
	}
	return tags
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
