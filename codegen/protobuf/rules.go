package protobuf

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/numbers"
)

// validateFile declares the options of buf.validate.
const validateFile = "buf/validate/validate.proto"

// fieldRules is where the rules of a field begin.
const fieldRules = "(buf.validate.field)"

// rules are the constraints of a property or variant that buf.validate can say about
// its field. Whatever a contract accepts fulfils them; see the package's documentation
// for what they leave out.
func (in *inside) rules(member *numbers.Field) []string {
	if !in.config.rules {
		return nil
	}
	r := ruler{in: in}
	switch {
	case in.union:
		if len(member.Type.Wraps) == 0 {
			r.leaf(fieldRules, member)
		}
	case len(member.Type.Wraps) > 0:
		r.container(member)
	case in.isMessage(member.Type):
		if !mayBeAbsent(member.Property) {
			r.add(fieldRules, "required", "true")
		}
	default:
		r.leaf(fieldRules, member)
	}
	if len(r.list) > 0 {
		in.importFile(validateFile)
	}
	return r.list
}

// ruler collects the rules of one field.
type ruler struct {
	in   *inside
	list []string
}

func (r *ruler) add(path, rule, value string) { r.list = append(r.list, path+"."+rule+" = "+value) }

func (r *ruler) count(path, rule string, n *int) {
	if n != nil {
		r.add(path, rule, strconv.Itoa(*n))
	}
}

// container adds the rules of a list or map, and those of its elements unless they are
// wrapped. An optional one may be left out, which protobuf does not tell from empty.
func (r *ruler) container(member *numbers.Field) {
	s, wraps := member.Property.Schema.Resolved(), member.Type.Wraps
	atLeast := func(n *int) *int {
		if mayBeAbsent(member.Property) {
			return nil
		}
		return n
	}
	if wraps[0] == numbers.List {
		at := fieldRules + ".repeated"
		r.count(at, "min_items", atLeast(s.MinItems))
		r.count(at, "max_items", s.MaxItems)
		if s.UniqueItems && len(wraps) == 1 && slices.Contains(distinct, member.Type.Leaf) {
			r.add(at, "unique", "true")
		}
		r.element(at+".items", member)
		return
	}
	at := fieldRules + ".map"
	r.count(at, "min_pairs", atLeast(s.MinProperties))
	r.count(at, "max_pairs", s.MaxProperties)
	if s.MapKeys != nil {
		r.text(at+".keys.string", s.MapKeys.Resolved())
	}
	r.element(at+".values", member)
}

// distinct are the leaves that buf.validate compares like contracts.
var distinct = []numbers.Leaf{numbers.Text, numbers.Bool, numbers.Int64, numbers.Uint64, numbers.Enum}

func (r *ruler) element(path string, member *numbers.Field) {
	if len(member.Type.Wraps) == 1 {
		r.leaf(path, member)
	}
}

// leaf adds the rules of a single value.
func (r *ruler) leaf(path string, member *numbers.Field) {
	s := member.Type.Schema
	switch member.Type.Leaf {
	case numbers.Text:
		r.text(path+".string", s)
	case numbers.Int64:
		r.integer(path+".int64", s, (*big.Int).IsInt64)
	case numbers.Uint64:
		r.integer(path+".uint64", s, (*big.Int).IsUint64)
	case numbers.Double:
		r.double(path+".double", s)
	case numbers.Enum:
		r.add(path, "enum.defined_only", "true")
		r.add(path, "enum.not_in", "0")
	}
}

func (r *ruler) text(path string, s *contracts.Schema) {
	r.count(path, "min_len", s.MinLength)
	r.count(path, "max_len", s.MaxLength)
	if s.Pattern != "" {
		r.add(path, "pattern", literal(s.Pattern))
	}
	if s.Format == "uuid" {
		r.add(path, "uuid", "true")
	}
}

// integer adds the smallest and the largest integer that all bounds leave. Bounds that
// leave none, or that the type cannot hold, are left out: turned round, they would mean
// what is not between them.
func (r *ruler) integer(path string, s *contracts.Schema, fits func(*big.Int) bool) {
	least, most := leastInteger(s), mostInteger(s)
	if least != nil && most != nil && least.Cmp(most) >= 0 {
		return
	}
	if least != nil && fits(least) {
		r.add(path, "gte", least.String())
	}
	if most != nil && fits(most) {
		r.add(path, "lte", most.String())
	}
}

// leastInteger is the smallest one within the bounds, or nil.
func leastInteger(s *contracts.Schema) *big.Int {
	var least *big.Int
	if s.Minimum != nil {
		least = new(big.Int).Neg(floor(new(big.Rat).Neg(s.Minimum.Rat())))
	}
	if s.ExclusiveMinimum != nil {
		above := new(big.Int).Add(floor(s.ExclusiveMinimum.Rat()), big.NewInt(1))
		if least == nil || above.Cmp(least) > 0 {
			least = above
		}
	}
	return least
}

// mostInteger is the largest one within the bounds, or nil.
func mostInteger(s *contracts.Schema) *big.Int {
	turned := contracts.Schema{Minimum: negative(s.Maximum), ExclusiveMinimum: negative(s.ExclusiveMaximum)}
	if least := leastInteger(&turned); least != nil {
		return least.Neg(least)
	}
	return nil
}

func negative(d *contracts.Decimal) *contracts.Decimal {
	if d == nil {
		return nil
	}
	text := contracts.Decimal("-" + string(*d))
	if rest, ok := strings.CutPrefix(string(*d), "-"); ok {
		text = contracts.Decimal(rest)
	}
	return &text
}

// floor is the largest integer that is not above a number.
func floor(q *big.Rat) *big.Int { return new(big.Int).Div(q.Num(), q.Denom()) }

// double adds bounds as they are. Exclusive ones include the bound itself, to which
// numbers beside it are rounded. Bounds that are one number in float64 are left out.
func (r *ruler) double(path string, s *contracts.Schema) {
	least, most := stricter(s.Minimum, s.ExclusiveMinimum, 1), stricter(s.Maximum, s.ExclusiveMaximum, -1)
	if least != nil && most != nil && least.Float64() >= most.Float64() {
		return
	}
	r.bound(path, "gte", least)
	r.bound(path, "lte", most)
}

// stricter is the larger one of two bounds, or the smaller one with sign -1.
func stricter(a, b *contracts.Decimal, sign int) *contracts.Decimal {
	if a == nil || b != nil && b.Cmp(*a)*sign > 0 {
		return b
	}
	return a
}

// bound adds a bound that is a number of protobuf.
func (r *ruler) bound(path, rule string, d *contracts.Decimal) {
	if d == nil || math.IsInf(d.Float64(), 0) {
		return
	}
	r.add(path, rule, strconv.FormatFloat(d.Float64(), 'g', -1, 64))
}
