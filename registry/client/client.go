package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// RuleUnavailable is the rule of the verdict on every event while there are no contracts
// to use: FailClosed rejects the event, which may be fine and can be sent again later;
// FailOpen lets it pass, with the rule as its flag.
const RuleUnavailable = "contracts-unavailable"

// Client holds the contracts of a registry. It may be used from any number of
// goroutines; none of them waits for a take-over.
type Client struct {
	opt      Options
	envelope *envelope.Envelope
	source   source
	cache    *cache // nil: none

	current   atomic.Pointer[state] // never nil
	confirmed atomic.Int64          // by the registry, as of clock.elapsed; 0: never
	tally     tally

	taking    sync.Mutex // whoever takes a bundle over
	unwritten *kept      // that the cache should hold, or nil; whoever has taking

	lock    sync.Mutex // what follows
	problem error      // of the last attempt, or nil
	unkept  error      // why the cache is not what is in use, or nil
	at      time.Time  // when the registry last confirmed
}

// Open loads the contracts of a registry: a server or an exported site by its URL, or a
// directory of releases or of an exported site by its path. It sends one request. What
// it does when the registry is away is said by Options.Away.
func Open(ctx context.Context, location string, opt Options) (*Client, error) {
	c, err := newClient(location, opt)
	if err != nil {
		return nil, err
	}
	c.loadCache()
	if err := c.Refresh(ctx); err != nil {
		return c.withoutRegistry(err)
	}
	return c, nil
}

func newClient(location string, opt Options) (*Client, error) {
	opt.Timeout = cmp.Or(max(opt.Timeout, 0), DefaultTimeout)
	opt.MaxBytes = cmp.Or(max(opt.MaxBytes, 0), DefaultMaxBytes)
	opt.MaxWait = cmp.Or(max(opt.MaxWait, 0), DefaultMaxWait)
	opt.Poll = cmp.Or(max(opt.Poll, 0), DefaultPoll)
	if opt.time.now == nil {
		opt.time = systemClock()
	}
	c := &Client{opt: opt, envelope: opt.Envelope}
	var err error
	if c.envelope == nil {
		if c.envelope, err = presetEnvelope(opt.Preset); err != nil {
			return nil, err
		}
	}
	if c.source, err = newSource(location, opt); err != nil {
		return nil, err
	}
	if opt.CacheDir != "" {
		c.cache = newCache(opt.CacheDir, location, opt)
	}
	c.current.Store(&state{})
	c.tally.init()
	return c, nil
}

// loadCache starts with what was kept. What cannot be used is said and left alone: the
// next good bundle replaces it.
func (c *Client) loadCache() {
	if c.cache == nil {
		return
	}
	kept, err := c.cache.load()
	if err == nil && kept == nil {
		return
	}
	var next *state
	if err == nil {
		next, err = c.prepare(kept.bundle, kept.tag)
	}
	if err != nil {
		c.notKept(fmt.Errorf("use the cache %s: %w", c.cache.path, err))
		return
	}
	next.loaded = c.opt.time.now()
	c.current.Store(next)
}

// withoutRegistry decides how to start when the registry is away.
func (c *Client) withoutRegistry(err error) (*Client, error) {
	cached := c.current.Load().set != nil
	if errors.Is(err, context.Canceled) || c.opt.Away == FailClosed || c.opt.Away == LastKnownGood && !cached {
		return nil, fmt.Errorf("open registry %s: %w", c.source, err)
	}
	if cached {
		c.told(c.opt.Hooks.Loaded)
	}
	return c, nil
}

// Validate finds the contract of an event and checks the event against it; see
// payload.Set.
func (c *Client) Validate(raw []byte) payload.Verdict {
	s := c.current.Load()
	if s.set == nil || c.expired() {
		return c.unavailable()
	}
	v := s.set.Validate(raw)
	c.tally.count(s, &v)
	if c.opt.Hooks.Judged != nil {
		c.opt.Hooks.Judged(v)
	}
	return v
}

// Valid is Validate for those who want no reasons.
func (c *Client) Valid(raw []byte) bool { return c.Validate(raw).Valid }

// unavailable is the verdict on every event while there are no contracts to use.
func (c *Client) unavailable() payload.Verdict {
	v := payload.Verdict{Valid: c.opt.Away == FailOpen}
	if v.Valid {
		v.Flag = RuleUnavailable
		c.tally.unchecked.Add(1)
		c.tally.flagged.rule(v.Flag).Add(1)
	} else {
		c.tally.unavailable.Add(1)
		v.Violations = []payload.Violation{{
			Rule: RuleUnavailable, Found: "no contracts that the registry vouches for", Expected: "some; send the event again later",
		}}
	}
	if c.opt.Hooks.Judged != nil {
		c.opt.Hooks.Judged(v)
	}
	return v
}

// Unchecked reports whether an event passed although no contract was there to check it:
// while FailOpen has none, or because Options.Unknown says so. The verdict's flag is the
// reason.
func Unchecked(v payload.Verdict) bool { return v.Valid && v.Contract == nil }

// expired reports whether FailClosed has waited too long for the registry.
func (c *Client) expired() bool {
	if c.opt.Away != FailClosed || c.opt.MaxAge <= 0 {
		return false
	}
	return c.opt.time.elapsed()-time.Duration(c.confirmed.Load()) > c.opt.MaxAge
}

// Set is what events are checked with now, nil while there are no contracts. It does not
// change; whoever keeps it does not see what is released later, and is not counted.
func (c *Client) Set() *payload.Set { return c.current.Load().set }
