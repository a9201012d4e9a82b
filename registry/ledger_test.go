package registry_test

import (
	"bytes"
	"testing"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/storetest"
)

const ledgerText = `{"event":{"1":"string order_id","2":"[]message:line_item items"},"message:line_item":{"1":"string sku"}}`

// TestPeekLedger_NoEditOfAByteGivesOtherNumbers edits a release everywhere. The numbers are
// then the same, or the file has to be read whole, which fails.
func TestPeekLedger_NoEditOfAByteGivesOtherNumbers(t *testing.T) {
	c := storetest.Contract(t, "order.completed", "1.0.0", "a shopper paid")
	r, err := registry.NewRecord("new", c, noon, []byte(`{"properties":{"protobuf":{}}}`), []byte(ledgerText))
	if err != nil {
		t.Fatal(err)
	}
	want, err := r.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	data := r.File.Data
	proved, refused := 0, 0
	edit := func(edited []byte) {
		t.Helper()
		got, ok := registry.PeekLedger(edited, c.Name, c.Version)
		if ok {
			proved++
			if !got.Equal(want) {
				t.Fatalf("numbers are %v after an edit of\n%s", got, edited)
			}
			return
		}
		refused++
		whole, err := registry.Decode(diag.NewFile("x", edited))
		if err != nil {
			return
		}
		if got, err := whole.Ledger(); err != nil || !got.Equal(want) {
			t.Fatalf("numbers are %v, %v after an edit of\n%s", got, err, edited)
		}
	}
	for i := range data {
		for _, c := range []byte(`2a" {}\`) {
			edited := bytes.Clone(data)
			edited[i] = c
			edit(edited)
		}
		edit(data[:i])
		edit(append(bytes.Clone(data[:i]), data[i+1:]...))
	}
	if proved < len(data) || refused < len(data) {
		t.Errorf("%d edits kept the numbers, %d were refused: expected many of both", proved, refused)
	}
}

func TestPeekLedger_ReadsAnyPartThatHasTheEnd(t *testing.T) {
	c := storetest.Contract(t, "order.completed", "1.0.0", "a shopper paid")
	r, err := registry.NewRecord("new", c, noon, []byte(`{}`), []byte(ledgerText))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(r.File.Data, []byte(`"protobuf_digest"`))
	for start := range r.File.Data {
		if _, ok := registry.PeekLedger(r.File.Data[start:], c.Name, c.Version); ok != (start <= at) {
			t.Errorf("from byte %d on: %v, and the digest is at %d", start, ok, at)
		}
	}
	for what, of := range map[string]struct {
		event   string
		version contracts.Version
	}{"event": {"order.complete", c.Version}, "version": {c.Name, contracts.Version{Major: 1, Patch: 1}}} {
		if _, ok := registry.PeekLedger(r.File.Data, of.event, of.version); ok {
			t.Errorf("the numbers of another %s are taken", what)
		}
	}
}
