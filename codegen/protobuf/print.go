package protobuf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/codegen"
)

// printer writes files as buf format would, one after the other.
type printer struct {
	b     []byte
	depth int
}

func (p *printer) file(f *file) []byte {
	p.b = p.b[:0]
	p.line("// " + codegen.Marker)
	p.line("")
	p.line(`syntax = "proto3";`)
	p.line("")
	p.line("package ", f.packageName, ";")
	p.line("")
	for _, path := range f.imports {
		p.line("import ", literal(path), ";")
	}
	if len(f.imports) > 0 {
		p.line("")
	}
	if options := fileOptions(f); len(options) > 0 {
		for _, option := range options {
			p.line(option)
		}
		p.line("")
	}
	p.types(f.types)
	return p.b
}

func fileOptions(f *file) []string {
	parts := strings.Split(f.packageName, ".")
	var options []string
	if base := f.config.goPackage; base != "" {
		path := base + "/" + strings.Join(parts, "/")
		options = append(options, "option go_package = "+literal(path+";"+strings.Join(parts[len(parts)-2:], ""))+";")
	}
	if base := f.config.javaPackage; base != "" {
		options = append(options, "option java_multiple_files = true;", "option java_package = "+literal(base+"."+f.packageName)+";")
	}
	return options
}

func (p *printer) line(parts ...string) {
	if len(parts) > 1 || parts[0] != "" {
		for range p.depth {
			p.b = append(p.b, "  "...)
		}
	}
	for _, part := range parts {
		p.b = append(p.b, part...)
	}
	p.b = append(p.b, '\n')
}

// commentWidth is where comments are wrapped, without their indentation.
const commentWidth = 92

func (p *printer) comment(doc []string) {
	for _, sentence := range doc {
		for line := range codegen.Lines(sentence, commentWidth) {
			p.line("// ", line)
		}
	}
}

// types prints declarations with an empty line between them.
func (p *printer) types(list []any) {
	for i, t := range list {
		if i > 0 {
			p.line("")
		}
		switch t := t.(type) {
		case *message:
			p.message(t)
		case *enum:
			p.enum(t)
		}
	}
}

func (p *printer) message(m *message) {
	p.comment(m.doc)
	if len(m.fields)+len(m.reserved)+len(m.types) == 0 && !m.deprecated {
		p.line("message ", m.name, " {}")
		return
	}
	p.line("message ", m.name, " {")
	p.depth++
	p.head(m.deprecated, m.reserved, m.names, len(m.fields) > 0)
	if m.oneof != "" {
		p.line("oneof ", m.oneof, " {")
		p.depth++
		if m.chosen {
			p.line("option (buf.validate.oneof).required = true;")
		}
	}
	for i := range m.fields {
		p.member(&m.fields[i])
	}
	if m.oneof != "" {
		p.depth--
		p.line("}")
	}
	if len(m.types) > 0 && len(m.fields) > 0 {
		p.line("")
	}
	p.types(m.types)
	p.depth--
	p.line("}")
}

func (p *printer) enum(e *enum) {
	p.comment(e.doc)
	p.line("enum ", e.name, " {")
	p.depth++
	p.head(e.deprecated, e.reserved, e.names, true)
	p.member(&field{name: e.zero})
	for i := range e.values {
		p.member(&e.values[i])
	}
	p.depth--
	p.line("}")
}

// head prints what stands before the members: options and reserved numbers, and an
// empty line when members follow.
func (p *printer) head(deprecated bool, reserved []int, names []string, more bool) {
	if deprecated {
		p.line("option deprecated = true;")
	}
	if len(reserved) > 0 {
		p.line("reserved " + ranges(reserved) + ";")
	}
	if len(names) > 0 {
		quoted := make([]string, len(names))
		for i, name := range names {
			quoted[i] = literal(name)
		}
		p.line("reserved " + strings.Join(quoted, ", ") + ";")
	}
	if more && (deprecated || len(reserved) > 0) {
		p.line("")
	}
}

// ranges writes ascending numbers as protobuf does: 1, 3 to 5.
func ranges(list []int) string {
	var parts []string
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n] == list[0]+n {
			n++
		}
		if n > 2 {
			parts = append(parts, fmt.Sprintf("%d to %d", list[0], list[n-1]))
		} else {
			for _, number := range list[:n] {
				parts = append(parts, strconv.Itoa(number))
			}
		}
		list = list[n:]
	}
	return strings.Join(parts, ", ")
}

// member prints a field, or an enum value, which has no type; the zero value of an enum has number 0.
func (p *printer) member(f *field) {
	var room [4]string
	options := room[:0]
	if f.deprecated {
		options = append(options, "deprecated = true")
	}
	if f.jsonName != "" {
		options = append(options, "json_name = "+literal(f.jsonName))
	}
	options = append(options, f.rules...)
	p.comment(f.doc)
	gap := " "
	if f.typ == "" {
		gap = ""
	}
	end, more := ";", ""
	switch len(options) {
	case 0:
	case 1:
		end, more = " [", options[0]+"];"
	default:
		end = " ["
	}
	p.line(f.label, f.typ, gap, f.name, " = ", strconv.Itoa(f.number), end, more)
	if len(options) < 2 {
		return
	}
	p.depth++
	for i, option := range options {
		p.line(option, map[bool]string{true: ",", false: ""}[i < len(options)-1])
	}
	p.depth--
	p.line("];")
}

// literal writes text as a string of the protobuf language.
func literal(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		return `"` + text + `"`
	}
	b := []byte{'"'}
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r < ' ' || r == 0x7f || slices.Contains(invisible, r):
			for _, c := range utf8.AppendRune(nil, r) {
				b = append(b, fmt.Sprintf(`\%03o`, c)...)
			}
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(append(b, '"'))
}

// invisible characters are escaped, so that a reader of the file sees them: byte
// order mark, separators of lines and paragraphs, and what changes the direction
// of writing.
var invisible = []rune{0xfeff, 0x2028, 0x2029, 0x85, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069}
