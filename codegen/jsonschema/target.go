package jsonschema

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/schema"
)

// Target generates JSON Schema.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "jsonschema" }

// Describe is the line in the list of targets.
func (Target) Describe() string {
	return "one JSON Schema for each event, self-contained or with files for shared definitions"
}

// Names of options.
const (
	optionDraft = "draft"
	optionBase  = "base_url"
	optionFiles = "definitions"
)

// Drafts of JSON Schema.
const (
	draft2020 = "2020-12"
	draft07   = "draft-07"
)

// Options are the settings of the target.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: optionDraft, Default: draft2020, Values: []string{draft2020, draft07}, Describe: "version of JSON Schema"},
		{Name: optionBase, Describe: "URL of the out folder, for $id; no $id when empty"},
		{Name: optionFiles, Default: "bundled", Values: []string{"bundled", "files"},
			Describe: "shared definitions in every schema that uses them, or in files of their own that schemas refer to"},
	}
}

// Identify tells names how the files are called.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	paths(m, names)
	if options[optionFiles] == "files" {
		newShared(m, names)
	}
}

// ending is that of all files.
const ending = ".schema.json"

// paths are the files of the events. names learns of them; nil while schemas are printed.
func paths(m *codegen.Model, names *codegen.Names) map[*codegen.Event]string {
	all := make(map[*codegen.Event]string, len(m.Events))
	scope := names.Files()
	for _, e := range m.Events {
		all[e] = scope.Name(codegen.Stem(e.Name.Snake()), e.Origin()) + ending
	}
	return all
}

// Generate returns a schema for each event, and for each shared definition when they
// have files.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	base, err := checkBase(options[optionBase])
	if err != nil {
		return err
	}
	own := shared{} // files of their own
	if options[optionFiles] == "files" {
		own = newShared(m, nil)
	}
	paths := paths(m, nil)
	definitions := own.definitions(m)
	return codegen.Parallel(len(m.Events)+len(definitions), func() func(int) error {
		p := &printer{own: own, draft: options[optionDraft], base: base}
		return func(i int) error {
			if i >= len(m.Events) {
				t := definitions[i-len(m.Events)]
				file, err := p.definition(t)
				if err != nil {
					return fmt.Errorf("definition %q: %w", t.Definition, err)
				}
				return emit(file)
			}
			e := m.Events[i]
			file, err := p.event(e, paths[e])
			if err != nil {
				return fmt.Errorf("event %q: %w", e.Contract.Name, err)
			}
			return emit(file)
		}
	})
}

// printer writes files, one after the other, each into the memory of the one before.
type printer struct {
	own         shared // definitions with files of their own
	draft, base string
	projection  []byte // as it comes
	marked      []byte // with the mark of generated files
	text        []byte // laid out
}

// event is the file of an event.
func (p *printer) event(e *codegen.Event, path string) (codegen.File, error) {
	p.projection = schema.AppendProject(p.projection[:0], e.Contract)
	projection, err := p.own.reachedFrom(e.Contract.Payload).split(p.projection, "")
	if err != nil {
		return codegen.File{}, err
	}
	content, err := p.render(projection, path)
	return codegen.File{Path: path, Content: content}, err
}

// checkBase wants an absolute URL without query and fragment, or nothing.
func checkBase(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || !u.IsAbs() || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("option %s is %q, expected a URL such as https://schemas.example.com/events", optionBase, text)
	}
	return strings.TrimSuffix(text, "/") + "/", nil
}

// render lays a projection out, with the mark of generated files behind its dialect.
func (p *printer) render(projection []byte, path string) ([]byte, error) {
	dialect := schema.Dialect
	if p.draft == draft07 {
		var err error
		if projection, err = toDraft07(projection); err != nil {
			return nil, err
		}
		dialect = dialect07
	}
	head := document.AppendQuoted([]byte(`{"$schema":`), dialect)
	rest, ok := bytes.CutPrefix(projection, head)
	if !ok {
		return nil, errors.New("projection does not start with its dialect")
	}
	if p.base != "" {
		head = document.AppendQuoted(append(head, `,"$id":`...), p.base+path)
	}
	head = document.AppendQuoted(append(head, `,"$comment":`...), codegen.Marker)
	p.marked = append(append(p.marked[:0], head...), rest...)
	p.text = append(indented(p.text[:0], p.marked), '\n')
	return p.text, nil
}

// parse reads JSON with the order of its keys.
func parse(text []byte) (*document.Node, error) {
	n, diags := document.Parse(diag.NewFile("schema.json", text))
	if n == nil || len(diags) > 0 {
		return nil, errors.New("projection is not JSON")
	}
	return n, nil
}
