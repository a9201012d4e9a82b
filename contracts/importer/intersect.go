package importer

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/evctl/evctl/contracts"
)

// inexpressible is why the contract language cannot say something.
type inexpressible struct{ keyword, reason, hint string }

func (e *inexpressible) Error() string { return e.keyword + ": " + e.reason }

// maxVariants bounds the choices that result from multiplying unions, and maxDepth
// how deep shapes are intersected.
const (
	maxVariants = 64
	maxDepth    = 60
)

// merger intersects shapes and keeps count of the work.
type merger struct{ depth, steps int }

// maxSteps bounds the shapes that the intersections of one import may visit.
const maxSteps = 500_000

// both is what both shapes accept. Annotations of a win.
func (m *merger) both(a, b *shape) (*shape, error) {
	m.depth++
	m.steps++
	defer func() { m.depth-- }()
	if m.depth > maxDepth || m.steps > maxSteps {
		return nil, &inexpressible{"allOf", "parts are too deep or too many to be merged", "merge them by hand"}
	}
	switch {
	case a == b:
		return a, nil
	case a.everything():
		return b.with(a.about.or(b.about)), nil
	case b.everything():
		return a.with(a.about.or(b.about)), nil
	case a.ref != nil && b.ref != nil && a.ref == b.ref:
		return a.with(a.about.or(b.about)), nil
	case a.ref != nil && b.free() && a.kinds&^b.kinds == 0:
		return a.with(a.about.or(b.about)), nil
	case b.ref != nil && a.free() && b.kinds&^a.kinds == 0:
		return b.with(a.about.or(b.about)), nil
	}
	a, b = a.resolved(), b.resolved()
	switch {
	case a.union != nil && b.union != nil && a.union.exclusive == b.union.exclusive:
		return m.multiply(a, b)
	case b.union != nil:
		return m.distribute(a, b)
	case a.union != nil:
		return m.distribute(b, a)
	}
	return m.plain(a, b)
}

// distribute moves constraints into the variants of a union: exactly one of them
// accepts a value that s accepts just when exactly one accepts it together with s.
func (m *merger) distribute(s, choice *shape) (*shape, error) {
	variants := make([]*shape, 0, len(choice.union.variants))
	bare := s.with(about{})
	bare.about = about{}
	for _, v := range choice.union.variants {
		both, err := m.both(v, bare)
		if err != nil {
			return nil, err
		}
		variants = append(variants, both)
	}
	return newUnion(choice.union.exclusive, variants, s.about.or(choice.about))
}

// multiply is one choice out of the pairs of two choices of one sort.
func (m *merger) multiply(a, b *shape) (*shape, error) {
	var variants []*shape
	if len(a.union.variants)*len(b.union.variants) > maxVariants {
		return nil, &inexpressible{"allOf", fmt.Sprintf("unions multiply to more than %d variants", maxVariants), "name the choices in one union"}
	}
	for _, v := range a.union.variants {
		for _, w := range b.union.variants {
			both, err := m.both(v, w)
			if err != nil {
				return nil, err
			}
			variants = append(variants, both)
		}
	}
	return newUnion(a.union.exclusive, variants, a.about.or(b.about))
}

func (m *merger) plain(a, b *shape) (*shape, error) {
	s := &shape{kinds: a.kinds & b.kinds, whole: a.whole || b.whole, about: a.about.or(b.about)}
	s.values = commonValues(a.values, b.values)
	var err error
	if s.text, err = bothTexts(a.text, b.text); err != nil && s.kinds&isString != 0 {
		return nil, err
	}
	s.numbers = bothNumbers(a.numbers, b.numbers)
	if s.kinds&isArray != 0 {
		if s.arrays, err = m.arrays(a.arrays, b.arrays); err != nil {
			return nil, err
		}
	}
	if s.kinds&isObject != 0 {
		if s.objects, err = m.objects(a.objects, b.objects); err != nil {
			return nil, err
		}
	}
	return s.settled(), nil
}

func bothTexts(a, b *texts) (*texts, error) {
	if a == nil || b == nil {
		return either(a, b), nil
	}
	t := &texts{format: a.format, pattern: a.pattern, least: larger(a.least, b.least), most: smaller(a.most, b.most)}
	switch {
	case a.pattern != "" && b.pattern != "" && a.pattern != b.pattern:
		return nil, &inexpressible{"pattern", "two patterns apply to one text", "write them as one pattern"}
	case a.format != "" && b.format != "" && a.format != b.format:
		return nil, &inexpressible{"format", "two formats apply to one text", "keep the narrower one"}
	}
	if t.pattern == "" {
		t.pattern = b.pattern
	}
	if t.format == "" {
		t.format = b.format
	}
	return t, nil
}

func bothNumbers(a, b *numbers) *numbers {
	if a == nil || b == nil {
		return either(a, b)
	}
	return &numbers{
		least: extreme(a.least, b.least, 1), most: extreme(a.most, b.most, -1),
		above: extreme(a.above, b.above, 1), below: extreme(a.below, b.below, -1),
		multiple: commonMultiple(a.multiple, b.multiple),
	}
}

func (m *merger) arrays(a, b *arrays) (*arrays, error) {
	if a == nil || b == nil {
		return either(a, b), nil
	}
	items, err := m.optional(a.items, b.items)
	if err != nil {
		return nil, err
	}
	return &arrays{items: items, least: larger(a.least, b.least), most: smaller(a.most, b.most), unique: a.unique || b.unique}, nil
}

// optional intersects shapes of which nil accepts everything.
func (m *merger) optional(a, b *shape) (*shape, error) {
	if a == nil || b == nil {
		return either(a, b), nil
	}
	return m.both(a, b)
}

func (m *merger) objects(a, b *objects) (*objects, error) {
	if a == nil || b == nil {
		return either(a, b), nil
	}
	var err error
	if a, err = m.folded(a, b); err != nil {
		return nil, err
	}
	if b, err = m.folded(b, a); err != nil {
		return nil, err
	}
	o := &objects{least: larger(a.least, b.least), most: smaller(a.most, b.most), required: union2(a.required, b.required)}
	o.requireAny = bothGroups(a.requireAny, b.requireAny)
	if o.names, err = m.optional(a.names, b.names); err != nil {
		return nil, err
	}
	if o.additional, err = m.optional(a.additional, b.additional); err != nil {
		return nil, err
	}
	if o.patterns, err = m.patterns(a, b); err != nil {
		return nil, err
	}
	for _, name := range union2(a.names_(), b.names_()) {
		both, err := m.optional(a.member(name), b.member(name))
		if err != nil {
			return nil, err
		}
		if both == nil {
			both = anything()
		}
		o.properties = append(o.properties, property{name, both})
	}
	return o, nil
}

func (o *objects) names_() []string {
	names := make([]string, len(o.properties))
	for i, p := range o.properties {
		names[i] = p.name
	}
	return names
}

// member is what a declaration of this name must say beside the patterns: the
// declared shape, nothing when a pattern covers the name, or what additional
// members must be.
func (o *objects) member(name string) *shape {
	if s := o.property(name); s != nil {
		return s
	}
	for _, p := range o.patterns {
		if matches(p.pattern, name) {
			return nil
		}
	}
	return o.additional
}

// folded moves what patterns say to the declared names, when the other side is closed
// and lets no further names pass.
func (m *merger) folded(o, other *objects) (*objects, error) {
	if len(o.patterns) == 0 || len(other.patterns) > 0 || other.additional == nil || !other.additional.never() {
		return o, nil
	}
	folded := *o
	folded.properties, folded.patterns = nil, nil
	for _, name := range union2(o.names_(), other.names_()) {
		s := o.member(name)
		for _, p := range o.patterns {
			if !matches(p.pattern, name) {
				continue
			}
			both, err := m.optional(s, p.shape)
			if err != nil {
				return nil, err
			}
			s = both
		}
		if s == nil {
			s = anything()
		}
		folded.properties = append(folded.properties, property{name, s})
	}
	return &folded, nil
}

// patterns merges patternProperties. A name that only one side's patterns cover is
// subject to the other's additionalProperties, which can be said when that side has
// no patterns, or the same ones, and declares no name that they cover.
func (m *merger) patterns(a, b *objects) ([]patterned, error) {
	if len(a.patterns) == 0 {
		return m.narrow(b.patterns, a)
	}
	if len(b.patterns) == 0 {
		return m.narrow(a.patterns, b)
	}
	same := slices.EqualFunc(a.patterns, b.patterns, func(p, q patterned) bool { return p.pattern == q.pattern })
	if !same && (a.additional != nil || b.additional != nil) {
		return nil, &inexpressible{"patternProperties", "different patterns are merged, and additional properties are constrained", "write the object out"}
	}
	var list []patterned
	for i, p := range a.patterns {
		if same {
			both, err := m.both(p.shape, b.patterns[i].shape)
			if err != nil {
				return nil, err
			}
			p.shape = both
		}
		list = append(list, p)
	}
	if !same {
		for _, p := range b.patterns {
			i := slices.IndexFunc(list, func(q patterned) bool { return q.pattern == p.pattern })
			if i < 0 {
				list = append(list, p)
				continue
			}
			both, err := m.both(list[i].shape, p.shape)
			if err != nil {
				return nil, err
			}
			list[i].shape = both
		}
	}
	return list, nil
}

func (m *merger) narrow(list []patterned, other *objects) ([]patterned, error) {
	if other.additional == nil {
		return list, nil
	}
	narrowed := make([]patterned, len(list))
	for i, p := range list {
		if slices.ContainsFunc(other.properties, func(q property) bool { return matches(p.pattern, q.name) }) {
			return nil, &inexpressible{"patternProperties", "a pattern covers a property that another part declares, and additional properties are constrained", "write the object out"}
		}
		both, err := m.both(p.shape, other.additional)
		if err != nil {
			return nil, err
		}
		narrowed[i] = patterned{p.pattern, both}
	}
	return narrowed, nil
}

// bothGroups is (a or b) and (c or d) as one list of groups.
func bothGroups(a, b [][]string) [][]string {
	if len(a) == 0 || len(b) == 0 {
		return append(slices.Clip(a), b...)
	}
	var groups [][]string
	for _, g := range a {
		for _, h := range b {
			groups = append(groups, union2(g, h))
		}
	}
	return groups
}

// union2 is the names of a, then those of b that a lacks.
func union2(a, b []string) []string {
	all := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(a, name) {
			all = append(all, name)
		}
	}
	return all
}

func either[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

func larger(a, b *int) *int {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func smaller(a, b *int) *int {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

// extreme is the larger bound for sign 1 and the smaller for -1.
func extreme(a, b *contracts.Decimal, sign int) *contracts.Decimal {
	if a == nil || b != nil && b.Cmp(*a)*sign > 0 {
		return b
	}
	return a
}

// commonMultiple is the least common multiple of two positive decimals, which is a
// decimal again.
func commonMultiple(a, b *contracts.Decimal) *contracts.Decimal {
	if a == nil || b == nil {
		return either(a, b)
	}
	x, y := a.Rat(), b.Rat()
	denominator := new(big.Int).Mul(x.Denom(), y.Denom())
	p, q := new(big.Int).Mul(x.Num(), y.Denom()), new(big.Int).Mul(y.Num(), x.Denom())
	lcm := new(big.Int).Div(new(big.Int).Mul(p, q), new(big.Int).GCD(nil, nil, p, q))
	r := new(big.Rat).SetFrac(lcm, denominator)
	digits, _ := r.FloatPrec()
	d := contracts.Decimal(r.FloatString(digits))
	return &d
}
