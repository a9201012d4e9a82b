package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/evctl/evctl/testdata/bench/workload"
)

// variants are the groups, and the columns of the table: valid and invalid events in
// compact style, and the valid ones in the others.
var variants = []group{
	{name: "valid", valid: true},
	{name: "invalid"},
	{name: "keys sorted", valid: true, style: workload.Style{Sorted: true}},
	{name: "keys shuffled", valid: true, style: workload.Style{Shuffled: true}},
	{name: "spaces", valid: true, style: workload.Style{Indented: true}},
	{name: "escapes", valid: true, style: workload.Style{Escaped: true}},
	{name: "odd escapes", valid: true, style: workload.Style{Escaped: true, Obscured: true}},
}

func groupsOf(p *workload.Plan, opt workload.Options) ([]*group, error) {
	var all []*group
	for _, g := range variants {
		opt.Style = g.style
		events, err := workload.New(p, opt)
		if err != nil {
			return nil, err
		}
		g.events = slices.DeleteFunc(events, func(e workload.Event) bool { return e.Valid() != g.valid })
		all = append(all, &g)
	}
	return all, nil
}

// bench is one run.
type bench struct {
	plan   *workload.Plan
	groups []*group
	laps   int
	best   bool // laps instead of medians, where other programs run at the same time
	rows   []*row
}

// row is a yardstick with what was measured of it.
type row struct {
	yardstick
	subject subject // nil: missing says why
	missing error
	columns map[*group]*column
}

// column is the laps of a yardstick with a group.
type column struct {
	laps        []time.Duration
	allocations int64 // of one lap, -1: not known
}

// add opens a yardstick and checks its verdicts on all events that it will see.
func (b *bench) add(y yardstick) error {
	r := &row{yardstick: y, columns: map[*group]*column{}}
	b.rows = append(b.rows, r)
	var err error
	if r.subject, err = y.open(b.plan); errors.Is(err, exec.ErrNotFound) {
		r.missing = err
		return nil
	}
	if err != nil {
		return err
	}
	for _, g := range b.groups {
		if g.style != (workload.Style{}) && !y.styles {
			continue
		}
		if err := r.subject.load(g); errors.Is(err, errNotThese) {
			continue
		} else if err != nil {
			return err
		}
		if err := r.check(g); err != nil {
			return err
		}
		r.columns[g] = &column{}
	}
	return nil
}

// check holds the verdicts against those that are known. Of readers only those on
// valid events are, and where a mutation is one that other readers take on purpose,
// only ours.
func (r *row) check(g *group) error {
	verdicts, err := r.subject.verdicts(g)
	if err != nil {
		return err
	}
	for i, e := range g.events {
		mutation, _ := workload.FindMutation(e.Mutation)
		known := e.Valid() || r.judges && (!mutation.Lenient || r.ours())
		if known && verdicts[i] != e.Valid() {
			return fmt.Errorf("wrong verdict %v on event %d, %s (mutation %q):\n%s", verdicts[i], i, g.name, e.Mutation, e.Raw)
		}
	}
	return nil
}

// ours tells evctl's rows from those of others.
func (y *yardstick) ours() bool { return strings.HasPrefix(y.name, oursPrefix) }

// run measures all rows in turn, lap by lap.
func (b *bench) run() error {
	for lap := range b.laps + 1 {
		fmt.Fprintf(os.Stderr, "lap %d of %d\n", lap, b.laps)
		for _, r := range b.rows {
			if err := b.lap(r, lap == 0); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
	}
	return nil
}

// lap measures a row once; the first lap only warms up.
func (b *bench) lap(r *row, first bool) error {
	for _, g := range b.groups {
		c := r.columns[g]
		if c == nil {
			continue
		}
		elapsed, allocations, err := r.subject.run(g)
		if err != nil {
			return err
		}
		if !first {
			c.laps = append(c.laps, elapsed)
			c.allocations = allocations
		}
	}
	return nil
}

func (b *bench) close() {
	for _, r := range b.rows {
		if r.subject != nil {
			_ = r.subject.close()
		}
	}
}

// of is the time of one event: in the median lap, or in the fastest one.
func (c *column) of(events int, best bool) time.Duration {
	laps := slices.Sorted(slices.Values(c.laps))
	lap := laps[len(laps)/2]
	if best {
		lap = laps[0]
	}
	return lap / time.Duration(max(events, 1))
}
