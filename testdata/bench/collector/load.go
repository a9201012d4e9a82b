package main

import (
	"slices"
	"time"
)

// load is requests to send to a server.
type load struct {
	addr     string
	requests [][]byte // whole, one after another, and again
	conns    int      // connections that are kept alive
	rate     float64  // requests a second, whatever the answers do; 0: the next when one is answered
	lasts    time.Duration
}

// outcome is what became of a load.
type outcome struct {
	answered  int
	elapsed   time.Duration
	latencies []time.Duration // from when the request was due to the end of the answer
}

// perSecond is how many requests were answered in a second.
func (o *outcome) perSecond() float64 { return float64(o.answered) / o.elapsed.Seconds() }

// quantile is the latency that the part q of requests did not exceed.
func (o *outcome) quantile(q float64) time.Duration {
	if len(o.latencies) == 0 {
		return 0
	}
	slices.Sort(o.latencies)
	return o.latencies[min(int(q*float64(len(o.latencies))), len(o.latencies)-1)]
}
