package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

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
func (Target) Generate(m *codegen.Model, options codegen.Options) ([]codegen.File, error) {
	base, err := checkBase(options[optionBase])
	if err != nil {
		return nil, err
	}
	own := shared{} // files of their own
	if options[optionFiles] == "files" {
		own = newShared(m, nil)
	}
	paths := paths(m, nil)
	definitions := own.definitions(m)
	files := make([]codegen.File, len(m.Events)+len(definitions))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range m.Events {
		group.Go(func() (err error) {
			if files[i], err = event(e, paths[e], own, options[optionDraft], base); err != nil {
				return fmt.Errorf("event %q: %w", e.Contract.Name, err)
			}
			return nil
		})
	}
	for i, t := range definitions {
		group.Go(func() (err error) {
			if files[len(m.Events)+i], err = own.definition(t, options[optionDraft], base); err != nil {
				return fmt.Errorf("definition %q: %w", t.Definition, err)
			}
			return nil
		})
	}
	return files, group.Wait()
}

// event is the file of an event.
func event(e *codegen.Event, path string, own shared, draft, base string) (codegen.File, error) {
	projection, err := own.reachedFrom(e.Contract.Payload).split(schema.Project(e.Contract), "")
	if err != nil {
		return codegen.File{}, err
	}
	content, err := render(projection, draft, base, path)
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
func render(projection []byte, draft, base, path string) ([]byte, error) {
	dialect := schema.Dialect
	if draft == draft07 {
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
	if base != "" {
		head = document.AppendQuoted(append(head, `,"$id":`...), base+path)
	}
	head = document.AppendQuoted(append(head, `,"$comment":`...), codegen.Marker)
	var out bytes.Buffer
	if err := json.Indent(&out, append(head, rest...), "", "  "); err != nil {
		return nil, fmt.Errorf("lay out schema: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// parse reads JSON with the order of its keys.
func parse(text []byte) (*document.Node, error) {
	n, diags := document.Parse(diag.NewFile("schema.json", text))
	if n == nil || len(diags) > 0 {
		return nil, errors.New("projection is not JSON")
	}
	return n, nil
}
