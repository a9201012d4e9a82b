package payload

import (
	"math"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

func (c *compiler) objectOf(s *contracts.Schema, implied *tag) *objectCheck {
	o := &objectCheck{
		open: s.Additional.Allowed, min: least(s.MinProperties), max: most(s.MaxProperties),
	}
	if implied != nil {
		o.add(implied.property, c.constant(implied.value), true)
	}
	for _, p := range s.Properties {
		o.add(p.Name, c.schema(p.Schema), p.Required)
	}
	for _, p := range s.PatternProperties {
		o.patterns = append(o.patterns, patternCheck{c.pattern(p.Pattern), c.schema(p.Schema)})
	}
	if s.Additional.Schema != nil {
		o.additional = c.schema(s.Additional.Schema)
	}
	c.requireAny(o, s.RequireAny)
	return o.prepared()
}

// prepared computes what deciders need.
func (o *objectCheck) prepared() *objectCheck {
	o.table = newNameTable(o.names)
	o.picky = o.keys != nil || len(o.patterns) > 0
	o.expected, o.must, o.words = o.firstKeys(), 0, 0
	for i := range o.expected {
		o.expected[i].next = &o.expected[min(i+1, len(o.expected)-1)]
	}
	for _, p := range o.required {
		if p < 64 {
			o.must |= 1 << p
		}
	}
	o.anyMust = make([]uint64, len(o.any))
	for i, g := range o.any {
		for _, p := range g {
			o.anyMust[i] |= 1 << p
		}
	}
	if len(o.properties) > 64 {
		o.words = (len(o.properties) + 63) / 64
	}
	// Undeclared names are to be forgotten at the end of an open object.
	o.simple = o.words == 0 && len(o.any) == 0 && o.min == 0 && o.max < 0 && !o.open && !o.picky
	return o
}

// firstKeys are the keys of the first 64 properties, as far as they are not long and written
// without escapes, and one that stands nowhere. In an object without such keys the last one
// stands everywhere.
func (o *objectCheck) firstKeys() []key {
	list := make([]key, 0, min(len(o.properties), 64)+1)
	for i, p := range o.properties[:min(len(o.properties), 64)] {
		quoted := document.Quote(p.name)
		if o.picky || len(quoted) > maxKey || strings.Contains(quoted, `\`) {
			list = append(list, noKey)
			continue
		}
		list = append(list, newKey(quoted+":", p.node, i))
	}
	if !slices.ContainsFunc(list, func(k key) bool { return k.bit != 0 }) {
		return append(list, everyKey)
	}
	return append(list, noKey)
}

func (o *objectCheck) add(name string, n *node, required bool) {
	if required {
		o.required = append(o.required, len(o.properties))
	}
	o.properties = append(o.properties, property{name, n})
	o.names = append(o.names, name)
}

func (c *compiler) constant(text string) *node {
	n := &node{kinds: stringKind, expected: "string"}
	n.enum = &enumCheck{table: newNameTable([]string{text}), expected: document.Quote(text)}
	return n.prepared()
}

func (c *compiler) requireAny(o *objectCheck, groups [][]string) {
	var words []string
	for _, names := range groups {
		var g anyGroup
		var quoted []string
		for _, name := range names {
			i := slices.Index(o.names, name)
			if i < 0 {
				c.fail("requireAny names %q, which is not declared", name)
			}
			g = append(g, i)
			quoted = append(quoted, document.Quote(name))
		}
		o.any = append(o.any, g)
		words = append(words, strings.Join(quoted, " with "))
	}
	o.anyText = "at least " + oneOf(words)
}

func (c *compiler) mapOf(s *contracts.Schema) *objectCheck {
	o := &objectCheck{open: true, min: least(s.MinProperties), max: most(s.MaxProperties)}
	if s.Values != nil {
		o.additional = c.schema(s.Values)
	}
	if s.MapKeys != nil {
		o.keys = c.schema(s.MapKeys)
		o.keysMasked = o.keys.masked
	}
	return o.prepared()
}

func (c *compiler) union(u *contracts.Union) *unionCheck {
	out := &unionCheck{rule: u.Keyword(), exclusive: u.Exclusive, discriminator: u.Discriminator}
	var names, tags, quoted []string
	for _, v := range u.Variants {
		names = append(names, v.Name)
		if u.Discriminator == "" {
			out.variants = append(out.variants, variant{v.Name, c.schema(v.Schema)})
			continue
		}
		out.variants = append(out.variants, variant{v.Name, c.tagged(u, v)})
		tags = append(tags, v.Tag)
		quoted = append(quoted, document.Quote(v.Tag))
	}
	out.tags = newNameTable(tags)
	for _, v := range out.variants {
		for k := range out.byKind {
			if v.node.kinds&(1<<k) != 0 && out.byKind[k] < math.MaxUint8 {
				out.byKind[k]++
			}
		}
	}
	switch {
	case u.Discriminator != "":
		out.expected = oneOf(quoted)
	case u.Exclusive:
		out.expected = "exactly " + oneOf(names)
	default:
		out.expected = "at least " + oneOf(names)
	}
	if len(names) == 1 {
		out.expected = names[0]
	}
	return out
}

// tagged compiles a variant that a discriminator selects.
func (c *compiler) tagged(u *contracts.Union, v *contracts.Variant) *node {
	if !v.TagImplied {
		return c.schema(v.Schema)
	}
	object := v.Schema.Resolved()
	if object.Types != contracts.Object {
		c.fail("variant %q is not an object", v.Name)
		return &node{}
	}
	n := c.typed(object, &tag{u.Discriminator, v.Tag})
	for s := v.Schema; s.Ref != "" && s.Target != nil; s = s.Target {
		n.masked = n.masked || secret(s.PII)
	}
	return n
}
