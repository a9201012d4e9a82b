package registry_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/storetest"
)

const (
	withNote = "  note: {type: string}\n"
	withMore = "  more: {type: string}\n"
)

// waiverOf approves the one break of a refused candidate.
func (f fixture) waiverOf(r *registry.Report) waivers.Waiver {
	f.Helper()
	if len(r.Outcomes) != 1 || len(r.Outcomes[0].Findings) != 1 {
		f.Fatalf("outcomes are %v, want one with one finding", statuses(r))
	}
	d := &r.Outcomes[0].Findings[0]
	return waivers.Waiver{
		Fingerprint: d.Fingerprint(), Rule: d.Rule, Event: "order.completed", Path: "/properties/note",
		Reason: "nobody reads it", Approver: "Ada", Created: "2026-11-01", Expires: "2026-11-20",
	}
}

func approving(list ...waivers.Waiver) registry.PushOptions {
	return registry.PushOptions{Waivers: list}
}

func TestPush_AWaivedBreakIsReleasedWithItsWaiver(t *testing.T) {
	f := setUp(t)
	f.push(write, order("1.0.0", withNote))
	w := f.waiverOf(f.push(write, order("1.1.0", "")))
	unused := w
	unused.Fingerprint = "00c0ffee00c0ffee"

	f.want(f.push(approving(unused, w), order("1.1.0", "")), "order.completed 1.1.0 pushed")
	record, err := f.store.Get(context.Background(), "order.completed", contracts.Version{Major: 1, Minor: 1})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]waivers.Waiver{w}, record.Waivers, cmpopts.IgnoreTypes(diag.Span{})); d != "" {
		t.Errorf("waivers of the release (-want +got):\n%s", d)
	}

	// Later versions differ from 1.0.0 in the same way: that is history.
	f.want(f.push(write, order("1.2.0", withMore)), "order.completed 1.2.0 pushed")
	// The same edit after it was undone is another break, whatever was approved before.
	f.want(f.push(write, order("1.3.0", withMore+withNote)), "order.completed 1.3.0 pushed")
	f.want(f.push(approving(w), order("1.4.0", withMore)), "order.completed 1.4.0 refused incompatible")
}

func TestPush_AWaiverThatDoesNotHoldChangesNothing(t *testing.T) {
	f := setUp(t)
	f.push(write, order("1.0.0", withNote))
	w := f.waiverOf(f.push(write, order("1.1.0", "")))
	for name, change := range map[string]func(*waivers.Waiver){
		"over":             func(w *waivers.Waiver) { w.Expires = "2026-11-19" },
		"of another rule":  func(w *waivers.Waiver) { w.Rule = "type-changed" },
		"of another event": func(w *waivers.Waiver) { w.Event = "order.begun" },
		"of another place": func(w *waivers.Waiver) { w.Path = "/properties/id" },
		"without reason":   func(w *waivers.Waiver) { w.Reason = " " },
		"without approver": func(w *waivers.Waiver) { w.Approver = "" },
		"of another break": func(w *waivers.Waiver) { w.Fingerprint = "00c0ffee00c0ffee" },
	} {
		wrong := w
		change(&wrong)
		if r := f.push(approving(wrong), order("1.1.0", "")); !r.Refused() {
			t.Errorf("a waiver %s let a break pass", name)
		}
	}
	f.wantReleased("order.completed 1.0.0")
	f.want(f.push(approving(w), order("1.0.1", "")), "order.completed 1.0.1 refused incompatible") // a minor version is needed
	f.want(f.push(approving(w), order("1.1.0", "")), "order.completed 1.1.0 pushed")
}

func TestRecord_WithoutWaiversIsAsItWas(t *testing.T) {
	c := storetest.Parse(t, order("1.0.0", ""))
	plain, err := registry.NewRecord("x", c, noon, []byte("{}"), []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	waived, err := registry.NewRecord("x", c, noon, []byte("{}"), []byte("{}"), waivers.Waiver{Fingerprint: "00c0ffee00c0ffee", Approver: "Ada <ada@shop.example>"})
	if err != nil {
		t.Fatal(err)
	}
	if plain.Digest == waived.Digest || plain.ContractDigest != waived.ContractDigest {
		t.Errorf("digests are %s and %s of %s and %s", plain.Digest, waived.Digest, plain.ContractDigest, waived.ContractDigest)
	}
	if d := cmp.Diff([]string{"00c0ffee00c0ffee"}, waived.Granted()); d != "" {
		t.Errorf("granted (-want +got):\n%s", d)
	}
	if media, body, err := plain.PushBody(); err != nil || media != "application/json" || string(body) != string(plain.ContractJSON) {
		t.Errorf("body is %s %s, %v", media, body, err)
	}
}
