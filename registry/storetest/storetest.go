package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/registry"
)

// Run checks a store. open returns a new empty one, and reopen another handle to
// the same releases, as a second process would have it.
func Run(t *testing.T, open func(t *testing.T) (store registry.Store, reopen func() registry.Store)) {
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			store, reopen := open(t)
			c.check(t, store, reopen)
		})
	}
}

var cases = []struct {
	claim string
	check func(t *testing.T, store registry.Store, reopen func() registry.Store)
}{
	{"AnEmptyStoreListsNothing", checkEmpty},
	{"WhatIsCreatedReadsBack", checkRoundTrip},
	{"NumbersReadBack", checkLedger},
	{"VersionsAreInNumericOrder", checkOrder},
	{"NamesMayBeAnything", checkNames},
	{"AVersionIsNeverOverwritten", checkConflict},
	{"OneConflictKeepsAllOut", checkAllOrNothing},
	{"AFailedPlanWritesNothing", checkFailedPlan},
	{"AnEmptyPlanWritesNothing", checkEmptyPlan},
	{"UpdatesExcludeEachOther", checkExclusion},
	{"ReadersSeeWholeReleasesOnly", checkReaders},
	{"ACancelledUpdateWritesNothing", checkCancelled},
}

// Contract is a linked event for tests; what goes into its description.
func Contract(t testing.TB, event, version, what string) *contracts.Contract {
	t.Helper()
	text := "event: " + document.Quote(event) + "\nversion: " + version + "\nproperties:\n  id: {type: string, required: true}\n"
	if what != "" {
		text += "description: " + document.Quote(what) + "\n"
	}
	return Parse(t, text)
}

// Parse reads and links an event that uses no shared definitions.
func Parse(t testing.TB, text string) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("contract.yaml", []byte(text)))
	if len(diags) == 0 {
		empty, _ := contracts.NewLibrary(nil)
		diags = empty.Link(c)
	}
	if len(diags) > 0 {
		t.Fatalf("contract of the test: %+v", diags)
	}
	return c
}

// Record is the release of Contract.
func Record(t testing.TB, event, version, what string) *registry.Record {
	t.Helper()
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	r, err := registry.NewRecord("new", Contract(t, event, version, what), at, []byte(`{"type":"object"}`), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Create adds records to a store.
func Create(store registry.Store, records ...*registry.Record) error {
	_, err := store.Update(context.Background(), func(registry.Reader) ([]*registry.Record, error) { return records, nil })
	return err
}

func mustCreate(t *testing.T, store registry.Store, records ...*registry.Record) {
	t.Helper()
	if err := Create(store, records...); err != nil {
		t.Fatal(err)
	}
}

func version(t testing.TB, text string) contracts.Version {
	t.Helper()
	v, err := contracts.ParseVersion(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func checkEmpty(t *testing.T, store registry.Store, _ func() registry.Store) {
	ctx := context.Background()
	if subjects, err := store.List(ctx); err != nil || len(subjects) != 0 {
		t.Errorf("List = %v, %v, want nothing", subjects, err)
	}
	if versions, err := store.Versions(ctx, "a.b"); err != nil || len(versions) != 0 {
		t.Errorf("Versions = %v, %v, want nothing", versions, err)
	}
	wantCode(t, registry.CodeVersionUnknown, func() error { _, err := store.Head(ctx, "a.b", version(t, "1.0.0")); return err })
	wantCode(t, registry.CodeVersionUnknown, func() error { _, err := store.Get(ctx, "a.b", version(t, "1.0.0")); return err })
	wantCode(t, registry.CodeVersionUnknown, func() error { _, err := store.Ledger(ctx, "a.b", version(t, "1.0.0")); return err })
}

func wantCode(t *testing.T, want registry.Code, call func() error) {
	t.Helper()
	if err := call(); registry.CodeOf(err) != want {
		t.Errorf("error is %v (%s), want code %s", err, registry.CodeOf(err), want)
	}
}

func checkRoundTrip(t *testing.T, store registry.Store, reopen func() registry.Store) {
	want := Record(t, "order.completed", "1.0.0", "text with ümläuts,   \"quotes\" and \\ in it")
	mustCreate(t, store, want)
	for _, s := range []registry.Store{store, reopen()} {
		got, err := s.Get(context.Background(), "order.completed", version(t, "1.0.0"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Head, got.Head); diff != "" {
			t.Errorf("head (-want +got):\n%s", diff)
		}
		for _, member := range [][2]string{
			{string(want.ContractJSON), string(got.ContractJSON)},
			{string(want.SchemaJSON), string(got.SchemaJSON)},
			{string(want.ProtobufJSON), string(got.ProtobufJSON)},
		} {
			if diff := cmp.Diff(member[0], member[1]); diff != "" {
				t.Errorf("contents (-want +got):\n%s", diff)
			}
		}
		head, err := s.Head(context.Background(), "order.completed", version(t, "1.0.0"))
		if diff := cmp.Diff(want.Head, head); diff != "" || err != nil {
			t.Errorf("Head (-want +got): %v\n%s", err, diff)
		}
		c, err := got.Contract()
		if err != nil {
			t.Fatal(err)
		}
		if d := contracts.DigestOf(c); d != want.ContractDigest {
			t.Errorf("contract read back has digest %s, want %s", d, want.ContractDigest)
		}
	}
}

// checkLedger takes a few numbers, and more than any store reads at a time.
func checkLedger(t *testing.T, store registry.Store, reopen func() registry.Store) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for v, fields := range map[string]int{"1.0.0": 0, "1.1.0": 3, "1.2.0": 5000} {
		var lines []string
		for n := range fields {
			lines = append(lines, fmt.Sprintf(`"%d":"string property_of_the_event_%d"`, 20000+n, n))
		}
		want := "{}"
		if fields > 0 {
			want = `{"event":{` + strings.Join(lines, ",") + "}}"
		}
		record, err := registry.NewRecord("new", Contract(t, "order.completed", v, v), at, []byte(`{"type":"object"}`), []byte(want))
		if err != nil {
			t.Fatal(err)
		}
		mustCreate(t, store, record)
		for _, s := range []registry.Store{store, reopen()} {
			ledger, err := s.Ledger(context.Background(), "order.completed", version(t, v))
			if err != nil {
				t.Fatal(err)
			}
			got, err := ledger.MarshalJSON()
			if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
				t.Errorf("numbers of %s (-want +got): %v\n%s", v, err, diff)
			}
		}
	}
}

func checkOrder(t *testing.T, store registry.Store, reopen func() registry.Store) {
	for _, v := range []string{"1.10.0", "1.9.0", "2.0.0", "1.9.1"} {
		mustCreate(t, store, Record(t, "b.changed", v, ""))
	}
	mustCreate(t, store, Record(t, "a.changed", "0.1.0", ""))
	got, err := reopen().List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.Subject{
		{Event: "a.changed", Versions: []contracts.Version{{Minor: 1}}},
		{Event: "b.changed", Versions: []contracts.Version{{Major: 1, Minor: 9}, {Major: 1, Minor: 9, Patch: 1}, {Major: 1, Minor: 10}, {Major: 2}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(version(t, "2.0.0"), got[1].Latest()); diff != "" {
		t.Errorf("Latest (-want +got):\n%s", diff)
	}
}

// Names are event names that a store must tell apart and give back.
var Names = []string{
	"order.completed", "Order Completed", "order completed", "ORDER COMPLETED", "a/b", "../../etc/passwd", "..", ".", ".hidden",
	"trailing.", "con", "aux.opened", "com1", "C:\\x", "a%2Fb", "a%2fb", "名前.変更", "café", "cafe\u0301", "-rf", "$schema", "😀",
}

func checkNames(t *testing.T, store registry.Store, reopen func() registry.Store) {
	for i, name := range Names {
		mustCreate(t, store, Record(t, name, "1.0.0", fmt.Sprintf("number %d", i)))
	}
	other := reopen()
	subjects, err := other.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range subjects {
		got = append(got, s.Event)
	}
	want := slices.Sorted(slices.Values(Names))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for i, name := range Names {
		r, err := other.Get(context.Background(), name, version(t, "1.0.0"))
		if err != nil {
			t.Errorf("Get(%q): %v", name, err)
			continue
		}
		c, err := r.Contract()
		if err != nil || c.Name != name || c.Payload.Description != fmt.Sprintf("number %d", i) {
			t.Errorf("Get(%q) = %+v, %v", name, c, err)
		}
	}
}

func checkConflict(t *testing.T, store registry.Store, reopen func() registry.Store) {
	mustCreate(t, store, Record(t, "a.b", "1.0.0", "first"))
	wantCode(t, registry.CodeVersionConflict, func() error { return Create(reopen(), Record(t, "a.b", "1.0.0", "second")) })
	wantDescription(t, reopen(), "a.b", "1.0.0", "first")
	wantCode(t, registry.CodeVersionConflict, func() error {
		return Create(store, Record(t, "a.b", "2.0.0", "one"), Record(t, "a.b", "2.0.0", "two"))
	})
	wantSubjects(t, reopen(), registry.Subject{Event: "a.b", Versions: []contracts.Version{{Major: 1}}})
}

func wantDescription(t *testing.T, store registry.Store, event, v, want string) {
	t.Helper()
	r, err := store.Get(context.Background(), event, version(t, v))
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Contract()
	if err != nil {
		t.Fatal(err)
	}
	if c.Payload.Description != want {
		t.Errorf("%s %s says %q, want %q", event, v, c.Payload.Description, want)
	}
}

func checkAllOrNothing(t *testing.T, store registry.Store, reopen func() registry.Store) {
	mustCreate(t, store, Record(t, "a.b", "1.0.0", "first"))
	wantCode(t, registry.CodeVersionConflict, func() error {
		return Create(store, Record(t, "new.one", "1.0.0", ""), Record(t, "a.b", "1.1.0", ""), Record(t, "a.b", "1.0.0", "second"))
	})
	wantSubjects(t, reopen(), registry.Subject{Event: "a.b", Versions: []contracts.Version{{Major: 1}}})
}

func wantSubjects(t *testing.T, store registry.Store, want ...registry.Subject) {
	t.Helper()
	got, err := store.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
}

func checkFailedPlan(t *testing.T, store registry.Store, reopen func() registry.Store) {
	failure := errors.New("no")
	_, err := store.Update(context.Background(), func(registry.Reader) ([]*registry.Record, error) {
		return []*registry.Record{Record(t, "a.b", "1.0.0", "")}, failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("error is %v, want that of the plan", err)
	}
	wantSubjects(t, reopen())
}

func checkEmptyPlan(t *testing.T, store registry.Store, reopen func() registry.Store) {
	if err := Create(store); err != nil {
		t.Error(err)
	}
	wantSubjects(t, reopen())
}

// checkExclusion has writers that each add the version after the latest one they
// read. A lost update would be a conflict, or a version that is missing.
func checkExclusion(t *testing.T, store registry.Store, reopen func() registry.Store) {
	const writers, each = 6, 5
	patches := make([][]*registry.Record, writers*each)
	for i := range patches {
		patches[i] = []*registry.Record{Record(t, "a.b", fmt.Sprintf("1.0.%d", i), "")}
	}
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			mine := reopen()
			for range each {
				_, err := mine.Update(context.Background(), func(r registry.Reader) ([]*registry.Record, error) {
					versions, err := r.Versions(context.Background(), "a.b")
					return patches[min(len(versions), len(patches)-1)], err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	versions, err := store.Versions(context.Background(), "a.b")
	if err != nil || len(versions) != writers*each {
		t.Errorf("%d versions (%v), want %d", len(versions), err, writers*each)
	}
}

func checkReaders(t *testing.T, store registry.Store, reopen func() registry.Store) {
	const n = 30
	done := make(chan struct{})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			mine := reopen()
			for {
				if err := readAll(mine); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range n {
		if err := Create(store, Record(t, fmt.Sprintf("e%d.changed", i%7), fmt.Sprintf("1.0.%d", i), "")); err != nil {
			t.Error(err)
		}
	}
	close(done)
	group.Wait()
}

func readAll(store registry.Store) error {
	ctx := context.Background()
	subjects, err := store.List(ctx)
	if err != nil {
		return err
	}
	for _, s := range subjects {
		records, err := registry.Released(ctx, store, s.Event)
		if err != nil {
			return err
		}
		if len(records) < len(s.Versions) {
			return fmt.Errorf("%s has %d versions, listed were %d", s.Event, len(records), len(s.Versions))
		}
	}
	return nil
}

func checkCancelled(t *testing.T, store registry.Store, reopen func() registry.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := store.Update(ctx, func(registry.Reader) ([]*registry.Record, error) {
		return []*registry.Record{Record(t, "a.b", "1.0.0", "")}, nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
	wantSubjects(t, reopen())
}
