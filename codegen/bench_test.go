package codegen_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/targets"
)

// benchmarkEvents is the size of the workspace that benchmarks generate from.
const benchmarkEvents = 500

// benchmarkModel is a model of events with 13 properties that share definitions.
func benchmarkModel(b *testing.B) *codegen.Model {
	b.Helper()
	dir := b.TempDir()
	put := func(path, text string) {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	put("evctl.yaml", "language: v1\n")
	put("contracts/money.yaml", "define: money\ntype: object\nproperties:\n  amount: {type: integer, required: true}\n  currency: {type: string, enum: [EUR, USD], open: true, required: true}\n")
	for i := range benchmarkEvents {
		put(fmt.Sprintf("contracts/%d.yaml", i), fmt.Sprintf(`event: object_%d.happened
version: 1.0.0
description: Something happened to an object, and somebody wants to know.
properties:
  object_id: {type: string, format: uuid, required: true, description: Number of the object.}
  price: {$ref: money, required: true, description: What it costs.}
  fee: {$ref: money, nullable: true, description: "What is added, null when nothing is."}
  channel: {type: string, enum: [web, app, shop], description: Where it happened.}
  count: {type: integer, minimum: 0, description: How many.}
  ratio: {type: number, description: Share of all.}
  returning: {type: boolean, description: Whether it happened before.}
  at: {type: string, format: date-time, required: true, description: When it happened.}
  labels: {type: map, values: {type: string}, description: Free labels.}
  items: {type: array, items: {type: object, properties: {sku: {type: string, required: true}, quantity: {type: integer}}}, description: Parts.}
  note: {type: string, nullable: true, description: What somebody wrote.}
  reason: {oneOf: {code: {type: integer}, text: {type: string}}, description: Why.}
  context: {type: any, description: Whatever else is known.}
`, i))
	}
	return codegentest.Model(b, dir)
}

func BenchmarkGenerate(b *testing.B) {
	m := benchmarkModel(b)
	for _, target := range targets.All {
		options, err := codegen.CheckOptions(target, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(target.Name(), func(b *testing.B) {
			for b.Loop() {
				if _, err := (codegen.Job{Target: target, Out: "out", Options: options}).Files(m); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/benchmarkEvents, "µs/event")
		})
	}
}

func BenchmarkNewModel(b *testing.B) {
	m := benchmarkModel(b)
	var src codegen.Source
	for _, e := range m.Events {
		src.Events = append(src.Events, e.Contract)
	}
	for b.Loop() {
		codegen.NewModel(src)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/benchmarkEvents, "µs/event")
}

// BenchmarkPlan_Current generates for all targets and finds nothing to do.
func BenchmarkPlan_Current(b *testing.B) {
	m := benchmarkModel(b)
	var jobs []codegen.Job
	for _, target := range targets.All {
		options, _ := codegen.CheckOptions(target, nil)
		jobs = append(jobs, codegen.Job{Target: target, Out: target.Name(), Options: options})
	}
	opt := codegen.PlanOptions{Root: b.TempDir(), Stage: true}
	plan, err := codegen.NewPlan(context.Background(), m, jobs, opt)
	if err == nil {
		err = plan.Apply(context.Background())
		plan.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		plan, err := codegen.NewPlan(context.Background(), m, jobs, opt)
		if err != nil || !plan.Clean() {
			b.Fatal("not clean", err)
		}
		plan.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/benchmarkEvents, "µs/event")
}
