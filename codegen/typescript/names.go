package typescript

import (
	"slices"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// generator holds the names of all modules, decided before anything is printed.
type generator struct {
	options  codegen.Options
	units    []unit
	modules  map[*codegen.Unit]string
	shared   map[*codegen.Unit]bool
	types    map[*codegen.Type]string
	events   map[*codegen.Event]string
	variants map[*codegen.Variant]string // types that add the discriminator to a variant
	tags     map[*codegen.Type]tag       // discriminators that are part of a type itself

	schemas    map[*contracts.Schema]*codegen.Type // types by where they are written
	checkNames map[*codegen.Type]string            // functions that check values; none for types that are checked in place
	tagged     map[*codegen.Type]bool              // objects that unions read with a discriminator, which they would refuse
	guards     map[*codegen.Type]string            // functions that make plain values branded ones
}

// unit is what a module is made of; event is nil for shared declarations.
type unit struct {
	*codegen.Unit
	event *codegen.Event
}

// tag is a discriminator's member with its one value.
type tag struct{ name, value string }

// reserved are types that generated code uses, and the exports of events.ts.
var reserved = []string{"Record", "EventPayloads", "EventName", "EventContract", "PayloadOf", "Fault", "Brand", "isValid", "isEventName"}

// checkPrefix begins the names of functions that check types.
const checkPrefix = "check"

// newGenerator names everything. names learns of it; nil while code is printed.
func newGenerator(m *codegen.Model, options codegen.Options, names *codegen.Names) *generator {
	units, types := 0, 0
	for u := range m.Units() {
		units, types = units+1, types+len(u.Types)
	}
	g := &generator{
		options: options, modules: make(map[*codegen.Unit]string, units), shared: map[*codegen.Unit]bool{}, types: make(map[*codegen.Type]string, types),
		events: make(map[*codegen.Event]string, units), variants: map[*codegen.Variant]string{}, tags: map[*codegen.Type]tag{},
		schemas: make(map[*contracts.Schema]*codegen.Type, types), checkNames: make(map[*codegen.Type]string, types), tagged: map[*codegen.Type]bool{}, guards: map[*codegen.Type]string{},
	}
	modules := names.Files(indexModule, eventsModule, checksModule, formatsModule, trackerModule)
	modules.Grow(units)
	scope := names.Scope(slices.Concat(helperLibrary().names, formatLibrary().names, reserved)...)
	scope.Grow(units + 2*types)
	for _, e := range m.Events {
		g.units = append(g.units, unit{&e.Unit, e})
	}
	for _, u := range m.Shared {
		g.units = append(g.units, unit{u, nil})
		g.shared[u] = true
	}
	for _, u := range g.units {
		g.modules[u.Unit] = modules.Name(codegen.Stem(u.Name.Kebab()), u.Origin())
		for _, t := range u.Types {
			g.types[t] = scope.Name(t.Name.Pascal(nil), codegen.Origin{Type: t})
		}
	}
	for _, e := range m.Events {
		// The suffix keeps keywords such as delete from becoming names.
		g.events[e] = scope.Name(e.Payload.Name.Camel(nil)+"Event", codegen.Origin{Type: e.Payload})
	}
	for _, u := range g.units {
		for _, t := range u.Types {
			g.nameVariants(t, scope)
		}
	}
	g.nameChecks(scope)
	return g
}

// nameChecks decides which types have functions that check their values.
func (g *generator) nameChecks(scope *codegen.Scope) {
	for _, u := range g.units {
		for _, t := range u.Types {
			g.schemas[t.Schema] = t
			if g.hasCheck(t) {
				g.checkNames[t] = scope.Name(checkPrefix+g.types[t], codegen.Origin{Type: t})
			}
			if g.branded(t) {
				g.guards[t] = scope.Name("is"+g.types[t], codegen.Origin{Type: t})
			}
		}
	}
	for _, u := range g.units {
		for _, t := range u.Types {
			for _, v := range t.Variants {
				if object := v.Schema.Resolved(); v.TagImplied && v.Schema.Ref != "" && refuses(object) {
					g.tagged[g.schemas[object]] = true
				}
			}
		}
	}
}

// hasCheck reports whether a type is checked by a function. Enums that are no
// definitions are checked where they stand, and so is what is another type, or anything.
func (g *generator) hasCheck(t *codegen.Type) bool {
	switch t.Kind {
	case codegen.Enum:
		return t.Definition != ""
	case codegen.Alias:
		return t.Of.Kind != codegen.Any && t.Schema.Ref == ""
	}
	return true
}

// refuses reports whether members that are not declared may be wrong.
func refuses(s *contracts.Schema) bool {
	return !s.Additional.Allowed || s.Additional.Schema != nil && !accepts(s.Additional.Schema)
}

// exported reports whether a type is not part of one event.
func (g *generator) exported(t *codegen.Type) bool { return g.shared[t.Unit] }

// branded reports whether values of a definition are told apart from others of their
// type.
func (g *generator) branded(t *codegen.Type) bool {
	return g.options["ids"] == "branded" && t.Kind == codegen.Alias && t.Schema.Ref == "" &&
		(t.Of.Kind == codegen.String || t.Of.Kind == codegen.Integer)
}

// nameVariants decides how the variants of a union get a discriminator that they
// do not declare: objects written in the union have it as a member, others are
// intersected with it under a name of their own.
func (g *generator) nameVariants(t *codegen.Type, scope *codegen.Scope) {
	if t.Kind != codegen.Union || t.Discriminator == "" {
		return
	}
	for _, v := range t.Variants {
		switch {
		case !v.TagImplied:
		case v.Schema.Ref == "" && v.Type.Named != nil:
			g.tags[v.Type.Named] = tag{t.Discriminator, v.Tag}
		default:
			g.variants[v] = scope.Name(t.Name.Join(v.Name).Pascal(nil), codegen.Origin{Type: t, Variant: v})
		}
	}
}

// specifier is the string by which a module is imported.
func (g *generator) specifier(module string) string {
	extension := g.options["import_extension"]
	if extension == "none" {
		extension = ""
	}
	return quote("./" + module + extension)
}

// Identify tells names what the modules declare. Properties and values of enums stand there
// as they are on the wire.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	newGenerator(m, options, names)
}
