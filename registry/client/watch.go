package client

import (
	"context"
	"time"
)

// breather is how long Watch leaves between two requests at least: a host that always has
// other contracts must not keep a collector busy.
const breather = time.Second

// patience is how long a request has to take at least to count as one that was held. What
// ends one later, such as a proxy, does so at its own pace: there is no need to slow down.
const patience = 5 * time.Second

// Watch takes over what the registry releases, until ctx ends. A server holds the request
// until there is something new; elsewhere Watch looks every Options.Poll. It never gives
// up: what fails is tried again, after pauses that grow up to a minute.
//
// One goroutine for it is enough. Contracts are swapped under the feet of Validate, which
// never waits.
func (c *Client) Watch(ctx context.Context) {
	var p pace
	for ctx.Err() == nil {
		wait := c.opt.MaxWait
		if p.failed { // whether the registry is back shows sooner without waiting for news
			wait = 0
		}
		began := c.opt.time.elapsed()
		r, err := c.refresh(ctx, wait)
		if ctx.Err() != nil {
			return
		}
		if pause := p.behind(c, r, err, c.opt.time.elapsed()-began); pause > 0 {
			c.opt.time.wait(ctx, pause)
		}
	}
}

// pace says when to ask again.
type pace struct {
	failed   bool // the last attempt
	failures int  // in a row, of attempts that wait
	idle     int  // answers in a row that came early and without news
}

// behind is the pause behind an attempt that took so long.
func (p *pace) behind(c *Client, r result, err error, took time.Duration) time.Duration {
	back := p.failed
	p.failed = err != nil
	switch {
	case err != nil:
		p.idle = 0
		if p.failures++; took >= patience {
			p.failures = 1
		}
		return c.opt.time.pause(p.failures)
	case back:
		return 0 // wait for news again; should that go on to fail, the pauses go on to grow
	case r.waits && !r.news && took < patience: // the server stops, or something in between cuts requests off
		p.failures, p.idle = 0, p.idle+1
		return max(breather, c.opt.time.pause(p.idle))
	}
	p.failures, p.idle = 0, 0
	if r.news || r.waits {
		return breather - took
	}
	return c.opt.time.jittered(c.opt.Poll)
}
