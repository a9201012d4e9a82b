package typescript

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// printer writes modules, one after the other.
type printer struct {
	*generator
	*documents
	unit      *codegen.Unit // nil for events.ts
	head      sheet         // imports
	body      sheet         // types, and from checksAt on checks
	checksAt  int
	constants sheet // values that checks need again and again
	imports   []imported
	lines     []string // of the comment that is printed
	given     []doc    // arguments of calls
	ofMember  []call   // that check the property which is printed
	out       []byte   // the module
}

// imported is a name of another module.
type imported struct {
	module, name string
	isType       bool
}

func newPrinter(g *generator) *printer {
	d := &documents{}
	d.clear()
	return &printer{generator: g, documents: d, head: sheet{documents: d}, body: sheet{documents: d}, constants: sheet{documents: d}}
}

// use names something of another module, which it imports.
func (p *printer) use(module, name string, isType bool) string {
	one := imported{module, name, isType}
	if !slices.Contains(p.imports, one) {
		p.imports = append(p.imports, one)
	}
	return name
}

// useOnce is use for what the module names in one place only.
func (p *printer) useOnce(module, name string, isType bool) string {
	p.imports = append(p.imports, imported{module, name, isType})
	return name
}

// helper names a function of checks.ts.
func (p *printer) helper(name string) string { return p.use(checksModule, name, false) }

// refer names a type.
func (p *printer) refer(t *codegen.Type) expr { return reference{p.types[t], t} }

// importing imports the types that an expression names, once it is what is printed.
func (p *printer) importing(e expr) expr {
	switch e := e.(type) {
	case reference:
		if e.of != nil && e.of.Unit != p.unit {
			p.use(p.modules[e.of.Unit], e.name, true)
		}
	case list:
		p.importing(e.of)
	case record:
		p.importing(e.of)
	case tagged:
		p.importing(e.of)
	case union:
		for _, one := range e.of {
			p.importing(one)
		}
	}
	return e
}

// module prints a unit; e is nil for shared ones.
func (p *printer) module(u *codegen.Unit, e *codegen.Event) []byte {
	p.begin(u)
	if e != nil {
		p.constant(e)
	}
	for _, t := range p.unit.Types {
		p.declaration(t, e)
	}
	p.checksAt = len(p.body.text)
	p.checks()
	return p.file()
}

// begin forgets the module before.
func (p *printer) begin(u *codegen.Unit) {
	p.clear()
	p.unit, p.checksAt = u, 0
	p.head.text, p.body.text, p.constants.text = p.head.text[:0], p.body.text[:0], p.constants.text[:0]
	p.imports, p.given = p.imports[:0], p.given[:0]
}

// file puts the parts of the module together. Its text is valid until the next module.
func (p *printer) file() []byte {
	p.head.WriteString(header)
	p.printImports()
	if len(p.constants.text) > 0 {
		p.constants.WriteString("\n")
	}
	p.out = append(append(p.out[:0], p.head.text...), p.body.text[:p.checksAt]...)
	p.out = append(append(p.out, p.constants.text...), p.body.text[p.checksAt:]...)
	p.out = append(bytes.TrimRight(p.out, "\n"), '\n')
	return p.out
}

// printImports prints a line for each module, ordered by name.
func (p *printer) printImports() {
	slices.SortFunc(p.imports, func(a, b imported) int {
		return cmp.Or(strings.Compare(a.module, b.module), strings.Compare(a.name, b.name))
	})
	for rest := p.imports; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(i imported) bool { return i.module != rest[0].module })
		if n < 0 {
			n = len(rest)
		}
		p.printImport(rest[:n])
		rest = rest[n:]
	}
	if len(p.imports) > 0 {
		p.head.WriteString("\n")
	}
}

// printImport imports names of one module; types say that they are, so that they leave no
// trace at run time.
func (p *printer) printImport(names []imported) {
	keyword, mark := "import ", "type "
	if !slices.ContainsFunc(names, func(i imported) bool { return !i.isType }) {
		keyword, mark = "import type ", ""
	}
	p.clear() // all else is printed
	specifier := p.specifier(names[0].module)
	if len(names) == 1 {
		// A single name never breaks.
		p.head.WriteString(keyword, "{ ", names[0].name, " } from ", specifier, ";\n")
		return
	}
	list := make([]doc, len(names))
	for i, one := range names {
		if one.isType {
			list[i] = p.seq(mark, one.name)
		} else {
			list[i] = p.leaf(one.name)
		}
	}
	p.head.print(p.seq(keyword, p.group("{", p.indent(space, p.joined(list), p.of(ifBroken, ",")), space, "}"), " from ", specifier, ";"), 0, 0)
	p.head.WriteString("\n")
}

// constant prints what is known of an event at run time.
func (p *printer) constant(e *codegen.Event) {
	p.comment("", constantDoc(e))
	typ := p.group("<", p.indent(softLine, quote(e.Contract.Name), ",", space, p.types[e.Payload]), softLine, ">")
	members := p.indent(
		space, "name: ", quote(e.Contract.Name), ",", // after a key this short, prettier never breaks
		space, "version: ", quote(e.Contract.Version.String()), ",",
		space, "digest:", p.group(p.indent(space, quote(string(e.Digest)))), ",",
		space, "check:", p.group(p.indent(space, p.checkNames[e.Payload])), ",",
	)
	object := p.of(broken, "{", members, space, "}")
	p.body.print(p.seq("export const ", p.events[e], ": ", p.use(checksModule, "EventContract", true), typ, " =", p.of(after, object), ";"), 0, 0)
	p.body.WriteString("\n\n")
}

// constantDoc is what people read where they send an event.
func constantDoc(e *codegen.Event) codegen.Doc {
	d := codegen.Doc{Lines: slices.Clone(e.Payload.Doc.Lines), Deprecated: e.Payload.Doc.Deprecated}
	if e.Contract.Owner != "" {
		d.Lines = append(d.Lines, "Owner: "+e.Contract.Owner+".")
	}
	if len(d.Lines) == 0 {
		d.Lines = []string{"The event " + e.Contract.Name + "."}
	}
	return d
}

func (p *printer) declaration(t *codegen.Type, e *codegen.Event) {
	p.comment("", p.docOf(t, e))
	name := p.types[t]
	switch t.Kind {
	case codegen.Object:
		p.object(t)
	case codegen.Enum:
		p.declare(name, enum(t))
	case codegen.Union:
		p.union(t)
	case codegen.Alias:
		e := p.bare(t.Of)
		if p.branded(t) {
			e = word{e.(word).text + " & " + p.use(checksModule, "Brand", true) + "<" + quote(name) + ">"}
		}
		p.declare(name, e)
	}
}

func (p *printer) declare(name string, e expr) {
	p.body.value("export type "+name, " =", p.importing(e), ofDeclare)
	p.body.WriteString("\n\n")
}

// docOf is the comment of a declaration, with the meaning of enum values.
func (p *printer) docOf(t *codegen.Type, e *codegen.Event) codegen.Doc {
	d := codegen.Doc{Lines: slices.Clone(t.Doc.Lines), Deprecated: t.Doc.Deprecated}
	if len(d.Lines) == 0 && e != nil && t == e.Payload {
		d.Lines = []string{"Payload of the event " + e.Contract.Name + "."}
	}
	for _, v := range t.Values {
		text := strings.Join(v.Doc.Lines, " ")
		if v.Doc.Deprecated != "" {
			text = strings.TrimSpace(text + " Deprecated: " + v.Doc.Deprecated)
		}
		if text != "" {
			d.Lines = append(d.Lines, fmt.Sprintf("- `%s`: %s", v.JSON, text))
		}
	}
	return d
}

func enum(t *codegen.Type) expr {
	if len(t.Values) == 0 && t.Open {
		return scalars(t.Base) // there is nothing to propose
	}
	var of []expr
	for _, v := range t.Values {
		of = append(of, word{literal(v.Value)})
	}
	if t.Open {
		for _, s := range []struct {
			types contracts.Types
			name  string
		}{{contracts.String, "(string & {})"}, {contracts.Numeric, "(number & {})"}, {contracts.Boolean, "boolean"}} {
			if t.Base&s.types != 0 {
				of = append(of, word{s.name})
			}
		}
	}
	if len(of) == 0 {
		return word{"never"}
	}
	return join(of...)
}

// literal writes an enum value as a type.
func literal(v contracts.Value) string {
	switch {
	case v.IsString():
		return quote(v.Text())
	case v.Type()&contracts.Numeric != 0:
		if text := number(contracts.Decimal(v.JSON)); text != "" {
			return text
		}
		return "number"
	}
	return v.JSON
}

// object prints an interface.
func (p *printer) object(t *codegen.Type) {
	tag, isTagged := p.tags[t]
	if len(t.Fields) == 0 && !isTagged {
		p.emptyObject(p.types[t], t)
		return
	}
	p.declareInterface(p.types[t], tag, t.Fields, t.Extra)
}

// declareInterface prints members: the discriminator, if it has a name, fields, and
// an index signature for undeclared ones.
func (p *printer) declareInterface(name string, discriminator tag, fields []*codegen.Field, extra *codegen.Extra) {
	p.body.WriteString("export interface ", name, " {\n")
	if discriminator.name != "" {
		p.body.member(key(discriminator.name), "", word{quote(discriminator.value)})
	}
	for _, f := range fields {
		p.comment("  ", f.Doc)
		mark := "?"
		if f.Required {
			mark = ""
		}
		p.body.member(key(f.Wire), mark, p.importing(p.expression(f.Type)))
	}
	if extra != nil {
		p.body.member("[key: string]", "", p.importing(p.indexed(discriminator, fields, extra)))
	}
	p.body.WriteString("}\n\n")
}

// indexed is the type of an index signature, which speaks of the declared members too.
func (p *printer) indexed(discriminator tag, fields []*codegen.Field, extra *codegen.Extra) expr {
	all := []expr{p.expression(extra.Type)}
	if discriminator.name != "" {
		all = append(all, word{quote(discriminator.value)})
	}
	for _, f := range fields {
		if !f.Required {
			all = append(all, word{"undefined"})
		}
		all = append(all, p.expression(f.Type))
	}
	return join(all...)
}

func (p *printer) emptyObject(name string, t *codegen.Type) {
	if t.Extra != nil {
		p.declare(name, record{p.expression(t.Extra.Type)})
		return
	}
	p.declare(name, record{word{"never"}})
}

// union prints a union, and before it the variants that need their discriminator
// added.
func (p *printer) union(t *codegen.Type) {
	var of []expr
	for _, v := range t.Variants {
		if name := p.variants[v]; name != "" {
			of = append(of, reference{name, nil})
			continue
		}
		of = append(of, p.bare(v.Type))
	}
	p.declare(p.types[t], join(of...))
	for _, v := range t.Variants {
		name := p.variants[v]
		if name == "" {
			continue
		}
		p.comment("", codegen.Doc{Lines: []string{"Variant " + v.Variant.Name + " of " + p.types[t] + "."}})
		p.taggedVariant(name, v, tag{t.Discriminator, v.Tag})
	}
}

// taggedVariant declares a variant with its discriminator. An index signature that
// leaves no room for it is written anew, everything else is intersected.
func (p *printer) taggedVariant(name string, v *codegen.Variant, discriminator tag) {
	var fields []*codegen.Field
	var extra *codegen.Extra
	switch at := v.Type.Underlying(); {
	case at.Kind == codegen.Map:
		extra = &codegen.Extra{Type: at.Elem}
	case at.Named != nil:
		fields, extra = at.Named.Fields, at.Named.Extra
	}
	if extra != nil && extra.Type.Underlying().Kind != codegen.Any {
		p.declareInterface(name, discriminator, fields, extra)
		return
	}
	e := tagged{nil, discriminator}
	if len(fields) > 0 || extra != nil {
		e.of = p.bare(v.Type)
	}
	p.declare(name, e)
}

// comment prints TSDoc.
func (p *printer) comment(margin string, d codegen.Doc) {
	lines := p.lines[:0]
	defer func() { p.lines = lines }()
	wide := lineWidth - len(margin) - 3
	for i, text := range d.Lines {
		if i > 0 && !strings.HasPrefix(text, "- ") || i > 0 && !strings.HasPrefix(d.Lines[i-1], "- ") {
			lines = append(lines, "")
		}
		lines = slices.AppendSeq(lines, codegen.Lines(text, wide))
	}
	if d.Deprecated != "" {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = slices.AppendSeq(lines, codegen.Lines("@deprecated "+d.Deprecated, wide))
	}
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, "*/", `*\/`)
	}
	switch {
	case len(lines) == 0:
	case len(lines) == 1 && len(lines[0])+len(margin)+7 <= lineWidth:
		p.body.WriteString(margin, "/** ", lines[0], " */\n")
	default:
		p.body.WriteString(margin, "/**\n")
		for _, line := range lines {
			if line == "" {
				p.body.WriteString(margin, " *\n")
				continue
			}
			p.body.WriteString(margin, " * ", line, "\n")
		}
		p.body.WriteString(margin, " */\n")
	}
}

// eventMap prints events.ts.
func (p *printer) eventMap(m *codegen.Model) []byte {
	p.comment("", codegen.Doc{Lines: []string{"Payloads by the name of the event."}})
	p.body.WriteString("export interface EventPayloads {\n")
	for _, e := range m.Events {
		p.clear()
		p.body.member(key(e.Contract.Name), "", reference{p.useOnce(p.modules[&e.Unit], p.types[e.Payload], true), nil})
	}
	p.body.WriteString("}\n\n")
	p.comment("", codegen.Doc{Lines: []string{"Name of an event."}})
	p.body.WriteString("export type EventName = keyof EventPayloads;\n\n")
	p.comment("", codegen.Doc{Lines: []string{"All events by name, for code that receives them. Code that sends one imports it alone."}})
	p.printf("export const events: {\n  readonly [Name in EventName]: %s<Name, EventPayloads[Name]>;\n} = {\n", p.use(checksModule, "EventContract", true))
	for _, e := range m.Events {
		p.clear()
		value := p.useOnce(p.modules[&e.Unit], p.events[e], false)
		name := key(e.Contract.Name)
		if name == "__proto__" {
			name = `["__proto__"]` // the plain one would set the prototype
		}
		p.statement(1, p.seq(name, ":", p.group(p.indent(space, value)), ","))
	}
	p.body.WriteString("};\n\n")
	p.comment("", codegen.Doc{Lines: []string{"Tells whether there is an event of that name."}})
	p.printf("export function isEventName(name: string): name is EventName {\n  return %s(events, name) !== undefined;\n}\n", p.helper("own"))
	return p.file()
}
