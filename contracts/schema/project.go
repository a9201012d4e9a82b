package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// Dialect is the meta-schema of what this package writes.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// Project writes the payload of a linked event as a self-contained JSON Schema in
// compact JSON, with the definitions that it uses under $defs. What has no word in
// JSON Schema is kept under x-evctl-… keys, the contract's own x-… keys as they
// are. Keys stand in the order of the contract.
//
// A payload satisfies the schema, formats asserted, when it satisfies the contract.
// Patterns are RE2 and mean the same in ECMA-262; see Pattern.
func Project(c *contracts.Contract) []byte {
	p := projector{}
	p.open()
	p.text("$schema", Dialect)
	p.text("x-evctl-event", c.Name)
	p.text("x-evctl-version", c.Version.String())
	p.text("x-evctl-owner", c.Owner)
	if c.Kind == contracts.Event && c.Status != contracts.Active {
		p.text("x-evctl-status", string(c.Status))
	}
	p.keys(c.Payload)
	p.definitions(c.Payload, nil)
	p.close()
	return p.b
}

// ProjectSchema writes any linked schema as a document of its own. The definitions
// that it reaches are included, and those given beside them.
func ProjectSchema(s *contracts.Schema, definitions []*contracts.NamedSchema) []byte {
	p := projector{}
	p.open()
	p.text("$schema", Dialect)
	p.keys(s)
	p.definitions(s, definitions)
	p.close()
	return p.b
}

type projector struct{ b []byte }

// definitions writes what is reachable from s and from the further ones, in order
// of first use.
func (p *projector) definitions(s *contracts.Schema, further []*contracts.NamedSchema) {
	var list []*contracts.NamedSchema
	var reach func(s *contracts.Schema)
	add := func(name string, s *contracts.Schema) {
		if !slices.ContainsFunc(list, func(d *contracts.NamedSchema) bool { return d.Name == name }) {
			list = append(list, &contracts.NamedSchema{Name: name, Schema: s})
			reach(s)
		}
	}
	reach = func(s *contracts.Schema) {
		contracts.Walk(s, "", func(_ string, s *contracts.Schema) bool {
			if s.Target != nil {
				add(s.Ref, s.Target)
			}
			return true
		})
	}
	reach(s)
	for _, d := range further {
		add(d.Name, d.Schema)
	}
	if len(list) == 0 {
		return
	}
	p.key("$defs")
	p.open()
	for _, d := range list {
		p.child(d.Name, d.Schema)
	}
	p.close()
}

func (p *projector) schema(s *contracts.Schema) {
	p.open()
	p.keys(s)
	p.close()
}

// keys writes what stands between the braces of a schema.
func (p *projector) keys(s *contracts.Schema) {
	p.annotations(s)
	switch {
	case s.Ref != "":
		p.reference(s)
	case s.Union != nil:
		p.union(s)
	default:
		p.typed(s, nil)
	}
}

func (p *projector) annotations(s *contracts.Schema) {
	p.text("title", s.Title)
	p.text("description", s.Description)
	if s.Deprecated != nil {
		p.raw("deprecated", "true")
		p.deprecation(s.Deprecated)
	}
	if s.Default != nil {
		p.raw("default", s.Default.JSON)
	}
	if len(s.Examples) > 0 {
		p.key("examples")
		p.list(len(s.Examples), func(i int) { p.b = append(p.b, s.Examples[i].JSON...) })
	}
	p.text("x-evctl-pii", string(s.PII))
	p.text("x-evctl-unit", s.Unit)
	p.text("x-evctl-since", s.Since)
	p.text("x-evctl-renamed-from", s.RenamedFrom)
	for _, x := range s.Extensions {
		if !strings.HasPrefix(x.Name, "x-evctl-") {
			p.raw(x.Name, x.Value.JSON)
		}
	}
}

func (p *projector) deprecation(d *contracts.Deprecation) {
	if d.Since == "" && d.Sunset == "" && d.ReplacedBy == "" && d.Reason == "" {
		return
	}
	p.key("x-evctl-deprecated")
	p.open()
	p.text("since", d.Since)
	p.text("sunset", d.Sunset)
	p.text("replacedBy", d.ReplacedBy)
	p.text("reason", d.Reason)
	p.close()
}

func (p *projector) reference(s *contracts.Schema) {
	ref := "#/$defs/" + s.Ref
	if !s.Nullable {
		p.text("$ref", ref)
		return
	}
	p.key("anyOf")
	p.list(2, func(i int) {
		p.open()
		if i == 0 {
			p.text("$ref", ref)
		} else {
			p.text("type", "null")
		}
		p.close()
	})
}

func (p *projector) union(s *contracts.Schema) {
	if s.Union.Discriminator != "" {
		p.text("x-evctl-discriminator", s.Union.Discriminator)
	}
	if !s.Nullable {
		p.variants(s.Union)
		return
	}
	p.key("anyOf")
	p.list(2, func(i int) {
		p.open()
		if i == 0 {
			p.variants(s.Union)
		} else {
			p.text("type", "null")
		}
		p.close()
	})
}

func (p *projector) variants(u *contracts.Union) {
	p.key(u.Keyword())
	p.list(len(u.Variants), func(i int) {
		v := u.Variants[i]
		p.open()
		p.text("x-evctl-variant", v.Name)
		if v.TagImplied {
			p.tagged(u, v)
		} else {
			p.keys(v.Schema)
		}
		p.close()
	})
}

// tagged writes the object of a variant with the discriminator's property in it:
// a closed object behind a $ref would refuse it.
func (p *projector) tagged(u *contracts.Union, v *contracts.Variant) {
	object := v.Schema.Resolved()
	p.annotations(object)
	p.typed(object, &tag{u.Discriminator, v.Tag})
}

type tag struct{ property, value string }

func (p *projector) typed(s *contracts.Schema, implied *tag) {
	p.types(s)
	p.enum(s)
	p.text("format", s.Format)
	if s.Pattern != "" {
		p.text("pattern", Pattern(s.Pattern))
	}
	p.count("minLength", s.MinLength)
	p.count("maxLength", s.MaxLength)
	p.decimal("minimum", s.Minimum)
	p.decimal("maximum", s.Maximum)
	p.decimal("exclusiveMinimum", s.ExclusiveMinimum)
	p.decimal("exclusiveMaximum", s.ExclusiveMaximum)
	p.decimal("multipleOf", s.MultipleOf)
	if s.Items != nil {
		p.child("items", s.Items)
	}
	p.count("minItems", s.MinItems)
	p.count("maxItems", s.MaxItems)
	if s.UniqueItems {
		p.raw("uniqueItems", "true")
	}
	switch {
	case s.Types.Has(contracts.Object):
		p.object(s, implied)
	case s.Types.Has(contracts.Map):
		p.mapping(s)
	}
	p.count("minProperties", s.MinProperties)
	p.count("maxProperties", s.MaxProperties)
}

func (p *projector) types(s *contracts.Schema) {
	if s.Types.Has(contracts.Any) {
		return
	}
	names := s.Types.Names()
	for i, name := range names {
		if name == "map" {
			names[i] = "object"
		}
	}
	if s.Nullable {
		names = append(names, "null")
	}
	if len(names) == 1 {
		p.text("type", names[0])
		return
	}
	p.texts("type", names)
}

func (p *projector) enum(s *contracts.Schema) {
	if s.Enum == nil {
		return
	}
	key := "enum"
	values := s.Enum
	if s.Open {
		key = "x-evctl-enum"
	} else if s.Nullable {
		values = append(slices.Clip(values), contracts.EnumValue{Value: contracts.Value{JSON: "null"}})
	}
	p.key(key)
	p.list(len(values), func(i int) { p.b = append(p.b, values[i].JSON...) })
	p.enumDescriptions(s)
}

func (p *projector) enumDescriptions(s *contracts.Schema) {
	if !slices.ContainsFunc(s.Enum, func(v contracts.EnumValue) bool { return v.Description != "" }) {
		return
	}
	// Parallel to the values, as there is no object with scalars for keys.
	p.key("x-evctl-enum-descriptions")
	p.list(len(s.Enum), func(i int) { p.b = document.AppendQuoted(p.b, s.Enum[i].Description) })
}

func (p *projector) object(s *contracts.Schema, implied *tag) {
	var required []string
	if len(s.Properties) > 0 || implied != nil {
		p.key("properties")
		p.open()
		if implied != nil {
			required = append(required, implied.property)
			p.key(implied.property)
			p.open()
			p.text("const", implied.value)
			p.close()
		}
		for _, property := range s.Properties {
			p.child(property.Name, property.Schema)
			if property.Required {
				required = append(required, property.Name)
			}
		}
		p.close()
	}
	if len(required) > 0 {
		p.texts("required", required)
	}
	if len(s.PatternProperties) > 0 {
		p.patternProperties(s.PatternProperties)
	}
	switch {
	case s.Additional.Schema != nil:
		p.child("additionalProperties", s.Additional.Schema)
	case !s.Additional.Allowed:
		p.raw("additionalProperties", "false")
	}
	if len(s.RequireAny) > 0 {
		p.key("anyOf")
		p.list(len(s.RequireAny), func(i int) {
			p.open()
			p.texts("required", s.RequireAny[i])
			p.close()
		})
	}
}

// patternProperties joins patterns that have become one, so that no key stands twice.
func (p *projector) patternProperties(list []*contracts.PatternProperty) {
	byPattern := map[string][]*contracts.Schema{}
	var patterns []string
	for _, property := range list {
		pattern := Pattern(property.Pattern)
		if byPattern[pattern] == nil {
			patterns = append(patterns, pattern)
		}
		byPattern[pattern] = append(byPattern[pattern], property.Schema)
	}
	p.key("patternProperties")
	p.open()
	for _, pattern := range patterns {
		schemas := byPattern[pattern]
		if len(schemas) == 1 {
			p.child(pattern, schemas[0])
			continue
		}
		p.key(pattern)
		p.open()
		p.key("allOf")
		p.list(len(schemas), func(i int) { p.schema(schemas[i]) })
		p.close()
	}
	p.close()
}

func (p *projector) mapping(s *contracts.Schema) {
	if s.MapKeys != nil {
		p.child("propertyNames", s.MapKeys)
	}
	if s.Values != nil {
		p.child("additionalProperties", s.Values)
	}
}

// What follows writes JSON.

func (p *projector) open()  { p.b = append(p.b, '{') }
func (p *projector) close() { p.b = append(p.b, '}') }

func (p *projector) key(name string) {
	if p.b[len(p.b)-1] != '{' {
		p.b = append(p.b, ',')
	}
	p.b = append(document.AppendQuoted(p.b, name), ':')
}

func (p *projector) raw(key, json string) {
	p.key(key)
	p.b = append(p.b, json...)
}

func (p *projector) text(key, value string) {
	if value != "" {
		p.key(key)
		p.b = document.AppendQuoted(p.b, value)
	}
}

func (p *projector) texts(key string, list []string) {
	p.key(key)
	p.list(len(list), func(i int) { p.b = document.AppendQuoted(p.b, list[i]) })
}

func (p *projector) list(n int, item func(i int)) {
	p.b = append(p.b, '[')
	for i := range n {
		if i > 0 {
			p.b = append(p.b, ',')
		}
		item(i)
	}
	p.b = append(p.b, ']')
}

func (p *projector) child(key string, s *contracts.Schema) {
	p.key(key)
	p.schema(s)
}

func (p *projector) count(key string, n *int) {
	if n != nil {
		p.raw(key, strconv.Itoa(*n))
	}
}

func (p *projector) decimal(key string, d *contracts.Decimal) {
	if d != nil {
		p.raw(key, string(*d))
	}
}
