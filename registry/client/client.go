package client

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/workspace"
)

// Policy says what happens to events while the registry is away: it cannot be reached,
// or what it sends cannot be taken over.
type Policy int

const (
	// LastKnownGood goes on with the contracts in use, and starts with those in the
	// cache. Without any Open fails.
	LastKnownGood Policy = iota
	// FailClosed starts with nothing that the registry does not vouch for, and rejects
	// every event when that was longer than MaxAge ago.
	FailClosed
	// FailOpen is LastKnownGood, but without any contracts Open succeeds and events pass
	// unchecked until there are some; see Unchecked.
	FailOpen
)

// Options says what to load and how. The zero value is fine for a registry that is
// trusted because of where it is.
type Options struct {
	// Envelope is where events have their name, version and properties; it is linked. nil:
	// that of Preset.
	Envelope *envelope.Envelope
	// Preset names one of envelope.Presets; empty: flat.
	Preset string
	// Unknown says what becomes of events that do not name one of the contracts; they are
	// rejected unless it says otherwise.
	Unknown payload.Policy
	// CacheDir is where the last good bundle is kept, for starts without the registry. Only
	// the owner of the process should be able to write there. Empty: nothing is kept.
	CacheDir string
	// Away is what happens while the registry is away.
	Away Policy
	// MaxAge is how long FailClosed uses contracts that the registry has not confirmed
	// since, by the monotonic clock; 0: as long as the process runs. It should be several
	// times MaxWait and Poll.
	MaxAge time.Duration
	// PublicKeys are those of whom bundles are taken: one signature has to be of one of
	// them. None: signatures are not asked for. See registry.ParsePublicKeys.
	PublicKeys []ed25519.PublicKey
	// AllowEmpty takes over a bundle without releases where there were some, and
	// AllowOlder one whose newest release is older than that of the bundle in use. Both
	// are refused otherwise: what looks like that is an outage, a half-published site or
	// an edge of a CDN that lags behind.
	AllowEmpty, AllowOlder bool
	// HTTP sends the requests; nil: a client of the package's own. Its Timeout has to be
	// longer than MaxWait, or none.
	HTTP *http.Client
	// Timeout bounds each request without the time that the registry is asked to wait;
	// 0 is DefaultTimeout.
	Timeout time.Duration
	// MaxBytes bounds a bundle, unpacked; 0 is DefaultMaxBytes.
	MaxBytes int64
	// MaxWait is how long Watch asks the registry to hold a request; 0 is DefaultMaxWait.
	MaxWait time.Duration
	// Poll is how often Watch looks where nothing can be waited for: a static host or a
	// directory; 0 is DefaultPoll.
	Poll time.Duration
	// Hooks are told what happens.
	Hooks Hooks

	time clock
}

// Hooks are told what happens, by whoever makes it happen: they should return soon, and
// may be called by several goroutines at once. They may call the client. Those that are nil
// are left out.
type Hooks struct {
	// Loaded is told about contracts that were taken into use.
	Loaded func(Status)
	// Failed is told why contracts were not fetched, taken over or kept in the cache. What
	// was in use still is.
	Failed func(error)
	// Judged is told about each verdict, also by Valid.
	Judged func(payload.Verdict)
}

// Defaults of Options.
const (
	DefaultTimeout  = 10 * time.Second
	DefaultMaxBytes = 512 << 20
	DefaultMaxWait  = 45 * time.Second
	DefaultPoll     = 30 * time.Second
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

// Source says who vouches for the contracts in use.
type Source string

const (
	// FromRegistry: the registry sent them, or said that they are the current ones.
	FromRegistry Source = "registry"
	// FromCache: they were kept by a process before this one, and the registry has been
	// away since this one started.
	FromCache Source = "cache"
	// FromNowhere: there are none.
	FromNowhere Source = "none"
)

// Status is how a client stands. Its JSON may be shown to people; fields are only added.
type Status struct {
	Source   Source           `json:"source"`
	Digest   contracts.Digest `json:"digest,omitempty"` // of the bundle
	SignedBy string           `json:"signed_by,omitempty"`
	Events   int              `json:"events"`
	Versions int              `json:"versions"`
	// Released is when the newest release of the registry was made, Loaded when the contracts
	// were taken into use, Confirmed when the registry last said that they are the current
	// ones. They are zero where there was no such moment.
	Released  time.Time `json:"released,omitzero"`
	Loaded    time.Time `json:"loaded,omitzero"`
	Confirmed time.Time `json:"confirmed,omitzero"`
	// Expired reports that FailClosed rejects every event.
	Expired bool `json:"expired,omitempty"`
	// Err is why the last attempt to get contracts failed, nil when it did not. CacheErr is
	// why the cache could not be used, or does not hold what is in use. In JSON they are the
	// texts "error" and "cache_error".
	Err      error `json:"-"`
	CacheErr error `json:"-"`
}

// MarshalJSON writes errors as texts.
func (s Status) MarshalJSON() ([]byte, error) {
	type plain Status
	out := struct {
		plain
		Error      string `json:"error,omitempty"`
		CacheError string `json:"cache_error,omitempty"`
	}{plain: plain(s)}
	if s.Err != nil {
		out.Error = s.Err.Error()
	}
	if s.CacheErr != nil {
		out.CacheError = s.CacheErr.Error()
	}
	return json.Marshal(out)
}

// Status says how the client stands.
func (c *Client) Status() Status {
	c.lock.Lock()
	defer c.lock.Unlock()
	s := c.current.Load()
	status := Status{
		Source: FromRegistry, Digest: s.digest, SignedBy: s.signedBy, Events: s.events, Versions: len(s.releases),
		Released: s.released, Loaded: s.loaded, Confirmed: c.at,
		Expired: c.expired(), Err: c.problem, CacheErr: c.unkept,
	}
	switch {
	case s.set == nil:
		status.Source = FromNowhere
	case c.at.IsZero():
		status.Source = FromCache
	}
	return status
}

func (c *Client) told(hook func(Status)) {
	if hook != nil {
		hook(c.Status())
	}
}

// failed notes why contracts could not be fetched or taken over.
func (c *Client) failed(err error) {
	c.lock.Lock()
	c.problem = err
	c.lock.Unlock()
	if c.opt.Hooks.Failed != nil {
		c.opt.Hooks.Failed(err)
	}
}

// notKept notes what is wrong with the cache.
func (c *Client) notKept(err error) {
	c.lock.Lock()
	c.unkept = err
	c.lock.Unlock()
	if err != nil && c.opt.Hooks.Failed != nil {
		c.opt.Hooks.Failed(err)
	}
}

// confirm notes that the registry vouches for what is in use.
func (c *Client) confirm() {
	c.confirmed.Store(int64(c.opt.time.elapsed()))
	c.lock.Lock()
	defer c.lock.Unlock()
	c.at, c.problem = c.opt.time.now(), nil
}

// presetEnvelope is an envelope by its name, flat without one.
func presetEnvelope(name string) (*envelope.Envelope, error) {
	if name == "" {
		return envelope.Default(), nil
	}
	env, problems := envelope.Parse(&workspace.Config{Envelope: &document.Node{Text: name}})
	if len(problems) > 0 {
		return nil, fmt.Errorf("preset is %q, expected %s", name, strings.Join(envelope.PresetNames(), ", "))
	}
	return env, nil
}
