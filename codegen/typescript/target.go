package typescript

import (
	"fmt"

	"github.com/evctl/evctl/codegen"
)

// Target generates TypeScript.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "typescript" }

// Describe is the line in the list of targets.
func (Target) Describe() string {
	return "strict TypeScript types as ES modules, with validators and typed tracking"
}

// Options are the settings of the target.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: "import_extension", Default: ".js", Values: []string{".js", ".ts", "none"}, Describe: "how modules import each other; bundlers take none"},
		{Name: "ids", Default: "plain", Values: []string{"plain", "branded"}, Describe: "whether definitions of strings and integers are types that plain ones are not assignable to"},
	}
}

// Generate returns a module for each unit of the model, index.ts and events.ts.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	g := newGenerator(m, options, nil)
	err := codegen.Parallel(len(g.units), func() func(int) error {
		p := newPrinter(g)
		return func(i int) error {
			u := g.units[i]
			return emit(codegen.File{Path: g.modules[u.Unit] + ".ts", Content: p.module(u.Unit, u.event)})
		}
	})
	if err != nil {
		return err
	}
	if err := codegen.EmitAll(emit, g.runtime()...); err != nil {
		return err
	}
	p := newPrinter(g)
	return codegen.EmitAll(emit,
		codegen.File{Path: eventsModule + ".ts", Content: p.eventMap(m)},
		codegen.File{Path: indexModule + ".ts", Content: g.index()})
}

// index is the module that exports all others.
func (g *generator) index() []byte {
	var d documents
	d.clear()
	s := sheet{documents: &d}
	s.WriteString(header)
	for _, u := range g.units {
		fmt.Fprintf(&s, "export * from %s;\n", g.specifier(g.modules[u.Unit]))
	}
	fmt.Fprintf(&s, "export * from %s;\n", g.specifier(eventsModule))
	names := d.indent(space, "type EventContract,", space, "type Fault,", space, "type PayloadOf,", space, "isValid", d.of(ifBroken, ","))
	s.print(d.seq("export ", d.group("{", names, space, "}"), " from ", g.specifier(checksModule), ";"), 0, 0)
	s.WriteString("\n")
	return s.text
}

const (
	header       = "// " + codegen.Marker + "\n\n"
	indexModule  = "index"
	eventsModule = "events"
)

// Modules that are the same for every plan, but for the formats that it uses.
const (
	checksModule  = "checks"
	formatsModule = "formats"
	trackerModule = "tracker"
)
