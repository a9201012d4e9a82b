package protobuf

import (
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/numbers"
)

// docs finds the documentation that the model holds by what it is about.
type docs struct {
	types      map[*contracts.Schema]doc
	properties map[*contracts.Property]doc
	variants   map[*contracts.Variant]doc
	values     map[*contracts.Schema]map[string]doc // by JSON text
}

// doc is a comment, one entry for each sentence.
type doc struct {
	lines      []string
	deprecated bool
}

func docOf(d codegen.Doc) doc {
	lines := d.Lines[:len(d.Lines):len(d.Lines)]
	if d.Deprecated != "" {
		lines = append(lines, "Deprecated: "+d.Deprecated)
	}
	return doc{lines, d.Deprecated != ""}
}

func docsOf(e *codegen.Event) docs {
	fields, variants := 0, 0
	for _, t := range e.Reach {
		fields, variants = fields+len(t.Fields), variants+len(t.Variants)
	}
	d := docs{
		make(map[*contracts.Schema]doc, len(e.Reach)), make(map[*contracts.Property]doc, fields),
		make(map[*contracts.Variant]doc, variants), map[*contracts.Schema]map[string]doc{},
	}
	for _, t := range e.Reach {
		d.types[t.Schema] = docOf(t.Doc)
		for _, f := range t.Fields {
			d.properties[f.Property] = docOf(f.Doc)
		}
		for _, v := range t.Variants {
			d.variants[v.Variant] = docOf(v.Doc)
		}
		if len(t.Values) == 0 {
			continue
		}
		values := make(map[string]doc, len(t.Values))
		for _, v := range t.Values {
			values[v.JSON] = docOf(v.Doc)
		}
		d.values[t.Schema] = values
	}
	return d
}

// member documents a property or variant. What its type does not say on the wire
// is added: the values of an open list.
func (d docs) member(f *numbers.Field) doc {
	if f.Variant != nil {
		return d.variants[f.Variant]
	}
	out := d.properties[f.Property]
	if s := f.Type.Schema; s != nil && s.Open && len(s.Enum) > 0 {
		out.lines = append(out.lines[:len(out.lines):len(out.lines)], openValues(s))
	}
	return out
}

// maxListed bounds how many values of an open list a comment names.
const maxListed = 20

func openValues(s *contracts.Schema) string {
	var values []string
	for _, v := range s.Enum {
		if len(values) == maxListed {
			break
		}
		values = append(values, v.JSON)
	}
	return "Known values are " + strings.Join(values, ", ") + "; others may follow."
}

func (d docs) value(enum *contracts.Schema, f numbers.Field) doc {
	return d.values[enum][f.Value.JSON]
}

// quote writes text as people read it in a comment.
func quote(text string) string { return document.Quote(text) }

// quoteOdd leaves names alone that cannot be taken for something else.
func quoteOdd(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '"' || r == '`' || r == ',' }) {
		return quote(name)
	}
	return name
}
