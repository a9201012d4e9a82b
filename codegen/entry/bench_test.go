package entry_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/evctl/evctl/codegen/entry"
	"github.com/evctl/evctl/contracts/workspace"
)

// BenchmarkLint looks at 5,000 events in which nothing clashes, for four targets.
func BenchmarkLint(b *testing.B) {
	fsys := fstest.MapFS{
		workspace.ConfigName: {Data: []byte("language: v1\ngenerate:\n  - {target: go, out: a}\n  - {target: typescript, out: b}\n" +
			"  - {target: protobuf, out: c}\n  - {target: jsonschema, out: d}\n")},
		"contracts/money.yaml": {Data: []byte("define: money\ntype: object\nproperties:\n  amount: {type: integer}\n  currency: {type: string, enum: [EUR, USD]}\n")},
	}
	for i := range 5000 {
		fsys[fmt.Sprintf("contracts/%d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `event: object_%d.happened
version: 1.0.0
properties:
  object_id: {type: string, format: uuid, required: true}
  price: {$ref: money}
  channel: {type: string, enum: [web, app, shop]}
  count: {type: integer}
  at: {type: string, format: date-time}
  labels: {type: map, values: {type: string}}
  items: {type: array, items: {type: object, properties: {sku: {type: string}, quantity: {type: integer}}}}
  reason: {oneOf: {code: {type: integer}, text: {type: string}}}
  occurred_on: {type: string}
  visitor_name: {type: string}
  campaign_name: {type: string}
  first_time: {type: boolean}
  note: {type: string, nullable: true}
`, i)}
	}
	w, err := workspace.Load(context.Background(), fsys)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if found, err := entry.Lint(context.Background(), w); err != nil || len(found) > 0 {
			b.Fatal(found, err)
		}
	}
}
