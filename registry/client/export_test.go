package client

import (
	"context"
	"time"
)

// TestClock is a clock of tests. Without a wait nothing waits; every pause is reported to
// paused first.
type TestClock struct {
	Now     func() time.Time
	Elapsed func() time.Duration
	Wait    func(ctx context.Context, pause time.Duration)
}

// WithClock makes options whose time is that of a test; what is nil stays that of the
// system. Chance is taken out of it.
func WithClock(opt Options, c TestClock) Options {
	opt.time = systemClock()
	opt.time.random = func() float64 { return 1 }
	if c.Now != nil {
		opt.time.now = c.Now
	}
	if c.Elapsed != nil {
		opt.time.elapsed = c.Elapsed
	}
	if c.Wait != nil {
		opt.time.wait = c.Wait
	}
	return opt
}

// Pause is the pause behind the nth failure, with the least and the most chance.
func Pause(n int) (least, most time.Duration) {
	c := systemClock()
	c.random = func() float64 { return 0 }
	least = c.pause(n)
	c.random = func() float64 { return 1 }
	return least, c.pause(n)
}

// Split tells the events of a body apart.
func Split(body []byte, ndjson bool, most int) ([][]byte, error) {
	f := oneOrArray
	if ndjson {
		f = onePerLine
	}
	return split(body, f, most)
}

// Bounds of the violations in an answer.
const (
	ShownOfEvent  = shownOfEvent
	ShownOfAnswer = shownOfAnswer
)
