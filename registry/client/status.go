package client

import (
	"encoding/json"
	"time"

	"github.com/evctl/evctl/contracts"
)

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
