package diff

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

func (d *differ) enum(p *Pair) {
	old, new := listed(p.Old), listed(p.New)
	switch {
	case old == nil && new == nil:
		return
	case old == nil:
		d.add(&EnumAdded{Place: p.place("enum"), Values: new})
		return
	case new == nil:
		d.add(&EnumRemoved{Place: p.place("enum"), Values: old})
		return
	}
	if p.New.Open && !p.Old.Open {
		d.add(&EnumOpened{p.place("open")})
	}
	if p.Old.Open && !p.New.Open {
		d.add(&EnumClosed{p.place("open")})
	}
	olds, news := valuesOf(old), valuesOf(new)
	for _, v := range new {
		if o := olds[ValueKey(v)]; o != nil {
			d.aboutValue(p, *o, v)
		} else {
			d.add(&EnumValueAdded{enumValue{p.valuePlace(nil, &v), v}})
		}
	}
	for _, v := range old {
		if news[ValueKey(v)] == nil {
			d.add(&EnumValueRemoved{enumValue{p.valuePlace(&v, nil), v}})
		}
	}
}

func valuesOf(list []contracts.EnumValue) map[string]*contracts.EnumValue {
	m := make(map[string]*contracts.EnumValue, len(list))
	for i := range list {
		m[ValueKey(list[i])] = &list[i]
	}
	return m
}

// ValueKey is the same text for values that are equal: 1, 1.0 and 1e0.
func ValueKey(v contracts.EnumValue) string {
	if v.Type()&contracts.Numeric != 0 {
		return contracts.Decimal(v.JSON).Rat().RatString()
	}
	return v.JSON
}

// listed are the values of an enum; nil when there is none, or when it lists
// everything that the type has.
func listed(s *contracts.Schema) []contracts.EnumValue {
	if s.Types == contracts.Boolean && len(s.Enum) == 2 {
		return nil
	}
	return s.Enum
}

// valuePlace points at a value on the sides that list it, and at the enum otherwise.
func (p *Pair) valuePlace(old, new *contracts.EnumValue) Place {
	place := p.place("enum")
	if old != nil && p.Old.File != nil {
		place.Old = diag.Location{File: p.Old.File, Span: old.Span}
	}
	if new != nil && p.New.File != nil {
		place.New = diag.Location{File: p.New.File, Span: new.Span}
	}
	value := new
	if value == nil {
		value = old
	}
	place.Pointer += "/" + contracts.EscapePointer(value.Text())
	place.value = ValueKey(*value)
	return place
}

// aboutValue compares what is said about a value that both enums list.
func (d *differ) aboutValue(p *Pair, old, new contracts.EnumValue) {
	of := "value " + new.JSON + " of " + p.label
	if old.Description != new.Description {
		d.add(&AnnotationChanged{Place: p.valuePlace(&old, &new), Keyword: "description", Of: of, From: quoted(old.Description), To: quoted(new.Description)})
	}
	d.deprecation(p.valuePlace(&old, &new), of, old.Deprecated, new.Deprecated)
}

func (d *differ) strings(p *Pair) {
	d.count(p, "minLength", p.Old.MinLength, p.New.MinLength)
	d.count(p, "maxLength", p.Old.MaxLength, p.New.MaxLength)
	if p.Old.Format != p.New.Format {
		d.add(&FormatChanged{textChange{p.place("format"), p.Old.Format, p.New.Format}})
	}
	if p.Old.Pattern != p.New.Pattern {
		d.add(&PatternChanged{textChange{p.place("pattern"), p.Old.Pattern, p.New.Pattern}})
	}
}

// count compares a size. Keywords that start with "min" limit from below, where 0
// is no limit.
func (d *differ) count(p *Pair, keyword string, old, new *int) {
	lower := keyword[:3] == "min"
	if lower {
		old, new = atLeast(old, 0), atLeast(new, 0)
	}
	if sameCount(old, new) {
		return
	}
	c := &BoundChanged{Place: p.place(keyword), Keyword: keyword}
	if old != nil {
		c.From = strconv.Itoa(*old)
	}
	if new != nil {
		c.To = strconv.Itoa(*new)
	}
	c.Tightened = new != nil && (old == nil || (*new > *old) == lower)
	c.Loosened = !c.Tightened
	d.add(c)
}

func sameCount(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

func (d *differ) numbers(p *Pair) {
	d.lower(p)
	d.upper(p)
	d.multiple(p)
}

func (d *differ) lower(p *Pair) { d.limit(p, LowerBound, "minimum", "exclusiveMinimum") }
func (d *differ) upper(p *Pair) { d.limit(p, UpperBound, "maximum", "exclusiveMaximum") }

// Bound is the effective limit of numbers on one side.
type Bound struct {
	Value     *big.Rat // nil for no limit
	Exclusive bool     // the value itself is out
	Keyword   string   // the keyword that sets it
	Text      string   // as written
}

// LowerBound is the greater of minimum and exclusiveMinimum. Where only whole
// numbers are accepted, it is a whole number that is itself accepted.
func LowerBound(s *contracts.Schema) Bound {
	return bound(s, 1, written(s.Minimum, "minimum", false), written(s.ExclusiveMinimum, "exclusiveMinimum", true))
}

// UpperBound is the smaller of maximum and exclusiveMaximum; see LowerBound.
func UpperBound(s *contracts.Schema) Bound {
	return bound(s, -1, written(s.Maximum, "maximum", false), written(s.ExclusiveMaximum, "exclusiveMaximum", true))
}

func written(d *contracts.Decimal, keyword string, exclusive bool) Bound {
	if d == nil {
		return Bound{Keyword: keyword}
	}
	return Bound{d.Rat(), exclusive, keyword, string(*d)}
}

// bound picks the stricter of two bounds; sign is 1 for lower and -1 for upper ones.
func bound(s *contracts.Schema, sign int, a, b Bound) Bound {
	if tighter(b, a, sign) {
		a = b
	}
	if a.Value != nil && wholeNumbers(s) {
		a.Value, a.Exclusive = wholeBound(a, sign), false
	}
	return a
}

// tighter reports whether bound a excludes more than b.
func tighter(a, b Bound, sign int) bool {
	if a.Value == nil || b.Value == nil {
		return a.Value != nil
	}
	c := a.Value.Cmp(b.Value) * sign
	return c > 0 || c == 0 && a.Exclusive && !b.Exclusive
}

// wholeNumbers reports whether every number that the schema accepts is whole.
func wholeNumbers(s *contracts.Schema) bool {
	return s.Types&contracts.Number == 0 || s.MultipleOf != nil && s.MultipleOf.IsInteger()
}

// wholeBound moves a bound to the first whole number that it accepts.
func wholeBound(b Bound, sign int) *big.Rat {
	floor := new(big.Int).Div(b.Value.Num(), b.Value.Denom()) // Euclidean: rounds down
	whole := b.Value.IsInt()
	switch {
	case whole && b.Exclusive:
		floor.Add(floor, big.NewInt(int64(sign)))
	case !whole && sign > 0:
		floor.Add(floor, big.NewInt(1))
	}
	return new(big.Rat).SetInt(floor)
}

func (d *differ) limit(p *Pair, effective func(*contracts.Schema) Bound, inclusive, exclusive string) {
	old, new := effective(p.Old), effective(p.New)
	sign := 1
	if inclusive == "maximum" {
		sign = -1
	}
	tightened, loosened := tighter(new, old, sign), tighter(old, new, sign)
	if !tightened && !loosened || sameDecimals(p.Old, p.New, inclusive) {
		return
	}
	keyword := new.Keyword
	if new.Value == nil {
		keyword = old.Keyword
	}
	place := p.place(keyword)
	place.Old = keywordAt(p.Old, old.Keyword, p.oldHead)
	c := &BoundChanged{Place: place, Keyword: keyword, From: old.Text, To: new.Text, Tightened: tightened, Loosened: loosened}
	if old.Keyword != new.Keyword && old.Text != "" && new.Text != "" {
		c.From, c.To = old.Keyword+" "+old.Text, new.Keyword+" "+new.Text
	}
	d.add(c)
}

// sameDecimals reports whether the bounds are written alike, so that they only
// mean something else because the type changed.
func sameDecimals(old, new *contracts.Schema, inclusive string) bool {
	if inclusive == "minimum" {
		return sameDecimal(old.Minimum, new.Minimum) && sameDecimal(old.ExclusiveMinimum, new.ExclusiveMinimum)
	}
	return sameDecimal(old.Maximum, new.Maximum) && sameDecimal(old.ExclusiveMaximum, new.ExclusiveMaximum)
}

func sameDecimal(a, b *contracts.Decimal) bool {
	return a == b || a != nil && b != nil && a.Cmp(*b) == 0
}

func (d *differ) multiple(p *Pair) {
	old, new := effectiveMultiple(p.Old), effectiveMultiple(p.New)
	if sameDecimal(old, new) || sameDecimal(p.Old.MultipleOf, p.New.MultipleOf) {
		return
	}
	c := &BoundChanged{Place: p.place("multipleOf"), Keyword: "multipleOf"}
	if old != nil {
		c.From = string(*old)
	}
	if new != nil {
		c.To = string(*new)
	}
	c.Tightened = new != nil && !(old != nil && divides(*new, *old))
	c.Loosened = old != nil && !(new != nil && divides(*old, *new))
	d.add(c)
}

// effectiveMultiple is multipleOf where it excludes anything.
func effectiveMultiple(s *contracts.Schema) *contracts.Decimal {
	m := s.MultipleOf
	if m != nil && s.Types&contracts.Number == 0 && divides(*m, "1") {
		return nil // every whole number is a multiple
	}
	return m
}

// divides reports whether every multiple of b is one of a.
func divides(a, b contracts.Decimal) bool {
	if a.Rat().Sign() == 0 {
		return false
	}
	return new(big.Rat).Quo(b.Rat(), a.Rat()).IsInt()
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return document.Quote(text)
}

func keySpan(s *contracts.Schema, key diag.Span, head diag.Location) diag.Location {
	if s.File == nil || key.IsZero() {
		return head
	}
	return diag.Location{File: s.File, Span: key}
}

func jsonOf(values []contracts.Value) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = v.JSON
	}
	slices.Sort(words)
	return "[" + strings.Join(words, ",") + "]"
}
