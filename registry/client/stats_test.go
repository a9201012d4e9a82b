package client_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/registry/client"
)

func TestStats_CountByVersionAndRule(t *testing.T) {
	f := start(t, orderV1, cartV1)
	c := f.open(client.Options{})
	for _, raw := range []string{
		good, good, bad,
		`{"event":"order.completed","version":"1.0.0","total":"x","email":1}`,
		`{"event":"order.completed","version":"1.0.0","total":-1,"foo":1,"bar":2}`,
		goodNew, `{"event":"order.lost"}`, `{`, `{"event":"cart.viewed","version":"1.0.0"}`,
	} {
		c.Valid([]byte(raw))
	}
	f.publish(orderV11)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Valid([]byte(good))
	c.Valid([]byte(goodNew))
	want := client.Stats{
		Valid: 5, Invalid: 3, Unknown: 3,
		Rules: map[string]int64{"event-unknown": 1, "version-unknown": 1, "json-syntax": 1},
		Events: []client.EventStats{
			{Event: "cart.viewed", Version: "1.0.0", Valid: 1},
			{Event: "order.completed", Invalid: 1, Rules: map[string]int64{"version-unknown": 1}},
			{Event: "order.completed", Version: "1.0.0", Valid: 3, Invalid: 3, Rules: map[string]int64{"minimum": 2, "type": 1, "additionalProperties": 1}},
			{Event: "order.completed", Version: "1.1.0", Valid: 1},
		},
	}
	if diff := cmp.Diff(want, c.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestStats_NobodyMakesThemGrow(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{})
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 2000 {
				c.Valid(fmt.Appendf(nil, `{"event":"e%d.%d","version":"%d.0.0","%d":1}`, worker, i, i, i))
				c.Valid(fmt.Appendf(nil, `{"event":"order.completed","version":"%d.%d.0","total":1}`, i+2, worker))
			}
		})
	}
	group.Wait()
	s := c.Stats()
	want := client.Stats{
		Unknown: 32_000, Rules: map[string]int64{"event-unknown": 16_000, "version-unknown": 16_000},
		Events: []client.EventStats{{Event: "order.completed", Invalid: 16_000, Rules: map[string]int64{"version-unknown": 16_000}}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestStats_AValidEventCostsNoAllocation(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{})
	raw, set := []byte(good), c.Set()
	if got, without := testing.AllocsPerRun(1000, func() { c.Valid(raw) }), testing.AllocsPerRun(1000, func() { set.Validate(raw) }); got > without {
		t.Errorf("%v allocations, %v without counting", got, without)
	}
}

func TestMetrics_InTheTextFormatOfPrometheus(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{})
	for _, raw := range []string{good, bad, `{"event":"x\"\n"}`} {
		c.Valid([]byte(raw))
	}
	var out strings.Builder
	if err := c.WriteMetrics(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`evctl_events_total{event="order.completed",version="1.0.0",verdict="valid"} 1`,
		`evctl_events_total{event="order.completed",version="1.0.0",verdict="invalid"} 1`,
		`evctl_events_total{event="",version="",verdict="unknown"} 1`,
		`evctl_violations_total{event="order.completed",version="1.0.0",rule="minimum"} 1`,
		`evctl_violations_total{event="",version="",rule="event-unknown"} 1`,
		`evctl_contracts_versions 1`,
		`evctl_contracts_current 1`,
	} {
		if !strings.Contains(out.String(), want+"\n") {
			t.Errorf("metrics lack %s:\n%s", want, out.String())
		}
	}
	f.put(gone)
	if c.Refresh(t.Context()) == nil {
		t.Fatal("no error")
	}
	out.Reset()
	if err := c.WriteMetrics(&out); err != nil || !strings.Contains(out.String(), "evctl_contracts_current 0\n") {
		t.Errorf("metrics do not say that the registry is away: %v\n%s", err, out.String())
	}
}

func BenchmarkValid(b *testing.B) {
	f := start(b, orderV1)
	c := f.open(client.Options{})
	raw, set := []byte(good), c.Set()
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			set.Validate(raw)
		}
	})
	b.Run("client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Valid(raw)
		}
	})
}
