package subschema

import (
	"errors"
	"fmt"
	"time"
)

// Verdict is the answer to a question of containment.
type Verdict string

// The verdicts, as they are printed.
const (
	Included    Verdict = "included"
	NotIncluded Verdict = "not_included"
	Undecided   Verdict = "undecided"
)

// Result is a verdict with what proves it.
type Result struct {
	Verdict Verdict
	// Witness is a JSON value that the schemas of Accept accept and those of Reject
	// reject. It is set for NotIncluded, and was confirmed by an independent validator.
	Witness []byte
	// Reason says what made the question undecided.
	Reason string
	// Steps is the work it took.
	Steps int
}

// Question asks for a value that all schemas of Accept accept and all schemas of
// Reject reject. The verdict is Included when there is none: what Accept have in
// common is included in what Reject accept together.
type Question struct {
	Accept, Reject []*Schema
	// AlsoAccept and AlsoReject narrow the question further. Witnesses are not
	// confirmed against them, which costs as much as a question for a schema that is
	// asked about once.
	AlsoAccept, AlsoReject []*Schema
}

// Options bound the work and say what witnesses should look like.
type Options struct {
	// Time bounds a question; 0 is DefaultTime. Steps bound it as well, in the same
	// way on every machine; 0 is DefaultSteps.
	Time  time.Duration
	Steps int
	// Examples are JSON values whose parts witnesses use where it makes no difference.
	Examples [][]byte
}

// The bounds of a question that asks for nothing else.
const (
	DefaultTime  = 200 * time.Millisecond
	DefaultSteps = 3_000_000
)

// Compare asks whether every value that a accepts is accepted by b.
func Compare(a, b *Schema, opt Options) Result {
	return Question{Accept: []*Schema{a}, Reject: []*Schema{b}}.Ask(opt)
}

// Ask answers the question.
func (q Question) Ask(opt Options) (result Result) {
	b := opt.budget()
	allowed := b.left
	defer func() {
		result.Steps = allowed - max(b.left, 0)
		if failure := recover(); failure != nil {
			if err, ok := failure.(error); !ok || !errors.Is(err, errBudget) {
				panic(failure)
			}
			result = Result{Verdict: Undecided, Reason: errBudget.Error(), Steps: allowed}
		}
	}()
	s := newSolver(newSpace(), b)
	goal, err := q.goal(s)
	if err != nil {
		return Result{Verdict: Undecided, Reason: err.Error()}
	}
	a := s.solve(goal...)
	switch a.state {
	case no:
		return Result{Verdict: Included}
	case unknown:
		return Result{Verdict: Undecided, Reason: a.why}
	}
	w := &witness{solver: s, goal: s.and(goal...)}
	v := w.finish(a.value, q.hints(opt), opt.finishing())
	if err := q.confirm(v); err != nil {
		return Result{Verdict: Undecided, Reason: err.Error()}
	}
	return Result{Verdict: NotIncluded, Witness: writeValue(v)}
}

func (o Options) budget() *budget {
	b := &budget{left: o.Steps, deadline: time.Now().Add(o.Time)}
	if o.Steps == 0 {
		b.left = DefaultSteps
	}
	if o.Time == 0 {
		b.deadline = time.Now().Add(DefaultTime)
	}
	return b
}

// finishing is the budget for the looks of a witness.
func (o Options) finishing() *budget {
	whole := o.budget()
	return &budget{left: whole.left / 4, deadline: time.Now().Add(time.Until(whole.deadline) / 4)}
}

// goal is the formulas that a witness satisfies.
func (q Question) goal(s *solver) ([]formula, error) {
	c := compilation{space: s.space, budget: s.budget, langs: map[string]formula{}, known: map[*Schema]formula{}}
	var goal []formula
	for _, side := range []struct {
		schemas []*Schema
		sign    formula
	}{{q.Accept, 1}, {q.AlsoAccept, 1}, {q.Reject, -1}, {q.AlsoReject, -1}} {
		for _, schema := range side.schemas {
			f, err := c.compile(schema)
			if err != nil {
				return nil, err
			}
			goal = append(goal, side.sign*f)
		}
	}
	return goal, nil
}

// confirm asks the reference validator about a witness.
func (q Question) confirm(v value) error {
	text := writeValue(v)
	for _, s := range q.Accept {
		r, err := s.reference()
		if err != nil {
			return fmt.Errorf("the witness %s cannot be confirmed: %w", text, err)
		}
		if err := r.Valid(text); err != nil {
			return fmt.Errorf("the reference validator does not accept the witness %s", text)
		}
	}
	for _, s := range q.Reject {
		r, err := s.reference()
		if err != nil {
			return fmt.Errorf("the witness %s cannot be confirmed: %w", text, err)
		}
		if r.Valid(text) == nil {
			return fmt.Errorf("the reference validator does not reject the witness %s", text)
		}
	}
	return nil
}
