package payload_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/contracts/workspace"
)

// shop is the demo workspace with its captured events, of which most are valid.
func shop(b *testing.B) (*workspace.Workspace, [][]byte) {
	w, err := workspace.Load(b.Context(), os.DirFS("../../testdata/shop"))
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile("../../testdata/shop/events/captured.ndjson")
	if err != nil {
		b.Fatal(err)
	}
	return w, bytes.Split(bytes.TrimSpace(text), []byte("\n"))
}

const (
	benchContract = `
event: order.completed
version: 1.0.0
properties:
  order_id: {type: string, format: uuid, required: true}
  placed_at: {type: string, format: date-time, required: true}
  total: {type: number, minimum: 0, multipleOf: 0.01, required: true}
  currency: {type: string, enum: [EUR, USD, GBP], required: true}
  email: {type: string, format: email, pii: direct}
  coupon: {type: string, nullable: true, maxLength: 64}
  items: {type: array, minItems: 1, required: true, items: {type: object, properties: {
    sku: {type: string, pattern: '^[A-Z0-9-]+$', required: true}, quantity: {type: integer, minimum: 1, required: true}, price: {type: number, minimum: 0}}}}
  labels: {type: map, values: {type: string}}
  payment: {discriminator: method, oneOf: {card: {type: object, properties: {last4: {type: string, pattern: '^[0-9]{4}$'}}}, invoice: {type: object, properties: {due: {type: string, format: date}}}}}
`
	benchPayload = `{"order_id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b","placed_at":"2026-11-21T09:30:00Z","total":112.48,"currency":"EUR","email":"ann@example.com","coupon":null,"items":[{"sku":"SHOE-42-RED","quantity":1,"price":79.9},{"sku":"SOCK-42","quantity":3,"price":10.86}],"labels":{"source":"app","campaign":"autumn"},"payment":{"method":"card","last4":"4242"}}`
)

func BenchmarkValid(b *testing.B) {
	c := compile(b, benchContract)
	raw := []byte(benchPayload)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if !c.validator.Valid(raw) {
			b.Fatal(c.validator.Validate(raw))
		}
	}
}

func BenchmarkValidate_Invalid(b *testing.B) {
	c := compile(b, benchContract)
	raw := bytes.Replace([]byte(benchPayload), []byte(`"quantity":3`), []byte(`"quantity":0`), 1)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if len(c.validator.Validate(raw)) != 1 {
			b.Fatal("expected one violation")
		}
	}
}

// BenchmarkReference is the independent validator on the same payload.
func BenchmarkReference(b *testing.B) {
	c := compile(b, benchContract)
	raw := []byte(benchPayload)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if err := c.reference.Valid(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode is what encoding/json needs to decode the payload alone.
func BenchmarkDecode(b *testing.B) {
	raw := []byte(benchPayload)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSet_Validate(b *testing.B) {
	w, events := shop(b)
	env := envelopeOf(b, "{name: /event, version: /version, properties: /properties}")
	s := newSet(b, env, w.Events()...)
	size := 0
	for _, raw := range events {
		size += len(raw)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, raw := range events {
			s.Validate(raw)
		}
	}
	b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkCompile(b *testing.B) {
	c := event(b, benchContract)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := payload.Compile(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProject(b *testing.B) {
	c := event(b, benchContract)
	b.ReportAllocs()
	for b.Loop() {
		schema.Project(c)
	}
}
