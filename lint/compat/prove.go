package compat

import (
	"slices"

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
	// Violation is the first thing that the rejecting version finds wrong.
	Violation payload.Violation
}

// diagnostic is the witness as it is reported.
func (w *Witness) diagnostic() *diag.Witness {
	if w == nil {
		return nil
	}
	return &diag.Witness{
		Payload: w.Payload, AcceptedBy: w.AcceptedBy.String(), RejectedBy: w.RejectedBy.String(),
		Pointer: w.Violation.Pointer, Message: w.Violation.Message(), Offset: w.Violation.Offset,
	}
}

// proof is what was found out about one change in one direction.
type proof struct {
	verdict subschema.Verdict
	witness *Witness
	reason  string // why the question is undecided
}

func (p proof) breaks() bool { return p.verdict == subschema.NotIncluded }

// direction is a question about two versions: whether what the writer's version
// accepts is accepted by the reader's.
type direction struct {
	from, to *contracts.Contract
	// lenient are the changes from one to the other that declare what nobody is
	// expected to have sent: properties of objects that accepted anything.
	lenient []diff.Change
	whole   proof
}

// prover finds payloads that prove breaks. It makes the JSON Schema of each contract
// once.
type prover struct {
	old, new          *contracts.Contract
	changes           []diff.Change
	backward, forward direction
	schemas           map[*contracts.Contract]*subschema.Schema
}

func newProver(old, new *contracts.Contract, changes []diff.Change, opt Options) *prover {
	p := &prover{old: old, new: new, changes: changes, schemas: map[*contracts.Contract]*subschema.Schema{}}
	p.backward, p.forward = direction{from: old, to: new}, direction{from: new, to: old}
	if !slices.ContainsFunc(changes, shows) {
		p.backward.whole.verdict, p.forward.whole.verdict = subschema.Included, subschema.Included
		return p
	}
	if !opt.StrictContent {
		p.backward.lenient = lenient(changes)
		p.forward.lenient = lenient(diff.Compare(new, old))
	}
	for _, d := range []*direction{&p.backward, &p.forward} {
		d.whole = p.ask(d, nil)
	}
	return p
}

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
	single := 0
	for _, other := range p.changes {
		if shows(other) {
			single++
		}
	}
	if single == 1 {
		return p.backward.whole, p.forward.whole
	}
	if p.backward.whole.verdict != subschema.Included {
		backward = p.ask(&p.backward, c)
	}
	if p.forward.whole.verdict != subschema.Included {
		forward = p.ask(&p.forward, c)
	}
	return backward, forward
}

// ask looks for a payload that is valid in the writer's version and not in the
// reader's. With a change, the old version with this change alone has to agree with
// the new version about the payload.
func (p *prover) ask(d *direction, c diff.Change) proof {
	q := subschema.Question{}
	accept, reject := []*contracts.Contract{d.from}, []*contracts.Contract{d.to}
	if c != nil {
		alone, err := diff.Apply(p.old, c)
		if err != nil {
			return proof{verdict: subschema.Undecided, reason: err.Error()}
		}
		if d == &p.backward {
			reject = append(reject, alone)
		} else {
			accept = append(accept, alone)
		}
	}
	if len(d.lenient) > 0 {
		declared, err := diff.Apply(d.from, d.lenient...)
		if err != nil {
			return proof{verdict: subschema.Undecided, reason: err.Error()}
		}
		accept = append(accept, declared)
	}
	for _, list := range []struct {
		contracts []*contracts.Contract
		schemas   *[]*subschema.Schema
	}{{accept, &q.Accept}, {reject, &q.Reject}} {
		for _, contract := range list.contracts {
			s, err := p.schema(contract)
			if err != nil {
				return proof{verdict: subschema.Undecided, reason: err.Error()}
			}
			*list.schemas = append(*list.schemas, s)
		}
	}
	r := q.Ask(subschema.Options{})
	result := proof{verdict: r.Verdict, reason: r.Reason}
	if r.Verdict == subschema.NotIncluded {
		result.witness = &Witness{Payload: r.Witness, AcceptedBy: d.from.Version, RejectedBy: d.to.Version, Violation: violation(d.to, r.Witness)}
	}
	return result
}

// schema is the JSON Schema of a contract's payload.
func (p *prover) schema(c *contracts.Contract) (*subschema.Schema, error) {
	if s, ok := p.schemas[c]; ok {
		return s, nil
	}
	s, err := subschema.ParseAsserted(schema.Project(c))
	if err == nil {
		p.schemas[c] = s
	}
	return s, err
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

// completing is the change with which a break comes about that no change makes alone:
// with the changes up to this one the payload changes sides. It is -1 when the
// changes cannot be told apart that way.
func (p *prover) completing(d *direction) int {
	raw := d.whole.witness.Payload
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
