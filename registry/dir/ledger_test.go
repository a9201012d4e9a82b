package dir_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/storetest"
)

const numbers = `{"event":{"1":"string order_id","2":"[]message:line_item items"},"message:line_item":{"1":"string sku"}}`

var first = contracts.Version{Major: 1}

// withNumbers makes a registry with one release that has numbers.
func withNumbers(t *testing.T) (*dir.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "releases")
	s, err := dir.Open(path, "releases")
	if err != nil {
		t.Fatal(err)
	}
	c := storetest.Contract(t, "order.completed", "1.0.0", "a shopper paid")
	r, err := registry.NewRecord("new", c, time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), []byte(`{}`), []byte(numbers))
	if err != nil {
		t.Fatal(err)
	}
	if err := storetest.Create(s, r); err != nil {
		t.Fatal(err)
	}
	return s, filepath.Join(path, "order.completed", "1.0.0.json")
}

func ledgerText(t *testing.T, s *dir.Store, v contracts.Version) (string, error) {
	t.Helper()
	l, err := s.Ledger(context.Background(), "order.completed", v)
	if err != nil {
		return "", err
	}
	text, err := l.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text), nil
}

func TestLedger_EditedNumbersAreErrorsThatSayHowToRestore(t *testing.T) {
	for what, edit := range map[string]func([]byte) []byte{
		"a name":       replace("string order_id", "string orderId"),
		"two swapped":  func(b []byte) []byte { return replace(`"2": "[`, `"3": "[`)(b) },
		"their digest": replace(`"protobuf_digest": "sha256:`, `"protobuf_digest": "sha256:0`),
		"a conflict":   replace(`"protobuf": {`, "<<<<<<< ours\n\"protobuf\": {"),
		"numbers that stand twice": func(b []byte) []byte {
			return append(bytes.TrimSuffix(b, []byte("\n}\n")), `, "protobuf": {}}`...)
		},
	} {
		t.Run(what, func(t *testing.T) {
			s, file := withNumbers(t)
			rewrite(t, file, edit)
			got, err := ledgerText(t, s, first)
			if what == "numbers that stand twice" {
				// Those with the digest are the ones that were released; evctl lint finds the others.
				if diff := cmp.Diff(numbers, got); diff != "" {
					t.Errorf("numbers (-want +got): %v\n%s", err, diff)
				}
				return
			}
			if registry.CodeOf(err) != registry.CodeReleaseEdited || !strings.Contains(registry.HintOf(err), "git checkout") {
				t.Errorf("error is %v with hint %q, want one that says how to restore the file", err, registry.HintOf(err))
			}
		})
	}
}

func TestLedger_WhiteSpaceIsNoEdit(t *testing.T) {
	for what, edit := range harmless {
		t.Run(what, func(t *testing.T) {
			s, file := withNumbers(t)
			rewrite(t, file, edit)
			got, err := ledgerText(t, s, first)
			if diff := cmp.Diff(numbers, got); diff != "" || err != nil {
				t.Errorf("numbers (-want +got): %v\n%s", err, diff)
			}
		})
	}
}

func TestLedger_OfAnotherVersionIsAnEdit(t *testing.T) {
	s, file := withNumbers(t)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "1.1.0.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = ledgerText(t, s, contracts.Version{Major: 1, Minor: 1})
	if err == nil || !strings.Contains(err.Error(), "file holds order.completed 1.0.0, expected order.completed 1.1.0") {
		t.Errorf("error is %v, want one that names both versions", err)
	}
}

// TestLedger_OfReleasesWithoutADigestOfItsOwn reads files of the demo workspace, which were
// released before there was one.
func TestLedger_OfReleasesWithoutADigestOfItsOwn(t *testing.T) {
	s, err := dir.Open(filepath.FromSlash("../../testdata/shop/releases"), "releases")
	if err != nil {
		t.Fatal(err)
	}
	v := contracts.Version{Major: 2, Minor: 1}
	r, err := s.Get(context.Background(), "order.completed", v)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(r.File.Data, []byte("protobuf_digest")) {
		t.Fatal("the release has a digest of its numbers")
	}
	got, err := ledgerText(t, s, v)
	if diff := cmp.Diff(string(r.ProtobufJSON), got); diff != "" || err != nil {
		t.Errorf("numbers (-want +got): %v\n%s", err, diff)
	}
}
