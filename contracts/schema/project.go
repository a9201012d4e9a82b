package schema

import (
	"slices"
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
func Project(c *contracts.Contract) []byte { return AppendProject(nil, c) }

// AppendProject appends what Project writes.
func AppendProject(b []byte, c *contracts.Contract) []byte {
	p := projector{document.Writer{B: b}}
	p.Open()
	p.Text("$schema", Dialect)
	p.Text("x-evctl-event", c.Name)
	p.Text("x-evctl-version", c.Version.String())
	p.Text("x-evctl-owner", c.Owner)
	if c.Kind == contracts.Event && c.Status != contracts.Active {
		p.Text("x-evctl-status", string(c.Status))
	}
	p.keys(c.Payload)
	p.definitions(c.Payload, nil)
	p.Close()
	return p.B
}

// ProjectSchema writes any linked schema as a document of its own. The definitions
// that it reaches are included, and those given beside them.
func ProjectSchema(s *contracts.Schema, definitions []*contracts.NamedSchema) []byte {
	p := projector{}
	p.Open()
	p.Text("$schema", Dialect)
	p.keys(s)
	p.definitions(s, definitions)
	p.Close()
	return p.B
}

type projector struct{ document.Writer }

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
		contracts.EachSchema(s, func(s *contracts.Schema) {
			if s.Target != nil {
				add(s.Ref, s.Target)
			}
		})
	}
	reach(s)
	for _, d := range further {
		add(d.Name, d.Schema)
	}
	if len(list) == 0 {
		return
	}
	p.Key("$defs")
	p.Open()
	for _, d := range list {
		p.child(d.Name, d.Schema)
	}
	p.Close()
}

func (p *projector) schema(s *contracts.Schema) {
	p.Open()
	p.keys(s)
	p.Close()
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
	p.Text("title", s.Title)
	p.Text("description", s.Description)
	if s.Deprecated != nil {
		p.Raw("deprecated", "true")
		p.deprecation(s.Deprecated)
	}
	if s.Default != nil {
		p.Raw("default", s.Default.JSON)
	}
	if len(s.Examples) > 0 {
		p.Key("examples")
		p.List(len(s.Examples), func(i int) { p.B = append(p.B, s.Examples[i].JSON...) })
	}
	p.Text("x-evctl-pii", string(s.PII))
	p.Text("x-evctl-unit", s.Unit)
	p.Text("x-evctl-since", s.Since)
	p.Text("x-evctl-renamed-from", s.RenamedFrom)
	for _, x := range s.Extensions {
		if !strings.HasPrefix(x.Name, "x-evctl-") {
			p.Key(x.Name)
			p.B = append(p.B, x.Value.JSON...)
		}
	}
}

func (p *projector) deprecation(d *contracts.Deprecation) {
	if d.Since == "" && d.Sunset == "" && d.ReplacedBy == "" && d.Reason == "" {
		return
	}
	p.Key("x-evctl-deprecated")
	p.Open()
	p.Text("since", d.Since)
	p.Text("sunset", d.Sunset)
	p.Text("replacedBy", d.ReplacedBy)
	p.Text("reason", d.Reason)
	p.Close()
}

func (p *projector) reference(s *contracts.Schema) {
	ref := "#/$defs/" + s.Ref
	if !s.Nullable {
		p.Text("$ref", ref)
		return
	}
	p.Key("anyOf")
	p.List(2, func(i int) {
		p.Open()
		if i == 0 {
			p.Text("$ref", ref)
		} else {
			p.Text("type", "null")
		}
		p.Close()
	})
}

func (p *projector) union(s *contracts.Schema) {
	if s.Union.Discriminator != "" {
		p.Text("x-evctl-discriminator", s.Union.Discriminator)
	}
	if !s.Nullable {
		p.variants(s.Union)
		return
	}
	p.Key("anyOf")
	p.List(2, func(i int) {
		p.Open()
		if i == 0 {
			p.variants(s.Union)
		} else {
			p.Text("type", "null")
		}
		p.Close()
	})
}

func (p *projector) variants(u *contracts.Union) {
	p.Key(u.Keyword())
	p.List(len(u.Variants), func(i int) {
		v := u.Variants[i]
		p.Open()
		p.Text("x-evctl-variant", v.Name)
		if v.TagImplied {
			p.tagged(u, v)
		} else {
			p.keys(v.Schema)
		}
		p.Close()
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
	p.Text("format", s.Format)
	if s.Pattern != "" {
		p.Text("pattern", Pattern(s.Pattern))
	}
	p.Count("minLength", s.MinLength)
	p.Count("maxLength", s.MaxLength)
	p.decimal("minimum", s.Minimum)
	p.decimal("maximum", s.Maximum)
	p.decimal("exclusiveMinimum", s.ExclusiveMinimum)
	p.decimal("exclusiveMaximum", s.ExclusiveMaximum)
	p.decimal("multipleOf", s.MultipleOf)
	if s.Items != nil {
		p.child("items", s.Items)
	}
	p.Count("minItems", s.MinItems)
	p.Count("maxItems", s.MaxItems)
	if s.UniqueItems {
		p.Raw("uniqueItems", "true")
	}
	switch {
	case s.Types.Has(contracts.Object):
		p.object(s, implied)
	case s.Types.Has(contracts.Map):
		p.mapping(s)
	}
	p.Count("minProperties", s.MinProperties)
	p.Count("maxProperties", s.MaxProperties)
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
		p.Text("type", names[0])
		return
	}
	p.Texts("type", names)
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
	p.Key(key)
	p.List(len(values), func(i int) { p.B = append(p.B, values[i].JSON...) })
	p.enumDescriptions(s)
}

func (p *projector) enumDescriptions(s *contracts.Schema) {
	if !slices.ContainsFunc(s.Enum, func(v contracts.EnumValue) bool { return v.Description != "" }) {
		return
	}
	// Parallel to the values, as there is no object with scalars for keys.
	p.Key("x-evctl-enum-descriptions")
	p.List(len(s.Enum), func(i int) { p.Quoted(s.Enum[i].Description) })
}

func (p *projector) object(s *contracts.Schema, implied *tag) {
	var required []string
	if len(s.Properties) > 0 || implied != nil {
		p.Key("properties")
		p.Open()
		if implied != nil {
			required = append(required, implied.property)
			p.Key(implied.property)
			p.Open()
			p.Text("const", implied.value)
			p.Close()
		}
		for _, property := range s.Properties {
			p.child(property.Name, property.Schema)
			if property.Required {
				required = append(required, property.Name)
			}
		}
		p.Close()
	}
	if len(required) > 0 {
		p.Texts("required", required)
	}
	if len(s.PatternProperties) > 0 {
		p.patternProperties(s.PatternProperties)
	}
	switch {
	case s.Additional.Schema != nil:
		p.child("additionalProperties", s.Additional.Schema)
	case !s.Additional.Allowed:
		p.Raw("additionalProperties", "false")
	}
	if len(s.RequireAny) > 0 {
		p.Key("anyOf")
		p.List(len(s.RequireAny), func(i int) {
			p.Open()
			p.Texts("required", s.RequireAny[i])
			p.Close()
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
	p.Key("patternProperties")
	p.Open()
	for _, pattern := range patterns {
		schemas := byPattern[pattern]
		if len(schemas) == 1 {
			p.child(pattern, schemas[0])
			continue
		}
		p.Key(pattern)
		p.Open()
		p.Key("allOf")
		p.List(len(schemas), func(i int) { p.schema(schemas[i]) })
		p.Close()
	}
	p.Close()
}

func (p *projector) mapping(s *contracts.Schema) {
	if s.MapKeys != nil {
		p.child("propertyNames", s.MapKeys)
	}
	if s.Values != nil {
		p.child("additionalProperties", s.Values)
	}
}

func (p *projector) child(key string, s *contracts.Schema) {
	p.Key(key)
	p.schema(s)
}

func (p *projector) decimal(key string, d *contracts.Decimal) {
	if d != nil {
		p.Raw(key, string(*d))
	}
}
