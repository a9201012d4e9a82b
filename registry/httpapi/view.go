package httpapi

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
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
	replaced chan struct{} // closed when another view has taken its place
}

type releaseKey struct {
	event   string
	version contracts.Version
}

// release is one released version, ready to be sent and to validate with.
type release struct {
	registry.Published
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
func readView(ctx context.Context, r registry.Reader, opt Options, old *view) (*view, error) {
	subjects, err := r.List(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{subjects: subjects, replaced: make(chan struct{})}
	if v.releases, err = readReleases(ctx, r, subjects, old); err != nil {
		return nil, err
	}
	if old != nil && maps.Equal(v.releases, old.releases) {
		return old, nil
	}
	var all []*contracts.Contract
	published := make([]registry.Published, 0, len(v.releases))
	for _, release := range v.ordered(subjects) {
		all = append(all, release.contract)
		published = append(published, release.Published)
	}
	if v.set, err = payload.NewSet(opt.Envelope, all...); err != nil {
		return nil, fmt.Errorf("compile contracts: %w", err)
	}
	v.set = v.set.WithPolicy(opt.Unknown)
	if v.index, err = makeIndex(published); err != nil {
		return nil, err
	}
	v.bundle = sync.OnceValue(func() *content { return makeBundle(published, opt.SignKeys) })
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
	published, err := record.Publish()
	if err != nil {
		return nil, err
	}
	c, err := record.Contract()
	if err != nil {
		return nil, err
	}
	return &release{published, c, stamp, record.Granted()}, nil
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

func makeIndex(published []registry.Published) (*content, error) {
	data, err := json.Marshal(registry.NewIndex(published, nil))
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	return newContent(data, ""), nil
}

// makeBundle makes the bundle. Its tag is the digest, and the keys where it is signed:
// someone who has it with other signatures has another text.
func makeBundle(published []registry.Published, keys []ed25519.PrivateKey) *content {
	data := registry.EncodeBundle(published, keys...)
	tag := registry.DigestOf(data)
	for _, key := range keys {
		public, _ := key.Public().(ed25519.PublicKey)
		tag += contracts.Digest("+" + registry.KeyID(public))
	}
	return newContent(data, tag)
}
