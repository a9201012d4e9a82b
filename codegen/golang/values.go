package golang

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// quote is a Go literal of a text.
func quote(text string) string {
	if isPlain(text) {
		return `"` + text + `"`
	}
	return strconv.Quote(text)
}

// isPlain reports whether a text is characters of ASCII that stand between quotes as they
// are, in Go and in JSON.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// jsonText is a string in JSON.
func jsonText(text string) string {
	if isPlain(text) {
		return `"` + text + `"`
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // strings always encode
	return strings.TrimSuffix(b.String(), "\n")
}

// goString is a Go literal of a text, between backquotes where that reads better.
func goString(text string) string {
	if strconv.CanBackquote(text) && strings.Contains(text, `"`) {
		return "`" + text + "`"
	}
	return quote(text)
}

// decodeField is the statement that reads the value of a property.
func (p *printer) decodeField(m member) string {
	x := "&v." + m.name
	switch {
	case m.when == ifPresent && m.Type.Nullable:
		return "readOptionalNullable(" + x + ", r, " + p.reader(m.Type) + ")"
	case m.when == ifPresent:
		return "readOptional(" + x + ", r, " + p.reader(m.Type) + ")"
	case m.when == always:
		return p.decodePlace(m.Type, x)
	}
	return p.decodeValue(m.Type, x)
}

// decodePlace reads what may be null into x, a pointer.
func (p *printer) decodePlace(r *codegen.Ref, x string) string {
	switch {
	case !r.Nullable || r.Underlying().Kind == codegen.Any:
		return p.decodeValue(r, x)
	case nilable(r):
		return "readUnlessNull(" + x + ", r, " + p.reader(r) + ")"
	}
	return "readNullable(" + x + ", r, " + p.reader(r) + ")"
}

// decodeValue reads what is not null into x, a pointer.
func (p *printer) decodeValue(r *codegen.Ref, x string) string {
	u := r.Underlying()
	variable, isField := strings.CutPrefix(x, "&")
	if !isField {
		variable = x
	}
	switch {
	case u.Kind == codegen.Named && u.Named.Kind == codegen.Object:
		return variable + ".decode(r)"
	case u.Kind == codegen.Array:
		return "readList(" + x + ", r, " + p.elementReader(u.Elem) + ")"
	case u.Kind == codegen.Map:
		return "readMap(" + x + ", r, " + p.elementReader(u.Elem) + ")"
	case u.Kind == codegen.Scalar:
		return "readScalar(" + x + ", r, " + kindsOf(u.Types) + ")"
	case u.Kind == codegen.Named && u.Named.Kind == codegen.Enum && p.enumBase(u.Named) == "Scalar":
		return "readScalar(" + x + ", r, " + kindsOf(u.Named.Base) + ")"
	}
	if limits := p.floatLimits(u); limits != "" {
		return "readFloatWithin(" + x + ", r, &" + limits + ")"
	}
	return p.reader(u) + "(" + x + ", r)"
}

// reader is a function that reads what is not null.
func (p *printer) reader(r *codegen.Ref) string {
	u := r.Underlying()
	switch u.Kind {
	case codegen.String:
		return "readText"
	case codegen.Integer:
		return wholeReader(p.integer(u.Schema))
	case codegen.Number:
		if p.floatLimits(u) == "" {
			return numberReader(p.options["number"])
		}
	case codegen.Boolean:
		return "readBool"
	case codegen.Any:
		return "readRaw"
	case codegen.Named:
		if name := p.namedReader(u.Named); name != "" {
			return name
		}
	}
	return p.closure(p.goType(r), p.decodeValue(r, "v"))
}

func wholeReader(typ string) string {
	if typ == "json.Number" {
		return "readWholeNumber"
	}
	return "readWhole"
}

func numberReader(typ string) string {
	if typ == "json.Number" {
		return "readNumber"
	}
	return "readFloat"
}

// namedReader is the function for a declared type, or empty when it needs more than
// that.
func (p *printer) namedReader(t *codegen.Type) string {
	switch t.Kind {
	case codegen.Object:
		return "(*" + p.types[t] + ").decode"
	case codegen.Union:
		return "decode" + p.types[t]
	}
	switch base := p.enumBase(t); {
	case base == "string":
		return "readText"
	case base == "bool":
		return "readBool"
	case base == "Scalar", base == "float64" && !t.Open:
		return ""
	case t.Base == contracts.Integer:
		return wholeReader(base)
	default:
		return numberReader(base)
	}
}

// elementReader is a function that reads what may be null.
func (p *printer) elementReader(r *codegen.Ref) string {
	if !r.Nullable || r.Underlying().Kind == codegen.Any {
		return p.reader(r)
	}
	return p.closure(p.element(r), p.decodePlace(r, "v"))
}

// closure is a function that reads into v.
func (p *printer) closure(typ, read string) string {
	text := "func(v *" + p.use(typ) + ", r *reader) { " + read + " }"
	p.unsure = p.unsure || len(text) > longestClosure
	return text
}

// encodePlace writes x, which may be null.
func (p *printer) encodePlace(r *codegen.Ref, x string) {
	switch {
	case !r.Nullable || r.Underlying().Kind == codegen.Any:
		p.encodeValue(r, x)
	case nilable(r):
		p.encodeNullable(r, x+" != nil", x)
	default:
		p.encodeNullable(r, x+".Valid", x+".Value")
	}
}

func (p *printer) encodeNullable(r *codegen.Ref, there, x string) {
	p.line("if ", there, " {")
	p.encodeValue(r, x)
	p.line("} else {")
	p.line("e.null()")
	p.line("}")
}

// encodeValue writes x, which is not null.
func (p *printer) encodeValue(r *codegen.Ref, x string) {
	u := r.Underlying()
	switch u.Kind {
	case codegen.Array:
		p.encodeList(u, x)
		return
	case codegen.Map:
		p.encodeMap(u, x)
		return
	case codegen.Named:
		switch u.Named.Kind {
		case codegen.Object:
			p.line(x, ".encode(e)")
			return
		case codegen.Union:
			p.line("encode", p.types[u.Named], "(", x, ", e)")
			return
		}
	}
	method, typ := p.encoding(u)
	if p.goType(r) != typ {
		x = p.use(typ) + "(" + x + ")"
	}
	p.line("e.", method, "(", x, ")")
}

// encoding is the encoder's method for a scalar, and what it takes.
func (p *printer) encoding(u *codegen.Ref) (method, typ string) {
	base := ""
	switch u.Kind {
	case codegen.String:
		base = "string"
	case codegen.Integer:
		base = p.integer(u.Schema)
	case codegen.Number:
		base = p.options["number"]
	case codegen.Boolean:
		base = "bool"
	case codegen.Scalar:
		base = "Scalar"
	case codegen.Named:
		base = p.enumBase(u.Named)
	default:
		base = "json.RawMessage"
	}
	return map[string]string{
		"string": "text", "int64": "integer", "uint64": "unsigned", "float64": "float", "json.Number": "number", "bool": "bool",
		"Scalar": "scalar", "json.RawMessage": "raw",
	}[base], base
}

func (p *printer) encodeList(u *codegen.Ref, x string) {
	p.line("e.open('[')")
	p.line("for i := range ", x, " {")
	item := p.item(u.Elem, x)
	p.guarded(p.elementClass(u.Schema.Items, u.Elem, item), func() {
		p.line("e.comma()")
		p.encodePlace(u.Elem, item)
	})
	p.line("}")
	p.line("e.close(']')")
}

// item is item i of a list; lists and maps get a name of their own, because their items
// have an i, too.
func (p *printer) item(elem *codegen.Ref, x string) string {
	switch elem.Underlying().Kind {
	case codegen.Array, codegen.Map:
		p.line("item := ", x, "[i]")
		return "item"
	}
	return x + "[i]"
}

func (p *printer) encodeMap(u *codegen.Ref, x string) {
	p.line("e.open('{')")
	p.line("for name, x := range sorted(", x, ") {")
	write := func() { p.encodePlace(u.Elem, "x") }
	if keys := classOf(u.Schema.MapKeys); keys != contracts.NoPII {
		p.line("if hashed, stays := e.guard(", strconv.Quote(string(keys)), "); stays {")
		p.line("hashName := e.hashed")
		p.line("e.hashed = hashed")
		p.entry(p.mapClass(u, "x"), "hashName", write)
		p.line("}")
	} else {
		p.entry(p.mapClass(u, "x"), "", write)
	}
	p.line("}")
	p.line("e.close('}')")
}

// elementClass is the class of an element, which may be null, by its schema, which may be
// nil.
func (p *printer) elementClass(s *contracts.Schema, r *codegen.Ref, x string) string {
	if r.Nullable && !nilable(r) {
		x += ".Value"
	}
	return p.class(classOf(s), r, x)
}

// mapClass is the class of x, a value of a map.
func (p *printer) mapClass(u *codegen.Ref, x string) string {
	s := u.Schema
	switch {
	case s.Types == contracts.Map:
		return p.elementClass(s.Values, u.Elem, x)
	case len(s.PatternProperties) == 1 && !s.Additional.Allowed:
		return p.elementClass(s.PatternProperties[0].Schema, u.Elem, x)
	case s.Additional.Allowed && s.Additional.Schema == nil:
		return p.patternClass(s, `"undeclared"`)
	}
	return p.patternClass(s, p.elementClass(s.Additional.Schema, u.Elem, x))
}

// kindsOf are the JSON types of scalars, as the runtime calls them.
func kindsOf(t contracts.Types) string {
	var list []string
	if t&contracts.String != 0 {
		list = append(list, "isText")
	}
	if t&contracts.Numeric != 0 {
		list = append(list, "isNumber")
	}
	if t&contracts.Numeric == contracts.Integer {
		list = append(list, "isWhole")
	}
	if t&contracts.Boolean != 0 {
		list = append(list, "isBool")
	}
	return strings.Join(list, "|")
}
