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
func (Target) Describe() string { return "one self-contained JSON Schema for each event" }

// Names of options.
const (
	optionDraft = "draft"
	optionBase  = "base_url"
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
	}
}

// Generate returns a schema for each event.
func (Target) Generate(m *codegen.Model, options codegen.Options) ([]codegen.File, error) {
	base, err := checkBase(options[optionBase])
	if err != nil {
		return nil, err
	}
	files := make([]codegen.File, len(m.Events))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range m.Events {
		group.Go(func() error {
			path := codegen.Stem(e.Name.Snake()) + ".schema.json"
			content, err := render(schema.Project(e.Contract), options[optionDraft], base, path)
			if err != nil {
				return fmt.Errorf("event %q: %w", e.Contract.Name, err)
			}
			files[i] = codegen.File{Path: path, Content: content}
			return nil
		})
	}
	return files, group.Wait()
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
