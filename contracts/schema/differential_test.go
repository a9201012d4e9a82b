package schema_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
)

// compileBoth compiles a contract with our validator and its projection with the
// reference.
func compileBoth(t rapid.TB, c *contracts.Contract) (*payload.Validator, *schema.Reference) {
	ours, err := payload.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	projection := schema.Project(c)
	reference, err := schema.Compile(projection)
	if err != nil {
		t.Fatalf("%v\n%s", err, projection)
	}
	return ours, reference
}

func compareVerdicts(t rapid.TB, c *contracts.Contract, ours *payload.Validator, reference *schema.Reference, raw []byte) bool {
	valid := ours.Valid(raw)
	violations := ours.Validate(raw)
	if valid != (violations == nil) {
		t.Fatalf("Valid says %v, Validate %v\n%s", valid, violations, raw)
	}
	if err := reference.Valid(raw); valid != (err == nil) {
		t.Fatalf("payload says %v %v, reference %v\npayload: %s\ncontract: %s\nprojection: %s",
			valid, violations, err, raw, contracts.Marshal(c), schema.Project(c))
	}
	return valid
}

func TestProject_HasTheVerdictsOfTheContract(t *testing.T) {
	valid, invalid := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		ours, reference := compileBoth(t, c)
		for range 10 {
			raw := contracttest.Payload(c).Draw(t, "payload")
			for range 4 {
				if compareVerdicts(t, c, ours, reference, raw) {
					valid++
				} else {
					invalid++
				}
				raw = contracttest.Mutate(raw).Draw(t, "mutated")
			}
		}
	})
	t.Logf("%d valid, %d invalid", valid, invalid)
	if valid < invalid/20 || invalid < valid/20 {
		t.Errorf("verdicts are one-sided: %d valid, %d invalid", valid, invalid)
	}
}
