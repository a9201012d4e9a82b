package payload

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/evctl/evctl/contracts"
)

// RewriteOptions say what a Rewriter does with events. The zero value changes nothing.
type RewriteOptions struct {
	// Upgrade makes events of older versions events of a later one: To.
	Upgrade bool
	// To is the version to upgrade to: the newest one of the event that starts so ("2.1.0",
	// "2.1", "2"), the newest with the major version that the event has (SameMajor), or the
	// newest of all (empty). Events of later versions stay what they are.
	To string
	// Defaults adds what is missing and has a default. Without it, upgrading adds only what
	// the later version requires, or has another default for than the earlier one had.
	Defaults bool
	// Retired takes events that were retired, too: those of an archive.
	Retired bool
	// Privacy drops or hashes values by their class; nil keeps them all.
	Privacy *Privacy
}

// SameMajor as RewriteOptions.To stays within the major version of the event.
const SameMajor = "major"

// Rewriter changes the text of events by what their contracts say, and leaves every byte
// alone that it need not change. It may be used from several goroutines.
type Rewriter struct {
	set     *Set
	options RewriteOptions
	plans   map[*version]*rewritePlan
	rest    *redaction // of the body around the properties
	states  sync.Pool
}

// rewritePlan is what is done with events of one version. It is made when the first event
// needs it.
type rewritePlan struct {
	once     sync.Once
	target   *version   // what the event becomes one of; nil: To names no version of the event
	upgrade  *recast    // from version to target
	defaults *recast    // within target
	privacy  *redaction // of target
	err      error
}

// Rewritten says what became of one event.
type Rewritten struct {
	// Verdict is that on the event as it came or, where that is valid and cannot become an
	// event of Target, on what it would be. In the second case offsets and pointers are
	// those of a text that nobody sees.
	Verdict
	// Target is the contract of the result, where one was found. Privacy comes last: values
	// that were dropped or hashed may be missing or of another form than Target says.
	Target *contracts.Contract
	// Renamed, Filled, Removed count members: those with a new name, those that were added,
	// and those that the later version has no place for. Hashed and Dropped count values.
	Renamed, Filled, Removed, Hashed, Dropped int
}

// Upgraded reports whether the event became one of another version.
func (r *Rewritten) Upgraded() bool { return r.Valid && r.Target != r.Contract }

// NewRewriter prepares rewriting events of a set.
func NewRewriter(s *Set, options RewriteOptions) (*Rewriter, error) {
	if !options.Upgrade && options.To != "" {
		return nil, errors.New("rewrite: there is a version to upgrade to, and no upgrade")
	}
	w := &Rewriter{set: s, options: options, plans: map[*version]*rewritePlan{}}
	w.states.New = func() any { return w.newState() }
	for _, list := range s.events {
		for _, v := range list {
			w.plans[v] = &rewritePlan{}
		}
	}
	if options.Privacy == nil {
		return w, nil
	}
	if err := options.Privacy.check(); err != nil {
		return nil, fmt.Errorf("rewrite: privacy: %w", err)
	}
	c := redactor{privacy: options.Privacy}
	w.rest = c.plan(s.envelope.Definition, false)
	if c.err != nil {
		return nil, fmt.Errorf("rewrite: envelope definition: %w", c.err)
	}
	if w.rest != nil && s.envelope.Flat() {
		rest := *w.rest // what it does not declare are the properties
		rest.rest, rest.undeclared, rest.patterns = nil, Keep, nil
		w.rest = &rest
	}
	return w, nil
}

// Rewrite appends the rewritten event to dst. An event that is not valid, or cannot become
// one of the version asked for, is not appended; the result says why.
func (w *Rewriter) Rewrite(dst, raw []byte) ([]byte, Rewritten) {
	x := w.states.Get().(*rewriting)
	defer w.release(x)
	return x.rewrite(dst, raw)
}

// RewriteAs is Rewrite for properties that came without an envelope. An empty version means
// the newest. Where they were upgraded, nothing but Target says to what.
func (w *Rewriter) RewriteAs(dst, raw []byte, name, version string) ([]byte, Rewritten) {
	v, problem := w.set.find(name, version)
	if problem != nil {
		return dst, Rewritten{Verdict: Verdict{Event: name, Version: version, Violations: []Violation{*problem}}}
	}
	x := w.states.Get().(*rewriting)
	defer w.release(x)
	x.bare = v
	return x.rewrite(dst, raw)
}

// planOf is the plan for events of a version.
func (w *Rewriter) planOf(v *version) *rewritePlan {
	p := w.plans[v]
	p.once.Do(func() { p.compile(w, v) })
	return p
}

func (p *rewritePlan) compile(w *Rewriter, v *version) {
	if p.target = w.targetOf(v); p.target == nil || p.target.compiled() == nil || v.compiled() == nil {
		return
	}
	redact := redactor{privacy: w.options.Privacy}
	guarded := func(*contracts.Schema) bool { return false }
	if w.options.Privacy != nil {
		p.privacy = redact.plan(p.target.contract.Payload, false)
		guarded = func(s *contracts.Schema) bool { return redact.plan(s, false) != nil }
	}
	if p.target != v {
		upgrade := planner{guarded: guarded}
		p.upgrade = upgrade.plan(w.between(v, p.target))
		p.err = upgrade.err
	}
	if w.options.Defaults {
		defaults := planner{defaults: true}
		p.defaults = defaults.plan([]*contracts.Schema{p.target.contract.Payload})
		p.err = errors.Join(p.err, defaults.err)
	}
	p.err = errors.Join(p.err, redact.err)
}

// targetOf is the version that events of v are to become one of.
func (w *Rewriter) targetOf(v *version) *version {
	if !w.options.Upgrade {
		return v
	}
	to := w.options.To
	if to == SameMajor {
		to, _, _ = strings.Cut(v.text, ".")
	}
	target := w.set.lookup(v.contract.Name, to)
	if target != nil && target.contract.Version.Compare(v.contract.Version) < 0 {
		return v
	}
	return target
}

// between lists the payloads of the versions from one to another. Broken ones on the way
// say nothing.
func (w *Rewriter) between(from, to *version) []*contracts.Schema {
	var line []*contracts.Schema
	list := w.set.events[from.contract.Name] // newest first
	for i := len(list) - 1; i >= 0; i-- {
		c := list[i].contract
		after := c.Version.Compare(from.contract.Version) >= 0 && c.Version.Compare(to.contract.Version) <= 0
		if after && !c.Broken && c.Payload != nil {
			line = append(line, c.Payload)
		}
	}
	return line
}
