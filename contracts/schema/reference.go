package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Reference is a JSON Schema compiled by an independent validator. It may be used
// from several goroutines.
type Reference struct {
	schema *jsonschema.Schema
}

// documentURL names the schema for its own references; nothing is ever loaded.
const documentURL = "https://evctl.invalid/schema.json"

// Compile compiles a JSON Schema of draft 4 to 2020-12; without $schema it is 2020-12.
// Formats are asserted, by contracts/formats. References must stay within the
// document: nothing is read from disk or network. The document is checked by the
// rules of contracts/rawjson first, because numbers without bounds would cost
// unbounded time.
func Compile(document []byte) (*Reference, error) {
	return CompileWith(document, CompileOptions{AssertFormats: true})
}

// CompileOptions say how a document is read.
type CompileOptions struct {
	// AssertFormats makes formats constraints.
	AssertFormats bool
	// Documents are further JSON Schemas that references may lead to, by URI.
	Documents map[string][]byte
}

// CompileWith is Compile with options.
func CompileWith(document []byte, opt CompileOptions) (reference *Reference, err error) {
	// The validator takes some schemas for granted that nobody promised it.
	defer func() {
		if failure := recover(); failure != nil {
			reference, err = nil, fmt.Errorf("compile JSON Schema: the reference validator gave up: %v", failure)
		}
	}()
	if _, err := rawjson.Parse(document); err != nil {
		return nil, fmt.Errorf("compile JSON Schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.AssertFormat = opt.AssertFormats
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("reference to %s leaves the document", url)
	}
	for _, f := range formats.Table {
		c.Formats[f.Name] = func(v any) bool {
			text, ok := v.(string)
			return !ok || f.Valid(text)
		}
	}
	if !opt.AssertFormats {
		annotate(c)
	}
	c.RegisterExtension(longKeyword, nil, longLists{})
	if err := c.AddResource(documentURL, bytes.NewReader(moveLongLists(document))); err != nil {
		return nil, fmt.Errorf("compile JSON Schema: %w", err)
	}
	for uri, further := range opt.Documents {
		if err := c.AddResource(uri, bytes.NewReader(moveLongLists(further))); err != nil {
			return nil, fmt.Errorf("compile JSON Schema: %w", err)
		}
	}
	s, err := c.Compile(documentURL)
	if err != nil {
		return nil, fmt.Errorf("compile JSON Schema: %s", inPlainWords(err))
	}
	return &Reference{s}, nil
}

// inPlainWords leaves the names out that only mean something in here.
func inPlainWords(err error) string {
	text := strings.TrimPrefix(err.Error(), "jsonschema "+documentURL+" compilation failed: ")
	return strings.ReplaceAll(text, documentURL, "")
}

// annotate takes the meaning from all keywords that the newest draft calls
// annotations: the validator asserts them for older drafts.
func annotate(c *jsonschema.Compiler) {
	for name := range jsonschema.Formats {
		c.Formats[name] = func(any) bool { return true }
	}
	for name := range jsonschema.Decoders {
		c.Decoders[name] = func(text string) ([]byte, error) { return []byte(text), nil }
	}
	for name := range jsonschema.MediaTypes {
		c.MediaTypes[name] = func([]byte) error { return nil }
	}
}

// Valid returns nil when the JSON text satisfies the schema, and otherwise an error
// that says why, over several lines.
func (r *Reference) Valid(raw []byte) error {
	if _, err := rawjson.Parse(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return err
	}
	err := r.schema.Validate(value)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		return errors.New(invalid.GoString())
	}
	return err
}
