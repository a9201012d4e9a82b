package golang

import (
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
)

// union declares a struct with a value of a sealed interface: an interface alone
// could not read itself from JSON.
func (p *printer) union(t *codegen.Type) {
	name, sealed := p.types[t], p.sealed[t]
	p.line("type %s struct {\nValue %s\n}\n", name, sealed)
	p.paragraph(sealed + " is the value of " + name + ".")
	p.line("type %s interface{ %s() }\n", sealed, p.marker(t))
	for _, v := range t.Variants {
		n := p.variants[v]
		if n.direct {
			continue
		}
		p.paragraph(n.name + " is the variant " + v.Variant.Name + " of " + name + ".")
		p.line("type %s %s\n", n.name, p.typ(v.Type))
		p.line("func (%s) %s() {}\n", n.name, p.marker(t))
	}
	p.marshalUnion(t)
	if t.Discriminator != "" {
		p.unmarshalTagged(t)
		return
	}
	p.unmarshalFitting(t)
}

func (p *printer) variantList(t *codegen.Type) string {
	names := make([]string, len(t.Variants))
	for i, v := range t.Variants {
		names[i] = p.variants[v].name
	}
	return strings.Join(names, ", ")
}

func (p *printer) marshalUnion(t *codegen.Type) {
	p.line("// MarshalJSON writes the variant.")
	p.line("func (u %s) MarshalJSON() ([]byte, error) {", p.types[t])
	p.line("switch v := u.Value.(type) {")
	for _, v := range t.Variants {
		n := p.variants[v]
		value := "v"
		if !n.direct {
			value = p.typ(v.Type) + "(v)"
		}
		p.line("case %s:", n.name)
		if v.TagImplied && t.Discriminator != "" {
			p.line("return marshalTagged(%s, %s, %s)", strconv.Quote(t.Discriminator), strconv.Quote(v.Tag), value)
			continue
		}
		p.line("return %s(%s)", p.use("json.Marshal"), value)
	}
	p.line("}\nreturn nil, %s(%q)\n}\n", p.use("errors.New"), p.types[t]+" has no value")
}

func (p *printer) unmarshalTagged(t *codegen.Type) {
	p.line("// UnmarshalJSON reads the variant that %s selects.", oneLine(t.Discriminator))
	p.line("func (u *%s) UnmarshalJSON(data []byte) error {", p.types[t])
	p.line("tag, err := readTag(data, %s)", strconv.Quote(t.Discriminator))
	p.line("if err != nil || tag == nil {\nreturn err\n}")
	p.line("switch *tag {")
	for _, v := range t.Variants {
		p.line("case %s:", strconv.Quote(v.Tag))
		p.readVariant(t, v)
	}
	p.line("}\nreturn %s(%q, *tag)\n}\n", p.use("fmt.Errorf"), p.types[t]+" has no variant %q")
}

// readVariant reads data into a variant and returns.
func (p *printer) readVariant(t *codegen.Type, v *codegen.Variant) {
	n := p.variants[v]
	if t.Discriminator != "" && v.TagImplied && takesUndeclared(v.Type.Underlying()) {
		p.line("if data, err = withoutMember(data, %s); err != nil {\nreturn err\n}", strconv.Quote(t.Discriminator))
	}
	p.line("var v %s", p.typ(v.Type))
	p.line("if err := %s(data, &v); err != nil {\nreturn err\n}", p.use("json.Unmarshal"))
	value := "v"
	if !n.direct {
		value = n.name + "(v)"
	}
	p.line("u.Value = %s\nreturn nil", value)
}

// takesUndeclared reports whether a type would take the discriminator, which is
// not part of it, for one of its own members.
func takesUndeclared(r *codegen.Ref) bool {
	return r.Kind == codegen.Map || r.Named != nil && r.Named.Extra != nil
}

func (p *printer) unmarshalFitting(t *codegen.Type) {
	p.line("// UnmarshalJSON reads the first variant whose shape fits.")
	p.line("func (u *%s) UnmarshalJSON(data []byte) error {", p.types[t])
	p.line("value, err := readValue(data)")
	p.line("if err != nil {\nreturn err\n}")
	p.line("switch {")
	for _, v := range t.Variants {
		p.line("case (%s).fits(value):", p.shape(v.Type))
		p.readVariant(t, v)
	}
	p.line("case value == nil:\nreturn nil")
	p.line("}\nreturn %s(%q)\n}\n", p.use("errors.New"), p.types[t]+" has no variant that fits")
}
