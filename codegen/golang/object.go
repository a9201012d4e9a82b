package golang

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

// object is a struct with its names.
type object struct {
	members []member
	extra   string // field for members that are not declared; empty: there is none
}

// member is a field as it is printed.
type member struct {
	*codegen.Field
	name  string
	typ   string
	when  presence
	class contracts.PII
}

// fields names the fields of a struct. The field for undeclared members comes last and
// gives way to properties.
func (g *generator) fields(t *codegen.Type, names *codegen.Names) *object {
	scope := memberScope(names)
	o := &object{members: make([]member, 0, len(t.Fields))}
	for _, f := range t.Fields {
		typ, when := g.field(f)
		o.members = append(o.members, member{f, scope.Name(f.Name.Pascal(g.model.Initialisms), codegen.Origin{Type: t, Field: f}), typ, when, propertyClass(t.Schema, f.Property)})
	}
	if t.Extra != nil {
		o.extra = scope.Name(naming.New("extra").Pascal(nil), codegen.Origin{})
	}
	return o
}

// methods are those of all structs, which share a namespace with their fields.
var methods = []string{"MarshalJSON", "UnmarshalJSON", "AppendJSON", "Validate", "Redacted", "AppendRedacted", "LogValue"}

var methodScope = codegen.NewScope(methods...)

// memberScope is the namespace of a struct.
func memberScope(names *codegen.Names) *codegen.Scope {
	if names == nil {
		return methodScope.Inner()
	}
	return names.Scope(methods...)
}

// classOf is the most protected class of a value: that of the place or of what it refers to.
func classOf(s *contracts.Schema) contracts.PII {
	class := contracts.NoPII
	for ; s != nil; s = s.Target {
		if rank(s.PII) > rank(class) {
			class = s.PII
		}
	}
	return class
}

// propertyClass is the class of a property, by its own schema and those that patterns for
// names give it.
func propertyClass(object *contracts.Schema, property *contracts.Property) contracts.PII {
	class := classOf(property.Schema)
	for _, m := range object.PatternProperties {
		re, err := regexp.Compile(m.Pattern)
		if other := classOf(m.Schema); err == nil && rank(other) > rank(class) && re.MatchString(property.Name) {
			class = other
		}
	}
	return class
}

func rank(class contracts.PII) int {
	for i, c := range contracts.PIIClasses {
		if c == class {
			return i
		}
	}
	return 0
}

func (p *printer) object(t *codegen.Type, e *codegen.Event) {
	o, name := p.fields(t, nil), p.types[t]
	p.structure(t, o)
	p.constructor(t, o, e != nil && t == e.Payload)
	if e != nil && t == e.Payload {
		p.parser(e)
		p.about(e)
	}
	p.redactObject(t, o, e != nil && t == e.Payload)
	p.gap()
	p.line("// Validate returns what the contract objects to, a *ValidationError, or nil.")
	p.line("func (v ", name, ") Validate() error {")
	p.line("var c checker")
	p.line("v.check(&c)")
	p.line("return c.err()")
	p.line("}")
	p.checkObject(t, o)
	p.gap()
	p.line("// AppendJSON appends the JSON text to b.")
	p.line("func (v ", name, ") AppendJSON(b []byte) ([]byte, error) {")
	p.line("e := encoder{b: b}")
	p.line("v.encode(&e)")
	p.line("return e.done()")
	p.line("}")
	p.gap()
	p.line("// MarshalJSON is for encoding/json. AppendJSON takes a fraction of the time of json.Marshal.")
	p.short("func (v "+name+") MarshalJSON() ([]byte, error)", "return marshal(v.encode)")
	p.encodeObject(t, o)
	p.gap()
	p.line("// UnmarshalJSON reads what the contract, or a later version of it, allows: members that are not")
	p.line("// declared are ignored, and those that are missing keep their zero value.")
	p.line("func (v *", name, ") UnmarshalJSON(data []byte) error {")
	p.line("return unmarshal(data, v, (*", name, ").decode)")
	p.line("}")
	p.decodeObject(t, o)
}

func (p *printer) structure(t *codegen.Type, o *object) {
	name := p.types[t]
	if len(o.members) == 0 && o.extra == "" {
		p.line("type ", name, " struct{}")
		return
	}
	p.line("type ", name, " struct {")
	rows := make([]row, 0, len(o.members))
	for _, m := range o.members {
		if !m.Doc.Empty() {
			p.columns(rows)
			rows = rows[:0]
			p.comment(m.Doc, false)
		}
		rows = append(rows, row{m.name, p.use(m.typ), tag(m)})
	}
	p.columns(rows)
	if o.extra != "" {
		p.line("// ", o.extra, " holds the members that the contract does not declare.")
		p.line(o.extra, " map[string]", p.use(p.element(t.Extra.Type)), " `json:\"-\"`")
	}
	p.line("}")
}

func tag(m member) string {
	text, omit := m.Wire, ""
	switch {
	case !expressible(m.Wire):
		text = "-"
	case m.when != always:
		omit = ",omitzero"
	}
	text = quote(text + omit)
	if m.class != contracts.NoPII {
		text += " pii:" + quote(string(m.class))
	}
	return "`json:" + text + "`"
}

// expressible reports whether encoding/json takes the name from a struct tag.
func expressible(wire string) bool {
	for _, r := range wire {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) {
			return false
		}
	}
	return wire != "" && wire != "-"
}

// constant is the only value that a required property can have, or empty.
func (g *generator) constant(m member) string {
	named := declaredType(m.Type)
	if m.Type.Nullable || named == nil || named.Kind != codegen.Enum || named.Open || len(named.Values) != 1 || isAlias(g.enumBase(named)) {
		return ""
	}
	return g.values[named.Values[0]]
}

// parameters are the names of a constructor's parameters, in the order of the fields that
// are required and have a choice.
func (g *generator) parameters(o *object) []string {
	var names []string
	scope := codegen.NewScope()
	for _, m := range o.members {
		if m.when == always && g.constant(m) == "" {
			names = append(names, scope.Take(parameter(m.Name, g.model.Initialisms)))
		}
	}
	return names
}

// constructor makes required properties an obligation of the compiler. Payloads have one
// even when nothing is required, so that it is there when something will be.
func (p *printer) constructor(t *codegen.Type, o *object, payload bool) {
	var parameters, fields []string
	names := p.parameters(o)
	for _, m := range o.members {
		if m.when != always {
			continue
		}
		if value := p.constant(m); value != "" {
			fields = append(fields, m.name+": "+value)
			continue
		}
		name := names[len(parameters)]
		parameters = append(parameters, name+" "+p.use(m.typ))
		fields = append(fields, m.name+": "+name)
	}
	if len(fields) == 0 && !payload {
		return
	}
	p.gap()
	p.paragraph(p.constructors[t] + " makes " + article(p.types[t]) + " of what the contract requires.")
	head := "func " + p.constructors[t] + "("
	if line := head + strings.Join(parameters, ", ") + ") " + p.types[t] + " {"; len(line) <= width {
		p.line(line)
	} else {
		p.line(head)
		for _, parameter := range parameters {
			p.line(parameter, ",")
		}
		p.line(") ", p.types[t], " {")
	}
	p.composite(p.types[t], fields)
	p.line("}")
}

// composite returns a struct with fields.
func (p *printer) composite(name string, fields []string) {
	if line := "return " + name + "{" + strings.Join(fields, ", ") + "}"; len(line) <= width {
		p.line(line)
		return
	}
	p.line("return ", name, "{")
	rows := make([]row, len(fields))
	for i, field := range fields {
		key, value, _ := strings.Cut(field, ": ")
		rows[i] = row{key + ":", value + ","}
		p.unsure = p.unsure || len(key) > 40 // gofmt stops aligning somewhere
	}
	p.columns(rows)
	p.line("}")
}

func article(name string) string {
	if strings.ContainsRune("AEIO", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

func (p *printer) parser(e *codegen.Event) {
	name := p.types[e.Payload]
	p.gap()
	p.line("// ", p.parsers[e], " reads a payload and accepts exactly what the contract accepts. The error is a")
	p.line("// *ValidationError.")
	p.line("func ", p.parsers[e], "(data []byte) (", name, ", error) {")
	p.line("return parse(data, (*", name, ").decode, (*", name, ").check)")
	p.line("}")
}

func (p *printer) about(e *codegen.Event) {
	name, names := p.types[e.Payload], p.events[e]
	p.gap()
	p.line("func (", name, ") about() EventInfo {")
	p.line("return EventInfo{", names.name, ", ", names.version, ", ", names.digest, "}")
	p.line("}")
}

// decodeObject writes the method that reads a struct.
func (p *printer) decodeObject(t *codegen.Type, o *object) {
	p.gap()
	p.line("func (v *", p.types[t], ") decode(r *reader) {")
	p.line("var m members")
	p.line("for r.next(&m) {")
	if len(o.members) == 0 {
		p.decodeRest(t, o)
		p.line("}")
		p.line("}")
		return
	}
	p.line("switch string(m.name) {")
	for i, m := range o.members {
		p.line("case ", quote(m.Wire), ":")
		p.line("if r.first(&m, ", strconv.Itoa(i), ") {")
		p.line(p.decodeField(m))
		p.line("}")
	}
	p.line("default:")
	p.decodeRest(t, o)
	p.line("}")
	p.line("}")
	for i, m := range o.members {
		if m.when == always {
			p.line("r.require(&m, ", strconv.Itoa(i), ", ", quote(pointerToken(m.Wire)), ")")
		}
	}
	p.line("}")
}

func (p *printer) decodeRest(t *codegen.Type, o *object) {
	if o.extra == "" {
		p.line("r.ignore(&m)")
		return
	}
	p.line("if r.undeclared(&m) {")
	p.line("readEntry(&v.", o.extra, ", r, &m, ", p.elementReader(t.Extra.Type), ")")
	p.line("}")
}

func pointerToken(name string) string { return "/" + contracts.EscapePointer(name) }

// encodeObject writes the method that writes a struct.
func (p *printer) encodeObject(t *codegen.Type, o *object) {
	p.gap()
	p.line("func (v *", p.types[t], ") encode(e *encoder) {")
	p.line("e.open('{')")
	for _, m := range o.members {
		x := "v." + m.name
		switch m.when {
		case unlessNil:
			p.block("if "+x+" != nil", func() { p.encodeMember(m, x) })
		case ifPresent:
			p.block("if "+x+".Present", func() { p.encodeMember(m, x) })
		default:
			p.encodeMember(m, x)
		}
	}
	if o.extra != "" {
		p.encodeExtra(t, o)
	}
	p.line("e.close('}')")
	p.line("}")
}

func (p *printer) encodeMember(m member, x string) {
	value := x
	if m.when == ifPresent {
		value += ".Value"
	}
	p.guarded(p.class(m.class, m.Type, value), func() {
		p.line("e.member(", goString(jsonText(m.Wire)+":"), ")")
		switch {
		case m.when == ifPresent && m.Type.Nullable:
			p.encodeNullable(m.Type, x+".Valid", value)
		case m.when == always:
			p.encodePlace(m.Type, x)
		default:
			p.encodeValue(m.Type, value)
		}
	})
}

func (p *printer) encodeExtra(t *codegen.Type, o *object) {
	p.line("for name, x := range sorted(v.", o.extra, ") {")
	names := make([]string, len(o.members))
	for i, m := range o.members {
		names[i] = strconv.Quote(m.Wire)
	}
	if len(names) > 0 {
		p.line("switch name {")
		p.line("case ", strings.Join(names, ", "), ":")
		p.line("continue")
		p.line("}")
	}
	p.entry(p.extraClass(t, "x"), "", func() { p.encodePlace(t.Extra.Type, "x") })
	p.line("}")
}

// extraClass is the class of x, a member that an object does not declare.
func (p *printer) extraClass(t *codegen.Type, x string) string {
	s := t.Schema
	class := `"undeclared"`
	if s.Additional.Schema != nil {
		class = p.class(classOf(s.Additional.Schema), t.Extra.Type, x)
	} else if !s.Additional.Allowed {
		class = ""
	}
	if len(s.PatternProperties) == 1 && !s.Additional.Allowed {
		return p.class(classOf(s.PatternProperties[0].Schema), t.Extra.Type, x)
	}
	return p.patternClass(s, class)
}

// patternClass is an expression for the class of a member called name that patterns, or
// nothing but rest, describe.
func (p *printer) patternClass(s *contracts.Schema, rest string) string {
	classed := slices.ContainsFunc(s.PatternProperties, func(m *contracts.PatternProperty) bool { return classOf(m.Schema) != contracts.NoPII })
	if len(s.PatternProperties) == 0 || rest == "" && !classed {
		return rest
	}
	var list []string
	for _, m := range s.PatternProperties {
		list = append(list, "{"+p.pattern(m.Pattern)+", "+strconv.Quote(string(classOf(m.Schema)))+"}")
	}
	return "classOf(name, " + cmp.Or(rest, `"none"`) + ", []patternClass{" + strings.Join(list, ", ") + "})"
}

// guarded writes a value of a class, which an expression gives; an empty one is none.
func (p *printer) guarded(class string, write func()) {
	if class == "" {
		write()
		return
	}
	p.line("if hashed, stays := e.guard(", class, "); stays {")
	write()
	p.line("e.hashed = hashed")
	p.line("}")
}

// entry writes a member whose name is data. hashName says whether the name is hashed; empty:
// as what is around it.
func (p *printer) entry(class, hashName string, write func()) {
	p.guarded(class, func() {
		if class != "" {
			hashName = cmp.Or(hashName, "hashed")
		}
		if hashName == "" {
			p.line("e.entry(name)")
		} else {
			p.line("e.entryHashed(name, ", hashName, ")")
		}
		write()
	})
}

// class is an expression for the class of a value, or empty when it has none. That of a
// union depends on the variant.
func (p *printer) class(class contracts.PII, r *codegen.Ref, x string) string {
	u := r.Underlying()
	if u.Kind == codegen.Named && u.Named.Kind == codegen.Union && classed(u.Named) {
		return "stricter(" + strconv.Quote(string(class)) + ", classOf" + p.types[u.Named] + "(" + x + "))"
	}
	if class == contracts.NoPII {
		return ""
	}
	return strconv.Quote(string(class))
}

// classed reports whether variants of a union have classes.
func classed(t *codegen.Type) bool {
	return slices.ContainsFunc(t.Variants, func(v *codegen.Variant) bool {
		u := v.Type.Underlying()
		return classOf(v.Schema) != contracts.NoPII || u.Kind == codegen.Named && u.Named.Kind == codegen.Union && classed(u.Named)
	})
}
