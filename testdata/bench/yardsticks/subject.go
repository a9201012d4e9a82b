package main

import (
	"errors"
	"runtime"
	"time"

	"github.com/evctl/evctl/testdata/bench/workload"
)

// group is events that are measured together.
type group struct {
	name   string
	style  workload.Style
	valid  bool
	events []workload.Event
}

// errNotThese says that a yardstick cannot take the events of a group: invalid ones
// have no form in protobuf.
var errNotThese = errors.New("not these events")

// subject is a yardstick that is ready.
type subject interface {
	// load makes the events of a group ready.
	load(*group) error
	// verdicts judges the events of a group that was loaded.
	verdicts(*group) ([]bool, error)
	// run judges all events of a group once and says how long it took, and how many
	// allocations it made, -1 where that is not known.
	run(*group) (time.Duration, int64, error)
	close() error
}

// loop is a subject in this process.
type loop struct {
	// prepare returns what judges event i of a group.
	prepare func(*group) (func(i int) bool, error)
	judges  map[*group]func(i int) bool
}

// inProcess is a subject that needs nothing but the events.
func inProcess(judge func(*workload.Event) bool) *loop {
	return prepared(func(g *group) (func(int) bool, error) {
		return func(i int) bool { return judge(&g.events[i]) }, nil
	})
}

func prepared(prepare func(*group) (func(i int) bool, error)) *loop {
	return &loop{prepare, map[*group]func(int) bool{}}
}

func (l *loop) load(g *group) (err error) {
	l.judges[g], err = l.prepare(g)
	return err
}

func (l *loop) verdicts(g *group) ([]bool, error) {
	out := make([]bool, len(g.events))
	for i := range out {
		out[i] = l.judges[g](i)
	}
	return out, nil
}

func (l *loop) run(g *group) (time.Duration, int64, error) {
	judge := l.judges[g]
	var before, after runtime.MemStats
	runtime.GC()
	valid := 0
	for i := range len(g.events) / warming { // the processor foresees the branches of another yardstick
		if judge(i) {
			valid++
		}
	}
	runtime.ReadMemStats(&before)
	start := time.Now()
	for i := range g.events {
		if judge(i) {
			valid++
		}
	}
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	taken += valid
	return elapsed, int64(after.Mallocs - before.Mallocs), nil
}

// warming is the part of the events that is judged before the clock starts.
const warming = 10

func (*loop) close() error { return nil }

// taken keeps the compiler from leaving verdicts out that nobody looks at.
var taken int
