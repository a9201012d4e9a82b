package impact_test

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/impact"
	"github.com/evctl/evctl/contracts/workspace"
)

// BenchmarkRun replays the captured events of the demo workspace, as one long stream.
// Unchanged judges them once, Changed a second time by contracts that differ in
// their version.
func BenchmarkRun(b *testing.B) {
	w, err := workspace.Load(b.Context(), os.DirFS("../../testdata/shop"))
	if err != nil {
		b.Fatal(err)
	}
	env, _ := envelope.Parse(w.Config)
	if diags := env.Link(w.Library); len(diags) > 0 {
		b.Fatal(diags[0].Message)
	}
	text, err := os.ReadFile("../../testdata/shop/events/captured.ndjson")
	if err != nil {
		b.Fatal(err)
	}
	text = bytes.Repeat(text, 2000)
	for name, bump := range map[string]int{"unchanged": 0, "changed": 1} {
		b.Run(name, func(b *testing.B) {
			opt := impact.Options{Envelope: env, Old: w.Events(), New: w.Events(), Samples: 3}
			for i := range opt.New {
				c := *opt.New[i]
				c.Version.Patch += bump
				opt.New[i] = &c
			}
			r, err := impact.New(opt)
			if err != nil {
				b.Fatal(err)
			}
			in := impact.Input{Name: "captured", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				report, err := r.Run(b.Context(), []impact.Input{in})
				if err != nil || report.Summary.NewlyRejected != 0 || report.Summary.Valid == 0 {
					b.Fatal(err, report.Summary)
				}
			}
		})
	}
}
