package compat_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diff"
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

// TestCheck_BreaksComeWithAPayload is the other half: no alarm without a payload that
// one version accepts and the other rejects.
func TestCheck_BreaksComeWithAPayload(t *testing.T) {
	undecided, breaks := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		byOld, byNew := compile(t, old), compile(t, new)
		for _, f := range compat.Check(old, new, compat.Options{StrictContent: true}).Findings {
			if f.Undecided != "" {
				undecided++
			}
			if _, renamed := f.Change.(*diff.EventRenamed); renamed {
				continue
			}
			for _, side := range []struct {
				breaks           bool
				witness          *compat.Witness
				accepts, rejects *payload.Validator
			}{{f.Backward, f.BackwardWitness, byOld, byNew}, {f.Forward, f.ForwardWitness, byNew, byOld}} {
				switch {
				case side.breaks != (side.witness != nil):
					t.Errorf("%s: breaks %v, witness %v", f.Message(), side.breaks, side.witness)
				case side.breaks && (!side.accepts.Valid(side.witness.Payload) || side.rejects.Valid(side.witness.Payload)):
					t.Errorf("%s: %s proves nothing", f.Message(), side.witness.Payload)
				case side.breaks:
					breaks++
				}
			}
		}
	})
	t.Logf("%d breaks with a payload, %d changes undecided", breaks, undecided)
	if breaks == 0 {
		t.Error("no edit broke anything: the test tests nothing")
	}
}
