package golang

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// shapeOf declares the shape of a named type, by which unions without a
// discriminator tell their variants apart.
func (p *printer) shapeOf(t *codegen.Type) {
	p.line("var %s = %s\n", p.shapeName(t), p.shapeLiteral(t))
}

func (g *generator) shapeName(t *codegen.Type) string { return "shapeOf" + g.types[t] }

func (p *printer) shapeLiteral(t *codegen.Type) string {
	switch t.Kind {
	case codegen.Alias:
		return p.shape(t.Of)
	case codegen.Union:
		var list strings.Builder
		for _, v := range t.Variants {
			s := p.shape(v.Type)
			if t.Discriminator != "" && v.TagImplied {
				s = fmt.Sprintf("(%s).tagged(%s, %s)", s, strconv.Quote(t.Discriminator), strconv.Quote(v.Tag))
			}
			list.WriteString(s + ",\n")
		}
		return "&shape{variants: []*shape{\n" + list.String() + "}}"
	case codegen.Enum:
		return p.enumShape(t)
	}
	return p.objectShape(t)
}

func (p *printer) enumShape(t *codegen.Type) string {
	if t.Open {
		return "&shape{types: " + typeBits(t.Base) + "}"
	}
	values := make([]string, len(t.Values))
	for i, v := range t.Values {
		values[i] = strconv.Quote(v.JSON)
	}
	return fmt.Sprintf("&shape{types: %s, values: jsonValues(%s)}", typeBits(t.Base), strings.Join(values, ", "))
}

func (p *printer) objectShape(t *codegen.Type) string {
	var b strings.Builder
	b.WriteString("&shape{types: isObject" + p.bounds(t.Schema) + ", members: map[string]*shape{\n")
	for _, f := range t.Fields {
		fmt.Fprintf(&b, "%s: %s,\n", strconv.Quote(f.Wire), p.shape(f.Type))
	}
	b.WriteString("}")
	var required []string
	for _, f := range t.Fields {
		if f.Required {
			required = append(required, strconv.Quote(f.Wire))
		}
	}
	if len(required) > 0 {
		b.WriteString(", required: []string{" + strings.Join(required, ", ") + "}")
	}
	p.restShape(&b, t.Extra)
	return b.String() + "}"
}

// restShape says what undeclared members may be.
func (p *printer) restShape(b *strings.Builder, x *codegen.Extra) {
	if x == nil {
		return
	}
	fmt.Fprintf(b, ", rest: %s", p.shape(x.Type))
	if len(x.Patterns) > 0 {
		quoted := make([]string, len(x.Patterns))
		for i, pattern := range x.Patterns {
			quoted[i] = "(?:" + pattern + ")"
		}
		fmt.Fprintf(b, ", names: lazily(%s)", strconv.Quote(strings.Join(quoted, "|")))
	}
}

// shape is an expression for what stands in a place.
func (p *printer) shape(r *codegen.Ref) string {
	s := p.bareShape(r)
	if r.Nullable && r.Kind != codegen.Any {
		return "(" + s + ").orNull()"
	}
	return s
}

func (p *printer) bareShape(r *codegen.Ref) string {
	switch r.Kind {
	case codegen.Named:
		return p.shapeName(r.Named)
	case codegen.Any:
		return "anyShape"
	case codegen.Array:
		return fmt.Sprintf("&shape{types: isArray%s, rest: %s}", p.bounds(r.Schema), p.shape(r.Elem))
	case codegen.Map:
		return p.mapShape(r)
	}
	types := map[codegen.RefKind]contracts.Types{
		codegen.String: contracts.String, codegen.Integer: contracts.Integer, codegen.Number: contracts.Number, codegen.Boolean: contracts.Boolean,
		codegen.Scalar: r.Types,
	}[r.Kind]
	return "&shape{types: " + typeBits(types) + p.bounds(r.Schema) + "}"
}

func (p *printer) mapShape(r *codegen.Ref) string {
	var b strings.Builder
	b.WriteString("&shape{types: isObject" + p.bounds(r.Schema))
	x := &codegen.Extra{Type: r.Elem}
	if keys := r.Schema.MapKeys; keys != nil && keys.Resolved().Pattern != "" {
		x.Patterns = []string{keys.Resolved().Pattern}
	}
	if r.Schema.Types == contracts.Object && !r.Schema.Additional.Allowed {
		for _, pattern := range r.Schema.PatternProperties {
			x.Patterns = append(x.Patterns, pattern.Pattern)
		}
	}
	p.restShape(&b, x)
	return b.String() + "}"
}

func typeBits(t contracts.Types) string {
	var bits []string
	for _, b := range []struct {
		types contracts.Types
		name  string
	}{{contracts.String, "isString"}, {contracts.Integer, "isInteger"}, {contracts.Number, "isNumber"}, {contracts.Boolean, "isBoolean"}} {
		if t&b.types != 0 {
			bits = append(bits, b.name)
		}
	}
	if len(bits) == 0 {
		return "0"
	}
	return strings.Join(bits, " | ")
}

// bounds are the constraints that a shape knows: sizes, limits and patterns.
func (p *printer) bounds(s *contracts.Schema) string {
	var b strings.Builder
	for _, size := range []struct {
		name  string
		value *int
	}{
		{"least", s.MinLength}, {"most", s.MaxLength}, {"least", s.MinItems}, {"most", s.MaxItems},
		{"least", s.MinProperties}, {"most", s.MaxProperties},
	} {
		if size.value != nil {
			fmt.Fprintf(&b, ", %s: size(%d)", size.name, *size.value)
		}
	}
	for _, limit := range []struct {
		name  string
		value *contracts.Decimal
	}{{"minimum", s.Minimum}, {"maximum", s.Maximum}, {"above", s.ExclusiveMinimum}, {"below", s.ExclusiveMaximum}} {
		if limit.value != nil {
			fmt.Fprintf(&b, ", %s: %q", limit.name, string(*limit.value))
		}
	}
	if s.Pattern != "" {
		fmt.Fprintf(&b, ", pattern: lazily(%s)", strconv.Quote(s.Pattern))
	}
	return b.String()
}
