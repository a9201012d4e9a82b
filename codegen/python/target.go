package python

import (
	"bytes"
	_ "embed"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

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
func (Target) Generate(m *codegen.Model, _ codegen.Options) ([]codegen.File, error) {
	g := newGenerator(m)
	files := make([]codegen.File, len(g.units), len(g.units)+3)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, u := range g.units {
		group.Go(func() error {
			p := printer{generator: g, unit: u, imports: map[string]bool{}, scope: codegen.NewScope()}
			files[i] = codegen.File{Path: g.modules[u] + ".py", Content: p.module(g.events[u])}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return append(files,
		codegen.File{Path: "_runtime.py", Content: append([]byte(header), support...)},
		codegen.File{Path: "__init__.py", Content: g.index()},
		codegen.File{Path: "py.typed", Content: []byte(header)}), nil
}

// generator knows the names of everything.
type generator struct {
	model   *codegen.Model
	units   []*codegen.Unit
	events  map[*codegen.Unit]*codegen.Event
	modules map[*codegen.Unit]string
	types   map[*codegen.Type]string
}

func newGenerator(m *codegen.Model) *generator {
	g := &generator{model: m, events: map[*codegen.Unit]*codegen.Event{}, modules: map[*codegen.Unit]string{}, types: map[*codegen.Type]string{}}
	for _, e := range m.Events {
		g.units = append(g.units, &e.Unit)
		g.events[&e.Unit] = e
	}
	g.units = append(g.units, m.Shared...)
	scope := codegen.NewScope()
	for _, u := range g.units {
		g.modules[u] = scope.Take(identifier(codegen.Stem(u.Name.Snake())))
		for _, t := range u.Types {
			g.types[t] = identifier(t.Name.Pascal(nil))
		}
	}
	return g
}

// index is __init__.py: all events, and a way to read one by its name.
func (g *generator) index() []byte {
	var b bytes.Buffer
	b.WriteString(header + "\"\"\"The events of the tracking plan.\"\"\"\n\nfrom __future__ import annotations\n\nfrom ._runtime import UNSET, Json, Payload, PayloadError, Unset\n")
	names := []string{"UNSET", "Json", "Payload", "PayloadError", "Unset", "decode"}
	scope := codegen.NewScope(names...)
	for _, e := range g.model.Events {
		name := g.types[e.Payload]
		as := scope.Take(name)
		fmt.Fprintf(&b, "from .%s import %s as %s\n", g.modules[&e.Unit], name, as)
		names = append(names, as)
	}
	b.WriteString("\n\ndef decode(event: str, value: object) -> Payload:\n    \"\"\"Reads the properties of an event, as json.loads returns them, by its name on the wire.\"\"\"\n    if (kind := _EVENTS.get(event)) is None:\n        raise PayloadError(\"\", f\"no event {event!r}\")\n    return kind.from_json(value)\n\n\n")
	b.WriteString("_EVENTS: dict[str, type[Payload]] = {\n")
	for i, e := range g.model.Events {
		fmt.Fprintf(&b, "    %s: %s,\n", quote(e.Contract.Name), names[6+i])
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
