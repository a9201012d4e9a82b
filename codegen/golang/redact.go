package golang

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// personality says what privacy can change of a type.
type personality uint8

const (
	impersonal personality = iota // nothing
	inParts                       // what has a class, or no schema
	asAWhole                      // everything: a place with a class has the type
)

// personalTypes are the types that privacy can change.
func personalTypes(all []*codegen.Type) map[*codegen.Type]personality {
	found := map[*codegen.Type]personality{}
	for _, t := range all {
		if hasClasses(t, found) {
			found[t] = max(found[t], inParts)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, t := range all {
			if found[t] == impersonal && usesAny(t, func(u *codegen.Type) bool { return found[u] != impersonal }) {
				found[t], changed = inParts, true
			}
		}
	}
	return found
}

// hasClasses reports whether a value directly in a type has a class; types in such places
// are found as a whole.
func hasClasses(t *codegen.Type, types map[*codegen.Type]personality) bool {
	found := false
	note := func(r *codegen.Ref, has bool) {
		if u := r.Underlying(); u.Kind == codegen.Named && u.Named.Kind == codegen.Union {
			has = has || classed(u.Named)
		}
		if has {
			found = true
			findWhole(r, types)
		}
	}
	for _, f := range t.Fields {
		note(f.Type, propertyClass(t.Schema, f.Property) != contracts.NoPII)
	}
	if t.Extra != nil {
		note(t.Extra.Type, restClassed(t.Schema))
	}
	for _, v := range t.Variants {
		note(v.Type, classOf(v.Schema) != contracts.NoPII)
	}
	for r := range t.Uses() {
		for r = r.Underlying(); r.Elem != nil; r = r.Elem.Underlying() {
			s := r.Schema
			note(r.Elem, r.Kind == codegen.Array && classOf(s.Items) != contracts.NoPII || r.Kind == codegen.Map && (restClassed(s) || classOf(s.MapKeys) != contracts.NoPII))
		}
	}
	return found
}

// restClassed reports whether members that an object or a map does not declare have a
// class.
func restClassed(s *contracts.Schema) bool {
	return s.Types != contracts.Map && s.Additional.Allowed && s.Additional.Schema == nil ||
		classOf(s.Values) != contracts.NoPII || classOf(s.Additional.Schema) != contracts.NoPII ||
		slices.ContainsFunc(s.PatternProperties, func(m *contracts.PatternProperty) bool { return classOf(m.Schema) != contracts.NoPII })
}

// findWhole notes every type in a place with a class.
func findWhole(r *codegen.Ref, found map[*codegen.Type]personality) {
	for ; r.Elem != nil; r = r.Elem {
	}
	if r.Kind != codegen.Named || found[r.Named] == asAWhole {
		return
	}
	found[r.Named] = asAWhole
	for used := range r.Named.Uses() {
		findWhole(used, found)
	}
}

// usesAny reports whether a type uses one that ok reports.
func usesAny(t *codegen.Type, ok func(*codegen.Type) bool) bool {
	for r := range t.Uses() {
		for ; r.Elem != nil; r = r.Elem {
		}
		if r.Kind == codegen.Named && ok(r.Named) {
			return true
		}
	}
	return false
}

// redactObject writes what takes personal data out of a struct.
func (p *printer) redactObject(t *codegen.Type, o *object, payload bool) {
	name, what := p.types[t], p.personal[t]
	if payload {
		p.redactPayload(t)
	}
	if what == impersonal {
		return
	}
	if !payload {
		p.gap()
		p.line("// LogValue is the value without its personal data, for log/slog.")
		p.short("func (v "+name+") LogValue() slog.Value", "return logged(v.encode)")
		p.needs("log/slog")
	}
	p.gap()
	p.line("func (v *", name, ") redact(r *redactor) bool {")
	for _, m := range o.members {
		p.redactMember(m, what == asAWhole)
	}
	if o.extra != "" {
		if entry := p.redactEntry(t.Extra.Type, p.extraClass(t, "*x"), what == asAWhole); entry != "" {
			p.line("protectMap(&v.", o.extra, `, r, "", `, entry, ")")
		}
	}
	p.line("return true")
	p.line("}")
}

func (p *printer) redactPayload(t *codegen.Type) {
	name := p.types[t]
	p.gap()
	p.line("// AppendRedacted appends the JSON text after privacy took personal data out of it or hashed it.")
	p.line("// It may not be valid any more: without data that its contract requires, or with hashes.")
	p.line("func (v ", name, ") AppendRedacted(b []byte, privacy *Privacy) ([]byte, error) {")
	p.line("return redacted(b, privacy, v.encode)")
	p.line("}")
	p.gap()
	if p.personal[t] == impersonal {
		p.line("// Redacted is the payload itself: nothing in it is personal.")
		p.short("func (v "+name+") Redacted(*Privacy) "+name, "return v")
	} else {
		p.line("// Redacted is the payload after privacy took personal data out of it or hashed it. What is")
		p.line("// required and dropped has its zero value, and so has a number or a boolean that is hashed: see")
		p.line("// AppendRedacted for text without them.")
		p.line("func (v ", name, ") Redacted(privacy *Privacy) ", name, " {")
		p.line("return redactedCopy(v, privacy, (*", name, ").redact)")
		p.line("}")
	}
	p.gap()
	p.line("// LogValue is the event without its personal data, for log/slog.")
	p.short("func (v "+name+") LogValue() slog.Value", "return loggedEvent(v.about(), v.encode)")
	p.needs("log/slog")
}

// redactMember redacts a field, unless there is nothing to do.
func (p *printer) redactMember(m member, whole bool) {
	x := "v." + m.name
	value := x
	if m.when == ifPresent {
		value += ".Value"
	}
	class := p.class(m.class, m.Type, value)
	inner := p.redactFunction(m.Type, whole || class != "")
	if class != "" {
		inner = cmp.Or(inner, "protectNothing")
	}
	if inner == "" {
		return
	}
	name := "protectValue"
	switch {
	case m.when == ifPresent && m.Type.Nullable:
		name = "protectOptionalNullable"
	case m.when == ifPresent:
		name = "protectOptional"
	case m.Type.Nullable && !nilable(m.Type):
		name = "protectNullable"
	}
	p.line(name, "(&", x, ", r, ", cmp.Or(class, `""`), ", ", inner, ")")
}

// redactFunction is a function that redacts what is not null and reports whether it stays;
// empty when there is nothing to do. With whole, everything may have to be hashed.
func (p *printer) redactFunction(r *codegen.Ref, whole bool) string {
	u := r.Underlying()
	switch {
	case u.Kind == codegen.Array, u.Kind == codegen.Map:
		if call := p.redactCall(r, whole, "v"); call != "" {
			return p.redactClosure("v *"+p.goType(r), call)
		}
		return ""
	case u.Kind == codegen.Named && u.Named.Kind == codegen.Object:
		if p.personal[u.Named] != impersonal {
			return "(*" + p.types[u.Named] + ").redact"
		}
		return ""
	case u.Kind == codegen.Named && u.Named.Kind == codegen.Union:
		if p.personal[u.Named] != impersonal {
			return "redact" + p.types[u.Named]
		}
		return ""
	case whole:
		return p.redactScalar(u)
	}
	return ""
}

// redactScalar is the function for a scalar, by its Go type.
func (p *printer) redactScalar(u *codegen.Ref) string {
	switch _, base := p.encoding(u); base {
	case "string":
		return "protectText"
	case "Scalar":
		return "protectScalar"
	case "json.RawMessage":
		return "protectRaw"
	}
	return "protectOther"
}

// redactCall redacts x, a pointer; empty when there is nothing to do.
func (p *printer) redactCall(r *codegen.Ref, whole bool, x string) string {
	u := r.Underlying()
	switch u.Kind {
	case codegen.Array:
		if item := p.redactElement(u.Elem, p.elementClass(u.Schema.Items, u.Elem, "*v"), whole); item != "" {
			return "protectList(" + x + ", r, " + item + ")"
		}
		return ""
	case codegen.Map:
		keys := classOf(u.Schema.MapKeys)
		entry := p.redactEntry(u.Elem, p.mapClass(u, "*x"), whole || keys != contracts.NoPII)
		if entry == "" {
			return ""
		}
		class := ""
		if keys != contracts.NoPII {
			class = string(keys)
		}
		return "protectMap(" + x + ", r, " + strconv.Quote(class) + ", " + entry + ")"
	}
	if inner := p.redactFunction(r, whole); inner != "" {
		return inner + "(" + x + ", r)"
	}
	return ""
}

// redactElement is a function that redacts an item of a list.
func (p *printer) redactElement(r *codegen.Ref, class string, whole bool) string {
	if call := p.redactPlace(r, class, whole, "v"); call != "" && (class != "" || r.Nullable && !nilable(r)) {
		return p.redactClosure("v *"+p.element(r), call)
	}
	return p.redactFunction(r, whole)
}

// redactEntry is a function that redacts a member whose name is data.
func (p *printer) redactEntry(r *codegen.Ref, class string, whole bool) string {
	if call := p.redactPlace(r, class, whole, "x"); call != "" {
		return p.redactClosure("name string, x *"+p.element(r), call)
	}
	return ""
}

// redactPlace redacts x, a pointer to what may be null.
func (p *printer) redactPlace(r *codegen.Ref, class string, whole bool, x string) string {
	nullable := r.Nullable && !nilable(r)
	if class == "" && !nullable {
		return p.redactCall(r, whole, x)
	}
	inner := p.redactFunction(r, whole || class != "")
	if class != "" {
		inner = cmp.Or(inner, "protectNothing")
	}
	if inner == "" {
		return ""
	}
	name := "protectValue"
	if nullable {
		name = "protectNullable"
	}
	return name + "(" + x + ", r, " + cmp.Or(class, `""`) + ", " + inner + ")"
}

func (p *printer) redactClosure(parameters, call string) string {
	text := "func(" + p.use(parameters) + ", r *redactor) bool { return " + call + " }"
	p.unsure = p.unsure || len(text) > longestClosure
	return text
}

// redactUnion declares the function that takes personal data out of the variants.
func (p *printer) redactUnion(t *codegen.Type) {
	name, whole := p.types[t], p.personal[t] == asAWhole
	if p.personal[t] == impersonal {
		return
	}
	p.gap()
	p.line("func redact", name, "(u *", name, ", r *redactor) bool {")
	p.line("stays := true")
	p.line("switch v := (*u).(type) {")
	for _, v := range t.Variants {
		if call := p.redactVariant(v, whole || classOf(v.Schema) != contracts.NoPII); call != "" {
			p.line("case ", p.variants[v].name, ":")
			p.line("stays = ", call)
			p.line("*u = v")
		}
	}
	p.line("}")
	p.line("return stays")
	p.line("}")
}

// redactVariant redacts v, a variable with a variant.
func (p *printer) redactVariant(v *codegen.Variant, whole bool) string {
	n, u := p.variants[v], v.Type.Underlying()
	inner := p.redactFunction(v.Type, whole)
	switch {
	case inner == "":
		return ""
	case n.boxed:
		return inner + "(&v.Value, r)"
	case n.direct && u.Named.Kind == codegen.Object:
		return "v.redact(r)"
	case n.direct:
		return inner + "(&v, r)"
	case u.Kind == codegen.Array, u.Kind == codegen.Map:
		return p.redactCall(v.Type, whole, "&v")
	}
	return inner + "((*" + p.use(p.goType(v.Type)) + ")(&v), r)"
}
