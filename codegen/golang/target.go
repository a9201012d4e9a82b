package golang

import (
	"fmt"
	"go/format"
	"go/token"
	"strings"

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
		{Name: "packages", Default: "one", Values: []string{"one", "domain"}, Describe: "one package for all, or one for each domain: order for order.completed"},
		{Name: "integer", Default: "int64", Values: []string{"int64", "json.Number"}, Describe: "type of integers; json.Number keeps any size"},
		{Name: "number", Default: "float64", Values: []string{"float64", "json.Number"}, Describe: "type of numbers; json.Number keeps all digits"},
		{Name: "formats", Default: "typed", Values: []string{"typed", "string"}, Describe: "type of strings with a format; typed has DateTime, Date, TimeOfDay, Duration and UUID"},
		{Name: "tracker", Default: "true", Values: []string{"true", "false"}, Describe: "whether there is a Tracker that sends events"},
	}
}

// Generate returns a file for each unit of the model, and the files that they share.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	if pkg := options["package"]; !token.IsIdentifier(pkg) || pkg == "_" {
		return fmt.Errorf("option package is %q, expected a Go identifier", pkg)
	}
	if options["packages"] == "one" {
		return newGenerator(m, options, nil).emit(emit)
	}
	for _, d := range domains(m, options["package"]) {
		g := newGenerator(d.model, options, nil)
		g.pkg, g.folder = d.name, d.name+"/"
		if err := g.emit(emit); err != nil {
			return err
		}
	}
	return nil
}

// Identify tells names what the packages declare.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	if options["packages"] == "one" {
		newGenerator(m, options, names)
		return
	}
	for _, d := range domains(m, options["package"]) {
		newGenerator(d.model, options, names)
	}
}

// emit prints the files of one package.
func (g *generator) emit(emit codegen.Emit) error {
	units := make([]*codegen.Unit, 0, len(g.model.Events)+len(g.model.Shared))
	events := make([]*codegen.Event, 0, cap(units))
	for _, e := range g.model.Events {
		units, events = append(units, &e.Unit), append(events, e)
	}
	for _, u := range g.model.Shared {
		units, events = append(units, u), append(events, nil)
	}
	err := codegen.Parallel(len(units), func() func(int) error {
		p := &printer{generator: g}
		return func(i int) error {
			content, err := p.unit(units[i], events[i])
			if err != nil {
				return err
			}
			return emit(codegen.File{Path: g.folder + g.paths[units[i]] + fileEnd, Content: content})
		}
	})
	if err != nil {
		return err
	}
	for _, f := range append(g.helperSources(), codegen.File{Path: indexFile, Content: g.index()}) {
		f.Path = g.folder + f.Path
		if err := emit(f); err != nil {
			return err
		}
	}
	return nil
}

// unit is the file of one unit, which is valid until the next one; e is nil for shared ones.
func (p *printer) unit(u *codegen.Unit, e *codegen.Event) ([]byte, error) {
	clear(p.names)
	*p = printer{generator: p.generator, out: p.out, body: p.body[:0], imports: p.imports[:0], tail: p.tail[:0], names: p.names}
	p.declarations(u, e)
	p.out = p.generator.file(p.out[:0], p.imports, p.body)
	if !p.unsure {
		return p.out, nil
	}
	content, err := format.Source(p.out)
	if err != nil {
		return nil, fmt.Errorf("format %s: %w", u.Types[0].Pointer, err)
	}
	return content, nil
}

// index is the file that reads events by their names.
func (g *generator) index() []byte {
	p := &printer{generator: g}
	p.gap()
	p.line("// ParseEvent reads a payload of the event with a name, and accepts exactly what its contract")
	p.line("// accepts. The error wraps ErrUnknownEvent or is a *ValidationError.")
	p.line("func ParseEvent(name string, data []byte) (Event, error) {")
	p.line("switch name {")
	for _, e := range g.model.Events {
		p.line("case ", g.events[e].name, ":")
		p.line("return parsed(", g.parsers[e], "(data))")
	}
	p.line("}")
	p.line("return nil, unknownEvent(name)")
	p.line("}")
	return g.file(nil, nil, p.body, g.packageDoc()...)
}

// packageDoc is the documentation of the package, with an event for an example.
func (g *generator) packageDoc() []string {
	doc := []string{
		"Package " + g.pkg + " has the types of events and of what they are made of, as their contracts",
		"describe them.",
	}
	if len(g.model.Events) == 0 {
		return doc
	}
	e, call := g.example()
	if g.options["tracker"] == "true" {
		doc = append(doc, "",
			"An event is made with its constructor, which asks for what is required, and sent with a",
			"Tracker:",
			"",
			"\ttracker := "+g.pkg+`.NewTracker(`+g.pkg+`.HTTPSink{URL: "https://collector.example.com"}, `+g.pkg+`.FlatEnvelope)`,
			"\terr := tracker.Track(ctx, "+call+")")
	} else {
		doc = append(doc, "",
			"An event is made with its constructor, which asks for what is required, and written as JSON:",
			"",
			"\tevent := "+call,
			"\tdata, err := event.AppendJSON(nil)")
	}
	return append(doc, "",
		"It is read as strictly as its contract says, or as consumers should, who let pass what later",
		"versions add:",
		"",
		"\tevent, err := "+g.pkg+"."+g.parsers[e]+"(data)",
		"\terr = json.Unmarshal(data, &event)",
		"",
		"Validate says what the contract objects to. Redacted takes personal data out of events, and",
		"LogValue keeps it out of logs.")
}

// example is the first event whose constructor is called in a short line, or the first, and
// the call.
func (g *generator) example() (found *codegen.Event, call string) {
	for _, e := range g.model.Events {
		arguments := strings.Join(g.parameters(g.fields(e.Payload, nil)), ", ")
		text := g.pkg + "." + g.constructors[e.Payload] + "(" + arguments + ")"
		if found == nil || len(text) <= 70 {
			found, call = e, text
		}
		if len(text) <= 70 {
			break
		}
	}
	return found, call
}
