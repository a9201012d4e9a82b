package golang

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// printer writes files, one after the other, formatted as gofmt does: lines are indented by the brackets
// that they open and close.
type printer struct {
	*generator
	out     []byte // the file
	body    []byte // its declarations
	depth   int
	imports []string
	unsure  bool // gofmt may see something in another way
	tail    []declared
	names   map[string]int // of the declarations in tail
	current string         // Go name of the declaration that is being written
	place   string         // and of the field, or empty
	tagged  bool           // the map that is checked next has a discriminator, too
}

// declared is a variable that stands behind the declaration which needs it.
type declared struct{ name, value string }

// use notes the import that a type needs.
func (p *printer) use(typ string) string {
	if strings.Contains(typ, "json.") {
		p.needs("encoding/json")
	}
	return typ
}

// needs notes an import.
func (p *printer) needs(path string) {
	if !slices.Contains(p.imports, path) {
		p.imports = append(p.imports, path)
	}
}

// line writes one line of code.
func (p *printer) line(parts ...string) {
	first := parts[0]
	if first != "" && (first[0] == '}' || first[0] == ')') {
		p.depth--
	}
	depth := p.depth
	if strings.HasPrefix(first, "case ") || first == "default:" {
		depth--
	}
	for range depth {
		p.body = append(p.body, '\t')
	}
	start := len(p.body)
	for _, part := range parts {
		p.body = append(p.body, part...)
	}
	if n := len(p.body); n > start && (p.body[n-1] == '{' || p.body[n-1] == '(') {
		p.depth++
	}
	p.body = append(p.body, '\n')
}

// shortest is the length up to which gofmt surely leaves a function on one line.
const shortest = 90

// longestClosure is the length up to which gofmt leaves a function within an expression on one
// line: its head and its statement, without the braces and spaces around that, have 100 bytes.
const longestClosure = 100 + len(" {  }")

// short writes a function of one statement, or none.
func (p *printer) short(head, body string) {
	switch {
	case len(head)+len(body) > shortest && body == "":
		p.unsure = true
		p.line(head, " {}")
	case len(head)+len(body) > shortest:
		p.line(head, " {")
		p.line(body)
		p.line("}")
	case body == "":
		p.line(head, " {}")
	default:
		p.line(head, " { ", body, " }")
	}
}

// gap separates declarations.
func (p *printer) gap() { p.body = append(p.body, '\n') }

// capture is what a function writes, taken out again; empty when it writes nothing.
func (p *printer) capture(write func()) []byte {
	start := len(p.body)
	write()
	text := slices.Clone(p.body[start:])
	p.body = p.body[:start]
	return text
}

// block writes lines in a block, unless there are none.
func (p *printer) block(head string, write func()) {
	if head == "" {
		write()
		return
	}
	start := len(p.body)
	p.line(head, " {")
	inner := len(p.body)
	if write(); len(p.body) == inner {
		p.body = p.body[:start]
		p.depth--
		return
	}
	if p.merge(head, start, inner) {
		return
	}
	p.line("}")
}

// merge makes one condition of two when a block holds nothing but another one.
func (p *printer) merge(head string, start, inner int) bool {
	if depth := min(p.depth, len(p.body)-inner); !bytes.HasPrefix(p.body[inner+depth:], []byte("if ")) {
		return false
	}
	first, rest, _ := bytes.Cut(p.body[inner:], []byte{'\n'})
	condition, end := string(first[p.depth+len("if "):]), "\n"+strings.Repeat("\t", p.depth)+"}\n"
	if !strings.HasPrefix(head, "if ") || strings.ContainsAny(condition, ";|") || bytes.Index(rest, []byte(end)) != len(rest)-len(end) {
		return false
	}
	p.body = p.body[:start]
	p.depth--
	p.line(head, " && ", condition)
	for line := range bytes.Lines(rest) { // which is behind what is written of it
		p.body = append(p.body, line[1:]...)
	}
	p.depth--
	return true
}

// variable declares a variable behind the current declaration and returns its name. Names
// of types have no underscore before a letter, so that no two places want one name.
func (p *printer) variable(prefix, value string) string {
	for _, d := range p.tail {
		if d.value == value {
			return d.name
		}
	}
	prefix += p.current
	if p.place != "" {
		prefix += "_" + p.place
	}
	if p.names == nil {
		p.names = map[string]int{}
	}
	p.names[prefix]++
	name := prefix
	if n := p.names[prefix]; n > 1 {
		name += "_no" + strconv.Itoa(n)
	}
	p.tail = append(p.tail, declared{name, value})
	return name
}

func (p *printer) variables() {
	for _, d := range p.tail {
		p.gap()
		p.line("var ", d.name, " = ", d.value)
	}
	p.tail = p.tail[:0]
}

// declarations writes the declarations of one file; e is nil for shared ones.
func (p *printer) declarations(u *codegen.Unit, e *codegen.Event) {
	if e != nil {
		p.constants(e)
	}
	for _, t := range u.Types {
		p.declaration(t, e)
		if p.schemas[t] {
			p.schemaOf(t)
		}
		p.variables()
	}
}

func (p *printer) constants(e *codegen.Event) {
	names := p.events[e]
	p.gap()
	p.paragraph("Name, version and digest of the event " + oneLine(e.Contract.Name) + ".")
	p.line("const (")
	p.columns([]row{
		{names.name, "= " + quote(e.Contract.Name)},
		{names.version, "= " + quote(e.Contract.Version.String())},
		{names.digest, "= " + quote(string(e.Digest))},
	})
	p.line(")")
}

// row is cells below those of another row. Those that are empty are the last ones.
type row [3]string

// columns writes rows with aligned cells.
func (p *printer) columns(rows []row) {
	var widths [len(row{})]int
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		cells := append(make([]string, 0, 2*len(row)), row[0])
		for i, cell := range row[1:] {
			if cell != "" {
				cells = append(cells, spaces(widths[i]-utf8.RuneCountInString(row[i])+1), cell)
			}
		}
		p.line(cells...)
	}
}

func spaces(n int) string {
	const some = "                                                                "
	if n <= len(some) {
		return some[:n]
	}
	return strings.Repeat(" ", n)
}

func (p *printer) declaration(t *codegen.Type, e *codegen.Event) {
	name := p.types[t]
	p.current = name
	var what string
	switch {
	case e != nil && t == e.Payload:
		what = fmt.Sprintf("%s is the payload of %s.", name, e.Contract.ID())
		if e.Contract.Owner != "" {
			what = fmt.Sprintf("%s is the payload of %s, owned by %s.", name, e.Contract.ID(), e.Contract.Owner)
		}
	case t.Definition != "":
		what = fmt.Sprintf("%s is the definition %s.", name, t.Definition)
	default:
		what = fmt.Sprintf("%s is declared at %s.", name, t.Pointer)
	}
	if t.Kind == codegen.Union {
		what = strings.TrimSuffix(what, ".") + ": one of " + p.variantList(t) + "."
	}
	lines := append([]string{what}, t.Doc.Lines...)
	if t.Kind == codegen.Enum && t.Open {
		lines = append(lines, "Further values are valid and are kept.")
	}
	p.gap()
	p.comment(codegen.Doc{Lines: lines, Deprecated: t.Doc.Deprecated}, true)
	switch t.Kind {
	case codegen.Object:
		p.object(t, e)
	case codegen.Enum:
		p.enum(t)
	case codegen.Union:
		p.union(t)
	case codegen.Alias:
		p.alias(t)
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
	for line := range codegen.Lines(text, width-3) {
		switch {
		case strings.HasPrefix(line, "+build"):
			line = "`" + line + "`" // the Go command reads such a line, wherever it stands
		case !unicodeLetter(line):
			p.unsure = true // gofmt knows lists and headings
		}
		p.line("// ", line)
	}
}

// unicodeLetter reports whether a line of a comment starts as a sentence does.
func unicodeLetter(line string) bool {
	c, _ := utf8.DecodeRuneInString(line)
	return c != '#' && c != '-' && c != '*' && c != '+' && c != '\u2022' && !('0' <= c && c <= '9') && c != '[' && c != '/'
}

func oneLine(text string) string { return strings.Join(codegen.Wrap(text, 1<<20), " ") }

// alias declares a definition that is a scalar, a list, a map or another definition.
func (p *printer) alias(t *codegen.Type) {
	of := p.use(p.element(t.Of))
	equals := ""
	if isAlias(of) || t.Of.Kind == codegen.Named {
		equals = "= "
	}
	p.line("type ", p.types[t], " ", equals, of)
}

func (p *printer) enum(t *codegen.Type) {
	name, base := p.types[t], p.use(p.enumBase(t))
	switch {
	case base == "Scalar":
		p.paragraph("Its values are " + valueList(t) + ".")
		p.line("type ", name, " = Scalar")
		return
	case isAlias(base):
		p.line("type ", name, " = ", base)
	default:
		p.line("type ", name, " ", base)
	}
	if len(t.Values) == 0 {
		return
	}
	p.gap()
	p.line("// Values of ", name, ".")
	p.line("const (")
	rows := make([]row, 0, len(t.Values))
	for _, v := range t.Values {
		if !v.Doc.Empty() {
			p.columns(rows)
			rows = rows[:0]
			p.comment(v.Doc, false)
		}
		rows = append(rows, row{p.values[v], name, "= " + literal(v, base)})
	}
	p.columns(rows)
	p.line(")")
	if !isAlias(base) {
		p.known(t)
	}
}

func (p *printer) known(t *codegen.Type) {
	p.gap()
	p.line("// IsKnown reports whether v is one of the values that the contract lists.")
	p.line("func (v ", p.types[t], ") IsKnown() bool {")
	p.line("switch v {")
	if len(t.Values) == 1 {
		p.line("case ", p.values[t.Values[0]], ":")
	} else {
		p.line("case ", p.values[t.Values[0]], ",")
		for i, v := range t.Values[1:] {
			end := ","
			if i == len(t.Values)-2 {
				end = ":"
			}
			p.line(p.values[v], end)
		}
	}
	p.line("return true")
	p.line("}")
	p.line("return false")
	p.line("}")
}

// literal writes an enum value as a Go constant.
func literal(v *codegen.Value, base string) string {
	switch base {
	case "string":
		return quote(v.Text())
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
