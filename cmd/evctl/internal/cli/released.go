package cli

import (
	"context"
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
)

// registryPath is where a registry named on the command line is.
func (app *App) registryPath(location string) string {
	if isURL(location) {
		return location
	}
	return app.path(location)
}

// openReader opens a registry, a directory or a URL, for reading.
func openReader(_ context.Context, location string) (registry.Reader, error) {
	if isURL(location) {
		return nil, fmt.Errorf("open registry %s: not a directory", location)
	}
	return dir.Open(location, "")
}

// releasedContracts reads every released version of every event.
func releasedContracts(ctx context.Context, location string) ([]*contracts.Contract, error) {
	r, err := openReader(ctx, location)
	if err != nil {
		return nil, err
	}
	subjects, err := r.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("read registry: %w", err)
	}
	var list []*contracts.Contract
	for _, s := range subjects {
		for _, v := range s.Versions {
			record, err := r.Get(ctx, s.Event, v)
			if err != nil {
				return nil, fmt.Errorf("read registry: %w", err)
			}
			c, err := record.Contract()
			if err != nil {
				return nil, fmt.Errorf("read release %s %s: %w", s.Event, v, err)
			}
			list = append(list, c)
		}
	}
	return list, nil
}
