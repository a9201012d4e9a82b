package impact

import (
	"cmp"
	"slices"

	"github.com/evctl/evctl/contracts"
)

// report puts what was added up into order.
func (t *tally) report() *Report {
	return &Report{
		Complete: true, Summary: t.summary, Findings: t.findingList(), Groups: t.groupList(), Undecided: t.undecidedList(),
	}
}

func (t *tally) groupList() []Group {
	list := []Group{}
	for by, sources := range t.groups {
		g := Group{}
		if by.old != nil {
			g.Event, g.Version = by.old.Name, &by.old.Version
		}
		if by.new != nil {
			g.Event, g.New = by.new.Name, &by.new.Version
		}
		for _, k := range sources.keys() {
			g.Source, g.Counts = k[0], *sources.entries[k]
			list = append(list, g)
		}
		if sources.rest != nil {
			g.Source, g.Rest, g.Counts = "", true, *sources.rest
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), compareVersions(a.Version, b.Version), compareVersions(a.New, b.New), cmp.Compare(a.Source, b.Source))
	})
	return list
}

// compareVersions puts none first.
func compareVersions(a, b *contracts.Version) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Compare(*b)
}

func (t *tally) undecidedList() []Undecided {
	list := []Undecided{}
	for _, k := range t.undecided.keys() {
		list = append(list, Undecided{Event: k[0], Version: k[1], Rule: k[2], Events: *t.undecided.entries[k]})
	}
	if rest := t.undecided.rest; rest != nil {
		list = append(list, Undecided{Events: *rest})
	}
	return list
}

// findingKey is what makes two findings of several versions one.
type findingKey struct{ event, pointer, rule string }

// merging puts findings of several versions of an event together.
type merging struct {
	findings map[findingKey]*Finding
	hits     map[findingKey]*hits
	order    []findingKey
	samples  func(into, from *hits)
}

func (m *merging) at(k findingKey) *Finding {
	f := m.findings[k]
	if f == nil {
		f = &Finding{
			Event: k.event, Pointer: k.pointer, Rule: k.rule,
			Versions: []VersionCount{}, Changes: []FindingChange{}, Samples: []Sample{},
		}
		m.findings[k], m.hits[k] = f, &hits{}
		m.order = append(m.order, k)
	}
	return f
}

func (t *tally) findingList() []Finding {
	m := &merging{findings: map[findingKey]*Finding{}, hits: map[findingKey]*hits{}, samples: t.mergeHits}
	prefix, pairs := t.replay.envelope.PropertiesPointer(), t.replay.sorted()
	unused := make([][]Change, len(pairs))
	for i, p := range pairs {
		unused[i] = t.hitsOf(m, p, prefix)
	}
	for i, p := range pairs {
		for _, c := range unused[i] {
			if c.Breaks {
				m.unhit(p, prefix, c)
			}
		}
	}
	m.dropHarmless()
	return m.list(t.eventTotals())
}

// hitsOf adds what events of a pair run into, and returns the changes that were foreseen
// and explain none of it.
func (t *tally) hitsOf(m *merging, p *pair, prefix string) (unused []Change) {
	found := t.findings[p]
	if found == nil {
		return p.foreseen
	}
	used := make([]bool, len(p.foreseen))
	for _, k := range found.keys() {
		f := m.hit(p, k[0], k[1], found.entries[k])
		if !f.explain(p, prefix, used, place.explains) {
			f.explain(p, prefix, used, place.near)
		}
	}
	if found.rest != nil {
		m.hit(p, "", "", found.rest)
	}
	for i, c := range p.foreseen {
		if !used[i] {
			unused = append(unused, c)
		}
	}
	return unused
}

// hit adds what events of one version run into.
func (m *merging) hit(p *pair, pointer, rule string, h *hits) *Finding {
	k := findingKey{p.old.Name, pointer, rule}
	f := m.at(k)
	f.Events += h.events
	f.Versions = append(f.Versions, VersionCount{p.old.Version, h.events})
	m.samples(m.hits[k], h)
	return f
}

// unhit adds a change that no event of this version runs into: to what events of
// another version run into because of it, or as a finding of its own.
func (m *merging) unhit(p *pair, prefix string, c Change) {
	for _, k := range m.order {
		f := m.findings[k]
		if k.event == p.old.Name && slices.ContainsFunc(f.Changes, c.is) {
			f.explainedBy(c, p.old.Version)
			return
		}
	}
	f := m.at(findingKey{p.old.Name, c.places(prefix)[0].pointer, "unhit " + c.Rule + c.Message})
	f.explainedBy(c, p.old.Version)
}

// is reports whether a change that was foreseen is this one.
func (c Change) is(f FindingChange) bool {
	return f.Rule == c.Rule && f.Pointer == c.Pointers[0] && f.Message == c.Message
}

// explain adds the changes of a pair that can be why events run into the finding, marks
// them as used, and reports whether there are any. An event that is gone explains
// everything about it.
func (f *Finding) explain(p *pair, prefix string, used []bool, can func(at place, pointer, rule string) bool) bool {
	found := false
	for i, c := range p.foreseen {
		if p.new == nil || slices.ContainsFunc(c.places(prefix), func(at place) bool { return can(at, f.Pointer, f.Rule) }) {
			used[i], found = true, true
			f.explainedBy(c, p.old.Version)
		}
	}
	return found
}

func (f *Finding) explainedBy(c Change, version contracts.Version) {
	f.Foreseen = f.Foreseen || c.Breaks
	i := slices.IndexFunc(f.Changes, c.is)
	if i < 0 {
		i = len(f.Changes)
		f.Changes = append(f.Changes, FindingChange{Rule: c.Rule, Pointer: c.Pointers[0], Message: c.Message})
	}
	f.Changes[i].breaks = f.Changes[i].breaks || c.Breaks
	if versions := &f.Changes[i].Versions; !slices.Contains(*versions, version) {
		*versions = append(*versions, version)
		slices.SortFunc(*versions, contracts.Version.Compare)
	}
}

// dropHarmless leaves out changes that break nothing where others explain the finding.
func (m *merging) dropHarmless() {
	for _, f := range m.findings {
		if f.Foreseen {
			f.Changes = slices.DeleteFunc(f.Changes, func(c FindingChange) bool { return !c.breaks })
		}
	}
}

// list finishes the findings: by event, the most frequent first.
func (m *merging) list(totals map[string]int) []Finding {
	list := []Finding{}
	for _, k := range m.order {
		f, h := m.findings[k], m.hits[k]
		if f.Events == 0 {
			f.Rule = ""
		} else {
			f.Expected, f.Share = h.expected, float64(f.Events)/float64(totals[f.Event])
			f.Samples = append(f.Samples, h.samples...)
		}
		list = append(list, *f)
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), b.Events-a.Events, cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Rule, b.Rule))
	})
	return list
}

// eventTotals counts the events of each name.
func (t *tally) eventTotals() map[string]int {
	totals := map[string]int{}
	for _, g := range t.groupList() {
		totals[g.Event] += g.Events
	}
	return totals
}
