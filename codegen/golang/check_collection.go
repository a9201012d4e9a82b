package golang

import (
	"bytes"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

func (p *printer) checkList(u *codegen.Ref, x, at string) {
	s := u.Schema
	if least, most, ok := bounds(s.MinItems, s.MaxItems); ok {
		p.line("c.size(", at, `, "Items", "item", len(`, x, "), ", least, ", ", most, ")")
	}
	p.block("for i := range "+x, func() {
		p.inside(func() { p.checkItem(u.Elem, x) }, "c.item(n, "+at+", i)")
	})
	if !s.UniqueItems {
		return
	}
	if p.comparable(u.Elem) {
		p.line("unique(c, ", at, ", ", x, ")")
		return
	}
	p.line("{")
	p.checkText(p.variable("listOf", "&schema{kinds: isArray, unique: true}"), at, func() { p.encodeList(u, x) })
	p.line("}")
}

func (p *printer) checkItem(elem *codegen.Ref, x string) {
	start := len(p.body)
	item := p.item(elem, x)
	inner := len(p.body)
	switch p.checkPlace(elem, item, ""); {
	case len(p.body) == inner:
		p.body = p.body[:start]
	case item == "item" && !mentions(p.body[inner:], item):
		p.body = append(p.body[:start], p.body[inner:]...)
	}
}

// mentions reports whether code uses a name.
func mentions(code []byte, name string) bool {
	for at := 0; ; {
		i := bytes.Index(code[at:], []byte(name))
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !isWord(code[start-1])) && (end == len(code) || !isWord(code[end])) {
			return true
		}
		at = end
	}
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// inside writes checks of an element, with what puts their violations in their place.
func (p *printer) inside(check func(), place string) {
	start := len(p.body)
	p.line("n := len(c.found)")
	inner := len(p.body)
	if check(); len(p.body) == inner {
		p.body = p.body[:start]
		return
	}
	p.line(place)
}

// comparable reports whether == of Go says what equal means in JSON.
func (p *printer) comparable(r *codegen.Ref) bool {
	if r.Nullable {
		return false
	}
	switch u := r.Underlying(); u.Kind {
	case codegen.String, codegen.Boolean:
		return true
	case codegen.Integer:
		return p.integer(u.Schema) != "json.Number"
	case codegen.Number:
		return p.options["number"] != "json.Number"
	case codegen.Named:
		return u.Named.Kind == codegen.Enum && !isAlias(p.enumBase(u.Named))
	}
	return false
}

func (p *printer) checkMap(u *codegen.Ref, x, at string) {
	s := u.Schema
	if hardMap(s) {
		p.line("{")
		p.checkText(p.schemaVariable(s), at, func() { p.encodeMap(u, x) })
		p.line("}")
		return
	}
	if least, most, ok := bounds(s.MinProperties, s.MaxProperties); ok {
		count := "len(" + x + ")"
		if p.tagged {
			count += "+1"
		}
		p.line("c.size(", at, `, "Properties", "property", `, count, ", ", least, ", ", most, ")")
	}
	p.tagged = false
	start := len(p.body)
	p.line("for name, x := range ", x, " {")
	p.inside(func() {
		p.checkKey(s)
		inner := len(p.body)
		if p.checkPlace(u.Elem, "x", ""); !mentions(p.body[inner:], "x") {
			text := strings.Replace(string(p.body[start:]), "for name, x := range ", "for name := range ", 1)
			p.body = append(p.body[:start], text...)
		}
	}, "c.entry(n, "+at+", name)")
	p.line("}")
}

// hardMap reports whether a map's values are of one type for no reason that Go can say.
func hardMap(s *contracts.Schema) bool {
	return s.Types == contracts.Object && (len(s.PatternProperties) > 1 || len(s.PatternProperties) == 1 && s.Additional.Allowed)
}

// checkKey checks the name of a member of a map.
func (p *printer) checkKey(s *contracts.Schema) {
	p.line(`c.text("", name)`)
	if s.Types == contracts.Object && len(s.PatternProperties) == 1 {
		p.failUnless(p.pattern(s.PatternProperties[0].Pattern)+".matches(name)", `""`, "additionalProperties", "the property is not declared")
		return
	}
	if s.MapKeys == nil {
		return
	}
	keys := s.MapKeys.Resolved()
	if keys.Types == contracts.String && keys.Enum == nil {
		p.checkTextLimits(keys, "name", `""`)
		return
	}
	p.checkText(p.schemaVariable(keys), `""`, func() { p.line("e.text(name)") })
}
