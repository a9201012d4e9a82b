package registry_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/storetest"
)

// line is a released event with what JSON and YAML read differently in it.
const line = `event: order.completed
version: 1.2.0
description: "Quotes \", slashes / \\, <b> & ü 😀 \u2028, and\nlines."
properties:
  contract: {type: string, required: true, description: '"contract": {}'}
  "digest": {type: number, maximum: 1.10}
  "no\\": {type: string, enum: [no, "yes"]}
`

func newRecord(t testing.TB) *registry.Record {
	t.Helper()
	r, err := registry.NewRecord("x.json", storetest.Parse(t, line), noon, []byte(`{"properties": {"contract": {}}}`), []byte(`{"event":{"1":"string contract"}}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecord_FormIsReviewed(t *testing.T) {
	golden.Check(t, "testdata/release.json", newRecord(t).File.Data)
}

func TestRecord_PositionsPointIntoTheFile(t *testing.T) {
	r := newRecord(t)
	for what, data := range map[string][]byte{
		"as written":   r.File.Data,
		"CRLF":         bytes.ReplaceAll(r.File.Data, []byte("\n"), []byte("\r\n")),
		"compact":      r.JSON(),
		"a byte order": append([]byte("\xef\xbb\xbf"), r.File.Data...),
	} {
		t.Run(what, func(t *testing.T) {
			again, err := registry.Decode(diag.NewFile("x.json", data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.Head, again.Head); diff != "" {
				t.Errorf("head (-want +got):\n%s", diff)
			}
			c, err := again.Contract()
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Payload.Property("no\\").At().Text(); got != `"no\\"` {
				t.Errorf(`the property no\ stands at %q`, got)
			}
			if got := c.Payload.Property("digest").Schema.At("maximum").Text(); got != "1.10" {
				t.Errorf("maximum stands at %q", got)
			}
			if contracts.DigestOf(c) != r.ContractDigest {
				t.Error("the contract means something else")
			}
		})
	}
}

func TestCompact_IsWhatEncodingJSONMakes(t *testing.T) {
	r := newRecord(t)
	for _, text := range []string{
		string(r.File.Data), ` { "a" : [ 1 , "b\\" , "\"" , " x " ] } `, `""`, `"\\\\"`, `[]`, `["\\\"",  "\\"]`,
	} {
		var want bytes.Buffer
		if err := json.Compact(&want, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), string(registry.Compact([]byte(text)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestDecode_MembersInAnotherOrderAreRefused(t *testing.T) {
	body := `{"version":"1.0.0","event":"a","contract_digest":"","released":"","contract":{},"schema":{},"protobuf":{}}`
	if _, err := registry.Decode(diag.NewFile("x", registry.Seal([]byte(body)))); err == nil || !strings.Contains(err.Error(), `member "event" is missing or out of order`) {
		t.Errorf("error is %v", err)
	}
}

func TestDecode_WhatIsMissingIsNamed(t *testing.T) {
	head := `{"event":"a","version":"1.0.0","contract_digest":"x","released":"2026-11-20T12:00:00Z",`
	for body, want := range map[string]string{
		head + `"contract":{},"schema":{}}`:                                   "expected the members contract, schema and protobuf",
		head + `"contract":{},"schema":{},"protobuf":{}`:                      "contents are not JSON",
		strings.Replace(head, "1.0.0", "1.0", 1) + `"contract":{}}`:           `version "1.0" is not MAJOR.MINOR.PATCH`,
		strings.Replace(head, "2026-11-20T", "2026-11-20 ", 1) + `"x":1}`:     `released has "2026-11-20 12:00:00Z"`,
		head[:len(head)-1] + "}":                                              `member "released" is missing`,
		`{"event":"a"}`:                                                       `member "event" is missing`,
		`{"event":3,"version":"1.0.0"}`:                                       `member "event" is missing`,
		`{"event":"\x","version":"1.0.0","contract_digest":"","released":""}`: "contents are not JSON",
	} {
		if _, err := registry.Decode(diag.NewFile("x", registry.Seal([]byte(body)))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want %q", body, err, want)
		}
	}
}

func TestDecode_NumbersWithADigestOfOthersAreRefused(t *testing.T) {
	text := string(newRecord(t).JSON())
	body := "{" + text[strings.Index(text, `"event"`):]
	for what, test := range map[string]struct{ old, with, want string }{
		"other numbers":     {`"string contract"`, `"string kontrakt"`, "protobuf numbers have digest"},
		"no digest":         {`"protobuf_digest":"sha256:`, `"protobuf_digest":"`, "protobuf numbers have digest"},
		"null":              {`"protobuf_digest":`, `"protobuf_digest":null,"was":`, "protobuf numbers have digest"},
		"another version":   {`"version":"1.2.0","contract_digest"`, `"version":"1.3.0","contract_digest"`, "protobuf numbers have digest"},
		"numbers twice":     {`"protobuf":`, `"protobuf":{},"protobuf":`, `member "protobuf" stands twice`},
		"their digest gone": {`"protobuf_digest":`, `"was":`, ""},
	} {
		edited := strings.Replace(body, test.old, test.with, 1)
		if edited == body {
			t.Fatalf("%s: nothing was edited in %s", what, body)
		}
		_, err := registry.Decode(diag.NewFile("x", registry.Seal([]byte(edited))))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: error is %v, want %q", what, err, test.want)
		}
	}
}

func TestContract_OfAReleaseThatIsNoContract(t *testing.T) {
	head := `{"event":"a","version":"1.0.0","contract_digest":"x","released":"2026-11-20T12:00:00Z","contract":`
	for contract, want := range map[string]string{
		`null`: "contract cannot be read", `[]`: "contract cannot be read", `{"event":"a"}`: "has no version", `{"event":"a","version":"1.0.0","x":1}`: "unknown key",
		`{"event":"a","version":"1.0.0","properties":{"p":{"$ref":"q"}}}`: "no definition is named",
	} {
		r, err := registry.Decode(diag.NewFile("x", registry.Seal([]byte(head+contract+`,"schema":{},"protobuf":{}}`))))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Contract(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want %q", contract, err, want)
		}
	}
}

func FuzzDecode_NeverPanicsAndPeekAgrees(f *testing.F) {
	f.Add(newRecord(f).File.Data, false)
	f.Add([]byte(`{"event":"a","version":"1.0.0","contract_digest":"x","released":"2026-11-20T12:00:00Z","contract":{},"schema":{},"protobuf":{}}`), true)
	f.Add([]byte(`{"event":"\"`), true)
	f.Add([]byte(`{"`), true)
	f.Fuzz(func(t *testing.T, data []byte, seal bool) {
		if seal && len(data) > 0 {
			data = registry.Seal(data) // past the digest
		}
		head, peekErr := registry.Peek(data)
		r, err := registry.Decode(diag.NewFile("x", data))
		if peekErr != nil && err == nil {
			t.Fatalf("Peek fails with %v, Decode does not", peekErr)
		}
		if err != nil {
			return
		}
		if head != r.Head {
			t.Fatalf("Peek says %+v, Decode %+v", head, r.Head)
		}
		if peeked, ok := registry.PeekLedger(data, r.Event, r.Version); ok {
			ledger, err := r.Ledger()
			if err != nil || !peeked.Equal(ledger) {
				t.Fatalf("PeekLedger says %v, Decode %v, %v", peeked, ledger, err)
			}
		}
		_, _ = r.Contract()
		if again, err := registry.Decode(diag.NewFile("x", r.JSON())); err != nil || again.Head != r.Head {
			t.Fatalf("the compact form gives %+v, %v", again, err)
		}
	})
}
