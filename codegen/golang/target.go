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
	return "Go types with exact JSON in both directions, standard library only"
}

// Options are the settings of the target.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: "package", Default: "events", Describe: "name of the package"},
		{Name: "integer", Default: "int64", Values: []string{"int64", "json.Number"}, Describe: "type of integers; json.Number keeps any size"},
		{Name: "number", Default: "float64", Values: []string{"float64", "json.Number"}, Describe: "type of numbers; json.Number keeps all digits"},
		{Name: "date_time", Default: "string", Values: []string{"string", "time.Time"}, Describe: "type of strings with the format date-time"},
	}
}

// Generate returns a file for each unit of the model, and the helpers.
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
	files := make([]codegen.File, len(units)+1)
	files[0] = codegen.File{Path: helpersName, Content: g.helpers()}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, u := range units {
		group.Go(func() error {
			p := &printer{generator: g}
			source := p.unit(u, events[i])
			content, err := format.Source(source)
			if err != nil {
				return fmt.Errorf("format %s: %w", u.Types[0].Pointer, err)
			}
			// The suffix keeps words such as test and windows from steering the build.
			files[i+1] = codegen.File{Path: codegen.Stem(u.Name.Snake()) + "_gen.go", Content: content}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return uniquePaths(files), nil
}

// uniquePaths keeps a unit called evctl apart from the helpers.
func uniquePaths(files []codegen.File) []codegen.File {
	scope := codegen.NewScope()
	for i := range files {
		files[i].Path = scope.Take(strings.TrimSuffix(files[i].Path, "_gen.go")) + "_gen.go"
	}
	return files
}
