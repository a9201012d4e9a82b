package compat

import (
	"fmt"
	"slices"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/contracts/subschema"
)

// Witness proves that a change breaks somebody: a payload that one version of the
// contract accepts and the other rejects. An independent validator confirmed it.
type Witness struct {
	// Payload is compact JSON, small, with the values of examples where it has a choice.
	Payload []byte
	// AcceptedBy and RejectedBy are the versions.
	AcceptedBy, RejectedBy contracts.Version
	// NewAccepts says that the new version is the one that accepts it.
	NewAccepts bool
	// Violation is the first thing that the rejecting version finds wrong.
	Violation payload.Violation
}

// Diagnostic is the witness as it is reported.
func (w *Witness) Diagnostic() *diag.Witness {
	if w == nil {
		return nil
	}
	return &diag.Witness{
		Payload: w.Payload, AcceptedBy: w.AcceptedBy.String(), RejectedBy: w.RejectedBy.String(),
		Pointer: w.Violation.Pointer, Message: w.Violation.Message(), Offset: w.Violation.Offset,
		NewAccepts: w.NewAccepts,
	}
}

// proof is what was found out about one change in one direction.
type proof struct {
	verdict subschema.Verdict
	witness *Witness
	reason  string // why the question is undecided
}

func (p proof) breaks() bool { return p.verdict == subschema.NotIncluded }

// maxTime ends a question on any machine. The steps that a question may take end it far
// earlier, and after the same work everywhere, so that a busy machine has the same
// verdicts as an idle one.
const maxTime = 5 * time.Second

// direction is a question about two versions: whether what the writer's version
// accepts is accepted by the reader's.
type direction struct {
	from, to *contracts.Contract
	// lenient are the changes from one to the other that declare what nobody is
	// expected to have sent: properties of objects that accepted anything.
	lenient []diff.Change
	whole   proof
}

// orElse is what the direction says about every change when nothing breaks, and the
// proof otherwise.
func (d *direction) orElse(p proof) proof {
	if d.whole.verdict == subschema.Included {
		return d.whole
	}
	return p
}

// prover finds payloads that prove breaks. It makes the JSON Schema of each contract
// once.
type prover struct {
	old, new          *contracts.Contract
	changes           []diff.Change
	backward, forward direction
	showing           int                                 // changes that can show in payloads
	size              int                                 // of the largest schema, in bytes
	proofs            int                                 // changes that may still be looked at one by one
	steps             int                                 // that questions may still take
	single            map[diff.Change]*contracts.Contract // the old version with one change
	schemas           map[*contracts.Contract]*subschema.Schema
}

// newProver looks at both directions, or only at those that the mode protects.
func newProver(old, new *contracts.Contract, changes []diff.Change, opt Options, protectedOnly bool) *prover {
	p := &prover{
		old: old, new: new, changes: changes, steps: maxSteps,
		single: map[diff.Change]*contracts.Contract{}, schemas: map[*contracts.Contract]*subschema.Schema{},
	}
	p.backward, p.forward = direction{from: old, to: new}, direction{from: new, to: old}
	for _, c := range changes {
		if shows(c) {
			p.showing++
		}
	}
	if p.showing == 0 {
		p.backward.whole.verdict, p.forward.whole.verdict = subschema.Included, subschema.Included
		return p
	}
	if !opt.StrictContent {
		p.backward.lenient = lenient(changes)
		p.forward.lenient = lenient(diff.Compare(new, old))
	}
	for _, d := range []struct {
		*direction
		protected bool
	}{{&p.backward, opt.mode().Backward()}, {&p.forward, opt.mode().Forward()}} {
		if protectedOnly && !d.protected {
			d.whole.verdict = subschema.Included
			continue
		}
		d.whole = p.ask(d.direction, nil, nil)
	}
	p.proofs = min(maxProofs, maxProofBytes/max(p.size, 1)+minProofs)
	return p
}

// Each change that is looked at by itself costs as much as reading the whole contract.
// These bound how many are: contracts of people have all of theirs looked at.
const (
	maxProofs     = 1000
	minProofs     = 4
	maxProofBytes = 4 << 20
	// maxSteps bounds all questions together.
	maxSteps = 4 * subschema.DefaultSteps
)

// shows reports whether a change can show in payloads.
func shows(c diff.Change) bool {
	switch c.(type) {
	case *diff.AnnotationChanged, *diff.Deprecated, *diff.Undeprecated, *diff.VariantRenamed, *diff.EventRenamed:
		return false
	}
	return true
}

// lenient are the declarations of members about which nothing was said before, each as
// if it were optional.
func lenient(changes []diff.Change) []diff.Change {
	var list []diff.Change
	for _, c := range changes {
		if !saidNothing(c.At().In.Old) {
			continue
		}
		switch c := c.(type) {
		case *diff.PropertyAdded:
			list = append(list, &diff.PropertyAdded{Place: c.Place, Property: c.Property})
		case *diff.PropertyRenamed:
			list = append(list, &diff.PropertyAdded{Place: c.Place, Property: c.To})
		case *diff.PatternPropertyAdded:
			list = append(list, c)
		}
	}
	return list
}

// saidNothing reports whether an object accepts any value under names that it does not
// declare.
func saidNothing(s *contracts.Schema) bool {
	return s.Additional.Allowed && s.Additional.Schema == nil
}

// change proves what one change breaks, in both directions: a payload that the
// whole difference makes invalid, and this change alone as well.
func (p *prover) change(c diff.Change) (backward, forward proof) {
	backward.verdict, forward.verdict = subschema.Included, subschema.Included
	if !shows(c) {
		return backward, forward
	}
	if p.showing == 1 {
		return p.backward.whole, p.forward.whole
	}
	if p.proofs--; p.proofs < 0 {
		tooMany := proof{verdict: subschema.Undecided, reason: fmt.Sprintf("%d changes at once are too many to be told apart", p.showing)}
		return p.backward.orElse(tooMany), p.forward.orElse(tooMany)
	}
	return p.alone(&p.backward, c), p.alone(&p.forward, c)
}

// alone looks for a payload that the whole difference makes invalid, and the old
// version with this one change as well: in the forward direction, which this change
// alone makes valid.
func (p *prover) alone(d *direction, c diff.Change) proof {
	if d.whole.verdict == subschema.Included {
		return d.whole
	}
	changed, err := p.apply(c)
	switch {
	case err != nil:
		return proof{verdict: subschema.Undecided, reason: err.Error()}
	case d == &p.backward:
		found := p.ask(d, nil, []*contracts.Contract{changed})
		if found.witness != nil {
			found.witness.blame(changed, d.to)
		}
		return found
	}
	return p.ask(d, []*contracts.Contract{changed}, nil)
}

// rest looks for a payload that the whole difference makes invalid and none of some
// changes by itself.
func (p *prover) rest(d *direction, explained []diff.Change) proof {
	var others []*contracts.Contract
	for _, c := range explained {
		changed, err := p.apply(c)
		if err != nil {
			return proof{verdict: subschema.Undecided, reason: err.Error()}
		}
		others = append(others, changed)
	}
	if d == &p.backward {
		return p.ask(d, others, nil)
	}
	return p.ask(d, nil, others)
}

// apply is the old version with one change.
func (p *prover) apply(c diff.Change) (*contracts.Contract, error) {
	if changed, ok := p.single[c]; ok {
		return changed, nil
	}
	changed, err := diff.Apply(p.old, c)
	if err == nil {
		p.single[c] = changed
	}
	return changed, err
}

// ask looks for a payload that is valid in the writer's version and not in the
// reader's, and so with further contracts.
func (p *prover) ask(d *direction, accept, reject []*contracts.Contract) proof {
	if len(d.lenient) > 0 {
		declared, err := diff.Apply(d.from, d.lenient...)
		if err != nil {
			return proof{verdict: subschema.Undecided, reason: err.Error()}
		}
		accept = append(accept, declared)
	}
	var q subschema.Question
	for _, side := range []struct {
		schemas   *[]*subschema.Schema
		contracts []*contracts.Contract
	}{{&q.Accept, []*contracts.Contract{d.from}}, {&q.Reject, []*contracts.Contract{d.to}}, {&q.AlsoAccept, accept}, {&q.AlsoReject, reject}} {
		for _, c := range side.contracts {
			s, err := p.schema(c)
			if err != nil {
				return proof{verdict: subschema.Undecided, reason: err.Error()}
			}
			*side.schemas = append(*side.schemas, s)
		}
	}
	r := q.Ask(subschema.Options{Time: maxTime, Steps: min(subschema.DefaultSteps, max(p.steps, 1))})
	p.steps -= r.Steps
	result := proof{verdict: r.Verdict, reason: r.Reason}
	if r.Verdict == subschema.NotIncluded {
		result.witness = &Witness{Payload: r.Witness, AcceptedBy: d.from.Version, RejectedBy: d.to.Version, NewAccepts: d == &p.forward, Violation: violation(d.to, r.Witness)}
	}
	return result
}

// schema is the JSON Schema of a contract's payload.
func (p *prover) schema(c *contracts.Contract) (*subschema.Schema, error) {
	if s, ok := p.schemas[c]; ok {
		return s, nil
	}
	text := schema.Project(c)
	p.size = max(p.size, len(text))
	s, err := subschema.ParseAsserted(text)
	if err == nil {
		p.schemas[c] = s
	}
	return s, err
}

// blame keeps, of all that is wrong with the payload in the new version, what is wrong
// because of one change.
func (w *Witness) blame(alone, new *contracts.Contract) {
	v := violation(alone, w.Payload)
	w.Violation = v
	if validator, err := payload.Compile(new); err == nil {
		list := validator.Validate(w.Payload)
		if i := slices.IndexFunc(list, func(other payload.Violation) bool { return other.Pointer == v.Pointer && other.Rule == v.Rule }); i >= 0 {
			w.Violation = list[i]
		}
	}
}

// violation is what a contract finds wrong with a payload first.
func violation(c *contracts.Contract, raw []byte) payload.Violation {
	v, err := payload.Compile(c)
	if err != nil {
		return payload.Violation{}
	}
	if list := v.Validate(raw); len(list) > 0 {
		return list[0]
	}
	return payload.Violation{}
}

// completing is the change with which a payload changes sides, all changes before it
// being made as well. It is -1 when the changes cannot be told apart that way.
func (p *prover) completing(d *direction, raw []byte) int {
	for i := range p.changes {
		partly, err := diff.Apply(p.old, p.changes[:i+1]...)
		if err != nil {
			return -1
		}
		v, err := payload.Compile(partly)
		if err != nil {
			return -1
		}
		if valid := v.Valid(raw); valid == (d == &p.forward) {
			return i
		}
	}
	return -1
}
