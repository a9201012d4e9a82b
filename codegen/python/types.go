package python

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// member is a field of a class.
type member struct {
	*codegen.Field
	name string
}

// members names the fields of a class; extra is the one for members that are not declared,
// or empty. names learns of them; nil while code is printed.
func members(t *codegen.Type, names *codegen.Names) (list []member, extra string) {
	scope := names.Scope()
	list = make([]member, len(t.Fields))
	for i, f := range t.Fields {
		list[i] = member{f, scope.Name(identifier(f.Name.Snake()), codegen.Origin{Type: t, Field: f})}
	}
	if t.Extra != nil {
		extra = scope.Name("extra", codegen.Origin{})
	}
	return list, extra
}

// valueNames names the members of a class of values.
func valueNames(t *codegen.Type, names *codegen.Names) []string {
	scope := names.Scope()
	list := make([]string, len(t.Values))
	for i, v := range t.Values {
		name := v.Name.UpperSnake()
		if name[0] >= '0' && name[0] <= '9' {
			name = "N" + name
		}
		list[i] = scope.Name(name, codegen.Origin{Type: t, Value: v})
	}
	return list
}

// wrapped reports whether a variant has a class around it, which carries the discriminator.
func wrapped(t *codegen.Type, v *codegen.Variant) bool { return t.Discriminator != "" && v.TagImplied }

func (p *printer) object(t *codegen.Type, e *codegen.Event) {
	name := p.types[t]
	p.printf("@_dataclasses.dataclass(kw_only=True)\nclass %s:\n", name)
	members, extra := members(t, nil)
	p.docstring(nil, t.Doc)
	if e != nil && t == e.Payload {
		p.printf("    EVENT: _typing.ClassVar[str] = %s\n    VERSION: _typing.ClassVar[str] = %s\n    DIGEST: _typing.ClassVar[str] = %s\n\n",
			quote(e.Contract.Name), quote(e.Contract.Version.String()), quote(string(e.Digest)))
	}
	for _, m := range members {
		p.comment("    ", m.Doc)
		p.printf("    %s: %s\n", m.name, p.annotation(m))
	}
	if extra != "" {
		p.printf("    #: Members that are not declared.\n    %s: dict[str, %s] = _dataclasses.field(default_factory=dict)\n", extra, p.typeOf(t.Extra.Type))
	}
	p.fromJSON(t, members, extra)
	p.toJSON(members, extra)
	p.function(t, "return "+p.reader(t)+"(value, at)")
}

func (p *printer) reader(t *codegen.Type) string { return p.types[t] + "._read" }

// annotation is the type of a member, with its default when it may be left out.
func (p *printer) annotation(m member) string {
	text := p.typeOf(m.Type)
	switch {
	case m.Required:
		return text
	case m.Type.Nullable || m.Type.Kind == codegen.Any:
		return text + " | _runtime.Unset = _runtime.UNSET"
	}
	return text + " | None = None"
}

// fromJSON writes the methods that read.
func (p *printer) fromJSON(t *codegen.Type, members []member, extra string) {
	p.printf("\n    @classmethod\n    def from_json(cls, value: object) -> %s:\n        return cls._read(value, \"\")\n", p.types[t])
	p.printf("\n    @classmethod\n    def _read(cls, value: object, at: str) -> %s:\n        members = _runtime.members(value, at)\n", p.types[t])
	wires := make([]string, len(members))
	for i, m := range members {
		wires[i] = quote(m.Wire)
	}
	keys := "frozenset()"
	if len(wires) > 0 {
		keys = "frozenset((" + strings.Join(wires, ", ") + ",))"
	}
	if extra == "" {
		p.printf("        _runtime.declared(members, %s, at)\n", keys)
	}
	p.printf("        return cls(\n")
	for _, m := range members {
		function := "required"
		if !m.Required {
			function = "optional"
			if m.Type.Nullable || m.Type.Kind == codegen.Any {
				function = "settable"
			}
		}
		p.printf("            %s=_runtime.%s(members, %s, at, %s),\n", m.name, function, quote(m.Wire), p.decoder(m.Type))
	}
	if extra != "" {
		p.printf("            %s=_runtime.others(members, %s, at, %s),\n", extra, keys, p.decoder(t.Extra.Type))
	}
	p.printf("        )\n")
}

func (p *printer) toJSON(members []member, extra string) {
	p.printf("\n    def to_json(self) -> dict[str, _runtime.Json]:\n        members: dict[str, _runtime.Json] = {}\n")
	for _, m := range members {
		indent := "        "
		switch {
		case m.Required:
		case m.Type.Nullable || m.Type.Kind == codegen.Any:
			p.printf("        if self.%s is not _runtime.UNSET:\n", m.name)
			indent += "    "
		default:
			p.printf("        if self.%s is not None:\n", m.name)
			indent += "    "
		}
		p.printf("%smembers[%s] = _runtime.encode(self.%s)\n", indent, quote(m.Wire), m.name)
	}
	if extra != "" {
		p.printf("        for key, value in self.%s.items():\n            members.setdefault(key, _runtime.encode(value))\n", extra)
	}
	p.printf("        return members\n")
}

// isClass reports whether an enum is a class of Python's: one of strings or of whole
// numbers.
func isClass(t *codegen.Type) bool {
	return len(t.Values) > 0 && (t.Base == contracts.String || t.Base == contracts.Integer)
}

func (p *printer) enum(t *codegen.Type) {
	if !isClass(t) {
		p.values(t)
		return
	}
	base := scalars(t.Base)
	p.printf("class %s(%s, _enum.Enum):\n", p.types[t], base)
	p.docstring(nil, t.Doc)
	names := valueNames(t, nil)
	for i, v := range t.Values {
		p.comment("    ", v.Doc)
		p.printf("    %s = %s\n", names[i], literal(v))
	}
	if t.Open {
		p.function(t, fmt.Sprintf("return _runtime.known_or(%s, %s)(value, at)", p.types[t], scalarDecoder(t.Base)))
		return
	}
	p.function(t, fmt.Sprintf("return _runtime.known(%s)(value, at)", p.types[t]))
}

// values writes an enum that is no class: the scalars that it is made of.
func (p *printer) values(t *codegen.Type) {
	decoder := scalarDecoder(t.Base)
	none := len(t.Values) == 0 && !t.Open // only null is valid
	if none {
		decoder = "_runtime.nothing"
	}
	list := make([]string, len(t.Values))
	for i, v := range t.Values {
		list[i] = v.JSON
	}
	doc := t.Doc
	if len(list) > 0 {
		doc.Lines = append(append([]string{}, doc.Lines...), "One of "+strings.Join(list, ", ")+".")
	}
	p.comment("", doc)
	text := cmp.Or(scalars(t.Base), "str")
	if none {
		text = "str"
	}
	p.printf("%s: _typing.TypeAlias = %s\n", p.types[t], quote(text))
	p.function(t, "return "+decoder+"(value, at)")
}

// literal writes a value of an enum.
func literal(v *codegen.Value) string {
	if v.IsString() {
		return quote(v.Text())
	}
	return contracts.Decimal(v.JSON).Rat().Num().String() // 1e3 and 1.0 are whole numbers too
}

// union writes the choice between variants. Where the discriminator is not declared by a
// variant, a class around it carries that.
func (p *printer) union(t *codegen.Type) {
	var types, lines []string
	wrappers := ""
	if t.Discriminator != "" {
		lines = append(lines, "tag = _runtime.tag(value, "+quote(t.Discriminator)+", at)")
	}
	for _, v := range t.Variants {
		decoder := p.decoder(v.Type)
		typ, call := p.typeOf(v.Type), decoder+"(value, at)"
		if wrapped(t, v) {
			name := p.wrappers[v]
			wrappers += p.wrapper(name, typ, t.Discriminator, v)
			typ, call = name, name+"("+decoder+"(_runtime.untagged(value, "+quote(t.Discriminator)+", at), at))"
		}
		types = append(types, typ)
		if t.Discriminator != "" {
			lines = append(lines, "if tag == "+quote(v.Tag)+":", "    return "+call)
		} else {
			lines = append(lines, "try:", "    return "+call, "except _runtime.PayloadError:", "    pass")
		}
	}
	message := "no variant fits"
	at := "at"
	if t.Discriminator != "" {
		message, at = "the value selects no variant", "_runtime.below(at, "+quote(t.Discriminator)+")"
	}
	lines = append(lines, "raise _runtime.PayloadError("+at+", "+quote(message)+")")
	p.body.WriteString(wrappers)
	p.alias(t, strings.Join(types, " | "))
	p.function(t, lines...)
}

func (p *printer) wrapper(name, typ, discriminator string, v *codegen.Variant) string {
	var b strings.Builder
	fmt.Fprintf(&b, "@_dataclasses.dataclass\nclass %s:\n    value: %s\n\n", name, typ)
	fmt.Fprintf(&b, "    def to_json(self) -> _runtime.Json:\n        return _runtime.tagged(%s, %s, self.value)\n\n\n", quote(discriminator), quote(v.Tag))
	return b.String()
}
