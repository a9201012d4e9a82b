package typescript

import (
	"github.com/evctl/evctl/codegen"
)

// generator holds the names of all modules, decided before anything is printed.
type generator struct {
	options  codegen.Options
	units    []unit
	modules  map[*codegen.Unit]string
	types    map[*codegen.Type]string
	events   map[*codegen.Event]string
	variants map[*codegen.Variant]string // types that add the discriminator to a variant
	tags     map[*codegen.Type]tag       // discriminators that are part of a type itself
}

// unit is what a module is made of; event is nil for shared declarations.
type unit struct {
	*codegen.Unit
	event *codegen.Event
}

// tag is a discriminator's member with its one value.
type tag struct{ name, value string }

// reserved are types that generated code uses, and the exports of events.ts.
var reserved = []string{"Record", "EventPayloads", "EventName"}

func newGenerator(m *codegen.Model, options codegen.Options) *generator {
	g := &generator{
		options: options, modules: map[*codegen.Unit]string{}, types: map[*codegen.Type]string{},
		events: map[*codegen.Event]string{}, variants: map[*codegen.Variant]string{}, tags: map[*codegen.Type]tag{},
	}
	modules := codegen.NewScope(indexModule, eventsModule)
	scope := codegen.NewScope(reserved...)
	for _, e := range m.Events {
		g.units = append(g.units, unit{&e.Unit, e})
	}
	for _, u := range m.Shared {
		g.units = append(g.units, unit{u, nil})
	}
	for _, u := range g.units {
		g.modules[u.Unit] = modules.Take(codegen.Stem(u.Name.Kebab()))
		for _, t := range u.Types {
			g.types[t] = scope.Take(t.Name.Pascal(nil))
		}
	}
	for _, e := range m.Events {
		// The suffix keeps keywords such as delete from becoming names.
		g.events[e] = scope.Take(e.Payload.Name.Camel(nil) + "Event")
	}
	for _, u := range g.units {
		for _, t := range u.Types {
			g.nameVariants(t, scope)
		}
	}
	return g
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
			g.variants[v] = scope.Take(t.Name.Join(v.Name).Pascal(nil))
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
