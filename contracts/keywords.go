package contracts

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts/document"
)

// keyword is a key of a schema. Adding one is a line in schemaKeywords, a line in
// the encoder and, when it constrains values, its meaning in contracts/payload and
// contracts/schema.
type keyword struct {
	// types are those the keyword constrains; 0 for keywords that are not about a type.
	types  Types
	beside besides
	decode func(d *decoder, s *Schema, n *document.Node)
}

// besides says next to what a keyword may stand, apart from a type.
type besides uint8

const (
	besideRef besides = 1 << iota
	besideUnion

	anywhere = besideRef | besideUnion
)

// schemaKeywords is the table of what may stand in a schema.
var schemaKeywords map[string]keyword

// schemaKeywordNames lists the table's keys, sorted.
var schemaKeywordNames func() []string

// The table is filled by a function because decoders of nested schemas refer to it.
var _ = func() bool {
	schemaKeywords = map[string]keyword{
		"type":     {0, 0, func(*decoder, *Schema, *document.Node) {}}, // see typesFirst
		"$ref":     {0, besideRef, func(d *decoder, s *Schema, n *document.Node) { s.Ref = d.text(n, "$ref") }},
		"nullable": {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { s.Nullable = d.bool(n, "nullable") }},

		"enum": {Scalars, 0, (*decoder).enum},
		"open": {Scalars, 0, func(d *decoder, s *Schema, n *document.Node) { s.Open = d.bool(n, "open") }},

		"format":    {String, 0, (*decoder).format},
		"pattern":   {String, 0, func(d *decoder, s *Schema, n *document.Node) { s.Pattern = d.pattern(n, "pattern") }},
		"minLength": {String, 0, func(d *decoder, s *Schema, n *document.Node) { s.MinLength = d.count(n, "minLength") }},
		"maxLength": {String, 0, func(d *decoder, s *Schema, n *document.Node) { s.MaxLength = d.count(n, "maxLength") }},

		"minimum":          {Numeric, 0, func(d *decoder, s *Schema, n *document.Node) { s.Minimum = d.decimal(n, "minimum") }},
		"maximum":          {Numeric, 0, func(d *decoder, s *Schema, n *document.Node) { s.Maximum = d.decimal(n, "maximum") }},
		"exclusiveMinimum": {Numeric, 0, func(d *decoder, s *Schema, n *document.Node) { s.ExclusiveMinimum = d.decimal(n, "exclusiveMinimum") }},
		"exclusiveMaximum": {Numeric, 0, func(d *decoder, s *Schema, n *document.Node) { s.ExclusiveMaximum = d.decimal(n, "exclusiveMaximum") }},
		"multipleOf":       {Numeric, 0, (*decoder).multipleOf},

		"items":       {Array, 0, func(d *decoder, s *Schema, n *document.Node) { s.Items = d.schema(n, label{kind: "items"}, "items") }},
		"minItems":    {Array, 0, func(d *decoder, s *Schema, n *document.Node) { s.MinItems = d.count(n, "minItems") }},
		"maxItems":    {Array, 0, func(d *decoder, s *Schema, n *document.Node) { s.MaxItems = d.count(n, "maxItems") }},
		"uniqueItems": {Array, 0, func(d *decoder, s *Schema, n *document.Node) { s.UniqueItems = d.bool(n, "uniqueItems") }},

		"properties":           {Object, 0, (*decoder).properties},
		"patternProperties":    {Object, 0, (*decoder).patternProperties},
		"additionalProperties": {Object, 0, (*decoder).additional},
		"required":             {Object, 0, (*decoder).required},
		"requireAny":           {Object, 0, (*decoder).requireAny},
		"minProperties":        {Object | Map, 0, func(d *decoder, s *Schema, n *document.Node) { s.MinProperties = d.count(n, "minProperties") }},
		"maxProperties":        {Object | Map, 0, func(d *decoder, s *Schema, n *document.Node) { s.MaxProperties = d.count(n, "maxProperties") }},

		"keys":   {Map, 0, (*decoder).mapKeys},
		"values": {Map, 0, func(d *decoder, s *Schema, n *document.Node) { s.Values = d.schema(n, label{kind: "values"}, "values") }},

		"oneOf":         {0, besideUnion, func(d *decoder, s *Schema, n *document.Node) { d.union(s, n, true) }},
		"anyOf":         {0, besideUnion, func(d *decoder, s *Schema, n *document.Node) { d.union(s, n, false) }},
		"discriminator": {0, besideUnion, (*decoder).discriminator},

		"title":       {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { s.Title = d.text(n, "title") }},
		"description": {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { s.Description = d.text(n, "description") }},
		"examples":    {0, anywhere, (*decoder).examples},
		"default":     {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { v := d.typed(s, n); s.Default = &v }},
		"pii":         {0, anywhere, (*decoder).pii},
		"unit":        {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { s.Unit = d.text(n, "unit") }},
		"since":       {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { s.Since = d.versionText(n, "since") }},
		"deprecated":  {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { s.Deprecated = d.deprecation(n) }},
		"renamedFrom": {0, anywhere, func(d *decoder, s *Schema, n *document.Node) { s.RenamedFrom = d.text(n, "renamedFrom") }},
		"name":        {0, anywhere, (*decoder).propertyOnly},
	}
	names := make([]string, 0, len(schemaKeywords))
	for name := range schemaKeywords {
		names = append(names, name)
	}
	slices.Sort(names)
	schemaKeywordNames = func() []string { return names }
	return true
}()

// contractKeyword is a key of a contract file that is not part of its payload's schema.
type contractKeyword struct {
	kinds  []Kind
	decode func(d *decoder, c *Contract, n *document.Node)
}

var contractKeywords = map[string]contractKeyword{
	string(Event):      {[]Kind{Event}, ignore},
	string(Definition): {[]Kind{Definition}, ignore},
	string(Fragment):   {[]Kind{Fragment}, ignore},
	"version":          {[]Kind{Event}, (*decoder).version},
	"owner":            {kinds, func(d *decoder, c *Contract, n *document.Node) { c.Owner = d.text(n, "owner") }},
	"status":           {[]Kind{Event}, (*decoder).status},
	"retention":        {[]Kind{Event}, (*decoder).retention},
	"tags":             {kinds, func(d *decoder, c *Contract, n *document.Node) { c.Tags = d.texts(n, "tags") }},
	"include":          {[]Kind{Event}, (*decoder).include},
	"name":             {[]Kind{Event}, func(d *decoder, c *Contract, n *document.Node) { c.CodeName = d.identifier(n) }},
	"definitions":      {[]Kind{Event}, (*decoder).definitions},
}

func ignore(*decoder, *Contract, *document.Node) {}

// foreignKeywords are words of JSON Schema and its relatives that the language
// says in another way.
var foreignKeywords = map[string]string{
	"$defs":                 "write definitions at the top of the event, or a file that starts with define:",
	"$id":                   "the event's name is its id",
	"$schema":               "contracts need no $schema; editors find the schema by file name",
	"additionalItems":       "items describes every item",
	"allOf":                 "write one schema, or include a fragment",
	"const":                 "write enum with one value",
	"contains":              "describe every item with items",
	"dependencies":          "write oneOf with a variant for each case",
	"dependentRequired":     "write oneOf with a variant for each case",
	"dependentSchemas":      "write oneOf with a variant for each case",
	"doc":                   "write description",
	"else":                  "write oneOf with a discriminator",
	"fields":                "write properties",
	"id":                    "the event's name is its id",
	"if":                    "write oneOf with a discriminator",
	"not":                   "say what is allowed instead",
	"optional":              "properties are optional unless they say required: true",
	"prefixItems":           "tuples have no names for their parts; write an object",
	"propertyNames":         "write type: map with keys",
	"team":                  "write owner",
	"then":                  "write oneOf with a discriminator",
	"unevaluatedProperties": "write additionalProperties",
}

func (d *decoder) discriminator(s *Schema, n *document.Node) {
	name := d.text(n, "discriminator")
	if s.Union == nil {
		s.Union = &Union{}
	}
	s.Union.Discriminator = name
}

func (d *decoder) union(s *Schema, n *document.Node, exclusive bool) {
	if s.Union == nil {
		s.Union = &Union{}
	}
	u := s.Union
	if len(u.Variants) > 0 {
		d.report(checkUnionInvalid, n.Span, "schema has both oneOf and anyOf", "keep one of them")
		return
	}
	u.Exclusive = exclusive
	if n.Kind == document.Mapping && len(n.Entries) == 0 {
		d.report(checkUnionInvalid, n.Span, u.Keyword()+" has no variants", "")
		return
	}
	if n.Kind != document.Mapping {
		d.report(checkValueType, n.Span, fmt.Sprintf("%s has %s, expected a mapping of names to schemas", u.Keyword(), n.Describe()),
			"give each variant a name: oneOf: {card: {$ref: card}, invoice: {$ref: invoice}}")
		return
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Key == "" {
			d.report(checkValueInvalid, e.KeySpan, "variant has an empty name", "")
		}
		u.Variants = append(u.Variants, &Variant{
			Name: e.Key, Key: e.KeySpan, Schema: d.schema(e.Value, label{"variant", e.Key}, u.Keyword()),
		})
	}
}
