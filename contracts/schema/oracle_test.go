package schema_test

import (
	"bytes"
	"testing"

	v6 "github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/rawjson"
	"github.com/evctl/evctl/contracts/schema"
)

// TestProject_HasTheVerdictsOfASecondValidator guards against mistakes that our
// reference and we make alike.
func TestProject_HasTheVerdictsOfASecondValidator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		ours, _ := compileBoth(t, c)
		second, err := contracttest.SecondValidator(schema.Project(c))
		if err != nil {
			t.Fatal(err)
		}
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
