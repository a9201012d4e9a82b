package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
)

// view is what a server serves at one time. It does not change.
type view struct {
	subjects []registry.Subject
	releases map[releaseKey]*release
	index    *content
	bundle   func() *content // made when it is first asked for
	set      *payload.Set
}

type releaseKey struct {
	event   string
	version contracts.Version
}

// release is one released version, ready to be sent and to validate with.
type release struct {
	registry.Head
	json     []byte
	contract *contracts.Contract
	stamp    string   // of the store, when it was read
	granted  []string // breaks that it was allowed, by their fingerprints
}

// stamper is a store that can tell whether a release is still the one that was read.
// Releases are immutable, but a directory may become that of another branch.
type stamper interface {
	Stamp(event string, version contracts.Version) (string, error)
}

// readView reads the registry; releases of the old view that are still the same are
// taken over.
func readView(ctx context.Context, r registry.Reader, env *envelope.Envelope, old *view) (*view, error) {
	subjects, err := r.List(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{subjects: subjects}
	if v.releases, err = readReleases(ctx, r, subjects, old); err != nil {
		return nil, err
	}
	if old != nil && maps.Equal(v.releases, old.releases) {
		return old, nil
	}
	var all []*contracts.Contract
	for _, release := range v.ordered(subjects) {
		all = append(all, release.contract)
	}
	if v.set, err = payload.NewSet(env, all...); err != nil {
		return nil, fmt.Errorf("compile contracts: %w", err)
	}
	if v.index, err = v.makeIndex(); err != nil {
		return nil, err
	}
	v.bundle = sync.OnceValue(v.makeBundle)
	return v, nil
}

func readReleases(ctx context.Context, r registry.Reader, subjects []registry.Subject, old *view) (map[releaseKey]*release, error) {
	var keys []releaseKey
	for _, s := range subjects {
		for _, version := range s.Versions {
			keys = append(keys, releaseKey{s.Event, version})
		}
	}
	read := make([]*release, len(keys))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, key := range keys {
		group.Go(func() (err error) {
			var known *release
			if old != nil {
				known = old.releases[key]
			}
			read[i], err = readRelease(ctx, r, key, known)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	releases := make(map[releaseKey]*release, len(keys))
	for i, key := range keys {
		releases[key] = read[i]
	}
	return releases, nil
}

// readRelease reads a release, unless the known one is still the same.
func readRelease(ctx context.Context, r registry.Reader, key releaseKey, known *release) (*release, error) {
	stamp := ""
	if s, ok := r.(stamper); ok {
		var err error
		if stamp, err = s.Stamp(key.event, key.version); err != nil {
			return nil, err
		}
	}
	if known != nil && known.stamp == stamp {
		return known, nil
	}
	record, err := r.Get(ctx, key.event, key.version)
	if err != nil {
		return nil, err
	}
	c, err := record.Contract()
	if err != nil {
		return nil, fmt.Errorf("released version %s %s: %w", key.event, key.version, err)
	}
	return &release{record.Head, record.JSON(), c, stamp, record.Granted()}, nil
}

// ordered lists the releases of subjects by event and version.
func (v *view) ordered(subjects []registry.Subject) []*release {
	var list []*release
	for _, s := range subjects {
		for _, version := range s.Versions {
			list = append(list, v.releases[releaseKey{s.Event, version}])
		}
	}
	return list
}

func (v *view) latest(s registry.Subject) *release {
	return v.releases[releaseKey{s.Event, s.Latest()}]
}

// versions lists the released versions of an event, oldest first.
func (v *view) versions(event string) []contracts.Version {
	i, found := slices.BinarySearchFunc(v.subjects, event, func(s registry.Subject, event string) int {
		return strings.Compare(s.Event, event)
	})
	if !found {
		return nil
	}
	return v.subjects[i].Versions
}

func (v *view) makeIndex() (*content, error) {
	index := registry.Index{Events: []registry.IndexEvent{}}
	for _, s := range v.subjects {
		latest := v.latest(s)
		event := registry.IndexEvent{
			Event: s.Event, Latest: latest.Version, Status: latest.contract.Status, Owner: latest.contract.Owner,
		}
		for _, r := range v.ordered([]registry.Subject{s}) {
			event.Versions = append(event.Versions, registry.IndexVersion{
				Version: r.Version, Digest: r.Digest, ContractDigest: r.ContractDigest,
				Released: r.Released, Path: registry.ReleasePath(r.Event, r.Version),
			})
		}
		index.Events = append(index.Events, event)
	}
	data, err := json.Marshal(index)
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	return newContent(data, ""), nil
}

func (v *view) makeBundle() *content {
	live := slices.DeleteFunc(slices.Clone(v.subjects), func(s registry.Subject) bool {
		return v.latest(s).contract.Status == contracts.Retired
	})
	list := v.ordered(live)
	releases := make([][]byte, len(list))
	for i, r := range list {
		releases[i] = r.json
	}
	data := registry.EncodeBundle(releases)
	return newContent(data, registry.DigestOf(data))
}
