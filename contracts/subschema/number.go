package subschema

import (
	"math/big"
)

// numbers is the set that constraints on numbers describe: an interval, the multiples
// of step in it, without the multiples of others and the values in not.
type numbers struct {
	low, high             *big.Rat // nil: no bound
	lowStrict, highStrict bool
	step                  *big.Rat // nil: any number
	others                []*big.Rat
	not                   map[string]bool
}

// maxTries bounds how many multiples of a step are looked at.
const maxTries = 20_000

// number is the theory of numbers.
func (s *solver) number(facts []formula) answer {
	set := &numbers{not: map[string]bool{}}
	for _, f := range facts {
		set.narrow(s.at(f), f > 0)
	}
	if set.empty() {
		return none()
	}
	if set.step != nil {
		return s.multiple(set)
	}
	return s.between(set)
}

func (set *numbers) narrow(n *node, positive bool) {
	switch {
	case n.op == opMin && positive:
		set.above(n.bound, n.strict)
	case n.op == opMin:
		set.below(n.bound, !n.strict)
	case n.op == opMax && positive:
		set.below(n.bound, n.strict)
	case n.op == opMax:
		set.above(n.bound, !n.strict)
	case n.op == opMultiple && positive:
		set.step = commonMultiple(set.step, n.bound)
	case n.op == opMultiple:
		set.others = append(set.others, n.bound)
	case n.op == opEnum:
		for key := range n.keys {
			set.not[key] = true
		}
	}
}

func (set *numbers) above(r *big.Rat, strict bool) {
	if set.low == nil || r.Cmp(set.low) > 0 || r.Cmp(set.low) == 0 && strict {
		set.low, set.lowStrict = r, strict
	}
}

func (set *numbers) below(r *big.Rat, strict bool) {
	if set.high == nil || r.Cmp(set.high) < 0 || r.Cmp(set.high) == 0 && strict {
		set.high, set.highStrict = r, strict
	}
}

func (set *numbers) empty() bool {
	if set.low == nil || set.high == nil {
		return false
	}
	c := set.low.Cmp(set.high)
	return c > 0 || c == 0 && (set.lowStrict || set.highStrict)
}

// contains reports whether a number is in the set.
func (set *numbers) contains(r *big.Rat) bool {
	if set.low != nil {
		if c := r.Cmp(set.low); c < 0 || c == 0 && set.lowStrict {
			return false
		}
	}
	if set.high != nil {
		if c := r.Cmp(set.high); c > 0 || c == 0 && set.highStrict {
			return false
		}
	}
	return (set.step == nil || isMultiple(r, set.step)) && set.allowed(r)
}

// allowed reports whether a number is excluded by itself.
func (set *numbers) allowed(r *big.Rat) bool {
	for _, other := range set.others {
		if isMultiple(r, other) {
			return false
		}
	}
	return !set.not["#"+r.RatString()]
}

// commonMultiple is the least common multiple of two steps.
func commonMultiple(a, b *big.Rat) *big.Rat {
	if a == nil || a.Cmp(b) == 0 {
		return b
	}
	// lcm(p/q, r/s) in lowest terms is lcm(p, r) / gcd(q, s).
	gcd := new(big.Int).GCD(nil, nil, a.Num(), b.Num())
	lcm := new(big.Int).Div(new(big.Int).Mul(a.Num(), b.Num()), gcd)
	return new(big.Rat).SetFrac(lcm, new(big.Int).GCD(nil, nil, a.Denom(), b.Denom()))
}

// multiple looks for a multiple of the step, from the bound that is nearest to zero on.
func (s *solver) multiple(set *numbers) answer {
	for _, other := range set.others {
		if isMultiple(set.step, other) {
			return none()
		}
	}
	zero := new(big.Rat)
	if set.contains(zero) {
		return s.numberAnswer(zero)
	}
	start, direction := set.start()
	candidate := new(big.Rat).Mul(new(big.Rat).SetInt(start), set.step)
	stride := new(big.Rat).Mul(set.step, big.NewRat(direction, 1))
	both := set.low == nil && set.high == nil || set.low != nil && set.low.Sign() < 0 && (set.high == nil || set.high.Sign() > 0) ||
		set.high != nil && set.high.Sign() > 0 && set.low == nil
	mirror := new(big.Rat)
	for range maxTries {
		s.spend(1)
		inside := set.within(candidate)
		if inside && set.allowed(candidate) {
			return s.numberAnswer(candidate)
		}
		if both {
			mirror.Neg(candidate)
			if set.within(mirror) {
				inside = true
				if set.allowed(mirror) {
					return s.numberAnswer(mirror)
				}
			}
		}
		if !inside && !set.aheadOf(candidate, direction) {
			return none()
		}
		candidate = new(big.Rat).Add(candidate, stride)
	}
	return undecided("multipleOf with a very long list of excluded values")
}

// start is the factor of the first multiple to look at, and the direction to go.
func (set *numbers) start() (factor *big.Int, direction int64) {
	switch {
	case set.low != nil && set.low.Sign() >= 0:
		return ceiling(new(big.Rat).Quo(set.low, set.step)), 1
	case set.high != nil && set.high.Sign() <= 0:
		return floor(new(big.Rat).Quo(set.high, set.step)), -1
	}
	return new(big.Int), 1
}

// aheadOf reports whether numbers of the set may come after r in that direction. A set
// that reaches to both sides of zero is walked on both at once.
func (set *numbers) aheadOf(r *big.Rat, direction int64) bool {
	if direction < 0 {
		return set.low == nil || r.Cmp(set.low) > 0
	}
	if set.high == nil || r.Cmp(set.high) < 0 {
		return true
	}
	return set.low == nil || set.low.Sign() < 0 && new(big.Rat).Neg(r).Cmp(set.low) > 0
}

// within reports whether r lies in the interval.
func (set *numbers) within(r *big.Rat) bool {
	return (&numbers{low: set.low, high: set.high, lowStrict: set.lowStrict, highStrict: set.highStrict}).contains(r)
}

func floor(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }

func ceiling(r *big.Rat) *big.Int {
	negated := floor(new(big.Rat).Neg(r))
	return negated.Neg(negated)
}

// between looks for a number where there is no step. The interval is a point, or it
// holds endlessly many numbers, of which finitely many values and the multiples of
// others are excluded; those never fill it.
func (s *solver) between(set *numbers) answer {
	for _, r := range set.candidates() {
		if s.spend(1); set.contains(r) {
			return s.numberAnswer(r)
		}
	}
	if set.low != nil && set.high != nil && set.low.Cmp(set.high) == 0 {
		return none()
	}
	// Ever finer decimals near the lower bound, or near the upper one.
	from, sign := set.low, int64(1)
	if from == nil {
		from, sign = set.high, -1
	}
	if from == nil {
		from = new(big.Rat)
	}
	step := big.NewRat(sign, 1)
	for range 400 {
		for i := range int64(9) {
			s.spend(1)
			r := new(big.Rat).Add(from, new(big.Rat).Mul(step, big.NewRat(i+1, 1)))
			if set.contains(r) {
				return s.numberAnswer(r)
			}
		}
		step = new(big.Rat).Mul(step, big.NewRat(1, 10))
	}
	return undecided("an interval of numbers with many excluded values")
}

// candidates are numbers that people would write.
func (set *numbers) candidates() []*big.Rat {
	list := []*big.Rat{new(big.Rat), big.NewRat(1, 1)}
	for _, bound := range []*big.Rat{set.low, set.high} {
		if bound != nil {
			up, down := ceiling(bound), floor(bound)
			list = append(list, bound, new(big.Rat).SetInt(up), new(big.Rat).SetInt(down),
				new(big.Rat).SetInt(new(big.Int).Add(up, big.NewInt(1))), new(big.Rat).SetInt(new(big.Int).Sub(down, big.NewInt(1))))
		}
	}
	if set.low != nil && set.high != nil {
		sum := new(big.Rat).Add(set.low, set.high)
		list = append(list, sum.Mul(sum, big.NewRat(1, 2)))
	}
	return append(list, big.NewRat(1, 2), big.NewRat(3, 2))
}

func (s *solver) numberAnswer(r *big.Rat) answer {
	n, ok := numberOf(r)
	if !ok {
		return undecided("a number without a finite decimal expansion")
	}
	return found(n)
}
