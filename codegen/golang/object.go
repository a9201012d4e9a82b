package golang

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts/naming"
)

// member is a field as it is printed.
type member struct {
	*codegen.Field
	name string
	typ  string
	when presence
}

// object declares a struct. encoding/json does the rest where struct tags can say
// everything; objects with undeclared members, or with names that tags cannot
// hold, get methods.
func (p *printer) object(t *codegen.Type) {
	members, extra := p.membersOf(t)
	p.line("type %s struct {", p.types[t])
	exact := t.Extra != nil
	for _, m := range members {
		p.comment(m.Doc, false)
		p.line("%s %s %s", m.name, m.typ, tag(m))
		exact = exact || !expressible(m.Wire)
	}
	if extra != "" {
		p.line("// %s holds the members that the contract does not declare.", extra)
		p.line("%s map[string]%s `json:\"-\"`", extra, p.element(t.Extra.Type))
	}
	p.line("}\n")
	switch {
	case exact:
		p.unmarshalExact(t, members, extra)
		p.marshalExact(t, members, extra)
	default:
		p.marshalLists(t, members)
	}
}

// membersOf names the fields of a struct. The field for undeclared members comes
// last and gives way to properties.
func (p *printer) membersOf(t *codegen.Type) (members []member, extra string) {
	// Methods and fields share one namespace.
	scope := codegen.NewScope("MarshalJSON", "UnmarshalJSON")
	for _, f := range t.Fields {
		typ, when := p.field(f)
		members = append(members, member{f, scope.Take(f.Name.Pascal(p.model.Initialisms)), typ, when})
	}
	if t.Extra != nil {
		extra = scope.Take(naming.New("extra").Pascal(nil))
	}
	return members, extra
}

func tag(m member) string {
	if !expressible(m.Wire) {
		return "`json:\"-\"`"
	}
	text := m.Wire
	switch {
	case m.when == unlessNil || m.when == ifPresent:
		text += ",omitzero"
	case text == "-":
		text += ","
	}
	return "`json:" + strconv.Quote(text) + "`"
}

// expressible reports whether encoding/json takes the name from a struct tag.
func expressible(wire string) bool {
	for _, r := range wire {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) {
			return false
		}
	}
	return wire != ""
}

func (p *printer) unmarshalExact(t *codegen.Type, members []member, extra string) {
	name := p.types[t]
	p.line("// UnmarshalJSON reads members by their exact names.")
	p.line("func (v *%s) UnmarshalJSON(data []byte) error {", name)
	p.line("members, err := readMembers(data)")
	p.line("if err != nil || members == nil {\nreturn err\n}")
	p.line("*v = %s{}", name)
	for _, m := range members {
		p.line("if err := members.take(%s, &v.%s); err != nil {\nreturn err\n}", strconv.Quote(m.Wire), m.name)
	}
	if extra == "" {
		p.line("return nil\n}\n")
		return
	}
	p.line("return members.rest(&v.%s)\n}\n", extra)
}

func (p *printer) marshalExact(t *codegen.Type, members []member, extra string) {
	p.line("// MarshalJSON writes members by their exact names.")
	p.line("func (v %s) MarshalJSON() ([]byte, error) {", p.types[t])
	p.line("var w memberWriter")
	for _, m := range members {
		write := "w.write(" + strconv.Quote(m.Wire) + ", v." + m.name + ")"
		switch m.when {
		case unlessNil:
			p.line("if v.%s != nil {\n%s\n}", m.name, write)
		case ifPresent:
			p.line("if v.%s.Present {\n%s\n}", m.name, write)
		case neverNil:
			p.line("if v.%s == nil {\nv.%s = %s{}\n}\n%s", m.name, m.name, m.typ, write)
		default:
			p.line("%s", write)
		}
	}
	if extra != "" {
		p.line("writeRest(&w, v.%s)", extra)
	}
	p.line("return w.close()\n}\n")
}

// marshalLists keeps nil lists and maps that must not be null from becoming null.
func (p *printer) marshalLists(t *codegen.Type, members []member) {
	var lists []member
	for _, m := range members {
		if m.when == neverNil {
			lists = append(lists, m)
		}
	}
	if len(lists) == 0 {
		return
	}
	p.line("// MarshalJSON writes lists and maps that are nil as empty ones.")
	p.line("func (v %s) MarshalJSON() ([]byte, error) {", p.types[t])
	for _, m := range lists {
		p.line("if v.%s == nil {\nv.%s = %s{}\n}", m.name, m.name, m.typ)
	}
	p.line("type plain %s\nreturn %s(plain(v))\n}\n", p.types[t], p.use("json.Marshal"))
}
