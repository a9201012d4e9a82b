package contracttest_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/payload"
)

func TestContract_IsReadBackFromItsCanonicalForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		source := contracts.Marshal(c)
		again, diags := contracts.Parse(diag.NewFile("canonical.json", source))
		library, _ := contracts.NewLibrary(nil)
		if again != nil {
			diags = append(diags, library.Link(again)...)
		}
		for _, d := range diags {
			t.Fatalf("the canonical form has problems: %s: %q\n%s", d.Message, d.Text(), source)
		}
		if diff := cmp.Diff(string(source), string(contracts.Marshal(again))); diff != "" {
			t.Fatalf("marshal, parse, marshal differs (-want +got):\n%s", diff)
		}
		if !contracts.Equal(c, again) || contracts.DigestOf(c) != contracts.DigestOf(again) {
			t.Fatalf("the contract read back is another one:\n%s", source)
		}
	})
}

func TestPayload_IsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		raw := contracttest.Payload(c).Draw(t, "payload")
		mutated := contracttest.Mutate(raw).Draw(t, "mutated")
		contracttest.Corrupt(raw).Draw(t, "corrupt")
		if !json.Valid(raw) || !json.Valid(mutated) {
			t.Fatalf("not JSON: %s or %s", raw, mutated)
		}
	})
}

func TestEdit_ChangesMostContracts(t *testing.T) {
	same, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		edited := contracttest.Edit(c).Draw(t, "edited")
		if all++; contracts.Equal(c, edited) {
			same++
		}
	})
	if same*2 > all {
		t.Errorf("%d of %d edits changed nothing", same, all)
	}
}

func TestSamples_HaveTheirFormats(t *testing.T) {
	for _, format := range formats.Table {
		for _, text := range contracttest.SamplesOf(format.Name) {
			if !format.Valid(text) {
				t.Errorf("%q is not a %s", text, format.Name)
			}
		}
	}
}

// What is drawn as likely valid mostly is; otherwise tests compare verdicts on
// nothing but refusals.
func TestPayload_IsMostlyValid(t *testing.T) {
	valid, mutatedValid, all := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		v, err := payload.Compile(c)
		if err != nil {
			t.Fatal(err)
		}
		raw := contracttest.Payload(c).Draw(t, "payload")
		all++
		if v.Valid(raw) {
			valid++
		}
		if v.Valid(contracttest.Mutate(raw).Draw(t, "mutated")) {
			mutatedValid++
		}
	})
	t.Logf("%d of %d payloads are valid, %d after a mutation", valid, all, mutatedValid)
	if valid*10 < all*8 || mutatedValid*20 < all || mutatedValid*10 > all*8 {
		t.Errorf("%d of %d payloads are valid, %d after a mutation", valid, all, mutatedValid)
	}
}
