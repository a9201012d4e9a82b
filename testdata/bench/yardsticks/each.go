package main

import (
	"fmt"
	"time"

	"github.com/evctl/evctl/testdata/bench/workload"
)

// rounds is how often each event is judged, to take the fastest time of.
const rounds = 7

// duel is the fastest times of one event.
type duel struct {
	event    *workload.Event
	ours, v5 time.Duration
}

func (d duel) ratio() float64 { return float64(d.ours) / float64(d.v5) }

// each compares evctl with santhosh v5 event by event: no average hides a case that is
// slower. v5 always says all reasons; evctl is compared with them and without.
func each(p *workload.Plan, groups []*group) error {
	for _, ours := range []struct {
		how  string
		open func(*workload.Plan) (subject, error)
	}{{"verdict only", openValid}, {"with all reasons", openReasons}} {
		duels, err := duelsOf(p, groups, ours.open)
		if err != nil {
			return err
		}
		printDuels(ours.how, duels)
	}
	return nil
}

func printDuels(how string, duels []duel) {
	slower, nearest := 0, duels[0]
	for _, d := range duels {
		if d.ratio() > 1 {
			slower++
		}
		if d.ratio() > nearest.ratio() {
			nearest = d
		}
	}
	fmt.Printf("Event by event, %s, the best of %d: %d of %d are slower than with santhosh v5.\n", how, rounds, slower, len(duels))
	fmt.Printf("The nearest takes %s µs and %s µs with v5; it has %d bytes%s.\n\n",
		micros(nearest.ours), micros(nearest.v5), len(nearest.event.Raw), mistakeOf(nearest.event))
}

func mistakeOf(e *workload.Event) string {
	if e.Valid() {
		return " and is valid"
	}
	return " and mutation " + e.Mutation
}

func duelsOf(p *workload.Plan, groups []*group, open func(*workload.Plan) (subject, error)) ([]duel, error) {
	var judges [2]*loop
	for i, open := range []func(*workload.Plan) (subject, error){open, openV5} {
		s, err := open(p)
		if err != nil {
			return nil, err
		}
		judges[i] = s.(*loop)
	}
	var duels []duel
	for _, g := range groups {
		for _, l := range judges {
			if err := l.load(g); err != nil {
				return nil, err
			}
		}
		for i := range g.events {
			duels = append(duels, duel{&g.events[i], fastest(judges[0].judges[g], i), fastest(judges[1].judges[g], i)})
		}
	}
	return duels, nil
}

func fastest(judge func(int) bool, i int) time.Duration {
	best := time.Hour
	for range rounds {
		start := time.Now()
		judge(i)
		best = min(best, time.Since(start))
	}
	return best
}
