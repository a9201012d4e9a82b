package client

import (
	"context"
	"math/rand/v2"
	"time"
)

// clock is time as a client sees it. Ages and pauses are measured by the monotonic
// clock, which nobody can set; what the wall clock says is for people only.
type clock struct {
	now     func() time.Time
	elapsed func() time.Duration // since some moment before the client was made
	wait    func(ctx context.Context, pause time.Duration)
	random  func() float64 // from 0 up to 1
}

func systemClock() clock {
	start := time.Now()
	return clock{now: time.Now, elapsed: func() time.Duration { return time.Since(start) }, wait: wait, random: rand.Float64}
}

// wait returns after a pause, or when ctx ends.
func wait(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Pauses between attempts that fail.
const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// pause is how long to wait behind the nth failure in a row: twice as long each time, half
// of it left to chance, so that collectors that failed together do not come back together.
func (c clock) pause(n int) time.Duration {
	full := longestPause
	if n <= 6 { // 1 s << 6 is more than the longest
		full = min(firstPause<<max(n-1, 0), longestPause)
	}
	return c.jittered(full)
}

// jittered is from a half of d up to d.
func (c clock) jittered(d time.Duration) time.Duration {
	return d/2 + time.Duration(c.random()*float64(d/2))
}
