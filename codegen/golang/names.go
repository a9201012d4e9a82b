package golang

import (
	"go/token"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

// generator holds the names of the package, decided before anything is printed.
type generator struct {
	model   *codegen.Model
	options codegen.Options
	pkg     string // name of the package
	folder  string // of its files, with a slash behind it, or empty

	types        map[*codegen.Type]string
	constructors map[*codegen.Type]string
	parsers      map[*codegen.Event]string
	events       map[*codegen.Event]eventNames
	values       map[*codegen.Value]string
	variants     map[*codegen.Variant]variantNames
	schemas      map[*codegen.Type]bool // types whose schema a union or an object asks for
	personal     map[*codegen.Type]personality
	declared     map[*contracts.Schema]*codegen.Type
	owner        map[*codegen.Unit]*codegen.Event
	paths        map[*codegen.Unit]string // of files, without folder and ending
}

type eventNames struct{ name, version, digest string }

// variantNames says how a variant is represented.
type variantNames struct {
	name   string // Go type that implements the union's interface
	direct bool   // it is the variant's own type, and needs no conversion
	boxed  bool   // it is a struct with one field, Value
}

// newGenerator names everything. Types come first, in the order of the model, so
// that they keep their names when a constant would have the same. names learns of all;
// nil while code is printed.
func newGenerator(m *codegen.Model, options codegen.Options, names *codegen.Names) *generator {
	all := allTypes(m)
	events, types := len(m.Events), len(all)
	g := &generator{
		model: m, options: options, pkg: options["package"],
		types: make(map[*codegen.Type]string, types), constructors: make(map[*codegen.Type]string, types), parsers: make(map[*codegen.Event]string, events),
		events: make(map[*codegen.Event]eventNames, events), values: map[*codegen.Value]string{}, variants: map[*codegen.Variant]variantNames{},
		schemas: map[*codegen.Type]bool{}, declared: make(map[*contracts.Schema]*codegen.Type, types), owner: make(map[*codegen.Unit]*codegen.Event, events),
	}
	for _, e := range m.Events {
		g.owner[&e.Unit] = e
	}
	g.nameFiles(names)
	scope := names.Scope(helperNames()...)
	scope.Grow(4*events + 3*types)
	for _, t := range all {
		g.types[t] = scope.Name(g.typeName(t), codegen.Origin{Type: t})
		g.declared[t.Schema] = t
	}
	for _, e := range m.Events {
		of := codegen.Origin{Type: e.Payload}
		name := scope.Name("Event"+g.types[e.Payload], of)
		g.events[e] = eventNames{name, scope.Name(name+"Version", of), scope.Name(name+"Digest", of)}
		g.parsers[e] = scope.Name("Parse"+g.types[e.Payload], of)
	}
	for _, t := range all {
		g.nameParts(t, scope)
	}
	for _, t := range all {
		if t.Kind == codegen.Object {
			g.constructors[t] = scope.Name("New"+g.types[t], codegen.Origin{Type: t})
			if names != nil {
				g.fields(t, names)
			}
		}
	}
	for _, t := range all {
		g.markSchemas(t)
	}
	g.personal = personalTypes(all)
	return g
}

// nameFiles names the file of each unit, apart from those that all packages have.
func (g *generator) nameFiles(names *codegen.Names) {
	units := len(g.model.Events) + len(g.model.Shared)
	g.paths = make(map[*codegen.Unit]string, units)
	scope := names.Files(helperPaths()...)
	scope.Grow(units)
	for u := range g.model.Units() {
		g.paths[u] = scope.Name(codegen.Stem(u.Name.Snake()), u.Origin())
	}
}

// fileEnd keeps words such as test and windows from steering the build.
const fileEnd = "_gen.go"

// indexFile reads events by their names.
const indexFile = "evctl_events" + fileEnd

// helperPaths are those of the files that all packages have, without the ending.
func helperPaths() []string {
	list := []string{strings.TrimSuffix(indexFile, fileEnd)}
	for _, f := range helperFiles {
		list = append(list, strings.TrimSuffix(f.name, fileEnd))
	}
	return list
}

// typeName is the name that a type wants. In a package of its domain, the types of an event
// do without the domain: order.Completed.
func (g *generator) typeName(t *codegen.Type) string {
	name := t.Name.Pascal(g.model.Initialisms)
	if e := g.owner[t.Unit]; e != nil && g.options["packages"] == "domain" && !e.Payload.Name.IsExact() {
		short := strings.TrimPrefix(name, naming.Of(firstPart(e.Contract.Name)).Pascal(g.model.Initialisms))
		if short != "" && 'A' <= short[0] && short[0] <= 'Z' {
			return short
		}
	}
	return name
}

func allTypes(m *codegen.Model) []*codegen.Type {
	var all []*codegen.Type
	for _, e := range m.Events {
		all = append(all, e.Types...)
	}
	for _, u := range m.Shared {
		all = append(all, u.Types...)
	}
	return all
}

func (g *generator) nameParts(t *codegen.Type, scope *codegen.Scope) {
	switch t.Kind {
	case codegen.Enum:
		capitals := shortCapitals(t)
		for _, v := range t.Values {
			name := g.pascal(t, v.Name)
			if capitals && !v.Name.IsExact() {
				name = g.types[t] + v.Text()
			}
			g.values[v] = scope.Name(name, codegen.Origin{Type: t, Value: v})
		}
	case codegen.Union:
		for _, v := range t.Variants {
			if name := g.implementer(t, v); name != "" {
				g.variants[v] = variantNames{name: name, direct: true}
				continue
			}
			name, inner := g.pascal(t, v.Name), v.Type.Underlying()
			boxed := inner.Kind == codegen.Named && inner.Named.Kind == codegen.Union
			if boxed {
				name += "Variant" // the union itself has the name
			}
			g.variants[v] = variantNames{name: scope.Name(name, codegen.Origin{Type: t, Variant: v}), boxed: boxed}
		}
	}
}

// shortCapitals reports whether an enum's values are codes such as EUR, which keep
// their capitals.
func shortCapitals(t *codegen.Type) bool {
	for _, v := range t.Values {
		text := v.Text()
		if !v.IsString() || text == "" || len(text) > 4 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return false
		}
	}
	return true
}

// pascal is the type's name with a part after it.
func (g *generator) pascal(t *codegen.Type, part naming.Name) string {
	capitals := g.model.Initialisms
	return g.types[t] + strings.TrimPrefix(t.Name.Join(part).Pascal(capitals), t.Name.Pascal(capitals))
}

// marker is the method that seals a union's interface.
func (g *generator) marker(union *codegen.Type) string { return "is" + g.types[union] }

// implementer is the type of a variant when it can carry the union's method itself: an
// object or enum that no other variant of the union is.
func (g *generator) implementer(union *codegen.Type, v *codegen.Variant) string {
	named := declaredType(v.Type)
	if named == nil || named.Kind == codegen.Enum && isAlias(g.enumBase(named)) {
		return ""
	}
	for _, other := range union.Variants {
		if other != v && declaredType(other.Type) == named {
			return ""
		}
	}
	return g.types[named]
}

// declaredType is the object or enum that a place has, or nil.
func declaredType(r *codegen.Ref) *codegen.Type {
	r = r.Underlying()
	if r.Kind != codegen.Named || r.Named.Kind != codegen.Object && r.Named.Kind != codegen.Enum {
		return nil
	}
	return r.Named
}

// isAlias reports whether a type with this base must be an alias, because its
// methods or its special treatment by encoding/json would be lost otherwise.
func isAlias(base string) bool {
	return strings.Contains(base, ".") || base == "Scalar" || textTypes[base]
}

// parameter is the name of a constructor's parameter.
func parameter(name naming.Name, capitals naming.Initialisms) string {
	text := name.Camel(capitals)
	if token.IsKeyword(text) || predeclared[text] {
		return text + "Value"
	}
	return text
}

// predeclared are names that code should not give another meaning.
var predeclared = map[string]bool{
	"any": true, "append": true, "bool": true, "byte": true, "cap": true, "clear": true, "close": true, "comparable": true, "complex": true,
	"copy": true, "delete": true, "error": true, "false": true, "float64": true, "imag": true, "int": true, "int64": true, "iota": true, "json": true,
	"len": true, "make": true, "max": true, "min": true, "new": true, "nil": true, "panic": true, "print": true, "println": true, "real": true,
	"recover": true, "rune": true, "string": true, "true": true, "uint64": true, "v": true,
}
