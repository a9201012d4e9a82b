package schema_test

import (
	"bytes"
	"errors"
	"testing"

	v6 "github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/rawjson"
	"github.com/evctl/evctl/contracts/schema"
)

// compileSecond compiles a projection with a second validator.
func compileSecond(t rapid.TB, projection []byte) *v6.Schema {
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
	document, err := v6.UnmarshalJSON(bytes.NewReader(projection))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("https://evctl.invalid/schema.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://evctl.invalid/schema.json")
	if err != nil {
		t.Fatalf("%v\n%s", err, projection)
	}
	return s
}

// TestProject_HasTheVerdictsOfASecondValidator guards against mistakes that our
// reference and we make alike.
func TestProject_HasTheVerdictsOfASecondValidator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		ours, _ := compileBoth(t, c)
		second := compileSecond(t, schema.Project(c))
		for range 10 {
			raw := contracttest.Payload(c).Draw(t, "payload")
			for range 3 {
				if _, err := rawjson.Parse(raw); err != nil {
					break // read strictly: no question for a JSON Schema
				}
				value, err := v6.UnmarshalJSON(bytes.NewReader(raw))
				if err != nil {
					t.Fatal(err)
				}
				if err := second.Validate(value); ours.Valid(raw) != (err == nil) {
					t.Fatalf("payload says %v, second validator %v\npayload: %s\nprojection: %s", ours.Validate(raw), err, raw, schema.Project(c))
				}
				raw = contracttest.Mutate(raw).Draw(t, "mutated")
			}
		}
	})
}
