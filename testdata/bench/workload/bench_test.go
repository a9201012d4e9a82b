package workload_test

import (
	"testing"

	"github.com/evctl/evctl/testdata/bench/workload"
)

// styleNames are the ways of writing that benchmarks tell apart.
var styleNames = []struct {
	name  string
	style workload.Style
}{
	{"compact", workload.Style{}},
	{"sorted", workload.Style{Sorted: true}},
	{"shuffled", workload.Style{Shuffled: true}},
	{"indented", workload.Style{Indented: true}},
	{"escaped", workload.Style{Escaped: true}},
	{"obscured", workload.Style{Obscured: true}},
}

// BenchmarkValid is the bare validators' verdict on the standard workload, in ns for
// an event: for every style the valid events, and the invalid ones.
func BenchmarkValid(b *testing.B) {
	p, err := workload.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	validators, err := p.Validators()
	if err != nil {
		b.Fatal(err)
	}
	perStyle(b, p, func(e *workload.Event) bool { return validators[e.Contract].Valid(e.Raw) })
}

// BenchmarkSet is the same with the envelope, and with the reasons.
func BenchmarkSet(b *testing.B) {
	p, err := workload.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	set, err := p.Set()
	if err != nil {
		b.Fatal(err)
	}
	perStyle(b, p, func(e *workload.Event) bool { return set.Validate(e.Raw).Valid })
}

func perStyle(b *testing.B, p *workload.Plan, valid func(*workload.Event) bool) {
	for _, s := range styleNames {
		opt := workload.Standard
		opt.Style = s.style
		all, err := workload.New(p, opt)
		if err != nil {
			b.Fatal(err)
		}
		for _, want := range []bool{true, false} {
			name := s.name + "/valid"
			if !want {
				name = s.name + "/invalid"
			}
			b.Run(name, func(b *testing.B) { some(b, all, want, valid) })
		}
	}
}

// some measures the events that are valid, or those that are not.
func some(b *testing.B, all []workload.Event, want bool, valid func(*workload.Event) bool) {
	var events []*workload.Event
	size := 0
	for i := range all {
		if e := &all[i]; e.Valid() == want {
			events = append(events, e)
			size += len(e.Raw)
		}
	}
	b.ReportAllocs()
	b.SetBytes(int64(size / len(events)))
	i := 0
	for b.Loop() {
		e := events[i]
		if i++; i == len(events) {
			i = 0
		}
		if valid(e) != want {
			b.Fatalf("expected %v: %s", want, e.Raw)
		}
	}
}
