package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

func TestOpen_SendsOneRequestAndTakesZstd(t *testing.T) {
	f := start(t, orderV1, cartV1)
	var coding string
	f.put(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		coding = w.Header().Get("Content-Encoding")
	})
	c := f.open(client.Options{})
	works(t, c)
	if diff := cmp.Diff([]string{"/v1/bundle.json "}, f.requests()); diff != "" || coding != "zstd" {
		t.Errorf("coding %q, requests (-want +got):\n%s", coding, diff)
	}
	s := c.Status()
	want := client.Status{Source: client.FromRegistry, Digest: registry.DigestOf(f.body()), Events: 2, Versions: 2, Released: f.now, Loaded: s.Loaded, Confirmed: s.Confirmed}
	if diff := cmp.Diff(want, s); diff != "" || s.Loaded.IsZero() || s.Confirmed.IsZero() {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestOpen_AsksOnlyWhetherTheCacheIsCurrent(t *testing.T) {
	f := start(t, orderV1)
	opt := client.Options{CacheDir: filepath.Join(t.TempDir(), "a", "cache")}
	f.open(opt)
	f.requests()
	var status int
	f.put(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		status = recorder.Code
		w.WriteHeader(status)
	})
	c := f.open(opt)
	works(t, c)
	asked := f.requests()
	if len(asked) != 1 || !strings.HasPrefix(asked[0], `/v1/bundle.json "sha256:`) || status != http.StatusNotModified {
		t.Errorf("requests are %q, the last was answered with %d", asked, status)
	}
	if s := c.Status(); s.Source != client.FromRegistry || s.CacheErr != nil {
		t.Errorf("status is %+v, want contracts that the registry vouches for", s)
	}
}

func TestOpen_PoliciesWhenTheRegistryIsAway(t *testing.T) {
	for _, c := range []struct {
		policy client.Policy
		cached bool
		source client.Source // empty: Open fails
	}{
		{client.LastKnownGood, true, client.FromCache},
		{client.LastKnownGood, false, ""},
		{client.FailClosed, true, ""},
		{client.FailClosed, false, ""},
		{client.FailOpen, true, client.FromCache},
		{client.FailOpen, false, client.FromNowhere},
	} {
		t.Run(fmt.Sprint(c.policy, c.cached), func(t *testing.T) {
			f := start(t, orderV1)
			opt := client.Options{CacheDir: t.TempDir(), Away: c.policy}
			if c.cached {
				f.open(opt)
			}
			f.put(gone)
			got, err := f.tryOpen(opt)
			if (err != nil) != (c.source == "") {
				t.Fatalf("error is %v, want a client with contracts from %q", err, c.source)
			}
			if err != nil {
				if registry.CodeOf(err) != registry.CodeRegistryUnreached || !strings.Contains(err.Error(), f.url) {
					t.Errorf("error is %v", err)
				}
				return
			}
			s := got.Status()
			if s.Source != c.source || registry.CodeOf(s.Err) != registry.CodeRegistryUnreached {
				t.Errorf("status is %+v, want contracts from %s and the error", s, c.source)
			}
			if c.source == client.FromCache {
				works(t, got)
			}
			// It is taken over when it comes back.
			f.put(nil)
			if err := got.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			works(t, got)
			if s := got.Status(); s.Source != client.FromRegistry || s.Err != nil {
				t.Errorf("afterwards the status is %+v", s)
			}
		})
	}
}

func TestFailOpen_EventsPassAndAreFlagged(t *testing.T) {
	f := start(t, orderV1)
	f.put(gone)
	var judged []payload.Verdict
	c := f.open(client.Options{Away: client.FailOpen, Hooks: client.Hooks{Judged: func(v payload.Verdict) { judged = append(judged, v) }}})
	v := c.Validate([]byte(bad))
	if !v.Valid || !client.Unchecked(v) || v.Flag != client.RuleUnavailable || c.Set() != nil {
		t.Errorf("verdict is %+v, want that it passes unchecked", v)
	}
	f.put(nil)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := c.Validate([]byte(good)); client.Unchecked(v) {
		t.Errorf("verdict is %+v, want that it was checked", v)
	}
	if s := c.Stats(); s.Unchecked != 1 || s.Valid != 1 || len(judged) != 2 {
		t.Errorf("stats are %+v, %d verdicts were told", s, len(judged))
	}
}

func TestFailClosed_RejectsWhatTheRegistryHasNotConfirmedForTooLong(t *testing.T) {
	f := start(t, orderV1)
	var elapsed time.Duration
	opt := client.WithClock(client.Options{Away: client.FailClosed, MaxAge: time.Minute}, client.TestClock{Elapsed: func() time.Duration { return elapsed }})
	c := f.open(opt)
	f.put(gone)
	elapsed = time.Minute
	if err := c.Refresh(t.Context()); err == nil {
		t.Fatal("no error")
	}
	works(t, c)
	elapsed += time.Second
	v := c.Validate([]byte(good))
	if v.Valid || v.Violations[0].Rule != client.RuleUnavailable || !c.Status().Expired {
		t.Errorf("verdict is %+v, want %s", v, client.RuleUnavailable)
	}
	f.put(nil)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	works(t, c)
	if s := c.Stats(); s.Unavailable != 1 {
		t.Errorf("stats are %+v, want one event that nothing was there for", s)
	}
}

func TestOpen_ADirectoryOfReleases(t *testing.T) {
	f := start(t, orderV1)
	c, err := client.Open(t.Context(), f.path, client.Options{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	works(t, c)
	if got, want := c.Status().Digest, registry.DigestOf(f.body()); got != want {
		t.Errorf("digest is %s, the server's is %s", got, want)
	}
	f.release(orderV11)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !c.Valid([]byte(goodNew)) {
		t.Error("the new release is not in use")
	}
	if err := os.Rename(f.path, f.path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := c.Refresh(t.Context()); registry.CodeOf(err) != registry.CodeRegistryUnreached {
		t.Errorf("error is %v, want that the directory is away", err)
	}
	if !c.Valid([]byte(goodNew)) {
		t.Error("the contracts went with the directory")
	}
}

func TestOpen_WrongOptionsAndLocations(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		location, preset, want string
	}{
		{"ftp://host", "", "expected https://host"},
		{"https://host?x=1", "", "expected https://host"},
		{"https://me:s3cret@", "", "expected https://host"},
		{file, "", "is a file"},
		{filepath.Join(t.TempDir(), "none"), "", "cannot be reached"},
		{"https://host", "segmnt", `preset is "segmnt", expected flat, segment`},
	} {
		_, err := client.Open(t.Context(), c.location, client.Options{Preset: c.preset})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: error is %v, want %q", c.location, err, c.want)
		}
	}
}

func TestOpen_EndsWithItsContext(t *testing.T) {
	f := start(t, orderV1)
	ctx, cancel := context.WithCancel(t.Context())
	f.put(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		cancel()
		<-r.Context().Done()
	})
	for _, policy := range []client.Policy{client.LastKnownGood, client.FailOpen} {
		if _, err := client.Open(ctx, f.url, client.Options{HTTP: f.http, Away: policy}); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v, want that it was cancelled", err)
		}
	}
}

func TestPreset_FindsEventsByTheirEnvelope(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{Preset: "segment"})
	if v := c.Validate([]byte(`{"event":"order.completed","properties":{"total":1}}`)); !v.Valid {
		t.Errorf("verdict is %+v", v)
	}
}

func TestWorkspaceEnvelope_IsThatOfEvctlYAML(t *testing.T) {
	shop := filepath.Join("..", "..", "testdata", "shop")
	env, err := client.WorkspaceEnvelope(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Open(t.Context(), filepath.Join(shop, "releases"), client.Options{Envelope: env})
	if err != nil {
		t.Fatal(err)
	}
	captured, err := os.ReadFile(filepath.Join(shop, "events", "captured.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(captured), "\n")
	if v := c.Validate([]byte(first)); !v.Valid {
		t.Errorf("verdict is %+v", v)
	}
	if v := c.Validate([]byte(strings.Replace(first, `"id"`, `"di"`, 1))); v.Valid {
		t.Error("the definition of the envelope is not asked for")
	}
}

func TestWorkspaceEnvelope_WhatIsWrong(t *testing.T) {
	for config, want := range map[string]string{
		"":                                 "evctl.yaml",
		"language: v1\nenvelope: segmnt\n": `evctl.yaml:2:11: unknown envelope "segmnt"`,
		"language: v1\nenvelope: {preset: segment, definition: nothing}\n": "evctl.yaml:2:",
	} {
		folder := t.TempDir()
		if config != "" {
			if err := os.WriteFile(filepath.Join(folder, "evctl.yaml"), []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(folder, "contracts"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "contracts", "cart.yaml"), []byte(cartV1), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := client.WorkspaceEnvelope(t.Context(), folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
}

func TestUnknown_IsThePolicyOfTheSet(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{Unknown: payload.Policy{UnknownEvent: payload.Pass}})
	v := c.Validate([]byte(`{"event":"order.lost","version":"1.0.0"}`))
	if !v.Valid || !client.Unchecked(v) || v.Flag != payload.RuleEventUnknown {
		t.Errorf("verdict is %+v, want that it passes unchecked", v)
	}
	if s := c.Stats(); s.Unchecked != 1 || s.Unknown != 0 || s.Flags[payload.RuleEventUnknown] != 1 || len(s.Flags) != 1 {
		t.Errorf("stats are %+v, want one flagged event", s)
	}
}

func TestUnknown_EventsOfTheNewestVersionAreCountedAndFlagged(t *testing.T) {
	f := start(t, orderV1)
	c := f.open(client.Options{Unknown: payload.Policy{UnknownVersion: payload.UseLatest}})
	c.Validate([]byte(strings.Replace(good, "1.0.0", "1.9.9", 1)))
	var metrics strings.Builder
	if err := c.WriteMetrics(&metrics); err != nil {
		t.Fatal(err)
	}
	const want = `evctl_flagged_events_total{rule="version-unknown"} 1` + "\n"
	if s := c.Stats(); s.Valid != 1 || s.Flags[payload.RuleVersionUnknown] != 1 || !strings.Contains(metrics.String(), want) {
		t.Errorf("stats are %+v, metrics\n%s\nwant one valid event that is flagged", s, &metrics)
	}
}

func TestSignatures_AreCheckedFromTheRegistryAndFromTheCache(t *testing.T) {
	secret, public := newKeys(t)
	_, other := newKeys(t)
	f := startSigned(t, secret, orderV1)
	opt := client.Options{PublicKeys: public, CacheDir: t.TempDir()}
	c := f.open(opt)
	works(t, c)
	if got := c.Status().SignedBy; got != registry.KeyID(public[0]) {
		t.Errorf("signed by %q, want %s", got, registry.KeyID(public[0]))
	}
	opt.PublicKeys = other
	if _, err := f.tryOpen(opt); registry.CodeOf(err) != registry.CodeBundleRefused || !strings.Contains(err.Error(), registry.KeyID(public[0])) {
		t.Errorf("error is %v, want that the key is another one", err)
	}
	f.put(gone)
	if _, err := f.tryOpen(opt); err == nil {
		t.Error("the cache passes with the signature of another key")
	}
	opt.PublicKeys = append(other, public...)
	works(t, f.open(opt))
}

func TestSignatures_AreAskedForInDirectoriesToo(t *testing.T) {
	_, public := newKeys(t)
	f := start(t, orderV1)
	if _, err := client.Open(t.Context(), f.path, client.Options{PublicKeys: public}); registry.CodeOf(err) != registry.CodeBundleRefused {
		t.Errorf("error is %v, want that releases in a directory are not signed", err)
	}
}

func TestHooks_MayCallTheClient(t *testing.T) {
	f := start(t, orderV1)
	var c *client.Client
	calls := 0
	again := func() {
		if c != nil && calls < 3 {
			calls++
			_, _ = c.Status(), c.Refresh(t.Context())
		}
	}
	c = f.open(client.Options{CacheDir: t.TempDir(), Hooks: client.Hooks{
		Loaded: func(client.Status) { again() }, Failed: func(error) { again() }, Judged: func(payload.Verdict) { again() },
	}})
	f.publish(orderV11)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Valid([]byte(good))
	f.put(gone)
	if c.Refresh(t.Context()) == nil || calls != 3 {
		t.Errorf("%d calls, want from each hook", calls)
	}
}

func TestStatus_AsJSONTellsItsErrors(t *testing.T) {
	f := start(t, orderV1)
	f.put(answer(500, ""))
	c := f.open(client.Options{Away: client.FailOpen})
	data, err := json.Marshal(c.Status())
	if want := `{"source":"none","events":0,"versions":0,"error":"the registry answers 500 Internal Server Error"}`; err != nil || string(data) != want {
		t.Errorf("status is %s, %v, want %s", data, err, want)
	}
}

func TestOpen_ADirectoryThatIsNotThereYet(t *testing.T) {
	f := start(t, orderV1)
	site := filepath.Join(t.TempDir(), "site")
	c, err := client.Open(t.Context(), site, client.Options{Away: client.FailOpen})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(site, "v1"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(site, "v1", "bundle.json"), f.body(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	works(t, c)
}
