package payload_test

import (
	"encoding/json"
	"testing"

	"github.com/evctl/evctl/testdata/bench/workload"
)

// BenchmarkWorkload is a pass over the events of the published figures.
func BenchmarkWorkload(b *testing.B) {
	plan, err := workload.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	set, err := plan.Set()
	if err != nil {
		b.Fatal(err)
	}
	opt := workload.Standard
	opt.Events = 1000
	events, err := workload.New(plan, opt)
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for _, e := range events {
		size += len(e.Raw)
		if set.Valid(e.Raw) != e.Valid() {
			b.Fatalf("%s: %s", e.Mutation, e.Raw)
		}
	}
	b.SetBytes(int64(size / len(events)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e := &events[i%len(events)]
		if set.Valid(e.Raw) != e.Valid() {
			b.Fatal(e.Mutation)
		}
	}
}

// BenchmarkWorkload_JSON is what encoding/json needs to see that the events are JSON.
func BenchmarkWorkload_JSON(b *testing.B) {
	plan, err := workload.Load(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	opt := workload.Standard
	opt.Events = 1000
	events, err := workload.New(plan, opt)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		json.Valid(events[i%len(events)].Raw)
	}
}
