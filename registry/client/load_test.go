package client_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
	"github.com/evctl/evctl/registry/storetest"
)

// manyContracts is a bundle of contracts with thirteen properties each.
func manyContracts(tb testing.TB, n int) []byte {
	tb.Helper()
	all := make([]registry.Published, n)
	for i := range all {
		var text strings.Builder
		fmt.Fprintf(&text, "event: area%03d.event_%05d\nversion: 1.0.0\ndescription: Something that happened.\nproperties:\n", i/100, i)
		for p := range 13 {
			fmt.Fprintf(&text, "  property_%02d: {type: string, maxLength: 64, required: true, description: What somebody wrote about it.}\n", p)
		}
		r, err := registry.NewRecord("x", storetest.Parse(tb, text.String()), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), []byte(`{"type":"object"}`), []byte(`{"event":{"1":"string property_00"}}`))
		if err != nil {
			tb.Fatal(err)
		}
		if all[i], err = r.Publish(); err != nil {
			tb.Fatal(err)
		}
	}
	return registry.EncodeBundle(all)
}

// BenchmarkOpen loads 10,000 contracts over a socket.
func BenchmarkOpen(b *testing.B) {
	data := manyContracts(b, 10_000)
	e, err := zstd.NewWriter(nil)
	if err != nil {
		b.Fatal(err)
	}
	packed := e.EncodeAll(data, nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "zstd")
		_, _ = w.Write(packed)
	}))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	b.SetBytes(int64(len(data)))
	b.ReportMetric(float64(len(packed)), "packed-bytes")
	for b.Loop() {
		c, err := client.Open(b.Context(), server.URL, client.Options{HTTP: &http.Client{Transport: transport}, Timeout: time.Minute})
		if err != nil || c.Status().Versions != 10_000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkHandler takes single events without a socket.
func BenchmarkHandler(b *testing.B) {
	f := start(b, orderV1)
	h := client.Handler(f.open(client.Options{}), nil)
	for name, c := range map[string]struct {
		body   string
		coding string
	}{"plain": {good, ""}, "gzip": {string(gzipped(b, []byte(good))), "gzip"}, "zstd": {string(zstandard(b, []byte(good))), "zstd"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
				if c.coding != "" {
					r.Header.Set("Content-Encoding", c.coding)
				}
				w := httptest.NewRecorder()
				if h.ServeHTTP(w, r); w.Code != http.StatusAccepted {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
