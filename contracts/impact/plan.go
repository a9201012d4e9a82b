package impact

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// Options say what is replayed against what.
type Options struct {
	// Envelope finds the parts of events, before and after. It must be linked.
	Envelope *envelope.Envelope
	// Old are the contracts of the baseline: linked events, all versions that events may
	// name. New are those of the working tree. None of them is Broken.
	Old, New []*contracts.Contract
	// Foresee tells what changed between two contracts, and which of it is expected to make
	// valid events invalid. New is nil where the event is gone. Nil foresees nothing.
	Foresee func(old, new *contracts.Contract) ([]Change, error)
	// Samples is how many real events are kept for each finding.
	Samples int
}

// Replay is what Run needs to know about contracts. It may be used again and again.
type Replay struct {
	envelope   *envelope.Envelope
	succession *payload.Succession
	samples    int
	// pairs are the contracts of the baseline that something else takes the place of.
	pairs map[*contracts.Contract]*pair
}

// pair is a contract of the baseline and what takes its place, nil for nothing.
type pair struct {
	old, new *contracts.Contract
	foreseen []Change
	view     view // of both payloads
}

// New pairs the contracts. It fails when a set cannot be made of them, or with an error
// of Foresee.
func New(opt Options) (*Replay, error) {
	before, err := payload.NewSet(opt.Envelope, opt.Old...)
	if err != nil {
		return nil, fmt.Errorf("contracts of the baseline: %w", err)
	}
	after, err := payload.NewSet(opt.Envelope, opt.New...)
	if err != nil {
		return nil, fmt.Errorf("contracts of the working tree: %w", err)
	}
	p := planner{old: map[string][]*contracts.Contract{}, new: map[string]*contracts.Contract{}, settled: map[string]bool{}}
	for _, c := range opt.Old {
		p.old[c.Name] = append(p.old[c.Name], c)
	}
	for _, c := range opt.New {
		p.new[c.Name] = c
		p.settled[c.Name] = slices.ContainsFunc(p.old[c.Name], func(o *contracts.Contract) bool { return same(o, c) })
	}
	r := &Replay{envelope: opt.Envelope, samples: opt.Samples, pairs: map[*contracts.Contract]*pair{}}
	for _, c := range opt.Old {
		next := p.next(c)
		if next == c {
			continue
		}
		two := &pair{old: c, new: next, view: viewOf(c, next)}
		if opt.Foresee != nil {
			if two.foreseen, err = opt.Foresee(c, next); err != nil {
				return nil, err
			}
		}
		r.pairs[c] = two
	}
	r.succession = payload.NewSuccession(before, after, p.next)
	return r, nil
}

// same reports whether two contracts are one: equal in content and version.
func same(a, b *contracts.Contract) bool {
	return a == b || a.Version == b.Version && contracts.DigestOf(a) == contracts.DigestOf(b)
}

// planner decides what takes the place of what; see the package's comment.
type planner struct {
	old     map[string][]*contracts.Contract
	new     map[string]*contracts.Contract
	settled map[string]bool // events whose contract is part of the baseline already
}

// next is what takes the place of a contract of the baseline: itself where nothing does
// and it stays, nil where it does not.
func (p *planner) next(c *contracts.Contract) *contracts.Contract {
	newest := slices.MaxFunc(p.old[c.Name], func(a, b *contracts.Contract) int { return a.Version.Compare(b.Version) })
	w := p.new[c.Name]
	switch {
	case w == nil && newest.Status == contracts.Retired:
		return c
	case w == nil:
		return nil
	case p.settled[c.Name]:
		return c
	case w.Status == contracts.Retired && w.Version.Compare(newest.Version) >= 0:
		return w // in whatever version
	case w.Version.Major == c.Version.Major:
		return w
	case p.opensMajor(w) && c.Version.Major == newest.Version.Major:
		return w
	}
	return c
}

// opensMajor reports whether the baseline has no version of the contract's major.
func (p *planner) opensMajor(w *contracts.Contract) bool {
	return !slices.ContainsFunc(p.old[w.Name], func(c *contracts.Contract) bool { return c.Version.Major == w.Version.Major })
}

// sorted are the pairs, by event and version.
func (r *Replay) sorted() []*pair {
	list := make([]*pair, 0, len(r.pairs))
	for _, p := range r.pairs {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *pair) int {
		return cmp.Or(cmp.Compare(a.old.Name, b.old.Name), a.old.Version.Compare(b.old.Version))
	})
	return list
}
