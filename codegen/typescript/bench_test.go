package typescript

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
)

// BenchmarkChecks_BesideAjv measures the checks of the shop's events, one payload in ten
// invalid, beside the standalone code that Ajv makes of the emitted JSON Schema.
func BenchmarkChecks_BesideAjv(b *testing.B) {
	m := codegentest.Model(b, shop)
	var in bytes.Buffer
	encoder := json.NewEncoder(&in)
	schemas := map[string]json.RawMessage{}
	for _, e := range m.Events {
		schemas[e.Contract.Name] = schema.Project(e.Contract)
	}
	if err := encoder.Encode(map[string]any{"schemas": schemas}); err != nil {
		b.Fatal(err)
	}
	for _, e := range m.Events {
		v, err := payload.Compile(e.Contract)
		if err != nil {
			b.Fatal(err)
		}
		for i, n := 0, 0; n < 200; i++ {
			raw := contracttest.Payload(e.Contract).Example(i)
			if n%10 == 0 {
				raw = contracttest.Mutate(raw).Example(i)
			}
			if v.Valid(raw) == (n%10 == 0) {
				continue
			}
			n++
			if err := encoder.Encode(sample{Event: e.Contract.Name, Raw: string(raw)}); err != nil {
				b.Fatal(err)
			}
		}
	}
	out := compiled(b, m)
	for b.Loop() {
		cmd := exec.Command("node", filepath.Join(installed(b, "testdata/run"), "bench.mjs"), out)
		var stderr bytes.Buffer
		cmd.Stdin, cmd.Stderr = bytes.NewReader(in.Bytes()), &stderr
		answer, err := cmd.Output()
		if err != nil {
			b.Fatalf("%v\n%s", err, stderr.Bytes())
		}
		var got map[string]struct{ Ours, Ajv, Bytes float64 }
		if err := json.Unmarshal(answer, &got); err != nil {
			b.Fatal(err)
		}
		var ours, ajv, worst float64
		for event, r := range got {
			b.Logf("%-26s %5.0f bytes %7.1f ns, Ajv %7.1f ns, %.2f of it", event, r.Bytes, r.Ours, r.Ajv, r.Ours/r.Ajv)
			ours, ajv, worst = ours+r.Ours, ajv+r.Ajv, max(worst, r.Ours/r.Ajv)
		}
		b.ReportMetric(ours/float64(len(got)), "ns/event")
		b.ReportMetric(ajv/float64(len(got)), "ajv-ns/event")
		b.ReportMetric(worst, "worst-ratio")
	}
}
