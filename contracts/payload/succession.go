package payload

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
)

// Succession judges events under the contracts of one Set and under those that are to
// take their place. It may be used from several goroutines, and does not change.
type Succession struct {
	before, after *Set
	// next is what takes the place of each version of before: itself where nothing
	// changes, nil where nothing does.
	next map[*version]*version
}

// NewSuccession pairs two sets with the same envelope. For a contract of before, next
// names the contract of after that takes its place, the contract itself where it stays,
// or nil where none does. Events that before has no contract for go to after, as
// Validate finds it there.
func NewSuccession(before, after *Set, next func(*contracts.Contract) *contracts.Contract) *Succession {
	s := &Succession{before: before, after: after, next: map[*version]*version{}}
	known := map[*contracts.Contract]*version{}
	for _, list := range after.events {
		for _, v := range list {
			known[v.contract] = v
		}
	}
	for _, list := range before.events {
		for _, v := range list {
			if c := next(v.contract); c == v.contract {
				s.next[v] = v
			} else if c != nil {
				s.next[v] = known[c]
			}
		}
	}
	return s
}

// Compared is what became of one event before and after.
type Compared struct {
	// Old and New are what decided, nil where no contract did. They are the same where
	// nothing changes for the event.
	Old, New           *contracts.Contract
	OldValid, NewValid bool
	// Event, Version and Source are what the event says of itself, cut to a sensible
	// length.
	Event, Version, Source string
	// Violations say why New rejects what Old accepts. They are empty otherwise.
	Violations []Violation
	// Undecided is the rule by which no contract decided: one of rawjson.Rules,
	// envelope.Rules or SetRules; empty where one did.
	Undecided string
}

// Compare judges a whole event. It is read once, and validated a second time only where
// another contract takes the place of the first.
func (s *Succession) Compare(raw []byte) Compared {
	r := newRun()
	defer r.release()
	if err := r.doc.Read(raw); err != nil {
		return Compared{Undecided: err.Rule}
	}
	l, err := s.before.envelope.Locate(&r.doc)
	c := Compared{Event: short(l.Name), Version: short(l.Version), Source: short(l.Source)}
	if err != nil {
		c.Undecided = err.Rule
		return c
	}
	old, next := s.find(l)
	if old == nil && next == nil {
		c.Undecided = s.reason(l)
		return c
	}
	rest := s.before.restValid(r)
	s.before.enterProperties(r, l)
	if old != nil {
		c.Old = old.contract
		c.OldValid = rest && old.accepts(r, l.Properties)
	}
	switch {
	case next == nil:
		if c.OldValid {
			c.Violations = []Violation{{Rule: RuleEventUnknown, Found: "event " + quoteShort(l.Name), Expected: "an event that has a contract"}}
		}
		return c
	case next == old:
		c.New, c.NewValid = c.Old, c.OldValid
		return c
	}
	c.New = next.contract
	if c.NewValid = rest && next.accepts(r, l.Properties); !c.NewValid && c.OldValid {
		c.Violations = next.verdict(r, l, nil).Violations
	}
	return c
}

// find is what judges an event before and after; both are nil where nothing does.
func (s *Succession) find(l envelope.Located) (old, next *version) {
	if l.Version == "" && !s.before.envelope.Latest {
		return nil, nil
	}
	if old = s.before.lookup(l.Name, l.Version); old != nil {
		return old, s.next[old]
	}
	return nil, s.after.lookup(l.Name, l.Version)
}

// reason is the rule by which find found nothing.
func (s *Succession) reason(l envelope.Located) string {
	switch {
	case s.before.events[l.Name] == nil && s.after.events[l.Name] == nil:
		return RuleEventUnknown
	case l.Version == "":
		return RuleVersionMissing
	}
	return RuleVersionUnknown
}

// restValid reports whether the body is valid apart from the properties.
func (s *Set) restValid(r *run) bool {
	if s.rest == nil {
		return true
	}
	s.enterRest(r)
	ok := r.value(s.rest.root, 0)
	r.whole()
	return ok
}

// accepts reports whether the version accepts the properties at token i.
func (v *version) accepts(r *run, i int) bool {
	if v.end != "" {
		return false
	}
	program := v.compiled()
	return program != nil && r.value(program.root, i)
}
