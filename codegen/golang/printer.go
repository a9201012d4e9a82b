package golang

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// printer writes one file.
type printer struct {
	*generator
	body    bytes.Buffer
	imports []string
}

// use notes the import that a qualified name needs.
func (p *printer) use(name string) string {
	if pkg, _, qualified := strings.Cut(name, "."); qualified {
		p.imported(map[string]string{"json": "encoding/json", "time": "time", "fmt": "fmt", "errors": "errors"}[pkg])
	}
	return name
}

func (p *printer) imported(path string) {
	if !slices.Contains(p.imports, path) {
		p.imports = append(p.imports, path)
	}
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.body, format, args...)
	p.body.WriteByte('\n')
}

// unit writes the declarations of one file; e is nil for shared ones.
func (p *printer) unit(u *codegen.Unit, e *codegen.Event) []byte {
	if e != nil {
		p.constants(e)
	}
	for _, t := range u.Types {
		p.declaration(t, e)
		if p.shapes[t] {
			p.shapeOf(t)
		}
	}
	return p.file()
}

func (p *printer) file() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\npackage %s\n\n", codegen.Marker, p.options["package"])
	slices.Sort(p.imports)
	if len(p.imports) > 0 {
		b.WriteString("import (\n")
		for _, path := range p.imports {
			fmt.Fprintf(&b, "%q\n", path)
		}
		b.WriteString(")\n\n")
	}
	b.Write(p.body.Bytes())
	return b.Bytes()
}

func (p *printer) constants(e *codegen.Event) {
	names := p.events[e]
	p.line("// Name, version and digest of the event %s.", oneLine(e.Contract.Name))
	p.line("const (")
	p.line("%s = %s", names.name, strconv.Quote(e.Contract.Name))
	p.line("%s = %q", names.version, e.Contract.Version)
	p.line("%s = %q", names.digest, string(e.Digest))
	p.line(")\n")
}

func (p *printer) declaration(t *codegen.Type, e *codegen.Event) {
	name := p.types[t]
	var what string
	switch {
	case e != nil && t == e.Payload:
		what = fmt.Sprintf("%s is the payload of %s.", name, e.Contract.ID())
	case t.Definition != "":
		what = fmt.Sprintf("%s is the definition %s.", name, t.Definition)
	default:
		what = fmt.Sprintf("%s is declared at %s.", name, t.Pointer)
	}
	if t.Kind == codegen.Union {
		what = strings.TrimSuffix(what, ".") + ": one of " + p.variantList(t) + "."
	}
	p.comment(codegen.Doc{Lines: append([]string{what}, t.Doc.Lines...), Deprecated: t.Doc.Deprecated}, true)
	switch t.Kind {
	case codegen.Object:
		p.object(t)
	case codegen.Enum:
		p.enum(t)
	case codegen.Union:
		p.union(t)
	case codegen.Alias:
		p.alias(t)
	}
	if marker := p.markers[t]; marker != "" {
		p.line("func (%s) %s() {}\n", name, marker)
	}
}

// width is where comments wrap.
const width = 100

// comment writes documentation; apart puts the first line into a paragraph of its own.
func (p *printer) comment(d codegen.Doc, apart bool) {
	lines := d.Lines
	if apart {
		p.paragraph(lines[0])
		if lines = lines[1:]; len(lines) > 0 {
			p.line("//")
		}
	}
	p.paragraph(strings.Join(lines, " "))
	if d.Deprecated != "" {
		if apart || len(lines) > 0 {
			p.line("//")
		}
		p.paragraph("Deprecated: " + d.Deprecated)
	}
}

func (p *printer) paragraph(text string) {
	for _, line := range codegen.Wrap(text, width-3) {
		if strings.HasPrefix(line, "+build") {
			line = "`" + line + "`" // the Go command reads such a line, wherever it stands
		}
		p.line("// %s", line)
	}
}

func oneLine(text string) string { return strings.Join(codegen.Wrap(text, 1<<20), " ") }

// alias declares a definition that is a scalar, a list, a map or another definition.
func (p *printer) alias(t *codegen.Type) {
	of := p.element(t.Of)
	equals := ""
	if isAlias(of) || t.Of.Kind == codegen.Named {
		equals = "= "
	}
	p.line("type %s %s%s\n", p.types[t], equals, of)
}

func (p *printer) enum(t *codegen.Type) {
	name, base := p.types[t], p.use(p.enumBase(t))
	switch {
	case base == "Scalar":
		p.paragraph("Its values are " + valueList(t) + ".")
		p.line("type %s = Scalar\n", name)
		return
	case isAlias(base):
		p.line("type %s = %s\n", name, base)
	default:
		if t.Open {
			p.line("//\n// Further values are valid and are kept.")
		}
		p.line("type %s %s\n", name, base)
	}
	if len(t.Values) == 0 {
		return
	}
	p.line("// Values of %s.", name)
	p.line("const (")
	for _, v := range t.Values {
		p.comment(v.Doc, false)
		p.line("%s %s = %s", p.values[v], name, literal(v, base))
	}
	p.line(")\n")
	if !isAlias(base) {
		p.known(t)
	}
}

func (p *printer) known(t *codegen.Type) {
	names := make([]string, len(t.Values))
	for i, v := range t.Values {
		names[i] = p.values[v]
	}
	p.line("// Known reports whether v is one of the values that the contract lists.")
	p.line("func (v %s) Known() bool {", p.types[t])
	p.line("switch v {\ncase %s:\nreturn true\n}\nreturn false\n}\n", strings.Join(names, ",\n"))
}

// literal writes an enum value as a Go constant.
func literal(v *codegen.Value, base string) string {
	switch base {
	case "string":
		return strconv.Quote(v.Text())
	case "int64", "uint64":
		return contracts.Decimal(v.JSON).Rat().Num().String()
	case "json.Number":
		return strconv.Quote(v.JSON)
	}
	return v.JSON // booleans and float64
}

func valueList(t *codegen.Type) string {
	list := make([]string, len(t.Values))
	for i, v := range t.Values {
		list[i] = v.JSON
	}
	return strings.Join(list, ", ")
}
