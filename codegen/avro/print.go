package avro

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/document"
)

// print writes a schema as a file: what fits stands in one line.
func print(s *schema, namespace string) []byte {
	w := &writer{written: map[*schema]bool{}, namespace: namespace}
	if s.before != "" {
		w.before = sibling(namespace, s.before) + "."
	}
	out := w.schema(s).append(nil, 0)
	return append(out, '\n')
}

// writer turns schemas into JSON. A record or enum stands where it is used first, and is
// named everywhere else.
type writer struct {
	written   map[*schema]bool
	namespace string // of the next record, and so of all within it
	before    string // stands before aliases that are in another namespace
}

// sibling is the namespace in which another event has the same major version.
func sibling(namespace, word string) string {
	parts := strings.Split(namespace, ".")
	if len(parts) > 1 {
		parts[len(parts)-2] = word
	}
	return strings.Join(parts, ".")
}

func (w *writer) schema(s *schema) value {
	switch {
	case s.kind == "union":
		list := make([]value, len(s.branches))
		for i, b := range s.branches {
			list[i] = w.schema(b)
		}
		return value{items: list}
	case s.named() && w.written[s]:
		return quoted(s.name)
	case s.named():
		w.written[s] = true
		return w.declaration(s)
	case s.kind == "array":
		return object(member{"type", quoted(s.kind)}, member{"items", w.schema(s.elem)})
	case s.kind == "map":
		return object(member{"type", quoted(s.kind)}, member{"values", w.schema(s.elem)})
	case s.logical == "decimal":
		return object(member{"type", quoted(s.kind)}, member{"logicalType", quoted(s.logical)}, member{"precision", value{text: strconv.Itoa(precision)}}, member{"scale", value{text: "0"}})
	case s.logical != "":
		return object(member{"type", quoted(s.kind)}, member{"logicalType", quoted(s.logical)})
	}
	return quoted(s.kind)
}

func (w *writer) declaration(s *schema) value {
	o := object(member{"type", quoted(s.kind)}, member{"name", quoted(s.name)})
	if w.namespace != "" {
		o.add("namespace", quoted(w.namespace))
		w.namespace = ""
	}
	o.attributes(s.attributes)
	aliases := slices.Clone(s.aliases)
	for _, name := range s.elsewhere {
		aliases = append(aliases, w.before+name)
	}
	o.documentation(s.doc, aliases)
	if s.kind == "record" {
		list := make([]value, len(s.fields))
		for i, f := range s.fields {
			list[i] = w.field(f)
		}
		o.add("fields", value{items: list})
		return o
	}
	list := make([]value, len(s.symbols))
	var texts value
	for i, v := range s.symbols {
		list[i] = quoted(v.name)
		if v.name != v.text {
			texts.add(v.name, quoted(v.text))
		}
	}
	o.add("symbols", value{items: list})
	if len(texts.members) > 0 {
		o.add("texts", texts)
	}
	return o
}

func (w *writer) field(f *field) value {
	typ, fallback := f.withFallback()
	o := object(member{"name", quoted(f.name)}, member{"type", w.schema(typ)})
	if fallback != "" {
		o.add("default", value{text: fallback})
	}
	o.documentation(f.doc, f.aliases)
	if f.wire != "" && f.wire != f.name {
		o.add("property", quoted(f.wire))
	}
	if f.former {
		o.add("former", value{text: "true"})
	}
	o.attributes(f.attributes)
	return o
}

// value is JSON: members, items, or the text of a scalar, whichever is set.
type value struct {
	text    string
	items   []value
	members []member
}

type member struct {
	name string
	value
}

// width is how long a line may be.
const width = 120

// append writes a value after b, in one line where that fits.
func (v value) append(b []byte, spaces int) []byte {
	start := bytes.LastIndexByte(b, '\n') + 1
	line, fits := v.line(b, start)
	switch {
	case fits, v.items == nil && v.members == nil:
		return line
	case v.items != nil:
		b = append(b, '[')
		for i, item := range v.items {
			b = item.append(indent(b, i, spaces+2), spaces+2)
		}
		return append(indent(b, 0, spaces), ']')
	}
	b = append(b, '{')
	for i, m := range v.members {
		b = append(document.AppendQuoted(indent(b, i, spaces+2), m.name), ": "...)
		b = m.append(b, spaces+2)
	}
	return append(indent(b, 0, spaces), '}')
}

// indent starts the line of the i-th part of something.
func indent(b []byte, i, spaces int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return append(append(b, '\n'), strings.Repeat(" ", spaces)...)
}

// line writes a value after b, whose line starts at an index, and gives up when the line
// becomes too long.
func (v value) line(b []byte, start int) (line []byte, fits bool) {
	closing, parts := byte(']'), len(v.items)
	switch {
	case v.items != nil:
		b = append(b, '[')
	case v.members != nil:
		b, closing, parts = append(b, '{'), '}', len(v.members)
	default:
		b = append(b, v.text...)
		return b, utf8.RuneCount(b[start:]) < width
	}
	fits = true
	for i := 0; i < parts && fits; i++ {
		b = separated(b, i)
		if v.items != nil {
			b, fits = v.items[i].line(b, start)
			continue
		}
		b = append(document.AppendQuoted(b, v.members[i].name), ": "...)
		b, fits = v.members[i].line(b, start)
	}
	b = append(b, closing)
	return b, fits && utf8.RuneCount(b[start:]) < width
}

func separated(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ", "...)
	}
	return b
}

func object(members ...member) value { return value{members: members} }

func quoted(text string) value { return value{text: string(document.AppendQuoted(nil, text))} }

func (v *value) add(name string, of value) { v.members = append(v.members, member{name, of}) }

func (v *value) attributes(list []attribute) {
	for _, a := range list {
		if text, ok := a.value.(string); ok {
			v.add(a.name, quoted(text))
		} else {
			v.add(a.name, value{text: "true"})
		}
	}
}

func (v *value) documentation(doc string, aliases []string) {
	if doc != "" {
		v.add("doc", quoted(doc))
	}
	if len(aliases) > 0 {
		list := make([]value, len(aliases))
		for i, alias := range aliases {
			list[i] = quoted(alias)
		}
		v.add("aliases", value{items: list})
	}
}
