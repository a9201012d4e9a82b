package python

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// printer writes one module.
type printer struct {
	*generator
	unit    *codegen.Unit
	body    bytes.Buffer
	imports map[string]bool // modules of other units
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.body, format, args...) }

func (p *printer) module(e *codegen.Event) []byte {
	for _, t := range p.unit.Types {
		p.printf("\n\n")
		switch {
		case t.Kind == codegen.Object:
			p.object(t, e)
		case t.Kind == codegen.Enum:
			p.enum(t)
		case t.Kind == codegen.Union:
			p.union(t)
		default:
			p.alias(t, p.typeOf(t.Of))
			p.function(t, "return "+p.decoder(t.Of)+"(value, at)")
		}
	}
	var b bytes.Buffer
	b.WriteString(header + "from __future__ import annotations\n\nimport dataclasses as _dataclasses\nimport enum as _enum\nimport typing as _typing\n\nfrom . import _runtime\n")
	for _, module := range slices.Sorted(maps.Keys(p.imports)) {
		fmt.Fprintf(&b, "from . import %s as _in_%s\n", module, module)
	}
	b.Write(p.body.Bytes())
	return b.Bytes()
}

// refer names something of a type's module.
func (p *printer) refer(t *codegen.Type, name string) string {
	if t.Unit == p.unit {
		return name
	}
	p.imports[p.modules[t.Unit]] = true
	return "_in_" + p.modules[t.Unit] + "." + name
}

func (p *printer) decoderName(t *codegen.Type) string { return "_decode_" + t.Name.Snake() }

// typeOf is the annotation of a place.
func (p *printer) typeOf(r *codegen.Ref) string {
	text := p.notNull(r)
	if r.Nullable && r.Kind != codegen.Any {
		text += " | None"
	}
	return text
}

func (p *printer) notNull(r *codegen.Ref) string {
	switch r.Kind {
	case codegen.String:
		return "str"
	case codegen.Integer:
		return "int"
	case codegen.Number:
		return "float"
	case codegen.Boolean:
		return "bool"
	case codegen.Scalar:
		return scalars(r.Types)
	case codegen.Array:
		return "list[" + p.typeOf(r.Elem) + "]"
	case codegen.Map:
		return "dict[str, " + p.typeOf(r.Elem) + "]"
	case codegen.Named:
		name := p.refer(r.Named, p.types[r.Named])
		if r.Named.Kind == codegen.Enum && isClass(r.Named) && r.Named.Open {
			name += " | " + scalars(r.Named.Base)
		}
		return name
	}
	return "_runtime.Json"
}

// scalars is the annotation of one of several scalar types.
func scalars(types contracts.Types) string {
	var list []string
	for _, one := range scalarTypes {
		if types&one.bit != 0 {
			list = append(list, one.name)
		}
	}
	return strings.Join(list, " | ")
}

// scalarTypes are in the order in which a value is tried: no value is taken by a type
// that would change it.
var scalarTypes = []struct {
	bit           contracts.Types
	name, decoder string
}{
	{contracts.String, "str", "text"}, {contracts.Boolean, "bool", "boolean"},
	{contracts.Integer, "int", "integer"}, {contracts.Number, "float", "number"},
}

// decoder is an expression of a function that reads what stands in a place.
func (p *printer) decoder(r *codegen.Ref) string {
	text := p.notNullDecoder(r)
	if r.Nullable && r.Kind != codegen.Any {
		return "_runtime.or_null(" + text + ")"
	}
	return text
}

func (p *printer) notNullDecoder(r *codegen.Ref) string {
	switch r.Kind {
	case codegen.String:
		return "_runtime.text"
	case codegen.Integer:
		return "_runtime.integer"
	case codegen.Number:
		return "_runtime.number"
	case codegen.Boolean:
		return "_runtime.boolean"
	case codegen.Scalar:
		return scalarDecoder(r.Types)
	case codegen.Array:
		return "_runtime.list_of(" + p.decoder(r.Elem) + ")"
	case codegen.Map:
		return "_runtime.map_of(" + p.decoder(r.Elem) + ")"
	case codegen.Named:
		return p.refer(r.Named, p.decoderName(r.Named))
	}
	return "_runtime.anything"
}

// scalarDecoder is an expression of the function for one or several scalar types.
func scalarDecoder(types contracts.Types) string {
	text := ""
	for _, one := range slices.Backward(scalarTypes) {
		switch {
		case types&one.bit == 0:
		case text == "":
			text = "_runtime." + one.decoder
		default:
			text = "_runtime.either(_runtime." + one.decoder + ", " + text + ")"
		}
	}
	return text
}

// function writes the function that reads a type.
func (p *printer) function(t *codegen.Type, lines ...string) {
	result := p.types[t]
	if t.Kind == codegen.Enum && isClass(t) && t.Open {
		result += " | " + scalars(t.Base)
	}
	p.printf("\n\ndef %s(value: object, at: str) -> %s:\n", p.decoderName(t), result)
	for _, line := range lines {
		p.printf("    %s\n", line)
	}
}

// alias names a type that is not a class. It is text, so that it may name what follows.
func (p *printer) alias(t *codegen.Type, text string) {
	p.comment("", t.Doc)
	p.printf("%s: _typing.TypeAlias = %s\n", p.types[t], quote(text))
}

const width = 96

// comment writes what is known about a declaration in lines that tools of documentation
// read.
func (p *printer) comment(indent string, d codegen.Doc) {
	for _, line := range docLines(d) {
		for _, part := range codegen.Wrap(line, width) {
			p.printf("%s#: %s\n", indent, part)
		}
	}
}

func docLines(d codegen.Doc) []string {
	lines := slices.Clone(d.Lines)
	if d.Deprecated != "" {
		lines = append(lines, "Deprecated: "+d.Deprecated)
	}
	return lines
}

// docstring writes the same within a class. Nothing in it ends it.
func (p *printer) docstring(first []string, d codegen.Doc) {
	var lines []string
	for _, line := range append(first, docLines(d)...) {
		lines = append(lines, codegen.Wrap(line, width)...)
	}
	text := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.Join(lines, "\n    "))
	switch {
	case text == "":
	case len(lines) == 1:
		p.printf("    \"\"\"%s\"\"\"\n\n", text)
	default:
		p.printf("    \"\"\"%s\n    \"\"\"\n\n", text)
	}
}
