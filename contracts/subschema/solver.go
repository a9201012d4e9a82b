package subschema

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/big"
	"slices"
)

// solver looks for a value that satisfies a set of formulas, its goal. It proceeds as
// a tableau does:
//
//   - A goal is split by the kind of the value. For one kind, what remains are
//     constraints of that kind, positive and negative, and disjunctions.
//   - The constraints alone are given to the theory of the kind, which finds a value or
//     knows that there is none. If the value happens to satisfy the disjunctions, it is
//     the answer. If not, the search branches over one that it does not satisfy.
//   - Theories of arrays and objects ask for items and members, which are goals
//     again. A goal that comes up inside of itself is taken to be unsatisfiable:
//     a value for it in there would be a smaller one for the goal outside.
type solver struct {
	*space
	budget    *budget
	rationals map[json.Number]*big.Rat
	goals     map[string]answer   // of goals of any kind
	theories  map[string]answer   // of constraints of one kind
	ones      map[formula]formula // what opOne was expanded to
	stack     map[string]int      // goals that are being solved, by depth
}

// answer is what is known about a goal.
type answer struct {
	state truth // yes: value satisfies it; no: nothing does
	value value
	why   string // where state is unknown: what makes it so
	// rests is the least depth of a goal on the stack that was taken to be
	// unsatisfiable on the way. The answer no holds while that goal is there.
	rests int
}

const restsOnNothing = math.MaxInt

func found(v value) answer { return answer{state: yes, value: v, rests: restsOnNothing} }

func none() answer { return answer{state: no, rests: restsOnNothing} }

func undecided(why string) answer { return answer{why: why, rests: restsOnNothing} }

// or combines the answers to alternatives, as far as they are known.
func (a answer) or(b answer) answer {
	switch {
	case a.state == yes:
		return a
	case b.state == yes:
		return b
	}
	a.rests = min(a.rests, b.rests)
	if a.state == no {
		a.state, a.why = b.state, b.why
	}
	return a
}

func newSolver(s *space, b *budget) *solver {
	return &solver{space: s, budget: b, rationals: map[json.Number]*big.Rat{}, goals: map[string]answer{}, theories: map[string]answer{}, ones: map[formula]formula{}, stack: map[string]int{}}
}

// goalKey is equal for equal sets of formulas. The list is sorted in place.
func goalKey(k kind, list []formula) string {
	b := append(make([]byte, 0, 4*len(list)+1), byte(k))
	for _, f := range list {
		b = binary.AppendVarint(b, int64(f))
	}
	return string(b)
}

// solve finds a value that satisfies all formulas of a list.
func (s *solver) solve(list ...formula) answer {
	goal := s.and(list...)
	switch goal {
	case always:
		return found(nil)
	case never:
		return none()
	}
	key := goalKey(0, []formula{goal})
	if a, ok := s.goals[key]; ok {
		return a
	}
	if depth, ok := s.stack[key]; ok {
		return answer{state: no, rests: depth}
	}
	depth := len(s.stack)
	if depth > maxDepth {
		return undecided("values that contain each other too deeply")
	}
	s.stack[key] = depth
	a := none()
	for _, k := range kinds {
		if a = a.or(s.ofKind(k, goal)); a.state == yes {
			break
		}
	}
	delete(s.stack, key)
	if a.rests == depth {
		// It rested on itself only, which is what the rule above is about.
		a.rests = restsOnNothing
	}
	if a.state == yes || a.rests == restsOnNothing {
		a.rests = restsOnNothing
		s.goals[key] = a
	}
	return a
}

// maxDepth bounds how deep the values that are looked for contain each other.
const maxDepth = 100

// ofKind finds a value of one kind.
func (s *solver) ofKind(k kind, goal formula) answer {
	goal = s.restrict(goal, k)
	if goal == never {
		return none()
	}
	b := branch{s: s, kind: k, facts: map[formula]bool{}}
	if !b.assume(goal) {
		return none()
	}
	return b.solve()
}

// branch is a goal of one kind with all that was chosen on the way: facts are
// constraints, positive and negative; choices are disjunctions.
type branch struct {
	s       *solver
	kind    kind
	facts   map[formula]bool
	choices [][]formula
	rulings *rulings // of the facts, once they are asked for
}

// assume adds a formula; it returns false when it contradicts the facts.
func (b *branch) assume(f formula) bool {
	if f == always || b.facts[f] {
		return true
	}
	if f == never || b.facts[-f] {
		return false
	}
	b.s.spend(1)
	n := b.s.at(f)
	switch {
	case n.op == opAnd && f > 0:
		for _, kid := range n.kids {
			if !b.assume(kid) {
				return false
			}
		}
		return true
	case n.op == opAnd:
		list := make([]formula, len(n.kids))
		for i, kid := range n.kids {
			list[i] = -kid
		}
		b.choices = append(b.choices, list)
		return true
	case n.op == opOne && f > 0:
		return b.assume(b.s.expanded(f))
	case n.op == opOne:
		return b.assume(-b.s.expanded(-f))
	case n.op == opEnum && f < 0 && (b.kind == kindArray || b.kind == kindObject):
		// A theory of what has parts knows its parts only.
		for _, v := range n.values {
			if !b.assume(b.s.restrict(b.s.differs(v), b.kind)) {
				return false
			}
		}
		return true
	}
	b.facts[f] = true
	return true
}

// expanded is a formula of one kind that says that one of a list holds. Where no two can
// hold together, which is how people use oneOf, that is any of them; else the list
// is written out, which grows with its square.
func (s *solver) expanded(f formula) formula {
	if g, ok := s.ones[f]; ok {
		return g
	}
	kids := s.at(f).kids
	g := s.or(kids...)
	if !s.disjoint(kids) {
		s.spend(len(kids) * len(kids))
		g = s.written(kids)
	}
	s.ones[f] = g
	return g
}

// disjoint reports whether certainly no value satisfies two formulas of a list.
func (s *solver) disjoint(list []formula) bool {
	for i, f := range list {
		for _, g := range list[:i] {
			if a := s.solve(f, g); a.state != no || a.rests != restsOnNothing {
				return false
			}
		}
	}
	return true
}

// propagate drops alternatives that contradict the facts and disjunctions that follow
// from them, and assumes the only alternative where there is one.
func (b *branch) propagate() bool {
	for again := true; again; {
		again = false
		open := b.choices
		b.choices = nil
		for _, list := range open {
			left, satisfied := b.left(list)
			switch {
			case satisfied:
			case len(left) == 0:
				return false
			case len(left) == 1:
				again = true
				if !b.assume(left[0]) {
					return false
				}
			default:
				b.choices = append(b.choices, left)
			}
		}
	}
	return true
}

func (b *branch) left(list []formula) (left []formula, satisfied bool) {
	b.s.spend(1 + len(list)/8)
	for i, f := range list {
		switch {
		case f == always || b.facts[f]:
			return nil, true
		case f == never || b.facts[-f]:
			if left == nil {
				left = slices.Clone(list[:i])
			}
		case left != nil:
			left = append(left, f)
		}
	}
	if left == nil {
		return list, false
	}
	return left, false
}

// solve finds a value for the branch.
func (b *branch) solve() answer {
	if !b.propagate() {
		return none()
	}
	a := b.s.theory(b.kind, b.facts)
	if a.state == no {
		return a
	}
	open := b.openChoice(a)
	if open < 0 {
		return a
	}
	list := b.choices[open]
	result := none()
	for _, f := range list {
		if a, ok := b.refute(f); ok {
			result = result.or(a)
			continue
		}
		next := branch{s: b.s, kind: b.kind, facts: make(map[formula]bool, len(b.facts)+4)}
		for fact := range b.facts {
			next.facts[fact] = true
		}
		next.choices = append(next.choices, b.choices[:open]...)
		next.choices = append(next.choices, b.choices[open+1:]...)
		alternative := none()
		if next.assume(f) {
			alternative = next.solve()
		}
		if result = result.or(alternative); result.state == yes {
			return result
		}
	}
	return result
}

// openChoice is the disjunction to branch over: one that the value which was found
// does not satisfy, with the fewest alternatives. It is -1 when there is none.
func (b *branch) openChoice(a answer) int {
	best := -1
	for i, list := range b.choices {
		if best >= 0 && len(b.choices[best]) <= len(list) {
			continue
		}
		if a.state == yes && b.satisfied(list, a.value) {
			continue
		}
		best = i
	}
	return best
}

func (b *branch) satisfied(list []formula, v value) bool {
	for _, f := range list {
		if b.s.holds(f, v) == yes {
			return true
		}
	}
	return false
}

// theory finds a value of one kind that satisfies constraints.
func (s *solver) theory(k kind, set map[formula]bool) answer {
	facts := make([]formula, 0, len(set))
	for f := range set {
		facts = append(facts, f)
	}
	slices.Sort(facts)
	key := goalKey(k, facts)
	if a, ok := s.theories[key]; ok {
		return a
	}
	s.spend(1 + len(facts))
	a := s.decide(k, facts)
	if a.state == yes || a.rests == restsOnNothing {
		s.theories[key] = a
	}
	return a
}

func (s *solver) decide(k kind, facts []formula) answer {
	opaque := ""
	for _, f := range facts {
		switch n := s.at(f); {
		case n.op == opEnum && f > 0:
			return s.among(n.values, k, facts)
		case n.op == opOpaque:
			opaque = n.text
		}
	}
	a := s.ofTheory(k, slices.DeleteFunc(slices.Clone(facts), func(f formula) bool { return s.at(f).op == opOpaque }))
	if opaque != "" && a.state != no {
		return undecided(opaque)
	}
	return a
}

func (s *solver) ofTheory(k kind, facts []formula) answer {
	switch k {
	case kindNull:
		return s.among([]value{nil}, k, facts)
	case kindBoolean:
		return s.among([]value{false, true}, k, facts)
	case kindNumber:
		return s.number(facts)
	case kindString:
		return s.text(facts)
	case kindArray:
		return s.array(facts)
	}
	return s.object(facts)
}

// among tries the values of an enumeration.
func (s *solver) among(values []value, k kind, facts []formula) answer {
	result := none()
	for _, v := range values {
		if kindOf(v) != k {
			continue
		}
		switch s.all(facts, v) {
		case yes:
			return found(v)
		case unknown:
			result = result.or(undecided(s.opaqueAmong(facts)))
		}
	}
	return result
}

// opaqueAmong says what an answer may rest on.
func (s *solver) opaqueAmong(facts []formula) string {
	for _, f := range facts {
		if n := s.at(f); n.op == opOpaque {
			return n.text
		}
	}
	return "a part of the schema that is not understood"
}
