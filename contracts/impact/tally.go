package impact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
)

// How many different things are counted one by one; the rest is counted together.
const (
	maxSources   = 500 // of each contract
	maxFindings  = 500 // of each pair of contracts
	maxUndecided = 200
)

// order is where an event stands in all that is read.
type order struct{ batch, event int }

func (a order) compare(b order) int {
	return cmp.Or(cmp.Compare(a.batch, b.batch), cmp.Compare(a.event, b.event))
}

// decided is what judged an event; one of the two may be nil.
type decided struct{ old, new *contracts.Contract }

// tally adds up what becomes of events. Each core has one of its own.
type tally struct {
	replay    *Replay
	summary   Summary
	groups    map[decided]*bounded[Counts]
	findings  map[*pair]*bounded[hits]
	undecided *bounded[int]
	// generalized remembers pointers: working them out means following a contract.
	generalized map[pairPointer]string
}

type pairPointer struct {
	pair    *pair
	pointer string
}

// maxRemembered bounds tally.generalized.
const maxRemembered = 10_000

// hits are the events that run into one finding.
type hits struct {
	events   int
	first    order // of the event that expected was taken from
	expected string
	samples  []Sample // ordered
}

func newTally(r *Replay) *tally {
	return &tally{
		replay: r, groups: map[decided]*bounded[Counts]{}, findings: map[*pair]*bounded[hits]{},
		undecided:   newBounded(maxUndecided, func(into, from *int) { *into += *from }),
		generalized: map[pairPointer]string{},
	}
}

func (c *Counts) add(d *Counts) {
	c.Events += d.Events
	c.Valid += d.Valid
	c.NewlyRejected += d.NewlyRejected
	c.NewlyAccepted += d.NewlyAccepted
	c.Rejected += d.Rejected
}

func (c *Counts) count(before, after bool) {
	c.Events++
	switch {
	case before && after:
		c.Valid++
	case before:
		c.NewlyRejected++
	case after:
		c.NewlyAccepted++
	default:
		c.Rejected++
	}
}

// event judges an event and counts it.
func (t *tally) event(path string, raw []byte, line int, at order) {
	c := t.replay.succession.Compare(raw)
	if c.Undecided != "" {
		t.undecidedEvent(c)
		return
	}
	t.summary.count(c.OldValid, c.NewValid)
	by := decided{c.Old, c.New}
	if t.groups[by] == nil {
		t.groups[by] = newBounded(maxSources, (*Counts).add)
	}
	source := path
	if t.replay.envelope.HasSource() {
		source = c.Source
	}
	t.groups[by].at(key{source}).count(c.OldValid, c.NewValid)
	if c.OldValid && !c.NewValid {
		t.rejected(c, Sample{Path: path, Line: line, Version: c.Old.Version, at: at}, raw)
	}
}

func (t *tally) undecidedEvent(c payload.Compared) {
	t.summary.Events++
	if noContract(c.Undecided) {
		t.summary.Unknown++
	} else {
		t.summary.Unreadable++
	}
	*t.undecided.at(key{c.Event, c.Version, c.Undecided})++
}

// rejected counts an event for each place and rule that it runs into.
func (t *tally) rejected(c payload.Compared, s Sample, raw []byte) {
	p := t.replay.pairs[c.Old]
	if t.findings[p] == nil {
		t.findings[p] = newBounded(maxFindings, t.mergeHits)
	}
	var seen []key
	for _, v := range c.Violations {
		k := t.keyOf(p, v)
		if slices.Contains(seen, k) {
			continue
		}
		seen = append(seen, k)
		h := t.findings[p].at(k)
		if h.events == 0 || s.at.compare(h.first) < 0 {
			h.first, h.expected = s.at, v.Expected
		}
		h.events++
		if t.wanted(h, s) {
			h.samples = t.insert(h.samples, t.replay.sample(p, s, v, raw))
		}
	}
}

// keyOf is where and why: for a missing property, where it would stand.
func (t *tally) keyOf(p *pair, v payload.Violation) key {
	pointer := v.Pointer
	if v.Missing != "" {
		pointer += "/" + contracts.EscapePointer(v.Missing)
	}
	general, ok := t.generalized[pairPointer{p, pointer}]
	if !ok {
		general = t.replay.general(p, pointer)
		if len(t.generalized) < maxRemembered {
			t.generalized[pairPointer{p, pointer}] = general
		}
	}
	return key{general, v.Rule}
}

// general is a pointer into an event with * for what is data in it.
func (r *Replay) general(p *pair, pointer string) string {
	prefix := r.envelope.PropertiesPointer()
	within, ok := strings.CutPrefix(pointer, prefix)
	if !ok {
		return pointer // the event as a whole
	}
	_, general := p.view.at(within)
	return prefix + general
}

// wanted reports whether a sample is among the first ones.
func (t *tally) wanted(h *hits, s Sample) bool {
	n := t.replay.samples
	return len(h.samples) < n || n > 0 && s.at.compare(h.samples[n-1].at) < 0
}

// insert keeps the first samples.
func (t *tally) insert(list []Sample, s Sample) []Sample {
	at, _ := slices.BinarySearchFunc(list, s, func(a, b Sample) int { return a.at.compare(b.at) })
	list = slices.Insert(list, at, s)
	return list[:min(len(list), t.replay.samples)]
}

func (t *tally) mergeHits(into, from *hits) {
	if from.events == 0 {
		return
	}
	if into.events == 0 || from.first.compare(into.first) < 0 {
		into.first, into.expected = from.first, from.expected
	}
	into.events += from.events
	for _, s := range from.samples {
		into.samples = t.insert(into.samples, s)
	}
}

// add takes in what another core has added up.
func (t *tally) add(other *tally) {
	t.summary.Counts.add(&other.summary.Counts)
	t.summary.Unknown += other.summary.Unknown
	t.summary.Unreadable += other.summary.Unreadable
	for by, sources := range other.groups {
		if t.groups[by] == nil {
			t.groups[by] = newBounded(maxSources, (*Counts).add)
		}
		t.groups[by].add(sources)
	}
	for p, found := range other.findings {
		if t.findings[p] == nil {
			t.findings[p] = newBounded(maxFindings, t.mergeHits)
		}
		t.findings[p].add(found)
	}
	t.undecided.add(other.undecided)
}
