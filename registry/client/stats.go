package client

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
)

// Stats counts verdicts since the client was opened. What is counted apart are versions
// of contracts and rules, never what an event says of itself: nobody can make the list
// grow by sending events. As JSON, fields are only added.
type Stats struct {
	// Valid and Invalid count events that a contract decided about. Unknown counts those
	// that named no contract, or no JSON was; Unchecked those that passed without a
	// contract, and Unavailable those that FailClosed rejected for the same reason.
	Valid       int64 `json:"valid"`
	Invalid     int64 `json:"invalid"`
	Unknown     int64 `json:"unknown"`
	Unchecked   int64 `json:"unchecked"`
	Unavailable int64 `json:"unavailable"`
	// Rules counts the unknown events by the rule that they violate, Flags those that passed
	// although they violate one, with a contract or without.
	Rules map[string]int64 `json:"rules,omitempty"`
	Flags map[string]int64 `json:"flags,omitempty"`
	// Events are the versions that had at least one event, by name and version.
	Events []EventStats `json:"events,omitempty"`
}

// EventStats counts the verdicts by one version of one event.
type EventStats struct {
	Event string `json:"event"`
	// Version is empty for events whose version no contract has; they are among the
	// unknown ones of Stats too.
	Version string `json:"version,omitempty"`
	Valid   int64  `json:"valid"`
	Invalid int64  `json:"invalid"`
	// Rules counts events by the rules that they violate; an event may violate several.
	Rules map[string]int64 `json:"rules,omitempty"`
}

// tally holds the counters of a client. They outlive the contracts that they are of.
type tally struct {
	unknown, unchecked, unavailable atomic.Int64
	nameless, flagged               counter // unknown events; those that passed with a flag

	lock     sync.Mutex
	counters map[counterKey]*counter
}

type counterKey struct{ event, version string }

// counter counts the verdicts by one version.
type counter struct {
	valid, invalid atomic.Int64
	rules          sync.Map // rule to *atomic.Int64
	kinds          atomic.Int32
}

// maxRules bounds the rules of a counter. The language has fewer; what comes up beyond
// them is counted as otherRule.
const (
	maxRules  = 128
	otherRule = "other"
)

func (t *tally) init() { t.counters = map[counterKey]*counter{} }

// enter gives the contracts of a state their counters.
func (t *tally) enter(s *state, list []*contracts.Contract) {
	t.lock.Lock()
	defer t.lock.Unlock()
	s.counters = make(map[*contracts.Contract]*counter, len(list))
	s.names = make(map[string]*counter, len(list))
	for _, c := range list {
		s.counters[c] = t.counter(counterKey{c.Name, c.Version.String()})
		s.names[c.Name] = t.counter(counterKey{event: c.Name})
	}
}

func (t *tally) counter(key counterKey) *counter {
	n := t.counters[key]
	if n == nil {
		n = new(counter)
		t.counters[key] = n
	}
	return n
}

// count counts a verdict by a state. For a valid event that is one look-up and one
// addition.
func (t *tally) count(s *state, v *payload.Verdict) {
	if v.Valid && v.Flag != "" {
		t.flagged.rule(v.Flag).Add(1)
	}
	n := s.counters[v.Contract]
	switch {
	case n != nil && v.Valid:
		n.valid.Add(1)
	case n != nil:
		n.reject(v.Violations)
	case v.Valid:
		t.unchecked.Add(1)
	default:
		t.unknown.Add(1)
		t.nameless.reject(v.Violations)
		if n := s.names[v.Event]; n != nil {
			n.reject(v.Violations)
		}
	}
}

// reject counts an event, once for each rule that it violates.
func (n *counter) reject(violations []payload.Violation) {
	n.invalid.Add(1)
	for i := range violations {
		rule := violations[i].Rule
		if !slices.ContainsFunc(violations[:i], func(v payload.Violation) bool { return v.Rule == rule }) {
			n.rule(rule).Add(1)
		}
	}
}

func (n *counter) rule(rule string) *atomic.Int64 {
	if known, ok := n.rules.Load(rule); ok {
		return known.(*atomic.Int64)
	}
	if n.kinds.Add(1) > maxRules {
		rule = otherRule
	}
	known, _ := n.rules.LoadOrStore(rule, new(atomic.Int64))
	return known.(*atomic.Int64)
}

// byRule is a copy of the counts by rule.
func (n *counter) byRule() map[string]int64 {
	var rules map[string]int64
	n.rules.Range(func(rule, count any) bool {
		if rules == nil {
			rules = map[string]int64{}
		}
		rules[rule.(string)] = count.(*atomic.Int64).Load()
		return true
	})
	return rules
}

// Stats is how many verdicts of which kind there were. Events that are judged meanwhile
// may be in some of the numbers only.
func (c *Client) Stats() Stats {
	t := &c.tally
	s := Stats{
		Unknown: t.unknown.Load(), Unchecked: t.unchecked.Load(), Unavailable: t.unavailable.Load(),
		Rules: t.nameless.byRule(), Flags: t.flagged.byRule(),
	}
	t.lock.Lock()
	counters := maps.Clone(t.counters)
	t.lock.Unlock()
	for key, n := range counters {
		e := EventStats{Event: key.event, Version: key.version, Valid: n.valid.Load(), Invalid: n.invalid.Load(), Rules: n.byRule()}
		if e.Valid+e.Invalid == 0 {
			continue
		}
		s.Events = append(s.Events, e)
		if key.version != "" {
			s.Valid += e.Valid
			s.Invalid += e.Invalid
		}
	}
	slices.SortFunc(s.Events, func(a, b EventStats) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), compareVersions(a.Version, b.Version))
	})
	return s
}

// compareVersions orders texts of versions; the empty one comes first.
func compareVersions(a, b string) int {
	v, errA := contracts.ParseVersion(a)
	w, errB := contracts.ParseVersion(b)
	if errA != nil || errB != nil {
		return cmp.Compare(a, b)
	}
	return v.Compare(w)
}
