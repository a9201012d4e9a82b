package contracttest

import (
	"bytes"
	"errors"

	v6 "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/evctl/evctl/contracts/formats"
)

// SecondValidator compiles a JSON Schema with another validator than contracts/schema
// does, so that mistakes that we and our reference make alike are found. Formats are those
// of the language, and asserted.
func SecondValidator(text []byte) (*v6.Schema, error) {
	c := v6.NewCompiler()
	c.DefaultDraft(v6.Draft2020)
	c.AssertFormat()
	for _, f := range formats.Table {
		c.RegisterFormat(&v6.Format{Name: f.Name, Validate: func(v any) error {
			if text, ok := v.(string); ok && !f.Valid(text) {
				return errors.New("another format")
			}
			return nil
		}})
	}
	document, err := v6.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if err := c.AddResource("https://evctl.invalid/schema.json", document); err != nil {
		return nil, err
	}
	return c.Compile("https://evctl.invalid/schema.json")
}
