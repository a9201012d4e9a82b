package client_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"

	"github.com/evctl/evctl/registry/client"
)

// FuzzCache_NothingInItMakesAClientFail starts collectors with anything in their cache,
// under the right digest too.
func FuzzCache_NothingInItMakesAClientFail(f *testing.F) {
	server := start(f, orderV1)
	opt := client.Options{CacheDir: f.TempDir()}
	server.open(opt)
	path := only(f, opt.CacheDir)
	right, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	_, rest, _ := bytes.Cut(right, []byte("\n"))
	f.Add(right, false)
	f.Add(rest, true)
	f.Add([]byte("{}\n{}"), true)
	f.Add([]byte("\n"), true)
	f.Add([]byte("{\"tag\":1}\n"), true)
	f.Add([]byte("{\"tag\":\"\\u0000\\r\\nX: y\"}\n"+string(rest[bytes.IndexByte(rest, '\n')+1:])), true)
	opt.Away, opt.HTTP = client.FailOpen, server.http
	f.Fuzz(func(t *testing.T, data []byte, seal bool) {
		if seal {
			sum := sha256.Sum256(data)
			data = append([]byte("evctl bundle cache 1 sha256:"+hex.EncodeToString(sum[:])+"\n"), data...)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		server.put(gone)
		c, err := client.Open(t.Context(), server.url, opt)
		if err != nil {
			t.Fatal(err)
		}
		if s := c.Status(); (s.Source == client.FromCache) != (s.CacheErr == nil) {
			t.Fatalf("status is %+v, want contracts of the cache or what is wrong with it", s)
		}
		server.put(nil)
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatalf("the registry is back: %v", err)
		}
		works(t, c)
	})
}
