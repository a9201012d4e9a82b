package registry

import (
	"context"
	"fmt"
	"iter"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
)

// Published is a released version as reads show it.
type Published struct {
	Head
	JSON   []byte // the release, compact
	Status contracts.Status
	Owner  string
}

// Publish makes ready what is read of a release.
func (r *Record) Publish() (Published, error) {
	c, err := r.Contract()
	if err != nil {
		return Published{}, describe(r, err)
	}
	return Published{r.Head, r.JSON(), c.Status, c.Owner}, nil
}

// PublishAll reads everything that is released, ordered by event and version.
func PublishAll(ctx context.Context, r Reader) ([]Published, error) {
	subjects, err := r.List(ctx)
	if err != nil {
		return nil, err
	}
	var heads []Head
	for _, s := range subjects {
		for _, v := range s.Versions {
			heads = append(heads, Head{Event: s.Event, Version: v})
		}
	}
	all := make([]Published, len(heads))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	for i, h := range heads {
		group.Go(func() error {
			record, err := r.Get(ctx, h.Event, h.Version)
			if err == nil {
				all[i], err = record.Publish()
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("read registry: %w", err)
	}
	return all, nil
}

// byEvent yields the versions of each event, oldest first, of an ordered list.
func byEvent(all []Published) iter.Seq[[]Published] {
	return func(yield func([]Published) bool) {
		for start := 0; start < len(all); {
			end := start + 1
			for end < len(all) && all[end].Event == all[start].Event {
				end++
			}
			if !yield(all[start:end]) {
				return
			}
			start = end
		}
	}
}

// NewIndex lists what is published, ordered by event and version. The path of a release
// is ReleasePath unless paths says another one.
func NewIndex(all []Published, paths func(event string, version contracts.Version) string) Index {
	if paths == nil {
		paths = ReleasePath
	}
	index := Index{Events: []IndexEvent{}}
	for versions := range byEvent(all) {
		latest := versions[len(versions)-1]
		event := IndexEvent{Event: latest.Event, Latest: latest.Version, Status: latest.Status, Owner: latest.Owner}
		for _, p := range versions {
			event.Versions = append(event.Versions, IndexVersion{
				Version: p.Version, Digest: p.Digest, ContractDigest: p.ContractDigest,
				Released: p.Released, Path: paths(p.Event, p.Version),
			})
		}
		index.Events = append(index.Events, event)
	}
	return index
}
