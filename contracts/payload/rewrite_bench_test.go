package payload_test

import (
	"testing"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// rewriters are what is measured: doing nothing, hashing, upgrading, and all at once.
func rewriters(b *testing.B) map[string]payload.RewriteOptions {
	privacy := &payload.Privacy{Direct: payload.Hash, Sensitive: payload.Drop, Key: testKey(b)}
	return map[string]payload.RewriteOptions{
		"nothing": {}, "redact": {Privacy: privacy}, "upgrade": {Upgrade: true}, "defaults": {Defaults: true},
		"all": {Upgrade: true, Defaults: true, Privacy: privacy},
	}
}

func BenchmarkRewriter(b *testing.B) {
	older := event(b, benchContract)
	newer := event(b, "event: order.completed\nversion: 1.1.0\nproperties:\n  channel: {type: string, required: true, default: web}\n"+benchContract[len("\nevent: order.completed\nversion: 1.0.0\nproperties:\n"):])
	s := newSet(b, envelope.Default(), older, newer)
	raw := []byte(`{"event":"order.completed","version":"1.0.0",` + benchPayload[1:])
	for name, options := range rewriters(b) {
		b.Run(name, func(b *testing.B) {
			w := newRewriter(b, s, options)
			var out []byte
			var r payload.Rewritten
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if out, r = w.Rewrite(out[:0], raw); !r.Valid {
					b.Fatal(r.Violations)
				}
			}
		})
	}
}

func BenchmarkJudge(b *testing.B) {
	s := newSet(b, envelope.Default(), event(b, benchContract))
	raw := []byte(`{"event":"order.completed","version":"1.0.0",` + benchPayload[1:])
	f := newFields(b, "/order_id", "/email", "/payment/method")
	var values [][]byte
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var v payload.Verdict
		if v, values = s.Judge(raw, f, values[:0]); !v.Valid {
			b.Fatal(v.Violations)
		}
	}
}
