package golang

import (
	"fmt"
	"go/format"
	"go/token"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/codegen"
)

// Target generates Go.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "go" }

// Describe is the line in the list of targets.
func (Target) Describe() string {
	return "Go types with exact JSON in both directions, validation and tracking, standard library only"
}

// Options are the settings of the target.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: "package", Default: "events", Describe: "name of the package"},
		{Name: "integer", Default: "int64", Values: []string{"int64", "json.Number"}, Describe: "type of integers; json.Number keeps any size"},
		{Name: "number", Default: "float64", Values: []string{"float64", "json.Number"}, Describe: "type of numbers; json.Number keeps all digits"},
		{Name: "formats", Default: "typed", Values: []string{"typed", "string"}, Describe: "type of strings with a format; typed has DateTime, Date, TimeOfDay, Duration and UUID"},
		{Name: "tracker", Default: "true", Values: []string{"true", "false"}, Describe: "whether there is a Tracker that sends events"},
	}
}

// Generate returns a file for each unit of the model, and the files that they share.
func (Target) Generate(m *codegen.Model, options codegen.Options) ([]codegen.File, error) {
	if pkg := options["package"]; !token.IsIdentifier(pkg) || pkg == "_" {
		return nil, fmt.Errorf("option package is %q, expected a Go identifier", pkg)
	}
	g := newGenerator(m, options)
	units := make([]*codegen.Unit, 0, len(m.Events)+len(m.Shared))
	events := make([]*codegen.Event, 0, cap(units))
	for _, e := range m.Events {
		units, events = append(units, &e.Unit), append(events, e)
	}
	for _, u := range m.Shared {
		units, events = append(units, u), append(events, nil)
	}
	files := make([]codegen.File, len(units))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, u := range units {
		group.Go(func() error {
			content, err := g.unit(u, events[i])
			// The suffix keeps words such as test and windows from steering the build.
			files[i] = codegen.File{Path: codegen.Stem(u.Name.Snake()) + "_gen.go", Content: content}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	shared, err := g.helperSources()
	if err != nil {
		return nil, err
	}
	return uniquePaths(append(shared, files...)), nil
}

// unit is the file of one unit; e is nil for shared ones.
func (g *generator) unit(u *codegen.Unit, e *codegen.Event) ([]byte, error) {
	p := &printer{generator: g}
	p.declarations(u, e)
	content := g.file(p.imports, p.body)
	if !p.unsure {
		return content, nil
	}
	content, err := format.Source(content)
	if err != nil {
		return nil, fmt.Errorf("format %s: %w", u.Types[0].Pointer, err)
	}
	return content, nil
}

// uniquePaths keeps a unit called evctl apart from the helpers.
func uniquePaths(files []codegen.File) []codegen.File {
	scope := codegen.NewScope()
	for i := range files {
		files[i].Path = scope.Take(strings.TrimSuffix(files[i].Path, "_gen.go")) + "_gen.go"
	}
	return files
}
