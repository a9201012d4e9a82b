package registry_test

import (
	"testing"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/storetest"
)

func benchmarkRecord(b *testing.B) *registry.Record {
	text := "event: order.completed\nversion: 1.0.0\ndescription: A shopper paid and the shop accepted the order.\nproperties:\n"
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"} {
		text += "  property_" + name + ": {type: string, maxLength: 64, required: true, description: What somebody wrote about it.}\n"
	}
	c := storetest.Parse(b, text)
	r, err := registry.NewRecord("x", c, noon, []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"property_a":{"type":"string","maxLength":64,"description":"What somebody wrote about it."}}}`), []byte(`{"event":{"1":"string property_a"}}`))
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func BenchmarkPeek(b *testing.B) {
	r := benchmarkRecord(b)
	b.SetBytes(int64(len(r.File.Data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := registry.Peek(r.File.Data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeAndParse(b *testing.B) {
	r := benchmarkRecord(b)
	b.SetBytes(int64(len(r.File.Data)))
	b.ReportAllocs()
	for b.Loop() {
		again, err := registry.Decode(r.File)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := again.Contract(); err != nil {
			b.Fatal(err)
		}
	}
}
