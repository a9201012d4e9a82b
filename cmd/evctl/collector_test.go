//go:build unix

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

// TestCollector_FollowsARealServer runs a collector through the life of a registry: signed
// by evctl serve, pushed to, exported, and stopped.
func TestCollector_FollowsARealServer(t *testing.T) {
	dir := folder(t, shopFiles)
	if code, out := evctl(t, dir, nil, "export", "--new-key", "key.pem"); code != 0 {
		t.Fatal(out)
	}
	if code, out := evctl(t, dir, nil, "push", "--registry", "server"); code != 0 {
		t.Fatal(out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "key.pem.pub"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := registry.ParsePublicKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, dir, nil, "--registry", "server", "--allow-push", "--sign-key", "key.pem")
	transport := &http.Transport{}
	loaded, failed := make(chan client.Status, 10), make(chan error, 10)
	opt := client.Options{
		PublicKeys: keys, CacheDir: filepath.Join(dir, "cache"), HTTP: &http.Client{Transport: transport},
		Hooks: client.Hooks{Loaded: func(s client.Status) { loaded <- s }, Failed: func(err error) { failed <- err }},
	}
	c, err := client.Open(t.Context(), s.url, opt)
	if err != nil {
		t.Fatal(err)
	}
	if got := await(t, loaded); got.Versions != 1 || got.SignedBy != registry.KeyID(keys[0]) {
		t.Errorf("status is %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() { defer close(watched); c.Watch(ctx) }()
	t.Cleanup(func() { cancel(); <-watched; transport.CloseIdleConnections() })

	second := strings.Replace(shopFiles["contracts/order.yaml"], "1.0.0", "1.1.0", 1) + "  coupon: {type: string}\n"
	if err := os.WriteFile(filepath.Join(dir, "contracts", "order.yaml"), []byte(second), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := evctl(t, dir, nil, "push", "--registry", s.url); code != 0 {
		t.Fatal(out)
	}
	if got := await(t, loaded); got.Versions != 2 {
		t.Errorf("behind the push the status is %+v", got)
	}
	event := []byte(`{"event":"order.completed","version":"1.1.0","total":1,"coupon":"x"}`)
	if v := c.Validate(event); !v.Valid {
		t.Errorf("verdict is %+v", v)
	}

	// A site of the same registry has the same bundle; its signature is as good.
	if code, out := evctl(t, dir, nil, "export", "site", "--registry", s.url, "--sign-key", "key.pem"); code != 0 {
		t.Fatal(out)
	}
	static := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(dir, "site"))))
	defer static.Close()
	of, err := client.Open(t.Context(), static.URL, client.Options{PublicKeys: keys, HTTP: opt.HTTP})
	if err != nil || of.Status().Digest != c.Status().Digest {
		t.Errorf("the site has another bundle, or none: %v", err)
	}

	// The server stops at once although somebody watches; the collector goes on.
	s.stop()
	await(t, failed)
	if v := c.Validate(event); !v.Valid {
		t.Errorf("without the registry the verdict is %+v", v)
	}
	again, err := client.Open(t.Context(), s.url, opt)
	if err != nil || again.Status().Source != client.FromCache || !again.Valid(event) {
		t.Errorf("a new collector: %v", err)
	}
}

func await[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(30 * time.Second):
		t.Fatal("nothing happens")
	}
	panic("unreachable")
}
