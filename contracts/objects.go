package contracts

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// This file reads objects and maps.

// requiredName is an entry of a `required:` list, or of a group of requireAny, kept
// until Link knows all properties.
type requiredName struct {
	Name string
	Span diag.Span
}

func (d *decoder) properties(s *Schema, n *document.Node) {
	if n.Kind != document.Mapping {
		if !n.IsNull() {
			d.wrongType(n, "properties", "a mapping of names to schemas", "")
		}
		return
	}
	s.Properties = make([]*Property, 0, len(n.Entries))
	for i := range n.Entries {
		s.Properties = append(s.Properties, d.property(&n.Entries[i]))
	}
}

func (d *decoder) property(e *document.Entry) *Property {
	p := &Property{Name: e.Key, Key: e.KeySpan}
	d.owner = p
	p.Schema = d.schema(e.Value, label{"property", e.Key}, "properties")
	d.owner = nil
	if e.Key == "" {
		d.reportBelow("properties", "", checkValueInvalid, e.KeySpan, "property has an empty name")
	}
	return p
}

// propertyOnly reads `name`, which belongs to the property that owns the schema.
func (d *decoder) propertyOnly(_ *Schema, n *document.Node) {
	if d.current == nil {
		d.report(checkKeywordMisplaced, n.Span, `"name" belongs to a property, and this schema is not the value of one`, "")
		return
	}
	d.current.CodeName = d.identifier(n)
}

// required reads either form: true or false on a property, or a list of names on
// an object.
func (d *decoder) required(s *Schema, n *document.Node) {
	if v, ok := n.Bool(); ok {
		if d.current == nil {
			d.report(checkKeywordMisplaced, n.Span, `"required: true" belongs to a property, and this schema is not the value of one`, "")
			return
		}
		d.current.Required = v
		return
	}
	if n.Kind != document.Sequence {
		d.wrongType(n, "required", "true or false on a property, or a list of names on an object", boolHint(n))
		return
	}
	for _, item := range n.Items {
		s.required = append(s.required, requiredName{d.text(item, "required"), item.Span})
	}
}

func (d *decoder) requireAny(s *Schema, n *document.Node) {
	if n.Kind != document.Sequence || len(n.Items) == 0 {
		d.wrongType(n, "requireAny", "a list of groups: [[a], [b, c]]", "")
		return
	}
	for _, group := range n.Items {
		names := d.texts(group, "requireAny")
		for _, item := range group.Items {
			s.grouped = append(s.grouped, requiredName{item.Text, item.Span})
		}
		if len(names) == 0 {
			d.report(checkValueInvalid, group.Span, "requireAny has an empty group, which is always present", "name at least one property in each group")
			continue
		}
		s.RequireAny = append(s.RequireAny, names)
	}
}

func (d *decoder) patternProperties(s *Schema, n *document.Node) {
	if n.Kind != document.Mapping {
		d.wrongType(n, "patternProperties", "a mapping of patterns to schemas", "")
		return
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		pattern := d.pattern(&document.Node{Text: e.Key, Span: e.KeySpan, Quoted: true}, "pattern")
		value := d.schema(e.Value, label{"pattern property", e.Key}, "patternProperties")
		if pattern != "" {
			s.PatternProperties = append(s.PatternProperties, &PatternProperty{Pattern: pattern, Key: e.KeySpan, Schema: value})
		}
	}
}

func (d *decoder) additional(s *Schema, n *document.Node) {
	if v, ok := n.Bool(); ok {
		s.Additional = Additional{Allowed: v}
		return
	}
	if n.Kind != document.Mapping {
		d.wrongType(n, "additionalProperties", "true, false or a schema", boolHint(n))
		return
	}
	s.Additional = Additional{Allowed: true, Schema: d.schema(n, label{kind: "additionalProperties"}, "additionalProperties")}
}

// mapKeys reads what the keys of a map look like: a pattern, or a string schema.
func (d *decoder) mapKeys(s *Schema, n *document.Node) {
	if n.Kind == document.Scalar {
		s.MapKeys = &Schema{File: d.file, Span: n.Span, Types: String, Pattern: d.pattern(n, "keys")}
		return
	}
	s.MapKeys = d.schema(n, label{kind: "keys"}, "keys")
	if k := s.MapKeys; k.Ref == "" && k.Types != String && k.Types != 0 || k.Nullable {
		d.report(checkValueInvalid, n.Span, "keys of a map are always strings", "write keys: {type: string, pattern: …}")
	}
}

// checkSchema reports keywords that contradict each other within one schema.
func (d *decoder) checkSchema(s *Schema, what label, n *document.Node) {
	d.checkPlacement(s, what, n)
	if s.Types != 0 {
		d.checkBounds(s)
	}
	d.checkEnum(s)
	d.checkCodeNames(s)
}

func (d *decoder) checkCodeNames(s *Schema) {
	var seen map[string]bool
	for _, p := range s.Properties {
		if p.CodeName == "" {
			continue
		}
		if seen == nil {
			seen = map[string]bool{}
		}
		if seen[p.CodeName] {
			d.reportBelow("properties", p.Name, checkValueInvalid, p.Key, fmt.Sprintf("two properties have the name %q in code", p.CodeName))
		}
		seen[p.CodeName] = true
	}
}

// checkPlacement wants exactly one of type, $ref and a union, and only keywords
// that go with it.
func (d *decoder) checkPlacement(s *Schema, what label, n *document.Node) {
	union := s.Union != nil && len(s.Union.Variants) > 0
	switch {
	case s.Ref == "" && s.Union == nil && s.Types == 0 && !hasKey(s.Keys, "type") && !hasKey(s.Keys, "$ref"):
		hint := "add type: " + d.guessType(s)
		d.report(checkTypeMissing, firstLine(d.file, n.Span), what.String()+" has no type", hint)
	case s.Union != nil && !union && !hasKey(s.Keys, "oneOf") && !hasKey(s.Keys, "anyOf"):
		d.report(checkKeywordMisplaced, s.At("discriminator").Span, "discriminator without oneOf or anyOf", "")
	}
	for _, key := range s.Keys {
		k, ok := schemaKeywords[key.Name]
		if !ok || key.Name == "required" && len(s.required) == 0 {
			continue
		}
		// A keyword that belongs elsewhere is reported once, for the first reason.
		switch {
		case s.Ref != "" && k.beside&besideRef == 0:
			d.report(checkKeywordMisplaced, key.Key, fmt.Sprintf("%q beside $ref", key.Name), "change the definition, or write the schema out here")
		case union && k.beside&besideUnion == 0:
			d.report(checkKeywordMisplaced, key.Key, fmt.Sprintf("%q beside %s", key.Name, s.Union.Keyword()), "put it into the variants")
		case k.types != 0 && s.Types != 0 && s.Types&k.types == 0 && s.Ref == "" && !union:
			d.report(checkKeywordMisplaced, key.Key, fmt.Sprintf("%q constrains %s, but %s is %s", key.Name, k.types, what, s.Types), "")
		}
	}
}

// guessType reads the type off the keywords that are there.
func (d *decoder) guessType(s *Schema) string {
	if len(s.Enum) > 0 && s.Enum[0].Type() != 0 {
		return s.Enum[0].Type().String()
	}
	for _, key := range s.Keys {
		if k := schemaKeywords[key.Name]; k.types != 0 && (key.Name != "required" || len(s.required) > 0) {
			return k.types.Names()[0]
		}
	}
	return "string"
}

func (d *decoder) checkBounds(s *Schema) {
	for _, pair := range []struct {
		least, most *int
		low, high   string
	}{
		{s.MinLength, s.MaxLength, "minLength", "maxLength"},
		{s.MinItems, s.MaxItems, "minItems", "maxItems"},
		{s.MinProperties, s.MaxProperties, "minProperties", "maxProperties"},
	} {
		if pair.least != nil && pair.most != nil && *pair.least > *pair.most {
			d.report(checkBoundsEmpty, s.At(pair.low).Span,
				fmt.Sprintf("%s %d is more than %s %d: no value fits", pair.low, *pair.least, pair.high, *pair.most), "")
		}
	}
	for _, pair := range []struct {
		least, most *Decimal
		low, high   string
		equal       bool // whether equal bounds leave one value
	}{
		{s.Minimum, s.Maximum, "minimum", "maximum", true},
		{s.ExclusiveMinimum, s.Maximum, "exclusiveMinimum", "maximum", false},
		{s.Minimum, s.ExclusiveMaximum, "minimum", "exclusiveMaximum", false},
		{s.ExclusiveMinimum, s.ExclusiveMaximum, "exclusiveMinimum", "exclusiveMaximum", false},
	} {
		if pair.least == nil || pair.most == nil {
			continue
		}
		switch c := pair.least.Cmp(*pair.most); {
		case c > 0 || c == 0 && !pair.equal:
			d.report(checkBoundsEmpty, s.At(pair.low).Span,
				fmt.Sprintf("%s %s and %s %s: no value fits", pair.low, *pair.least, pair.high, *pair.most), "")
		case s.Types == Integer && !wholeBetween(s):
			d.report(checkBoundsEmpty, s.At(pair.low).Span,
				fmt.Sprintf("%s %s and %s %s: no whole number fits", pair.low, *pair.least, pair.high, *pair.most), "")
		}
	}
}

// wholeBetween reports whether a whole number lies within the bounds of s.
func wholeBetween(s *Schema) bool {
	if least, most, ok := smallBounds(s); ok {
		return least <= most
	}
	n, step := new(big.Int), big.NewInt(1)
	for _, low := range []*Decimal{s.Minimum, s.ExclusiveMinimum} {
		if low == nil {
			continue
		}
		r := low.Rat()
		least := new(big.Int).Div(r.Num(), r.Denom()) // rounded down
		if !r.IsInt() || low == s.ExclusiveMinimum {
			least.Add(least, step)
		}
		n = least
	}
	v := new(big.Rat).SetInt(n)
	return (s.Maximum == nil || v.Cmp(s.Maximum.Rat()) <= 0) && (s.ExclusiveMaximum == nil || v.Cmp(s.ExclusiveMaximum.Rat()) < 0)
}

// smallBounds are the first and last whole number within the bounds of s, when those
// are whole numbers with few digits, as nearly all are.
func smallBounds(s *Schema) (least, most int64, ok bool) {
	most = math.MaxInt64
	for i, limit := range []*Decimal{s.Minimum, s.ExclusiveMinimum, s.Maximum, s.ExclusiveMaximum} {
		if limit == nil {
			continue
		}
		value, small := limit.small()
		switch {
		case !small:
			return 0, 0, false
		case i < 2:
			least = value + int64(i)
		default:
			most = min(most, value-int64(i-2))
		}
	}
	return least, most, true
}

// checkEnum compares the values with the type. Null moves from the list into
// Nullable, which must agree with it.
func (d *decoder) checkEnum(s *Schema) {
	if !hasKey(s.Keys, "enum") {
		if s.Open {
			d.report(checkKeywordMisplaced, s.At("open").Span, "open without enum", "")
		}
		return
	}
	null := slices.IndexFunc(s.Enum, func(v EnumValue) bool { return v.JSON == "null" })
	switch {
	case null >= 0 && !s.Nullable:
		d.report(checkEnumNull, s.Enum[null].Span, "enum lists null, but the schema is not nullable", "add nullable: true")
	case null < 0 && s.Nullable && !s.Open:
		d.report(checkEnumNull, s.At("enum").Span, "enum of a nullable schema does not list null, so null would never be valid", "add null to the enum, or remove nullable")
	}
	if null >= 0 {
		s.Enum = slices.Delete(s.Enum, null, null+1)
	}
	for _, v := range s.Enum {
		if t := v.Type(); s.Types != 0 && s.Types&t == 0 && !(t == Integer && s.Types&Number != 0) {
			d.report(checkEnumInvalid, v.Span, fmt.Sprintf("enum value %s is not %s", v.JSON, s.Types), "")
		}
	}
}
