package cli

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
)

// registryPath is where a registry named on the command line is.
func (app *App) registryPath(location string) string {
	if isURL(location) {
		return location
	}
	return app.path(location)
}

// releasedContracts reads every released version of every event, ordered by event and
// version.
func releasedContracts(ctx context.Context, r registry.Reader) ([]*contracts.Contract, error) {
	subjects, err := r.List(ctx)
	if err != nil {
		return nil, hintOfRegistry(fmt.Errorf("read registry: %w", err))
	}
	type release struct {
		event   string
		version contracts.Version
	}
	var releases []release
	for _, s := range subjects {
		for _, v := range s.Versions {
			releases = append(releases, release{s.Event, v})
		}
	}
	list := make([]*contracts.Contract, len(releases))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	for i, id := range releases {
		group.Go(func() (err error) {
			list[i], err = releasedContract(ctx, r, id.event, id.version)
			return err
		})
	}
	return list, hintOfRegistry(group.Wait())
}

func releasedContract(ctx context.Context, r registry.Reader, event string, version contracts.Version) (*contracts.Contract, error) {
	record, err := r.Get(ctx, event, version)
	if err != nil {
		return nil, fmt.Errorf("read registry: %w", err)
	}
	c, err := record.Contract()
	if err != nil {
		return nil, fmt.Errorf("read release %s %s: %w", event, version, err)
	}
	return c, nil
}
