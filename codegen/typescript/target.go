package typescript

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/evctl/evctl/codegen"
)

// Target generates TypeScript.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "typescript" }

// Describe is the line in the list of targets.
func (Target) Describe() string {
	return "strict TypeScript types as ES modules, with a constant for each event"
}

// Options are the settings of the target.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: "import_extension", Default: ".js", Values: []string{".js", ".ts", "none"}, Describe: "how modules import each other; bundlers take none"},
	}
}

// Generate returns a module for each unit of the model, index.ts and events.ts.
func (Target) Generate(m *codegen.Model, options codegen.Options) ([]codegen.File, error) {
	g := newGenerator(m, options)
	var files []codegen.File
	var index bytes.Buffer
	add := func(u *codegen.Unit, e *codegen.Event) {
		p := &printer{generator: g, unit: u}
		files = append(files, codegen.File{Path: g.modules[u] + ".ts", Content: p.module(e)})
		fmt.Fprintf(&index, "export * from %s;\n", g.specifier(g.modules[u]))
	}
	for _, e := range m.Events {
		add(&e.Unit, e)
	}
	for _, u := range m.Shared {
		add(u, nil)
	}
	p := &printer{generator: g}
	files = append(files, codegen.File{Path: eventsModule + ".ts", Content: p.eventMap(m)})
	fmt.Fprintf(&index, "export * from %s;\n", g.specifier(eventsModule))
	return append(files, codegen.File{Path: indexModule + ".ts", Content: []byte(header + strings.TrimLeft(index.String(), "\n"))}), nil
}

const (
	header       = "// " + codegen.Marker + "\n\n"
	indexModule  = "index"
	eventsModule = "events"
)
