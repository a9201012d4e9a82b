package golang

import (
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts/naming"
)

// generator holds the names of the package, decided before anything is printed.
type generator struct {
	model   *codegen.Model
	options codegen.Options

	types    map[*codegen.Type]string
	events   map[*codegen.Event]eventNames
	values   map[*codegen.Value]string
	variants map[*codegen.Variant]variantNames
	sealed   map[*codegen.Type]string // interfaces of unions
	markers  map[*codegen.Type]string // method by which a type is a variant itself
	shapes   map[*codegen.Type]bool   // types whose shape a union asks for
}

type eventNames struct{ name, version, digest string }

// variantNames says how a variant is represented.
type variantNames struct {
	name   string // Go type that implements the union's interface
	direct bool   // the type is declared as such, and needs no conversion
}

// reserved are the exported names of the helpers.
var reserved = []string{"Optional", "Some", "Null", "Scalar"}

// newGenerator names everything. Types come first, in the order of the model, so
// that they keep their names when a constant would have the same.
func newGenerator(m *codegen.Model, options codegen.Options) *generator {
	g := &generator{
		model: m, options: options,
		types: map[*codegen.Type]string{}, events: map[*codegen.Event]eventNames{}, values: map[*codegen.Value]string{},
		variants: map[*codegen.Variant]variantNames{}, sealed: map[*codegen.Type]string{},
		markers: map[*codegen.Type]string{}, shapes: map[*codegen.Type]bool{},
	}
	scope := codegen.NewScope(reserved...)
	all := allTypes(m)
	for _, t := range all {
		g.types[t] = scope.Take(t.Name.Pascal(m.Initialisms))
	}
	for _, e := range m.Events {
		name := scope.Take("Event" + g.types[e.Payload])
		g.events[e] = eventNames{name, scope.Take(name + "Version"), scope.Take(name + "Digest")}
	}
	for _, t := range all {
		g.nameParts(t, scope)
	}
	for _, t := range all {
		if t.Kind == codegen.Union && t.Discriminator == "" {
			for _, v := range t.Variants {
				g.needShape(v.Type)
			}
		}
	}
	return g
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
		for _, v := range t.Values {
			g.values[v] = scope.Take(g.pascal(t, v.Name))
		}
	case codegen.Union:
		g.sealed[t] = scope.Take(g.types[t] + "Variant")
		for _, v := range t.Variants {
			if g.implements(v) {
				g.variants[v] = variantNames{g.types[v.Type.Named], true}
				g.markers[v.Type.Named] = g.marker(t)
				continue
			}
			g.variants[v] = variantNames{scope.Take(g.pascal(t, v.Name)), false}
		}
	}
}

// pascal is the type's name with a part after it.
func (g *generator) pascal(t *codegen.Type, part naming.Name) string {
	capitals := g.model.Initialisms
	return g.types[t] + strings.TrimPrefix(t.Name.Join(part).Pascal(capitals), t.Name.Pascal(capitals))
}

// marker is the method that seals a union's interface.
func (g *generator) marker(union *codegen.Type) string { return "is" + g.types[union] }

// implements reports whether a variant's own type can carry the union's method:
// it is declared in the union and is no alias.
func (g *generator) implements(v *codegen.Variant) bool {
	if v.Type.Kind != codegen.Named || v.Schema.Ref != "" {
		return false
	}
	switch t := v.Type.Named; t.Kind {
	case codegen.Object, codegen.Union:
		return true
	case codegen.Enum:
		return !isAlias(g.enumBase(t))
	}
	return false
}

// isAlias reports whether a type with this base must be an alias, because its
// methods or its special treatment by encoding/json would be lost otherwise.
func isAlias(base string) bool { return strings.Contains(base, ".") || base == "Scalar" }

// needShape marks the types whose shapes decide between variants.
func (g *generator) needShape(r *codegen.Ref) {
	for ; r.Elem != nil; r = r.Elem {
	}
	if r.Named == nil || g.shapes[r.Named] {
		return
	}
	g.shapes[r.Named] = true
	for use := range r.Named.Uses() {
		g.needShape(use)
	}
}
