package registry_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/storetest"
)

// published releases contracts an hour after each other.
func published(t testing.TB, texts ...string) []registry.Published {
	t.Helper()
	var all []registry.Published
	for i, text := range texts {
		r, err := registry.NewRecord("x", storetest.Parse(t, text), noon.Add(time.Duration(i)*time.Hour), []byte(`{}`), []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Publish()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func newKey(t testing.TB) (ed25519.PrivateKey, ed25519.PublicKey) {
	t.Helper()
	private, public, err := registry.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := registry.ParsePrivateKeys(private)
	if err != nil {
		t.Fatal(err)
	}
	open, err := registry.ParsePublicKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	return secret[0], open[0]
}

func TestBundle_HoldsTheLiveReleasesAndTheNewestTimeOfAll(t *testing.T) {
	all := published(t, "event: a.b\nversion: 1.0.0\n", "event: a.b\nversion: 1.1.0\n", "event: c.d\nversion: 1.0.0\nstatus: retired\n")
	secret, _ := newKey(t)
	for _, keys := range [][]ed25519.PrivateKey{nil, {secret}, {secret, secret}} {
		data := registry.EncodeBundle(all, keys...)
		if !json.Valid(data) {
			t.Fatalf("bundle is no JSON: %s", data)
		}
		for what, text := range map[string][]byte{"compact": data, "indented": indent(t, data), "with CRLF": bytes.ReplaceAll(indent(t, data), []byte("\n"), []byte("\r\n"))} {
			b, err := registry.DecodeBundle(text)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if b.Digest != registry.DigestOf(data) || b.Format != 1 || !b.Released.Equal(noon.Add(2*time.Hour)) || len(b.Signatures) != len(keys) {
				t.Errorf("%s: bundle is %+v", what, b)
			}
			var got []string
			for _, release := range b.Releases {
				head, err := registry.Peek(release)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, head.Event+" "+head.Version.String())
			}
			if diff := cmp.Diff([]string{"a.b 1.0.0", "a.b 1.1.0"}, got); diff != "" {
				t.Errorf("%s: releases (-want +got):\n%s", what, diff)
			}
		}
	}
}

func indent(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBundle_SignaturesDoNotChangeTheDigest(t *testing.T) {
	all := published(t, "event: a.b\nversion: 1.0.0\n")
	secret, _ := newKey(t)
	if plain, signed := registry.EncodeBundle(all), registry.EncodeBundle(all, secret); registry.DigestOf(plain) != registry.DigestOf(signed) {
		t.Errorf("digests are %s and %s", registry.DigestOf(plain), registry.DigestOf(signed))
	}
}

// TestBundle_EveryEditIsNoticed flips each byte that is not white space.
func TestBundle_EveryEditIsNoticed(t *testing.T) {
	secret, public := newKey(t)
	data := registry.EncodeBundle(published(t, "event: a.b\nversion: 1.0.0\n"), secret)
	for i := range data {
		edited := bytes.Clone(data)
		edited[i] ^= 1
		b, err := registry.DecodeBundle(edited)
		if err != nil {
			continue
		}
		if _, err := b.Verify([]ed25519.PublicKey{public}); err == nil {
			t.Errorf("byte %d may be %q instead of %q", i, edited[i], data[i])
		}
	}
	for n := range data {
		if _, err := registry.DecodeBundle(data[:n]); err == nil {
			t.Errorf("the first %d bytes pass for the bundle", n)
		}
	}
}

func TestBundle_OtherFormatsAreRefused(t *testing.T) {
	for body, want := range map[string]string{
		`{"releases":[]}`:                         "bundle has no format, expected format 1",
		`{"format":0,"releases":[]}`:              "bundle has format 0, expected format 1",
		`{"format":2,"releases":{}}`:              "cannot be read",
		`{"format":2,"releases":[]}`:              "bundle has format 2, expected format 1",
		`{"format":1}`:                            "bundle has no releases member",
		`{"format":1,"releases":null}`:            "bundle has no releases member",
		`{"format":1,"released":1,"releases":[]}`: "bundle cannot be read",
		`{"format":1,"releases":[]} x`:            "bundle cannot be read",
		`{"signatures":[],"format":1`:             "bundle",
		`{"signatures":"x","format":1}`:           "signatures that cannot be read",
		`{"signatures":[]}`:                       "bundle ends behind its signatures",
	} {
		if _, err := registry.DecodeBundle(registry.Seal([]byte(body))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want %q", body, err, want)
		}
	}
}

func TestVerify_WantsOneGoodSignatureOfAKnownKey(t *testing.T) {
	all := published(t, "event: a.b\nversion: 1.0.0\n")
	mine, minePublic := newKey(t)
	other, otherPublic := newKey(t)
	decode := func(data []byte) *registry.Bundle {
		b, err := registry.DecodeBundle(data)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := decode(registry.EncodeBundle(all, mine))
	both := decode(registry.EncodeBundle(all, other, mine))
	for _, b := range []*registry.Bundle{good, both} {
		if id, err := b.Verify([]ed25519.PublicKey{minePublic}); err != nil || id != registry.KeyID(minePublic) {
			t.Errorf("key is %s, %v", id, err)
		}
	}
	if id, err := good.Verify([]ed25519.PublicKey{otherPublic, minePublic}); err != nil || id != registry.KeyID(minePublic) {
		t.Errorf("among two keys: key is %s, %v", id, err)
	}
	renamed := decode(registry.EncodeBundle(all, other))
	renamed.Signatures[0].Key = registry.KeyID(minePublic)
	moved := decode(registry.EncodeBundle(published(t, "event: a.c\nversion: 1.0.0\n")))
	moved.Signatures = good.Signatures
	for want, b := range map[string]*registry.Bundle{
		"bundle is not signed, expected one of key " + registry.KeyID(minePublic):                                                               decode(registry.EncodeBundle(all)),
		fmt.Sprintf("no good signature among those of key %q, expected one of key %s", registry.KeyID(otherPublic), registry.KeyID(minePublic)): decode(registry.EncodeBundle(all, other)),
		fmt.Sprintf("no good signature among those of key %q, ", registry.KeyID(minePublic)):                                                    renamed,
		fmt.Sprintf("no good signature among those of key %q", registry.KeyID(minePublic)):                                                      moved,
	} {
		if _, err := b.Verify([]ed25519.PublicKey{minePublic}); registry.CodeOf(err) != registry.CodeBundleRefused || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
}

func TestKeys_WhatIsNoKey(t *testing.T) {
	private, public, err := registry.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	rsa := "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKzO4ikB5gSFhPNvaZ7Al3EUfxMsZkqA\nXANuivTH/xL3kk/H6ue3YZlmqRKY7b+NSXa4/bj/YFUhtaBEAz4oEcsCAwEAAQ==\n-----END PUBLIC KEY-----\n"
	for want, text := range map[string]string{
		"found no PEM block, expected PUBLIC KEY":            "no key",
		"found a PEM block PRIVATE KEY, expected PUBLIC KEY": string(private),
		"asn1":                      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		"key is not one of ed25519": rsa,
	} {
		if _, err := registry.ParsePublicKeys([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
	if _, err := registry.ParsePrivateKeys(public); err == nil {
		t.Error("a public key passes for a private one")
	}
	if keys, err := registry.ParsePublicKeys(append(bytes.Clone(public), public...)); err != nil || len(keys) != 2 {
		t.Errorf("%d keys, %v, want two of a file with two", len(keys), err)
	}
}

func TestIndex_ListsEventsWithTheirLatest(t *testing.T) {
	all := published(t, "event: a.b\nversion: 1.0.0\nowner: old\n", "event: a.b\nversion: 1.1.0\nowner: new\n", "event: c/d\nversion: 1.0.0\nstatus: retired\n")
	index := registry.NewIndex(all, nil)
	var got []string
	for _, e := range index.Events {
		got = append(got, fmt.Sprintf("%s %s %s %s %d %s", e.Event, e.Latest, e.Status, e.Owner, len(e.Versions), e.Versions[0].Path))
	}
	want := []string{"a.b 1.1.0 active new 2 events/a.b/1.0.0.json", "c/d 1.0.0 retired  1 events/c%2Fd/1.0.0.json"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("index (-want +got):\n%s", diff)
	}
	other := registry.NewIndex(all[:1], func(event string, v contracts.Version) string { return "x/" + event + "/" + v.String() })
	if path := other.Events[0].Versions[0].Path; path != "x/a.b/1.0.0" {
		t.Errorf("path is %s", path)
	}
}

func FuzzDecodeBundle_NeverPanicsAndGivesBackWhatWasSealed(f *testing.F) {
	secret, _ := newKey(f)
	all := published(f, "event: a.b\nversion: 1.0.0\n")
	f.Add(registry.EncodeBundle(all), false)
	f.Add(registry.EncodeBundle(all, secret), false)
	f.Add([]byte(`{"format":1,"releases":[{}]}`), true)
	f.Add([]byte(`{"signatures":[{"key":"x","signature":"AA=="}],"format":1,"releases":[]}`), true)
	f.Add([]byte(`{"signatures":`), true)
	f.Fuzz(func(t *testing.T, data []byte, seal bool) {
		if seal && len(data) > 0 {
			data = registry.Seal(data)
		}
		b, err := registry.DecodeBundle(data)
		if err != nil {
			return
		}
		if b.Format != registry.BundleFormat || b.Digest != registry.DigestOf(registry.Compact(data)) {
			t.Fatalf("bundle of %q is %+v", data, b)
		}
		for _, release := range b.Releases {
			_, _ = registry.Peek(release)
		}
	})
}
