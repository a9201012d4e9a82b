package payload

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Set validates events of many contracts and versions. It may be used from several
// goroutines, and does not change.
type Set struct {
	envelope *envelope.Envelope
	policy   Policy
	rest     *Validator // what the envelope's definition wants, or nil
	// program is rest for deciders, with the parts of the event marked; nil where a
	// decider cannot do it. versioned says that the version has a place of its own.
	program   *node
	flat      *flatEnvelope
	versioned bool
	known     atomic.Pointer[map[string]pick] // of names and versions in other words
	marks     sync.Map                        // *Fields to *marks
	marked    atomic.Int32                    // how often marks were made
	events    map[string][]*version
	names     []string // sorted
}

// version is one contract of a Set. It is compiled when the first event needs it.
type version struct {
	contract *contracts.Contract
	text     string        // of the contract's version
	end      string        // the version that retired the event, empty while it is in use
	flat     *flatEnvelope // nil where the properties have a place of their own
	once     sync.Once
	program  *Validator // nil when the contract cannot be compiled
	body     *node      // program for deciders where the properties are the body, or nil
}

// Verdict says what became of one event. As JSON:
//
//	{"event": "order.completed", "version": "1.2.0", "valid": false, "violations": [
//	  {"pointer": "/properties/total", "rule": "minimum", "expected": "at least 0", "found": "number -1", "offset": 57}]}
type Verdict struct {
	// Event and Version are those of the contract that decided. Where none did, they are
	// what the event says of itself, cut to a sensible length; empty when it does not.
	Event   string `json:"event,omitempty"`
	Version string `json:"version,omitempty"`
	Valid   bool   `json:"valid"`
	// Flag is the rule of SetRules that the event breaks and that the set's Policy lets
	// pass. Without a contract, a valid event was not checked.
	Flag string `json:"flag,omitempty"`
	// Violations are empty for valid events. Their pointers and offsets start at the
	// text that was validated, envelope included.
	Violations []Violation `json:"violations,omitempty"`
	// Contract is what decided, nil when no contract did.
	Contract *contracts.Contract `json:"-"`
}

// Rules of a Set, beside those of the contracts, of rawjson.Rules and of
// envelope.Rules.
const (
	RuleEventUnknown   = "event-unknown"
	RuleEventRetired   = "event-retired"
	RuleVersionMissing = "version-missing"
	RuleVersionUnknown = "version-unknown"
	RuleContractBroken = "contract-broken"
)

// SetRules lists what a Set requires of an event, with a sentence for each.
var SetRules = []struct{ ID, Summary string }{
	{RuleEventUnknown, "no contract has the event's name"},
	{RuleEventRetired, "the newest version of the event is retired: it is sent no more, in any version"},
	{RuleVersionMissing, "the event does not say its version"},
	{RuleVersionUnknown, "the event's contract has no such version"},
	{RuleContractBroken, "the contract has errors, so nothing can be valid"},
}

// NewSet makes a set of linked events. Broken contracts are kept, and nothing is
// valid for them. The envelope must be linked.
func NewSet(env *envelope.Envelope, versions ...*contracts.Contract) (*Set, error) {
	s := &Set{envelope: env, events: map[string][]*version{}}
	if env.DefinitionName != "" {
		if env.Definition == nil {
			return nil, fmt.Errorf("envelope definition %q is not linked", env.DefinitionName)
		}
		rest, err := CompileSchema(env.Definition)
		if err != nil {
			return nil, fmt.Errorf("compile envelope definition %q: %w", env.DefinitionName, err)
		}
		s.rest = rest
	}
	s.compileBody()
	for _, c := range versions {
		if c.Kind != contracts.Event {
			return nil, fmt.Errorf("%s is not an event", c.ID())
		}
		s.events[c.Name] = append(s.events[c.Name], &version{contract: c, text: c.Version.String(), flat: s.flat})
	}
	for name, list := range s.events {
		s.names = append(s.names, name)
		slices.SortFunc(list, func(a, b *version) int { return b.contract.Version.Compare(a.contract.Version) })
		for i := 1; i < len(list); i++ {
			if list[i].contract.Version == list[i-1].contract.Version {
				return nil, fmt.Errorf("%w: %s", ErrDuplicate, list[i].contract.ID())
			}
		}
		if list[0].contract.Status == contracts.Retired {
			for _, v := range list {
				v.end = list[0].text
			}
		}
	}
	slices.Sort(s.names)
	return s, nil
}

// ErrDuplicate says that a set was given one version of an event twice.
var ErrDuplicate = errors.New("event version stands twice")

// WithPolicy is the set with another policy. The two share what they compiled.
func (s *Set) WithPolicy(p Policy) *Set {
	return &Set{
		envelope: s.envelope, policy: p, rest: s.rest, program: s.program, flat: s.flat, versioned: s.versioned,
		events: s.events, names: s.names,
	}
}

// Names lists the events of the set, sorted.
func (s *Set) Names() []string { return s.names }

// Versions lists the versions of an event, newest first.
func (s *Set) Versions(name string) []contracts.Version {
	var list []contracts.Version
	for _, v := range s.events[name] {
		list = append(list, v.contract.Version)
	}
	return list
}

// Find returns the newest contract of an event whose version starts with the given
// one ("1.2.0", "1.2", "1"; empty: any), or a violation that says why there is none.
func (s *Set) Find(name, version string) (*contracts.Contract, *Violation) {
	v, problem := s.find(name, version)
	if problem != nil {
		return nil, problem
	}
	return v.contract, nil
}

func (s *Set) find(name, text string) (*version, *Violation) {
	if v := s.lookup(name, text); v != nil {
		return v, nil
	}
	if len(s.events[name]) == 0 {
		return nil, s.problem(RuleEventUnknown, name, text)
	}
	return nil, s.problem(RuleVersionUnknown, name, text)
}

// Valid reports whether an event satisfies its contract, or passes by the policy of the
// set. It stops at the first violation and does not allocate.
func (s *Set) Valid(raw []byte) bool {
	r := newRun()
	defer r.release()
	_, at := s.decideEvent(&r.decider, raw, s.program)
	if at == unsure {
		return s.explain(r, raw).Valid
	}
	return at >= 0
}

// Validate finds the contract of a whole event and checks the event against it.
func (s *Set) Validate(raw []byte) Verdict {
	r := newRun()
	defer r.release()
	if verdict, ok := s.judge(r, raw, s.program); ok {
		return verdict
	}
	return s.explain(r, raw)
}

// judge is the verdict on an event, unless it is to be explained from all tokens. The
// program is that of the set, or a copy with more marks.
func (s *Set) judge(r *run, raw []byte, program *node) (v Verdict, ok bool) {
	r.decider.collecting = true
	c, at := s.decideEvent(&r.decider, raw, program)
	r.decider.collecting = false
	switch {
	case c.version == nil:
		return Verdict{}, false
	case at >= 0:
		return c.verdict(), true
	case at != recorded:
		return Verdict{}, false
	}
	v = c.version.decided()
	v.Flag = c.flag
	v.Violations, ok = r.collected()
	return v, ok
}

// explain is the verdict with all that is wrong.
func (s *Set) explain(r *run, raw []byte) Verdict {
	r.decided = true
	if err := r.doc.Read(raw); err != nil {
		return Verdict{Violations: []Violation{violationOf(err)}}
	}
	l, err := s.envelope.Locate(&r.doc)
	if err != nil {
		return undecided(l, violationOf(err))
	}
	c, broken := s.choose(l.Name, l.Version)
	if broken != "" {
		return undecided(l, *s.problem(broken, l.Name, l.Version))
	}
	found := s.checkRest(r)
	if c.version == nil {
		return Verdict{Event: short(l.Name), Version: short(l.Version), Valid: len(found) == 0, Flag: c.flag, Violations: found}
	}
	s.enterProperties(r, l)
	out := c.version.verdict(r, l, found)
	out.Flag = c.flag
	return out
}

// undecided is the verdict on an event for which there is no contract.
func undecided(l envelope.Located, why Violation) Verdict {
	return Verdict{Event: short(l.Name), Version: short(l.Version), Violations: []Violation{why}}
}

// short bounds what an event says of itself.
func short(text string) string {
	const limit = 256
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

// ValidateAs checks properties that came without an envelope. An empty version means
// the newest.
func (s *Set) ValidateAs(raw []byte, name, version string) Verdict {
	v, problem := s.find(name, version)
	if problem != nil {
		return Verdict{Event: name, Version: version, Violations: []Violation{*problem}}
	}
	r := newRun()
	defer r.release()
	if program := v.compiled(); program != nil && v.end == "" {
		if found, ok := r.collect(program.root, raw); ok {
			out := v.decided()
			out.Valid, out.Violations = len(found) == 0, found
			return out
		}
	}
	if err := r.doc.Read(raw); err != nil {
		out := v.decided()
		out.Violations = []Violation{violationOf(err)}
		return out
	}
	return v.verdict(r, envelope.Located{}, nil)
}

// checkRest checks the body apart from the properties. Where those are the body
// itself, members that the definition does not declare are theirs.
func (s *Set) checkRest(r *run) []Violation {
	if s.rest == nil {
		return nil
	}
	s.enterRest(r)
	found := r.violations(s.rest.root, 0)
	r.found = nil
	r.whole()
	return found
}

func (s *Set) enterRest(r *run) {
	r.root = 0
	if r.ownAll = s.envelope.Flat(); !r.ownAll {
		r.hole = s.envelope.Members()[0]
	}
}

// enterProperties leaves to the envelope what is its own where the properties are the
// body itself.
func (s *Set) enterProperties(r *run, l envelope.Located) {
	if s.envelope.Flat() {
		r.root, r.own = l.Properties, s.envelope.Members()
	}
}

func (v *version) decided() Verdict {
	return Verdict{Event: v.contract.Name, Version: v.text, Contract: v.contract}
}

// verdict checks the properties, after what was found in the rest of the body.
func (v *version) verdict(r *run, l envelope.Located, found []Violation) Verdict {
	out := v.decided()
	if v.end != "" {
		out.Violations = []Violation{{Rule: RuleEventRetired, Found: "an event that was retired with " + v.end, Expected: "one that is in use"}}
		return out
	}
	program := v.compiled()
	if program == nil {
		out.Violations = []Violation{{Rule: RuleContractBroken, Found: "a contract with errors", Expected: "one that evctl lint accepts"}}
		return out
	}
	r.base, r.path = l.Pointer, r.path[:0]
	found = append(found, r.violations(program.root, l.Properties)...)
	sortByPlace(found)
	out.Violations = found[:min(len(found), MaxViolations)]
	out.Valid = len(found) == 0
	return out
}

// compiled is the program of the version, nil when it cannot be compiled.
func (v *version) compiled() *Validator {
	v.once.Do(v.compile)
	return v.program
}

func (v *version) compile() {
	if v.program, _ = Compile(v.contract); v.program != nil && v.flat != nil {
		v.body = v.flat.around(v.program.root)
	}
}

// quoteShort quotes what an event says of itself, for messages.
func quoteShort(text string) string { return rawjson.Clip([]byte(document.Quote(text))) }
