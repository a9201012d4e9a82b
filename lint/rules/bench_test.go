package rules

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/linttest"
)

// benchWorkspace is a workspace of n events of 13 properties, two of them definitions,
// as teams write them: mostly clean, with a finding here and there.
func benchWorkspace(tb testing.TB, n int) *workspace.Workspace {
	tb.Helper()
	fsys := fstest.MapFS{
		"evctl.yaml":           {Data: []byte("language: v1\nlint: {profile: strict}\n")},
		"contracts/money.yaml": {Data: []byte("define: money\ndescription: An amount with its currency.\ntype: object\nproperties:\n  amount_minor: {type: integer, required: true, description: In cents.}\n  currency: {type: string, required: true, enum: [EUR, USD], open: true, description: Its currency.}\n")},
	}
	objects := strings.Fields("order cart product shipment invoice customer session campaign ticket review")
	actions := strings.Fields("created updated deleted viewed opened closed paid sent received approved")
	for i := range n {
		name := fmt.Sprintf("%s_%d.%s", objects[i%len(objects)], i/100, actions[i/10%len(actions)])
		text := fmt.Sprintf(`event: %[1]s
version: 1.%[2]d.0
description: Something happened to number %[2]d.
owner: team_%[3]d
retention: 400d
tags: [funnel]
properties:
  record_id: {type: string, format: uuid, required: true, description: Number of the record.}
  occurred_at: {type: string, format: date-time, required: true, description: When it happened.}
  amount: {$ref: money, description: What it is worth.}
  item_count: {type: integer, minimum: 0, maximum: 1000, description: Pieces in it.}
  channel: {type: string, enum: [web, app, store], open: true, description: Where it happened.}
  customer_email: {type: string, format: email, pii: direct, description: Who it belongs to.}
  coupon_code: {type: string, nullable: true, maxLength: 64, description: Code that was used.}
  load_time_ms: {type: integer, unit: ms, minimum: 0, description: Time it took.}
  labels_%[4]d: {type: map, values: {type: string, maxLength: 60}, description: Free labels of the team.}
  is_first: {type: boolean, description: Whether it is the first one.}
  shipping:
    type: object
    description: Where it goes.
    properties:
      country: {type: string, pattern: '^[A-Z]{2}$', description: Country code of the place.}
      carrier: {type: string, maxLength: 40, description: Who brings it.}
  reason: {type: string, maxLength: 200, description: Why it happened.}
examples:
  - {record_id: 7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b, occurred_at: "2026-11-20T12:00:00Z", item_count: 3, channel: web}
`, name, i, i%20, i%50)
		fsys[fmt.Sprintf("contracts/%s/%s.yaml", objects[i%len(objects)], name)] = &fstest.MapFile{Data: []byte(text)}
	}
	w, err := workspace.Load(context.Background(), fsys)
	if err != nil {
		tb.Fatal(err)
	}
	if len(w.Diagnostics) > 0 {
		tb.Fatalf("the workspace is broken: %s", w.Diagnostics[0].Message)
	}
	return w
}

func benchmarkRun(b *testing.B, n int) {
	w := benchWorkspace(b, n)
	c, err := lint.NewCatalogue(Set())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		result, err := lint.Run(context.Background(), w, lint.Options{Catalogue: c, Now: linttest.Now})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(result.Diagnostics)), "findings")
	}
}

func BenchmarkRun_1000Contracts(b *testing.B) { benchmarkRun(b, 1000) }
func BenchmarkRun_5000Contracts(b *testing.B) { benchmarkRun(b, 5000) }

// BenchmarkRule measures each rule alone on 1,000 contracts.
func BenchmarkRule(b *testing.B) {
	w := benchWorkspace(b, 1000)
	for _, r := range Set().Rules {
		b.Run(r.ID, func(b *testing.B) {
			c, err := lint.NewCatalogue(lint.Set{Rules: []lint.Rule{r}})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := lint.Run(context.Background(), w, lint.Options{Catalogue: c, Now: linttest.Now}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
