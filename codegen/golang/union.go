package golang

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// union declares a sealed interface, the variants that have no type of their own, and the
// functions that read, write and check it.
func (p *printer) union(t *codegen.Type) {
	name := p.types[t]
	p.line("type ", name, " interface{ ", p.marker(t), "() }")
	for _, v := range t.Variants {
		n := p.variants[v]
		if !n.direct {
			p.gap()
			p.paragraph(n.name + " is the variant " + v.Variant.Name + " of " + name + ".")
			p.wrapper(n, v)
		}
	}
	for _, v := range t.Variants {
		p.gap()
		p.short("func ("+p.variants[v].name+") "+p.marker(t)+"()", "")
	}
	p.checkUnion(t)
	p.encodeUnion(t)
	if classed(t) {
		p.classUnion(t)
	}
	p.decodeUnion(t)
	p.redactUnion(t)
}

// classUnion declares the function that says which privacy class a variant has.
func (p *printer) classUnion(t *codegen.Type) {
	p.gap()
	p.line("func classOf", p.types[t], "(u ", p.types[t], ") string {")
	before := len(p.body)
	p.line("switch v := u.(type) {")
	uses := false
	for _, v := range t.Variants {
		x := p.value(v)
		class := p.class(classOf(v.Schema), v.Type, x)
		if class == "" {
			continue
		}
		uses = uses || strings.HasPrefix(class, "stricter")
		p.line("case ", p.variants[v].name, ":")
		p.line("return ", class)
	}
	if !uses {
		text := strings.Replace(string(p.body[before:]), "switch v := u.", "switch u.", 1)
		p.body = append(p.body[:before], text...)
	}
	p.line("}")
	p.line(`return "none"`)
	p.line("}")
}

func (p *printer) wrapper(n variantNames, v *codegen.Variant) {
	if n.boxed {
		p.line("type ", n.name, " struct {")
		p.line("Value ", p.goType(v.Type))
		p.line("}")
		return
	}
	p.line("type ", n.name, " ", p.use(p.goType(v.Type)))
}

func (p *printer) variantList(t *codegen.Type) string {
	names := make([]string, len(t.Variants))
	for i, v := range t.Variants {
		names[i] = p.variants[v].name
	}
	return strings.Join(names, ", ")
}

// value is v, a variant, as a value of the type that the variant has by itself.
func (p *printer) value(v *codegen.Variant) string {
	n := p.variants[v]
	switch {
	case n.direct:
		return "v"
	case n.boxed:
		return "v.Value"
	}
	typ := p.goType(v.Type)
	if strings.HasPrefix(typ, "[]") || strings.HasPrefix(typ, "map[") {
		return "v" // ranged over only
	}
	return p.use(typ) + "(v)"
}

// bind gives the value of a variant a name where it needs an address.
func (p *printer) bind(v *codegen.Variant) string {
	n := p.variants[v]
	if declaredType(v.Type) != nil && !n.direct && declaredType(v.Type).Kind == codegen.Object {
		p.line("x := ", p.value(v))
		return "x"
	}
	return p.value(v)
}

func (p *printer) checkUnion(t *codegen.Type) {
	p.gap()
	p.line("func check", p.types[t], "(u ", p.types[t], ", c *checker) bool {")
	p.line("n := len(c.found)")
	p.depth++
	body := p.capture(func() {
		for _, v := range t.Variants {
			p.line("case ", p.variants[v].name, ":")
			p.checkVariant(t, v)
		}
	})
	if bytes.Count(body, []byte{'\n'}) == len(t.Variants) { // nothing to check
		body = p.capture(func() { p.line("case ", p.variantList(t), ":") })
	}
	p.depth--
	if mentions(body, "v") {
		p.line("switch v := u.(type) {")
	} else {
		p.line("switch u.(type) {")
	}
	p.body = append(p.body, body...)
	p.line("default:")
	p.line(`c.fail("", "type", "expected a variant of `, p.types[t], `, not nil or a pointer")`)
	if overlapping(t) {
		p.line("return false")
	}
	p.line("}")
	switch {
	case overlapping(t) && asText(t):
		p.checkText(p.schemaName(t), `""`, func() { p.line("encode", p.types[t], "(u, e)") })
	case overlapping(t):
		p.line("if len(c.found) > n && ", p.schemaName(t), ".accepts(func(e *encoder) { encode", p.types[t], "(u, e) }) {")
		p.line("c.found = c.found[:n] // another variant takes it")
		p.line("}")
	}
	p.line("return len(c.found) == n")
	p.line("}")
}

// checkVariant checks v. Of unions that are checked as text, nothing is left to do.
func (p *printer) checkVariant(t *codegen.Type, v *codegen.Variant) {
	if asText(t) {
		return
	}
	named, undeclared := declaredType(v.Type), ""
	if p.addsTag(t, v) {
		p.tagged = named == nil
		if named != nil && sized(named.Schema) {
			p.line("c.tagged = 1")
		}
	}
	start := len(p.body)
	x := p.bind(v)
	inner := len(p.body)
	p.checkValue(v.Type, x, "")
	switch {
	case !p.addsTag(t, v):
	case named == nil:
		undeclared = x
	default:
		if extra := p.fields(named, nil).extra; extra != "" {
			undeclared = x + "." + extra
		}
	}
	if undeclared != "" {
		p.fail("_, twice := "+undeclared+"["+strconv.Quote(t.Discriminator)+"]; twice", strconv.Quote(pointerToken(t.Discriminator)), "json-duplicate", "the variant says it")
	}
	if len(p.body) == inner {
		p.body = p.body[:start]
	}
	p.tagged = false
}

// sized reports whether an object's members are counted.
func sized(s *contracts.Schema) bool {
	_, _, counted := bounds(s.MinProperties, s.MaxProperties)
	return counted
}

func (p *printer) addsTag(t *codegen.Type, v *codegen.Variant) bool {
	return t.Discriminator != "" && v.TagImplied
}

// asText reports whether values of a union are checked as JSON text: those of one variant
// may be valid for another, and so not for the union, or patterns see the discriminator.
func asText(t *codegen.Type) bool {
	if t.Discriminator != "" {
		return taggedHard(t)
	}
	return t.Exclusive && overlapping(t)
}

// overlapping reports whether a value of one variant may be one of another.
func overlapping(t *codegen.Type) bool {
	if t.Discriminator != "" {
		return taggedHard(t)
	}
	seen := contracts.Types(0)
	for _, v := range t.Variants {
		types := jsonTypes(v.Schema)
		if seen&types != 0 {
			return true
		}
		seen |= types
	}
	return false
}

// taggedHard reports whether patterns for the names of members may match the
// discriminator of a variant that does not declare it.
func taggedHard(t *codegen.Type) bool {
	for _, v := range t.Variants {
		if v.TagImplied && len(v.Schema.Resolved().PatternProperties) > 0 {
			return true
		}
	}
	return false
}

// jsonTypes are the types that the values of a schema may have in JSON, null left aside:
// maps are objects, and integers are numbers.
func jsonTypes(s *contracts.Schema) contracts.Types {
	s = s.Resolved()
	if s.Union != nil {
		types := contracts.Types(0)
		for _, v := range s.Union.Variants {
			types |= jsonTypes(v.Schema)
		}
		return types
	}
	types := s.Types
	if types&contracts.Any != 0 {
		return contracts.Scalars | contracts.Object | contracts.Array
	}
	if types&contracts.Numeric != 0 {
		types |= contracts.Numeric
	}
	if types&contracts.Map != 0 {
		types = types&^contracts.Map | contracts.Object
	}
	return types
}

func (p *printer) encodeUnion(t *codegen.Type) {
	name := p.types[t]
	p.gap()
	p.line("func encode", name, "(u ", name, ", e *encoder) {")
	p.line("switch v := u.(type) {")
	for _, v := range t.Variants {
		p.line("case ", p.variants[v].name, ":")
		if p.addsTag(t, v) {
			p.line("e.tag(", goString(jsonText(t.Discriminator)+":"), ", ", strconv.Quote(v.Tag), ")")
		}
		p.encodeValue(v.Type, p.bind(v))
	}
	p.line("default:")
	p.line("e.noValue(", strconv.Quote(name), ")")
	p.line("}")
	p.line("}")
}

func (p *printer) decodeUnion(t *codegen.Type) {
	name := p.types[t]
	p.gap()
	p.line("func decode", name, "(u *", name, ", r *reader) {")
	if t.Discriminator != "" {
		p.line("tag, ok := r.selects(", strconv.Quote(t.Discriminator), ")")
		p.line("if !ok {")
		p.line("return")
		p.line("}")
		p.line("switch tag {")
	} else {
		p.line("switch ", p.schemaName(t), ".pickLoosely(r) {")
	}
	for i, v := range t.Variants {
		if t.Discriminator != "" {
			p.line("case ", strconv.Quote(v.Tag), ":")
		} else {
			p.line("case ", strconv.Itoa(i), ":")
		}
		p.decodeVariant(t, v)
	}
	if t.Discriminator != "" {
		p.line("default:")
		p.line("r.unknownVariant(", strconv.Quote(t.Discriminator), ")")
	}
	p.line("}")
	p.line("}")
}

func (p *printer) decodeVariant(t *codegen.Type, v *codegen.Variant) {
	n := p.variants[v]
	if p.addsTag(t, v) {
		p.line("r.tag = ", strconv.Quote(t.Discriminator))
	}
	p.line("var v ", p.use(p.goType(v.Type)))
	read := p.decodeValue(v.Type, "&v")
	p.line(read)
	switch {
	case n.direct:
		p.line("*u = v")
	case n.boxed:
		p.line("*u = ", n.name, "{v}")
	default:
		p.line("*u = ", n.name, "(v)")
	}
}
