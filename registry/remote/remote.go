package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/numbers"
	"github.com/evctl/evctl/registry"
)

// Remote is a registry behind a URL. It reads the index when it is opened, and
// single releases when they are asked for; someone who asks for many gets them all
// at once. It may be used from several goroutines.
type Remote struct {
	base    string // of the API, with /v1/ at its end
	display string // the same without a password
	opt     Options

	mu     sync.Mutex
	index  map[string]registry.IndexEvent
	events []string // sorted
	cached map[key]*registry.Record
	single int  // releases that were fetched one by one
	whole  bool // the bundle was fetched
}

type key struct {
	event   string
	version contracts.Version
}

var _ registry.Store = (*Remote)(nil)

// bundleFrom is how many releases are fetched one by one before all are fetched.
const bundleFrom = 8

// indexPath is where the index is, below the API.
const indexPath = "events.json"

// refresh reads the index.
func (r *Remote) refresh(ctx context.Context) error {
	data, err := r.get(ctx, indexPath)
	if err != nil {
		return err
	}
	var index registry.Index
	if err := json.Unmarshal(data, &index); err != nil || index.Events == nil {
		return notARegistry("events.json is not the index of a registry")
	}
	events := make(map[string]registry.IndexEvent, len(index.Events))
	var names []string
	for _, e := range index.Events {
		slices.SortFunc(e.Versions, func(a, b registry.IndexVersion) int { return a.Version.Compare(b.Version) })
		if _, twice := events[e.Event]; twice || len(e.Versions) == 0 {
			return notARegistry(fmt.Sprintf("the index lists %q twice or without versions", e.Event))
		}
		events[e.Event] = e
		names = append(names, e.Event)
	}
	slices.Sort(names)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.index, r.events = events, names
	if r.cached == nil {
		r.cached = map[key]*registry.Record{}
	}
	return nil
}

// List implements registry.Reader.
func (r *Remote) List(context.Context) ([]registry.Subject, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	subjects := make([]registry.Subject, len(r.events))
	for i, event := range r.events {
		subjects[i] = registry.Subject{Event: event, Versions: versionsOf(r.index[event])}
	}
	return subjects, nil
}

// Versions implements registry.Reader.
func (r *Remote) Versions(_ context.Context, event string) ([]contracts.Version, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return versionsOf(r.index[event]), nil
}

func versionsOf(e registry.IndexEvent) []contracts.Version {
	versions := make([]contracts.Version, len(e.Versions))
	for i, v := range e.Versions {
		versions[i] = v.Version
	}
	return versions
}

// Head implements registry.Reader.
func (r *Remote) Head(_ context.Context, event string, version contracts.Version) (registry.Head, error) {
	v, err := r.entry(event, version)
	if err != nil {
		return registry.Head{}, err
	}
	return registry.Head{
		Digest: v.Digest, Event: event, Version: version, ContractDigest: v.ContractDigest, Released: v.Released.UTC().Truncate(time.Second),
	}, nil
}

func (r *Remote) entry(event string, version contracts.Version) (registry.IndexVersion, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.index[event].Versions {
		if v.Version == version {
			return v, nil
		}
	}
	return registry.IndexVersion{}, registry.Errorf(registry.CodeVersionUnknown, "%s %s is not released", event, version)
}

// Get implements registry.Reader.
func (r *Remote) Get(ctx context.Context, event string, version contracts.Version) (*registry.Record, error) {
	v, err := r.entry(event, version)
	if err != nil {
		return nil, err
	}
	if record, err := r.known(ctx, key{event, version}); record != nil || err != nil {
		return record, err
	}
	if strings.Contains(v.Path, "://") || strings.HasPrefix(v.Path, "/") || strings.Contains("/"+v.Path+"/", "/../") {
		return nil, notARegistry(fmt.Sprintf("the index has path %q, expected one below itself", v.Path))
	}
	data, err := r.get(ctx, v.Path)
	if err != nil {
		return nil, fmt.Errorf("read release %s %s: %w", event, version, err)
	}
	return r.keep(event, v, data)
}

// Ledger implements registry.Reader.
func (r *Remote) Ledger(ctx context.Context, event string, version contracts.Version) (numbers.Ledger, error) {
	record, err := r.Get(ctx, event, version)
	if err != nil {
		return numbers.Ledger{}, err
	}
	return record.Ledger()
}

// known returns a release that was fetched before. Someone who asks for many
// releases gets the bundle.
func (r *Remote) known(ctx context.Context, k key) (*registry.Record, error) {
	r.mu.Lock()
	record := r.cached[k]
	if record == nil {
		r.single++
	}
	fetch := record == nil && !r.whole && r.single > bundleFrom
	if fetch {
		r.whole = true
	}
	r.mu.Unlock()
	if !fetch {
		return record, nil
	}
	if err := r.fetchBundle(ctx); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cached[k], nil
}

// fetchBundle caches all live releases that the index lists.
func (r *Remote) fetchBundle(ctx context.Context) error {
	data, err := r.get(ctx, "bundle.json")
	if err != nil {
		return fmt.Errorf("read bundle: %w", err)
	}
	bundle, err := registry.DecodeBundle(data)
	if err != nil {
		return notARegistry(err.Error())
	}
	for _, text := range bundle.Releases {
		head, err := registry.Peek(text)
		if err != nil {
			return notARegistry("bundle: " + err.Error())
		}
		v, err := r.entry(head.Event, head.Version)
		if err != nil {
			continue // released after the index was read
		}
		if _, err := r.keep(head.Event, v, text); err != nil {
			return err
		}
	}
	return nil
}

// keep checks a release against the index and caches it.
func (r *Remote) keep(event string, v registry.IndexVersion, data []byte) (*registry.Record, error) {
	record, err := registry.Decode(diag.NewFile(r.display+v.Path, readable(data)))
	if err == nil && (record.Digest != v.Digest || record.Event != event || record.Version != v.Version) {
		err = registry.Errorf(registry.CodeReleaseEdited, "release is %s %s with %s, the index has %s", record.Event, record.Version, record.Digest, v.Digest)
	}
	if err != nil {
		return nil, fmt.Errorf("release %s %s of %s: %w", event, v.Version, r.display, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.cached[key{event, v.Version}]; first != nil {
		return first, nil
	}
	r.cached[key{event, v.Version}] = record
	return record, nil
}

// readable is a release as it stands in a file, so that positions in it mean
// something to people.
func readable(data []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		return data // not JSON: Decode says so
	}
	return out.Bytes()
}

// Update implements registry.Store. The plan is made from a fresh index; the server
// judges each version again and has the last word, so an update that meets another
// one may have released a part. The error says so.
func (r *Remote) Update(ctx context.Context, plan func(registry.Reader) ([]*registry.Record, error)) ([]registry.Head, error) {
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	records, err := plan(r)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	var stored []registry.Head
	for _, record := range records {
		head, err := r.push(ctx, record)
		if err != nil {
			if len(stored) > 0 {
				err = fmt.Errorf("%w (%d of %d versions were released before)", err, len(stored), len(records))
			}
			return stored, err
		}
		stored = append(stored, head)
	}
	return stored, r.refresh(ctx)
}

// push sends one version.
func (r *Remote) push(ctx context.Context, record *registry.Record) (registry.Head, error) {
	media, body, err := record.PushBody()
	if err != nil {
		return registry.Head{}, fmt.Errorf("push %s %s: %w", record.Event, record.Version, err)
	}
	data, err := r.post(ctx, "events/"+registry.EscapeEvent(record.Event)+"/versions", media, body)
	if err != nil {
		return registry.Head{}, fmt.Errorf("push %s %s: %w", record.Event, record.Version, err)
	}
	var answer struct {
		Status         registry.Status  `json:"status"`
		Digest         contracts.Digest `json:"digest"`
		ContractDigest contracts.Digest `json:"contract_digest"`
	}
	if err := json.Unmarshal(data, &answer); err != nil || answer.Status != registry.Pushed && answer.Status != registry.Unchanged {
		return registry.Head{}, notARegistry(fmt.Sprintf("the answer to the push of %s %s is not that of a registry", record.Event, record.Version))
	}
	head := record.Head
	head.Digest, head.ContractDigest = answer.Digest, answer.ContractDigest
	return head, nil
}
