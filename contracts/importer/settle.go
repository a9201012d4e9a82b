package importer

import (
	"math/big"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts"
)

// This file finds out which values satisfy the constraints of a shape, if any.

// settled removes what cannot be: constraints on kinds that are not accepted, kinds
// whose constraints nothing satisfies, enum values that other constraints exclude.
func (s *shape) settled() *shape {
	if s.ref != nil || s.union != nil {
		return s
	}
	if s.text != nil && s.text.empty() {
		s.kinds &^= isString
	}
	if s.numbers != nil && (s.numbers.empty() || s.numbers.betweenSteps(s.whole)) {
		s.kinds &^= isNumber
	}
	if s.arrays != nil {
		s.settleArrays()
	}
	if s.objects != nil && s.objects.empty() {
		s.kinds &^= isObject
	}
	if s.values != nil {
		s.settleValues()
	}
	s.forget(anyKind &^ s.kinds)
	return s
}

// forget drops constraints on kinds.
func (s *shape) forget(k kinds) {
	if k&isString != 0 {
		s.text = nil
	}
	if k&isNumber != 0 {
		s.numbers, s.whole = nil, false
	}
	if k&isArray != 0 {
		s.arrays = nil
	}
	if k&isObject != 0 {
		s.objects = nil
	}
	if s.kinds&scalars == 0 {
		s.values = nil
	}
}

func (s *shape) settleArrays() {
	a := *s.arrays
	if a.items != nil && a.items.never() {
		a.items, a.most = nil, new(int)
	}
	if a.least != nil && a.most != nil && *a.least > *a.most {
		s.kinds &^= isArray
	}
	s.arrays = &a
}

func (s *shape) settleValues() {
	var kept []contracts.Value
	var found kinds
	for _, v := range s.values {
		if s.accepts(v) {
			kept = append(kept, v)
			found |= kindOf(v)
		}
	}
	s.values = kept
	s.kinds &= found | isNull
	if kept == nil {
		s.values = nil
	}
}

// accepts reports whether a scalar satisfies the constraints on its kind, formats
// aside.
func (s *shape) accepts(v contracts.Value) bool {
	k := kindOf(v)
	switch {
	case s.kinds&k == 0:
		return false
	case k == isString && s.text != nil:
		return s.text.accept(v.Text())
	case k == isNumber:
		if s.whole && v.Type() != contracts.Integer {
			return false
		}
		return s.numbers == nil || s.numbers.accept(contracts.Decimal(v.JSON))
	}
	return true
}

func (t *texts) accept(text string) bool {
	n := utf8.RuneCountInString(text)
	return (t.least == nil || n >= *t.least) && (t.most == nil || n <= *t.most) && (t.pattern == "" || matches(t.pattern, text))
}

func (t *texts) empty() bool { return t.least != nil && t.most != nil && *t.least > *t.most }

func (n *numbers) accept(d contracts.Decimal) bool {
	switch {
	case n.least != nil && d.Cmp(*n.least) < 0, n.most != nil && d.Cmp(*n.most) > 0,
		n.above != nil && d.Cmp(*n.above) <= 0, n.below != nil && d.Cmp(*n.below) >= 0:
		return false
	case n.multiple != nil:
		return new(big.Rat).Quo(d.Rat(), n.multiple.Rat()).IsInt()
	}
	return true
}

func (n *numbers) empty() bool {
	crossed := func(low, high *contracts.Decimal, equal bool) bool {
		if low == nil || high == nil {
			return false
		}
		c := low.Cmp(*high)
		return c > 0 || c == 0 && !equal
	}
	return crossed(n.least, n.most, true) || crossed(n.above, n.most, false) ||
		crossed(n.least, n.below, false) || crossed(n.above, n.below, false)
}

// betweenSteps reports whether the bounds leave room for no multiple of the step, which
// is 1 for whole numbers.
func (n *numbers) betweenSteps(whole bool) bool {
	step := n.multiple
	if whole {
		one := contracts.Decimal("1")
		step = commonMultiple(step, &one)
	}
	low, above := extreme(n.least, n.above, 1), n.above != nil
	if step == nil || low == nil || n.most == nil && n.below == nil {
		return false
	}
	steps := new(big.Rat).Quo(low.Rat(), step.Rat())
	k := new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(steps.Num()), steps.Denom())) // rounded up
	first := new(big.Rat).Mul(new(big.Rat).SetInt(k), step.Rat())
	if above && first.Cmp(n.above.Rat()) == 0 {
		first.Add(first, step.Rat())
	}
	return n.most != nil && first.Cmp(n.most.Rat()) > 0 || n.below != nil && first.Cmp(n.below.Rat()) >= 0
}

// empty reports whether no object fits.
func (o *objects) empty() bool {
	if o.least != nil && o.most != nil && *o.least > *o.most || o.most != nil && len(o.required) > *o.most {
		return true
	}
	if room := o.room(); room >= 0 && o.least != nil && *o.least > room {
		return true
	}
	impossible := func(group []string) bool { return slices.ContainsFunc(group, o.forbids) }
	return impossible(o.required) || len(o.requireAny) > 0 && !slices.ContainsFunc(o.requireAny, func(group []string) bool { return !impossible(group) })
}

// room is how many members there can be at most, or -1 when there is no limit but
// maxProperties.
func (o *objects) room() int {
	if o.additional == nil || !o.additional.never() || slices.ContainsFunc(o.patterns, func(p patterned) bool { return !p.shape.never() }) {
		return -1
	}
	n := 0
	for _, name := range o.names_() {
		if !o.forbids(name) {
			n++
		}
	}
	return n
}

// forbids reports whether an object with a member of this name is never accepted.
func (o *objects) forbids(name string) bool {
	if s := o.member(name); s != nil && s.never() {
		return true
	}
	for _, p := range o.patterns {
		if p.shape.never() && matches(p.pattern, name) {
			return true
		}
	}
	return o.names != nil && !o.names.acceptsName(name)
}

// acceptsName reports whether propertyNames lets a name pass.
func (s *shape) acceptsName(name string) bool {
	s = s.resolved()
	if s.union != nil {
		n := 0
		for _, v := range s.union.variants {
			if v.acceptsName(name) {
				n++
			}
		}
		return n == 1 || n > 1 && !s.union.exclusive
	}
	v := contracts.Value{JSON: quote(name)}
	return s.accepts(v) && (s.values == nil || slices.ContainsFunc(s.values, v.Equal))
}

// matches reports whether an unanchored pattern matches. Patterns are checked when
// they are read.
func matches(pattern, text string) bool {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString(text)
}
