package client

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
)

// state is what a client checks events with at one time. It does not change.
type state struct {
	set      *payload.Set // nil: there are no contracts
	digest   contracts.Digest
	tag      string // that the registry knows the bundle by
	signedBy string
	released time.Time // zero for an empty registry
	loaded   time.Time
	events   int
	releases map[contracts.Digest]*contracts.Contract
	counters map[*contracts.Contract]*counter
	names    map[string]*counter // of events whose version no contract has
}

// Refresh asks the registry once for its contracts and takes them over. Watch does so by
// itself.
func (c *Client) Refresh(ctx context.Context) error {
	_, err := c.refresh(ctx, 0)
	return err
}

// result is how an attempt to get contracts went.
type result struct{ news, waits bool }

// refresh asks for contracts, and waits for other ones where the source can.
func (c *Client) refresh(ctx context.Context, wait time.Duration) (result, error) {
	f, err := c.source.fetch(ctx, c.current.Load().tag, wait)
	if err == nil && f.bundle == nil {
		c.confirm()
		c.keep()
		return result{waits: f.waits}, nil
	}
	news := false
	if err == nil {
		news, err = c.take(f)
	}
	if err != nil && ctx.Err() == nil {
		c.failed(err)
	}
	return result{news, f.waits}, err
}

// take takes a bundle over, and reports whether it is another one than before.
func (c *Client) take(f fetched) (bool, error) {
	news, err := c.swap(f)
	if err != nil {
		return false, err
	}
	c.keep()
	if news {
		c.told(c.opt.Hooks.Loaded)
	}
	return news, nil
}

// swap puts a bundle into use, and notes what the cache is to hold.
func (c *Client) swap(f fetched) (news bool, err error) {
	c.taking.Lock()
	defer c.taking.Unlock()
	old := c.current.Load()
	next, err := c.prepare(f.bundle, f.tag)
	if err != nil {
		return false, err
	}
	news = next.digest != old.digest || old.set == nil
	next.loaded = old.loaded
	if news {
		next.loaded = c.opt.time.now()
	}
	c.current.Store(next)
	c.confirm()
	if c.cache != nil && (news || next.tag != old.tag || c.Status().CacheErr != nil) {
		c.unwritten = &kept{tag: f.tag, bundle: f.bundle}
	}
	return news, nil
}

// keep writes what the cache is to hold. What cannot be written is tried again when the
// registry is asked the next time.
func (c *Client) keep() {
	if due, err := c.write(); due {
		c.notKept(err)
	}
}

func (c *Client) write() (due bool, err error) {
	c.taking.Lock()
	defer c.taking.Unlock()
	if c.unwritten == nil {
		return false, nil
	}
	if err = c.cache.save(*c.unwritten); err == nil {
		c.unwritten = nil
	}
	return true, err
}

// prepare checks a bundle and makes ready what is needed to use it.
func (c *Client) prepare(data []byte, tag string) (*state, error) {
	b, err := registry.DecodeBundle(data)
	if err != nil {
		return nil, err
	}
	next := &state{digest: b.Digest, tag: tag, released: b.Released}
	if len(c.opt.PublicKeys) > 0 {
		if next.signedBy, err = b.Verify(c.opt.PublicKeys); err != nil {
			return nil, err
		}
	}
	old := c.current.Load()
	if old.set != nil && old.digest == b.Digest {
		same := *old
		same.tag, same.signedBy = tag, next.signedBy
		return &same, nil
	}
	if err := c.acceptable(b, old); err != nil {
		return nil, err
	}
	list, err := next.read(b, old)
	if err != nil {
		return nil, err
	}
	if next.set, err = payload.NewSet(c.envelope, list...); err != nil {
		return nil, &registry.Error{Code: registry.CodeBundleRefused, Message: "bundle cannot be used", Err: err}
	}
	next.set = next.set.WithPolicy(c.opt.Unknown)
	next.events = len(next.set.Names())
	c.tally.enter(next, list)
	return next, nil
}

// acceptable refuses bundles that are whole and look like an accident.
func (c *Client) acceptable(b *registry.Bundle, old *state) error {
	switch {
	case old.set == nil:
	case len(b.Releases) == 0 && len(old.releases) > 0 && !c.opt.AllowEmpty:
		return registry.Errorf(registry.CodeBundleRefused, "bundle has no releases, the one in use has %d", len(old.releases)).
			WithHint("set AllowEmpty if that is meant")
	case b.Released.Before(old.released) && !c.opt.AllowOlder:
		return registry.Errorf(registry.CodeBundleRefused, "bundle is older than the one in use: its newest release is of %s, expected %s or later",
			b.Released.Format(time.RFC3339), old.released.Format(time.RFC3339)).WithHint("set AllowOlder if that is meant")
	}
	return nil
}

// read parses the releases of a bundle; those that the old state has are taken over.
func (s *state) read(b *registry.Bundle, old *state) ([]*contracts.Contract, error) {
	list := make([]*contracts.Contract, len(b.Releases))
	group, _ := errgroup.WithContext(context.Background())
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, text := range b.Releases {
		group.Go(func() (err error) {
			list[i], err = readRelease(text, old)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, &registry.Error{Code: registry.CodeBundleRefused, Message: "bundle cannot be used", Err: err}
	}
	s.releases = make(map[contracts.Digest]*contracts.Contract, len(list))
	for i, text := range b.Releases {
		s.releases[registry.DigestOf(text)] = list[i]
	}
	return list, nil
}

// readRelease parses a release whose bytes the digest of the bundle covers.
func readRelease(text []byte, old *state) (*contracts.Contract, error) {
	if c := old.releases[registry.DigestOf(text)]; c != nil {
		if _, err := registry.Peek(text); err == nil {
			return c, nil
		}
	}
	record, err := registry.Decode(diag.NewFile("bundle", text))
	if err != nil {
		return nil, err
	}
	c, err := record.Contract()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", record.Event, record.Version, err)
	}
	if c.Name != record.Event || c.Version != record.Version {
		return nil, errors.New("release of " + record.Event + " " + record.Version.String() + " holds another contract")
	}
	return c, nil
}
