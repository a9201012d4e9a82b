package python

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
)

// Target writes Python.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "python" }

// Describe is the line of evctl generate --list.
func (Target) Describe() string {
	return "typed dataclasses with JSON in both directions, standard library only; structure is checked, limits are not"
}

// Options lists what evctl.yaml may set.
func (Target) Options() []codegen.Option { return nil }

const header = "# " + codegen.Marker + "\n"

//go:embed runtime/_runtime.py
var support []byte

// keywords are the words that no name may be, and the builtins that annotations use.
var keywords = strings.Fields(`False None True and as assert async await break class continue def del elif else except
	finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case type
	bool dict float int list object str from_json to_json self cls value members at classmethod`)

// identifier keeps a name apart from words of the language.
func identifier(name string) string {
	if slices.Contains(keywords, name) {
		return name + "_"
	}
	return name
}

// Generate writes a module for each event, shared definition and fragment.
func (Target) Generate(m *codegen.Model, _ codegen.Options, emit codegen.Emit) error {
	g := newGenerator(m, nil)
	one := func(i int) error {
		u := g.units[i]
		p := printer{generator: g, unit: u, imports: map[string]bool{}}
		return emit(codegen.File{Path: g.modules[u] + ".py", Content: p.module(g.events[u])})
	}
	if err := codegen.Parallel(len(g.units), func() func(int) error { return one }); err != nil {
		return err
	}
	return codegen.EmitAll(emit,
		codegen.File{Path: "_runtime.py", Content: append([]byte(header), support...)},
		codegen.File{Path: "__init__.py", Content: g.index()},
		codegen.File{Path: "py.typed", Content: []byte(header)})
}

// generator knows the names of everything.
type generator struct {
	model   *codegen.Model
	units   []*codegen.Unit
	events  map[*codegen.Unit]*codegen.Event
	modules map[*codegen.Unit]string
	types   map[*codegen.Type]string
	// wrappers are the classes around variants, and exports the names of payloads in the package.
	wrappers map[*codegen.Variant]string
	exports  map[*codegen.Event]string
}

// newGenerator names all that modules share. names learns of it; nil while code is printed.
func newGenerator(m *codegen.Model, names *codegen.Names) *generator {
	g := &generator{
		model: m, events: map[*codegen.Unit]*codegen.Event{}, modules: map[*codegen.Unit]string{}, types: map[*codegen.Type]string{},
		wrappers: map[*codegen.Variant]string{}, exports: map[*codegen.Event]string{},
	}
	for _, e := range m.Events {
		g.units = append(g.units, &e.Unit)
		g.events[&e.Unit] = e
	}
	g.units = append(g.units, m.Shared...)
	modules, index := names.Files(), names.Scope(exported...)
	for _, u := range g.units {
		g.modules[u] = modules.Name(identifier(codegen.Stem(u.Name.Snake())), u.Origin())
		g.nameTypes(u, names.Scope())
	}
	for _, e := range m.Events {
		g.exports[e] = index.Name(g.types[e.Payload], codegen.Origin{Type: e.Payload})
	}
	return g
}

// nameTypes names what a module declares. Types keep their names.
func (g *generator) nameTypes(u *codegen.Unit, scope *codegen.Scope) {
	for _, t := range u.Types {
		g.types[t] = scope.Name(identifier(t.Name.Pascal(nil)), codegen.Origin{Type: t})
	}
	for _, t := range u.Types {
		for _, v := range t.Variants {
			if wrapped(t, v) {
				g.wrappers[v] = scope.Name(g.types[t]+v.Name.Pascal(nil)+"Variant", codegen.Origin{Type: t, Variant: v})
			}
		}
	}
}

// Identify tells names what the modules declare.
func (Target) Identify(m *codegen.Model, _ codegen.Options, names *codegen.Names) {
	newGenerator(m, names)
	for u := range m.Units() {
		for _, t := range u.Types {
			switch {
			case t.Kind == codegen.Object:
				members(t, names)
			case t.Kind == codegen.Enum && isClass(t):
				valueNames(t, names)
			}
		}
	}
}

// exported is what the package exports beside payloads.
var exported = []string{"UNSET", "Json", "Payload", "PayloadError", "Unset", "decode"}

// index is __init__.py: all events, and a way to read one by its name.
func (g *generator) index() []byte {
	var b bytes.Buffer
	b.WriteString(header + "\"\"\"The events of the tracking plan.\"\"\"\n\nfrom __future__ import annotations\n\nfrom ._runtime import UNSET, Json, Payload, PayloadError, Unset\n")
	names := slices.Clone(exported)
	for _, e := range g.model.Events {
		fmt.Fprintf(&b, "from .%s import %s as %s\n", g.modules[&e.Unit], g.types[e.Payload], g.exports[e])
		names = append(names, g.exports[e])
	}
	b.WriteString("\n\ndef decode(event: str, value: object) -> Payload:\n    \"\"\"Reads the properties of an event, as json.loads returns them, by its name on the wire.\"\"\"\n    if (kind := _EVENTS.get(event)) is None:\n        raise PayloadError(\"\", f\"no event {event!r}\")\n    return kind.from_json(value)\n\n\n")
	b.WriteString("_EVENTS: dict[str, type[Payload]] = {\n")
	for _, e := range g.model.Events {
		fmt.Fprintf(&b, "    %s: %s,\n", quote(e.Contract.Name), g.exports[e])
	}
	b.WriteString("}\n\n__all__ = [\n")
	for _, name := range names {
		fmt.Fprintf(&b, "    %s,\n", quote(name))
	}
	b.WriteString("]\n")
	return b.Bytes()
}

// quote writes a string of ASCII; Go's escapes are Python's.
func quote(text string) string { return strconv.QuoteToASCII(text) }
