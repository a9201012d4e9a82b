package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/numbers"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/remote"
)

// ledgersOf reads, for each event of the workspace that was released, the protobuf
// numbers that its current version continues.
func ledgersOf(ctx context.Context, w *workspace.Workspace) (map[string][]numbers.Ledger, error) {
	return ofReleases(ctx, w, func(ctx context.Context, r registry.Reader, c *contracts.Contract) ([]numbers.Ledger, error) {
		ledger, err := ledgerOf(ctx, r, c)
		if err != nil || ledger.IsZero() {
			return nil, err
		}
		return []numbers.Ledger{ledger}, nil
	})
}

// releasedOf reads the released contracts of each event of the workspace, oldest first.
func releasedOf(ctx context.Context, w *workspace.Workspace) (map[string][]*contracts.Contract, error) {
	return ofReleases(ctx, w, func(ctx context.Context, r registry.Reader, c *contracts.Contract) ([]*contracts.Contract, error) {
		records, err := registry.Released(ctx, r, c.Name)
		if err != nil {
			return nil, fmt.Errorf("read registry: %w", err)
		}
		list := make([]*contracts.Contract, len(records))
		for i, record := range records {
			if list[i], err = record.Contract(); err != nil {
				return nil, fmt.Errorf("read release %s %s: %w", c.Name, record.Version, err)
			}
		}
		return list, nil
	})
}

// ofReleases reads something from the releases of each event of the workspace. Events
// that have nothing are left out.
func ofReleases[T any](ctx context.Context, w *workspace.Workspace, read func(context.Context, registry.Reader, *contracts.Contract) ([]T, error)) (map[string][]T, error) {
	location := w.Config.Registry
	if !remote.IsURL(location) {
		location = inWorkspace(w, location)
	}
	if err := wantReleases(ctx, w, w.Config.Registry); err != nil {
		return nil, err // numbers would start again
	}
	r, err := remote.Open(ctx, location, remote.Options{Create: true, Display: w.Config.Registry})
	if err != nil {
		return nil, hintOfRegistry(err)
	}
	var lock sync.Mutex
	found := map[string][]T{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	for _, c := range w.Events() {
		group.Go(func() error {
			list, err := read(ctx, r, c)
			if err != nil || len(list) == 0 {
				return err
			}
			lock.Lock()
			defer lock.Unlock()
			found[c.Name] = list
			return nil
		})
	}
	return found, hintOfRegistry(group.Wait())
}

// ledgerOf is the ledger that a contract continues, or an empty one when the event was never
// released.
func ledgerOf(ctx context.Context, r registry.Reader, c *contracts.Contract) (numbers.Ledger, error) {
	releases, err := registry.Ledgers(ctx, r, c.Name)
	if err != nil {
		return numbers.Ledger{}, fmt.Errorf("read registry: %w", err)
	}
	previous, err := numbers.Previous(releases, c.Version)
	if err != nil {
		return numbers.Ledger{}, fmt.Errorf("protobuf numbers of %s: %w", c.Name, err)
	}
	return previous, nil
}

// inWorkspace is a path of evctl.yaml on disk.
func inWorkspace(w *workspace.Workspace, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(w.Root, filepath.FromSlash(name))
}
