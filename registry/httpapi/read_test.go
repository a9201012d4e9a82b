package httpapi_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/httpapi"
	"github.com/evctl/evctl/registry/storetest"
)

func TestBundle_HoldsAllLiveReleasesUnderOneDigest(t *testing.T) {
	retired := "event: cart.lost\nversion: 1.0.0\nstatus: retired\n"
	f := start(t, httpapi.Options{}, orderV1, orderV11, retired)
	a := f.get("/v1/bundle.json")
	f.wantStatus(a, http.StatusOK)
	bundle, err := registry.DecodeBundle([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if want := `"` + string(bundle.Digest) + `"`; a.header.Get("ETag") != want {
		t.Errorf("ETag is %s, want %s", a.header.Get("ETag"), want)
	}
	var got []string
	for _, text := range bundle.Releases {
		r, err := registry.Decode(diag.NewFile("bundle", text))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Event+" "+r.Version.String())
	}
	if diff := cmp.Diff([]string{"order.completed 1.0.0", "order.completed 1.1.0"}, got); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
}

func TestBundle_OfAnEmptyRegistryIsEmpty(t *testing.T) {
	f := start(t, httpapi.Options{})
	if bundle, err := registry.DecodeBundle([]byte(f.get("/v1/bundle.json").body)); err != nil || len(bundle.Releases) != 0 {
		t.Errorf("bundle is %+v, %v, want one without releases", bundle, err)
	}
	if a := f.get("/v1/events.json"); a.body != `{"events":[]}` {
		t.Errorf("index is %s", a.body)
	}
}

func TestReads_AreNotSentAgainToThoseWhoHaveThem(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	for _, path := range []string{"/v1/bundle.json", "/v1/events.json", "/v1/events/order.completed/1.0.0.json", "/v1/events/order.completed/latest.json", "/openapi.json"} {
		tag := f.get(path).header.Get("ETag")
		for _, header := range []string{tag, "W/" + tag, `"other", ` + tag, "*", strings.TrimSuffix(tag, `"`) + `-gzip"`} {
			a := f.get(path, "If-None-Match", header)
			if a.status != http.StatusNotModified || a.body != "" || a.header.Get("ETag") == "" || a.header.Get("Cache-Control") == "" {
				t.Errorf("GET %s with If-None-Match: %s answers %d %v %q, want 304 with headers only", path, header, a.status, a.header, a.body)
			}
		}
		if a := f.get(path, "If-None-Match", `"sha256:0"`); a.status != http.StatusOK {
			t.Errorf("GET %s with another tag answers %d", path, a.status)
		}
	}
}

func TestReads_OfReleasesAreImmutableAndOthersAreRevalidated(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	for path, want := range map[string]string{
		"/v1/events/order.completed/1.0.0.json":  "public, max-age=31536000, immutable",
		"/v1/events/order.completed/latest.json": "public, no-cache",
		"/v1/events.json":                        "public, no-cache",
		"/v1/bundle.json":                        "public, no-cache",
	} {
		if got := f.get(path).header.Get("Cache-Control"); got != want {
			t.Errorf("GET %s: Cache-Control is %q, want %q", path, got, want)
		}
	}
}

func TestReads_ArePackedAsTheClientLikes(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1, orderV11)
	plain := f.get("/v1/bundle.json")
	for accept, want := range map[string]string{
		"gzip": "gzip", "zstd": "zstd", "gzip, zstd": "zstd", "gzip;q=1.0, zstd;q=0": "gzip", "*": "gzip",
		"br": "", "identity": "", "gzip;q=0": "", "gzip; q=0.000": "", "GZIP": "gzip",
	} {
		a := f.get("/v1/bundle.json", "Accept-Encoding", accept)
		if got := a.header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q gives %q, want %q", accept, got, want)
			continue
		}
		if diff := cmp.Diff(plain.body, unpack(t, want, a.body)); diff != "" {
			t.Errorf("Accept-Encoding %q (-want +got):\n%s", accept, diff)
		}
		if (a.header.Get("ETag") == plain.header.Get("ETag")) != (want == "") {
			t.Errorf("Accept-Encoding %q: ETag is %s, plain is %s", accept, a.header.Get("ETag"), plain.header.Get("ETag"))
		}
		if a.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary is %q", accept, a.header.Get("Vary"))
		}
	}
}

func unpack(t *testing.T, coding, body string) string {
	t.Helper()
	var r io.Reader = strings.NewReader(body)
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "zstd":
		z, err := zstd.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		r = z
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestReads_TakeHEAD(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	get, head := f.get("/v1/bundle.json"), f.do("HEAD", "/v1/bundle.json", "")
	if head.status != http.StatusOK || head.body != "" || head.header.Get("Content-Length") != get.header.Get("Content-Length") || head.header.Get("ETag") != get.header.Get("ETag") {
		t.Errorf("HEAD answers %d %v %q, GET has %v", head.status, head.header, head.body, get.header)
	}
}

func TestRelease_IsTheStoredOne(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1, orderV11)
	for file, version := range map[string]contracts.Version{"1.0.0": {Major: 1}, "1.1.0": {Major: 1, Minor: 1}, "latest": {Major: 1, Minor: 1}} {
		a := f.get("/v1/events/order.completed/" + file + ".json")
		f.wantStatus(a, http.StatusOK)
		want, err := f.store.Get(t.Context(), "order.completed", version)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want.JSON()), a.body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
		if tag := `"` + string(want.Digest) + `"`; a.header.Get("ETag") != tag {
			t.Errorf("%s: ETag is %s, want %s", file, a.header.Get("ETag"), tag)
		}
	}
}

func TestRelease_NamesMayBeAnything(t *testing.T) {
	var texts []string
	for _, name := range storetest.Names {
		texts = append(texts, "event: "+document.Quote(name)+"\nversion: 1.0.0\n")
	}
	f := start(t, httpapi.Options{}, texts...)
	index := decode[registry.Index](t, f.get("/v1/events.json"))
	if len(index.Events) != len(storetest.Names) {
		t.Fatalf("index has %d events, want %d", len(index.Events), len(storetest.Names))
	}
	for _, e := range index.Events {
		a := f.get("/v1/" + e.Versions[0].Path)
		r, err := registry.Decode(diag.NewFile("answer", []byte(a.body)))
		if err != nil {
			t.Errorf("GET /v1/%s for %q: %d %v", e.Versions[0].Path, e.Event, a.status, err)
			continue
		}
		if r.Event != e.Event || r.Digest != e.Versions[0].Digest {
			t.Errorf("GET /v1/%s is %q, want %q", e.Versions[0].Path, r.Event, e.Event)
		}
	}
}

func TestRelease_WhatIsNotThere(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	for path, code := range map[string]registry.Code{
		"/v1/events/order.placed/1.0.0.json":                 registry.CodeEventUnknown,
		"/v1/events/order.placed/latest.json":                registry.CodeEventUnknown,
		"/v1/events/ORDER.COMPLETED/1.0.0.json":              registry.CodeEventUnknown,
		"/v1/events/order.completed/1.0.1.json":              registry.CodeVersionUnknown,
		"/v1/events/order.completed/1.0.json":                registry.CodeVersionUnknown,
		"/v1/events/order.completed/01.0.0.json":             registry.CodeVersionUnknown,
		"/v1/events/order.completed/.json":                   registry.CodeVersionUnknown,
		"/v1/events/order.completed/1.0.0":                   registry.CodePathUnknown,
		"/v1/events/order.completed":                         registry.CodePathUnknown,
		"/v1/events/order.completed/":                        registry.CodePathUnknown,
		"/v1/events//1.0.0.json":                             registry.CodePathUnknown,
		"/v1/events/order.completed/../1.0.0.json":           registry.CodePathUnknown,
		"/v1/events/%2E%2E%2F%2E%2E%2Fetc%2Fpasswd/1.0.json": registry.CodeEventUnknown,
		"/v1/events/%2e%2e/%2e%2e/%2e%2e/etc/passwd":         registry.CodePathUnknown,
		"/v1/events/order.completed/..%2f..%2fx.json":        registry.CodeVersionUnknown,
		"/v1/events/%00/1.0.0.json":                          registry.CodeEventUnknown,
		"/v1/events/%ff/1.0.0.json":                          registry.CodeEventUnknown,
		"/":                                                  registry.CodePathUnknown,
		"/v2/bundle.json":                                    registry.CodePathUnknown,
		"//v1/bundle.json":                                   registry.CodePathUnknown,
		"/v1/" + url.PathEscape(strings.Repeat("ü", 500)):    registry.CodePathUnknown,
	} {
		f.wantError(f.get(path), http.StatusNotFound, code)
	}
}

func TestMethods_OtherOnesAreNamedInAllow(t *testing.T) {
	f := start(t, httpapi.Options{})
	for _, c := range []struct{ method, path, allow string }{
		{"POST", "/v1/bundle.json", "GET, HEAD"},
		{"DELETE", "/v1/events/order.completed/1.0.0.json", "GET, HEAD"},
		{"GET", "/v1/validate", "POST"},
		{"PUT", "/v1/events/order.completed/versions", "POST"},
		{"PATCH", "/healthz", "GET, HEAD"},
		{"OPTIONS", "/v1/compatibility", "POST"},
	} {
		request, err := http.NewRequest(c.method, f.url+c.path, bytes.NewReader(nil))
		if err != nil {
			t.Fatal(err)
		}
		response, err := f.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		f.wantError(answer{response.StatusCode, response.Header, string(body)}, http.StatusMethodNotAllowed, registry.CodeMethodNotAllowed)
		if got := response.Header.Get("Allow"); got != c.allow {
			t.Errorf("%s %s: Allow is %q, want %q", c.method, c.path, got, c.allow)
		}
	}
}

func TestQuery_UnknownParametersAreErrors(t *testing.T) {
	f := start(t, httpapi.Options{AllowPush: true}, orderV1)
	f.wantError(f.post("/v1/events/order.completed/versions?dryrun=true", orderV11), 400, registry.CodeRequestInvalid)
	f.wantError(f.post("/v1/events/order.completed/versions?dry_run=1", orderV11), 400, registry.CodeRequestInvalid)
	f.wantError(f.post("/v1/events/order.completed/versions?dry_run=true&dry_run=false", orderV11), 400, registry.CodeRequestInvalid)
	f.wantError(f.post("/v1/events/order.completed/versions?dry_run=%zz", orderV11), 400, registry.CodeRequestInvalid)
	f.wantError(f.get("/v1/bundle.json?since=x"), 400, registry.CodeRequestInvalid)
}
