package cli

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/impact"
	"github.com/evctl/evctl/contracts/workspace"
)

// TestForesee_ExplainsWhatEventsRunInto draws edits of contracts and payloads of the old
// one: whatever is newly rejected has a change beside it, whether that was expected to
// break payloads or not.
func TestForesee_ExplainsWhatEventsRunInto(t *testing.T) {
	config, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("envelope: {name: /e, version: /v, properties: /p}")))
	if len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	env, diags := envelope.Parse(config)
	if len(diags) > 0 {
		t.Fatal(diags[0].Message)
	}
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		if new == nil {
			t.Skip("the edited contract does not parse")
		}
		var text bytes.Buffer
		for range 20 {
			raw := contracttest.Payload(old).Draw(t, "payload")
			fmt.Fprintf(&text, `{"e":%q,"v":%q,"p":%s}`+"\n", old.Name, old.Version, raw)
		}
		r, err := impact.New(impact.Options{
			Envelope: env, Old: []*contracts.Contract{old}, New: []*contracts.Contract{new}, Samples: 1,
			Foresee: func(old, new *contracts.Contract) ([]impact.Change, error) { return foresee(config, old, new) },
		})
		if err != nil {
			t.Fatal(err)
		}
		in := impact.Input{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(&text), nil }}
		report, err := r.Run(t.Context(), []impact.Input{in})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			if len(f.Changes) == 0 {
				t.Fatalf("nothing explains %s at %s (%s): %v\nfindings: %+v\nold: %s\nnew: %s",
					f.Rule, f.Pointer, f.Expected, f.Samples, report.Findings, contracts.Marshal(old), contracts.Marshal(new))
			}
		}
	})
}
