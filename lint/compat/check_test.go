package compat_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/lint/compat"
)

func compile(t *rapid.T, c *contracts.Contract) *payload.Validator {
	t.Helper()
	v, err := payload.Compile(c)
	if err != nil {
		t.Fatalf("compile %s: %v", contracts.Marshal(c), err)
	}
	return v
}

// TestCheck_NoPayloadContradictsAVerdict is the soundness of the whole package: a
// payload that one version accepts and the other rejects must have been announced.
func TestCheck_NoPayloadContradictsAVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		v := compat.Check(old, new, compat.Options{StrictContent: true})
		backward, forward := false, false
		for _, f := range v.Findings {
			backward, forward = backward || f.Backward, forward || f.Forward
		}
		byOld, byNew := compile(t, old), compile(t, new)
		for range 8 {
			from := rapid.SampledFrom([]*contracts.Contract{old, new}).Draw(t, "from")
			raw := contracttest.Payload(from).Draw(t, "payload")
			if rapid.Bool().Draw(t, "mutated") {
				raw = contracttest.Mutate(raw).Draw(t, "mutation")
			}
			validOld, validNew := byOld.Valid(raw), byNew.Valid(raw)
			if validOld && !validNew && !backward {
				t.Errorf("verdict says nothing breaks backward, but\n%s\nis valid under\n%s\nand not under\n%s\n%v", raw, contracts.Marshal(old), contracts.Marshal(new), byNew.Validate(raw))
			}
			if validNew && !validOld && !forward {
				t.Errorf("verdict says nothing breaks forward, but\n%s\nis valid under\n%s\nand not under\n%s\n%v", raw, contracts.Marshal(new), contracts.Marshal(old), byOld.Validate(raw))
			}
		}
	})
}
