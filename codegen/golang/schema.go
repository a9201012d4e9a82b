package golang

import (
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// markSchemas notes the types that are checked as JSON text: unions that try their
// variants, and objects whose members several schemas describe.
func (g *generator) markSchemas(t *codegen.Type) {
	switch {
	case t.Kind == codegen.Union && (t.Discriminator == "" || overlapping(t)), t.Kind == codegen.Object && hard(t.Schema):
		g.needSchema(t.Schema)
	}
	for r := range t.Uses() {
		for ; r.Elem != nil; r = r.Elem {
			if r.Kind == codegen.Map && hardMap(r.Schema) {
				g.needParts(r.Schema)
			}
		}
	}
}

// needSchema marks the type of a schema, and all types below it.
func (g *generator) needSchema(s *contracts.Schema) {
	if s == nil {
		return
	}
	s = s.Resolved()
	if t := g.declared[s]; t != nil && t.Kind != codegen.Alias {
		if g.schemas[t] {
			return
		}
		g.schemas[t] = true
	}
	g.needParts(s)
}

func (g *generator) needParts(s *contracts.Schema) {
	for _, p := range s.Properties {
		g.needSchema(p.Schema)
	}
	for _, p := range s.PatternProperties {
		g.needSchema(p.Schema)
	}
	for _, part := range []*contracts.Schema{s.Additional.Schema, s.Items, s.Values, s.MapKeys} {
		g.needSchema(part)
	}
	if s.Union != nil {
		for _, v := range s.Union.Variants {
			g.needSchema(v.Schema)
		}
	}
}

func (g *generator) schemaName(t *codegen.Type) string { return "schemaOf" + g.types[t] }

// schemaOf declares the schema of a type.
func (p *printer) schemaOf(t *codegen.Type) {
	p.gap()
	p.line("var ", p.schemaName(t), " = ", p.literal(t.Schema, false))
}

// schemaVariable is a variable with the schema of a place in the current declaration.
func (p *printer) schemaVariable(s *contracts.Schema) string {
	return p.variable("valueOf", p.literal(s, false))
}

// schemaAt is an expression for the schema of a place.
func (p *printer) schemaAt(place *contracts.Schema) string {
	if place == nil {
		return "nil"
	}
	s, null := place.Resolved(), place.AcceptsNull()
	t := p.declared[s]
	switch {
	case t == nil || t.Kind == codegen.Alias:
		return p.literal(s, null)
	case !null:
		return p.schemaName(t)
	}
	return "&schema{kinds: isAny, variants: []*schema{" + p.schemaName(t) + "}}"
}

// literal is the schema that stands in s, with null when null is valid where it is used.
func (p *printer) literal(s *contracts.Schema, null bool) string {
	s = s.Resolved()
	parts := []string{"kinds: " + kindsOfSchema(s, null)}
	add := func(name, value string) { parts = append(parts, name+": "+value) }
	for _, size := range [][2]*int{{s.MinLength, s.MaxLength}, {s.MinItems, s.MaxItems}, {s.MinProperties, s.MaxProperties}} {
		if least, most, ok := bounds(size[0], size[1]); ok {
			add("size", "&[2]int{"+least+", "+most+"}")
		}
	}
	if s.Pattern != "" {
		add("pattern", p.pattern(s.Pattern))
	}
	if s.Format != "" {
		add("format", formatCheck(s.Format))
	}
	var values []contracts.EnumValue
	if s.Enum != nil && !s.Open {
		values = s.Enum
		if values == nil {
			values = []contracts.EnumValue{}
		}
		add("listed", listed(values, contracts.String))
		if s.Types&contracts.Boolean != 0 {
			add("flags", listed(values, contracts.Boolean))
		}
	}
	if s.Types&contracts.Numeric != 0 {
		if limits := limitsLiteral(s, values); limits != "limits{}" {
			add("limits", "&"+limits)
		}
	}
	p.structureParts(s, add)
	p.unionParts(s, add)
	return "&schema{" + strings.Join(parts, ", ") + "}"
}

// structureParts are the parts of arrays, objects and maps.
func (p *printer) structureParts(s *contracts.Schema, add func(name, value string)) {
	var list []string
	for _, m := range s.Properties {
		list = append(list, "{"+strconv.Quote(m.Name)+", "+p.schemaAt(m.Schema)+", "+strconv.FormatBool(m.Required)+"}")
	}
	if list != nil {
		add("properties", "[]property{"+strings.Join(list, ", ")+"}")
	}
	list = nil
	for _, m := range s.PatternProperties {
		list = append(list, "{"+p.pattern(m.Pattern)+", "+p.schemaAt(m.Schema)+"}")
	}
	if list != nil {
		add("patterns", "[]patternProperty{"+strings.Join(list, ", ")+"}")
	}
	for _, rest := range []*contracts.Schema{s.Items, s.Values, s.Additional.Schema} {
		if rest != nil {
			add("rest", p.schemaAt(rest))
		}
	}
	if s.Additional.Allowed || s.Types&(contracts.Map|contracts.Any) != 0 || s.Types == 0 {
		add("open", "true")
	}
	if s.UniqueItems {
		add("unique", "true")
	}
	if s.MapKeys != nil {
		add("keys", p.schemaAt(s.MapKeys))
	}
	if groups := groupsOf(s); groups != "" {
		add("groups", groups)
	}
}

func groupsOf(s *contracts.Schema) string {
	var groups []string
	for _, names := range s.RequireAny {
		var indexes []string
		for _, name := range names {
			for i, m := range s.Properties {
				if m.Name == name {
					indexes = append(indexes, strconv.Itoa(i))
				}
			}
		}
		groups = append(groups, "{"+strings.Join(indexes, ", ")+"}")
	}
	if groups == nil {
		return ""
	}
	return "[][]int{" + strings.Join(groups, ", ") + "}"
}

func (p *printer) unionParts(s *contracts.Schema, add func(name, value string)) {
	if s.Union == nil {
		return
	}
	var variants, tags, implied []string
	for _, v := range s.Union.Variants {
		variants = append(variants, strings.TrimPrefix(p.schemaAt(v.Schema), "&schema"))
		tags = append(tags, strconv.Quote(v.Tag))
		implied = append(implied, strconv.FormatBool(v.TagImplied))
	}
	add("variants", "[]*schema{"+strings.Join(variants, ", ")+"}")
	if s.Union.Exclusive {
		add("exclusive", "true")
	}
	if s.Union.Discriminator != "" {
		add("selector", strconv.Quote(s.Union.Discriminator))
		add("tags", "[]string{"+strings.Join(tags, ", ")+"}")
		add("implied", "[]bool{"+strings.Join(implied, ", ")+"}")
	}
}

// listed are the values of an enum that have a type.
func listed(values []contracts.EnumValue, types contracts.Types) string {
	var list []string
	for _, v := range values {
		if v.Type() == types {
			list = append(list, strconv.Quote(v.Text()))
		}
	}
	return "[]string{" + strings.Join(list, ", ") + "}"
}

func kindsOfSchema(s *contracts.Schema, null bool) string {
	if s.Union != nil {
		if s.AcceptsNull() || null {
			return "isAny"
		}
		return "isAny &^ isNull"
	}
	if s.Types&contracts.Any != 0 || s.Types == 0 {
		return "isAny"
	}
	var list []string
	if scalars := kindsOf(s.Types); scalars != "" {
		list = strings.Split(scalars, "|")
	}
	if s.Types&(contracts.Object|contracts.Map) != 0 {
		list = append(list, "isObject")
	}
	if s.Types&contracts.Array != 0 {
		list = append(list, "isArray")
	}
	if null {
		list = append(list, "isNull")
	}
	return strings.Join(list, " | ")
}
