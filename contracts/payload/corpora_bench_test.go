package payload_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/evctl/evctl/contracts/formats"
)

// BenchmarkCorpora_AgainstV5 measures every payload of the corpora, and every mutation that is
// JSON, by itself: no average hides a case that is slower than with santhosh v5. It prints how
// many are, as a verdict and with all reasons, of how many, and the largest ratio.
func BenchmarkCorpora_AgainstV5(b *testing.B) {
	for _, r := range realPayloads {
		b.Run(r.name, func(b *testing.B) {
			tally := duels{schemas: map[*judges]*jsonschema.Schema{}}
			c := openCorpus(b, r.source, r.folder)
			c.take = tally.add
			r.read(c)
			for range b.N { // measured already
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(tally.cases), "cases")
			b.ReportMetric(float64(tally.valid.slower), "slower")
			b.ReportMetric(tally.valid.worst, "largest-ratio")
			b.ReportMetric(float64(tally.reasons.slower), "slower-with-reasons")
			b.ReportMetric(tally.reasons.worst, "largest-ratio-with-reasons")
			b.ReportMetric(math.Exp(tally.logarithms/float64(tally.cases)), "times-faster")
		})
	}
}

// duels are comparisons with the other validator.
type duels struct {
	schemas        map[*judges]*jsonschema.Schema
	cases          int
	valid, reasons contest
	logarithms     float64 // of how many times slower the other one is than a verdict
}

type contest struct {
	slower int
	worst  float64 // the largest share of the other's time
}

func (d *duels) add(j *judges, raw []byte) {
	if !json.Valid(raw) {
		return
	}
	v5 := d.compiled(j)
	theirs := fastest(func() {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		var value any
		if decoder.Decode(&value) == nil {
			_ = v5.Validate(value)
		}
	})
	ours := fastest(func() { j.own.Valid(raw) })
	d.cases++
	d.logarithms += math.Log(float64(theirs) / float64(ours))
	d.valid.add(ours, theirs)
	d.reasons.add(fastest(func() { j.own.Validate(raw) }), theirs)
}

// compiled is the contract's projection as its users would compile it, with our formats.
func (d *duels) compiled(j *judges) *jsonschema.Schema {
	if s := d.schemas[j]; s != nil {
		return s
	}
	c := jsonschema.NewCompiler()
	c.Draft, c.AssertFormat = jsonschema.Draft2020, true
	for _, f := range formats.Table {
		c.Formats[f.Name] = func(v any) bool {
			text, ok := v.(string)
			return !ok || f.Valid(text)
		}
	}
	const url = "https://evctl.invalid/contract.json"
	err := c.AddResource(url, bytes.NewReader(j.projection))
	if err == nil {
		d.schemas[j], err = c.Compile(url)
	}
	if err != nil {
		panic(err)
	}
	return d.schemas[j]
}

func (c *contest) add(ours, theirs time.Duration) {
	ratio := float64(ours) / float64(theirs)
	if c.worst = max(c.worst, ratio); ratio > 1 {
		c.slower++
	}
}

// fastest is the time that something takes, the least of several.
func fastest(do func()) time.Duration {
	best := time.Hour
	for range 7 {
		start := time.Now()
		do()
		best = min(best, time.Since(start))
	}
	return best
}
