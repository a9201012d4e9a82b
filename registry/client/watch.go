package client

import (
	"context"
	"time"
)

// breather is how long Watch leaves between two requests at least: a host that always has
// other contracts must not keep a collector busy.
const breather = time.Second

// Watch takes over what the registry releases, until ctx ends. A server holds the request
// until there is something new; elsewhere Watch looks every Options.Poll. It never gives
// up: what fails is tried again, after pauses that grow up to a minute.
//
// One goroutine for it is enough. Contracts are swapped under the feet of Validate, which
// never waits.
func (c *Client) Watch(ctx context.Context) {
	failures, idle := 0, 0
	for ctx.Err() == nil {
		began := c.opt.time.elapsed()
		r, err := c.refresh(ctx, c.opt.MaxWait)
		took := c.opt.time.elapsed() - began
		var pause time.Duration
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures, idle = failures+1, 0
			pause = c.opt.time.pause(failures)
		case r.news, r.waits && took >= c.opt.MaxWait/2:
			failures, idle = 0, 0
			pause = breather - took
		case r.waits: // it answered early without news: it stops, or something in between cuts requests off
			failures, idle = 0, idle+1
			pause = max(breather, c.opt.time.pause(idle))
		default:
			failures, idle = 0, 0
			pause = c.opt.time.jittered(c.opt.Poll)
		}
		if pause > 0 {
			c.opt.time.wait(ctx, pause)
		}
	}
}
