package payload

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Numbers of up to maxDigits digits, of which up to maxFraction stand behind the point,
// are decided with whole numbers; nearly all are. The others go through
// rawjson.Decimal.
const (
	maxDigits   = 18
	maxFraction = 6
)

var powersOfTen = [maxDigits + 1]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// scaled are the constraints on a number with so many digits behind the point, for the
// whole number that its digits write: from least to most, and a multiple of modulus
// once it is multiplied by factor. Without a multiple the modulus is 0; a factor of 0 says
// that it is for rawjson.Decimal to decide.
type scaled struct {
	least, most     int64
	factor, modulus int64
}

// usualNumbers are numbers that are accepted without another look, by their digits behind the
// point: from least to most, as for scaled.
type usualNumbers [maxFraction + 1]struct{ least, most int64 }

// usualNumbers computes those of a node. Where there is more to be said than bounds, there are
// none.
func (n *node) usualNumbers() *usualNumbers {
	u := &usualNumbers{}
	for f := range u {
		u[f].least, u[f].most = 0, math.MaxInt64
		if n.number != nil {
			s := &n.number.scaled[f]
			if u[f].least, u[f].most = s.least, s.most; s.modulus != 0 {
				u[f].most = -1
			}
		}
		if n.enum != nil || n.integer && f > 0 {
			u[f].most = -1
		}
	}
	return u
}

// number decides on a node that takes numbers. Most are not negative and have few digits, which
// are read at once: how many there are is a matter of chance.
func (q *decider) number(n *node, t rawjson.View, at int) int {
	w := t.Word(at)
	value, count := fewDigits(w)
	if uint(count-1) >= maxFewDigits || byte(w) == '0' && count > 1 {
		return q.anyNumber(n, t, at)
	}
	end, fraction := at+count, 0
	if t.Byte(end) == '.' {
		var part int64
		part, fraction = fewDigits(t.Word(end + 1))
		if uint(fraction-1) >= maxFraction {
			return q.anyNumber(n, t, at)
		}
		value = value*powersOfTen[fraction] + part
		end += 1 + fraction
	}
	if u := &n.usual[fraction]; value < u.least || value > u.most || t.Byte(end)|0x20 == 'e' {
		return q.anyNumber(n, t, at)
	}
	return end
}

const maxFewDigits = 6

// fewDigits is the number that the digits at the start of a word write, and how many there are. It
// is another one where there are none, or more than maxFewDigits.
func fewDigits(word uint64) (value int64, count int) {
	digits := word ^ 0x3030303030303030
	// Adding 0x76 sets the highest bit of what is more than 9. Bytes behind the first such one
	// may be off.
	tops := (digits | (digits + 0x7676767676767676)) & 0x8080808080808080
	count = bits.TrailingZeros64(tops|1<<63) / 8
	digits <<= (64 - 8*uint(count)) % 64
	// Pairs stand in every other byte then. Each product adds two of the four up, in its upper
	// half, times the power of ten that belongs to them.
	digits = digits*10 + digits>>8
	const pairs = 0x000000ff000000ff
	high, low := digits&pairs*(100+1000000<<32), digits>>16&pairs*(1+10000<<32)
	return int64((high + low) >> 32), count
}

// anyNumber is number for all of them.
func (q *decider) anyNumber(n *node, t rawjson.View, at int) int {
	if t.Byte(at) > '9' {
		return q.mixed(n, t, at)
	}
	return n.digits(t, at)
}

// digits decides on a number.
func (n *node) digits(t rawjson.View, at int) int {
	start := at
	if t.Byte(at) == '-' {
		at++
	}
	whole := at
	at, value := digits(t, at, 0)
	count := at - whole
	if count == 0 || count > 1 && t.Byte(whole) == '0' {
		return rejected
	}
	fraction := 0
	if t.Byte(at) == '.' {
		point := at + 1
		at, value = digits(t, point, value)
		if fraction = at - point; fraction == 0 {
			return rejected
		}
	}
	if count+fraction > maxDigits || fraction > maxFraction || t.Byte(at)|0x20 == 'e' {
		return longNumber(n, t, start, at)
	}
	if n.enum == nil && n.number == nil && (!n.integer || fraction == 0) {
		return at
	}
	if t.Byte(start) == '-' {
		value = -value
	}
	if !n.acceptsScaled(value, fraction, t.Slice(start, at)) {
		return rejected
	}
	return at
}

// digits goes over digits, and enters them into a value that may overflow.
func digits(t rawjson.View, at int, value int64) (int, int64) {
	for {
		d := t.Byte(at) - '0'
		if d > 9 {
			return at, value
		}
		value = value*10 + int64(d)
		at++
	}
}

// acceptsScaled decides on the number value / 10^fraction, which text writes.
func (n *node) acceptsScaled(value int64, fraction int, text []byte) bool {
	if n.integer && fraction > 0 && value%powersOfTen[fraction] != 0 {
		return false
	}
	if n.number != nil {
		s := &n.number.scaled[fraction]
		if value < s.least || value > s.most {
			return false
		}
		switch {
		case s.modulus == 0:
		case s.factor == 0 || !inRange(value, s.factor):
			return n.accepts(text)
		case value*s.factor%s.modulus != 0:
			return false
		}
	}
	return n.enum == nil || n.enum.hasNumber(rawjson.ParseDecimal(text))
}

// inRange reports whether the product is within an int64.
func inRange(value, factor int64) bool {
	return value <= math.MaxInt64/factor && value >= -math.MaxInt64/factor
}

// longNumber decides on a number that starts at an offset and of which all up to at was
// read, but an exponent.
func longNumber(n *node, t rawjson.View, start, at int) int {
	exponent := int64(0)
	if t.Byte(at)|0x20 == 'e' {
		at++
		if c := t.Byte(at); c == '+' || c == '-' {
			at++
		}
		from := at
		for ; t.Byte(at)-'0' <= 9; at++ {
			exponent = min(exponent*10+int64(t.Byte(at)-'0'), rawjson.MaxDigits+1)
		}
		if at == from {
			return rejected
		}
	}
	text := t.Slice(start, at)
	if len(text) > rawjson.MaxDigits || exponent > rawjson.MaxDigits || !rawjson.InFloat64(text) || !n.accepts(text) {
		return rejected
	}
	return at
}

// accepts decides on a number by exact arithmetic with its digits.
func (n *node) accepts(text []byte) bool {
	if n.enum == nil && n.number == nil && !n.integer {
		return true
	}
	v := rawjson.ParseDecimal(text)
	if n.integer && !v.IsInteger() {
		return false
	}
	if n.number != nil {
		for i := range n.number.bounds {
			if !n.number.bounds[i].admits(v) {
				return false
			}
		}
		if m := n.number.multipleOf; m != nil && !v.IsMultipleOf(*m) {
			return false
		}
	}
	return n.enum == nil || n.enum.hasNumber(v)
}

// scale computes the constraints for each number of digits behind the point.
func (n *numberCheck) scale(s *contracts.Schema) {
	for f := range n.scaled {
		power := new(big.Rat).SetInt64(powersOfTen[f])
		c := scaled{least: math.MinInt64, most: math.MaxInt64}
		for _, b := range []struct {
			limit            *contracts.Decimal
			upper, exclusive bool
		}{{s.Minimum, false, false}, {s.ExclusiveMinimum, false, true}, {s.Maximum, true, false}, {s.ExclusiveMaximum, true, true}} {
			if b.limit == nil {
				continue
			}
			limit := rational(*b.limit)
			limit.Mul(limit, power)
			if b.upper {
				c.most = min(c.most, -atLeast(limit.Neg(limit), b.exclusive))
			} else {
				c.least = max(c.least, atLeast(limit, b.exclusive))
			}
		}
		if s.MultipleOf != nil {
			c.factor, c.modulus = inWholeNumbers(rational(*s.MultipleOf), power)
		}
		n.scaled[f] = c
	}
}

// rational is the exact value of a number in a contract.
func rational(text contracts.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(string(text))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// atLeast is the smallest whole number that a lower limit admits. Limits beyond the
// numbers of maxDigits digits become one of them that none reaches, or that all pass.
func atLeast(limit *big.Rat, exclusive bool) int64 {
	// The largest whole number that is not above the limit.
	floor := new(big.Int).Div(limit.Num(), limit.Denom())
	if exclusive || !limit.IsInt() {
		floor.Add(floor, big.NewInt(1))
	}
	switch {
	case floor.CmpAbs(big.NewInt(powersOfTen[maxDigits])) < 0:
		return floor.Int64()
	case floor.Sign() < 0:
		return -powersOfTen[maxDigits]
	}
	return powersOfTen[maxDigits]
}

// inWholeNumbers turns "value / power is a multiple of m" into whole numbers: the value times
// factor is a multiple of modulus. The factor is 0 where they do not fit.
func inWholeNumbers(m, power *big.Rat) (factor, modulus int64) {
	r := new(big.Rat).Mul(m, power)
	switch {
	case !r.Num().IsInt64() || !r.Denom().IsInt64():
		return 0, 1
	case r.Num().Int64() == 1:
		return 1, 0 // every number with so many digits behind the point is a multiple
	}
	return r.Denom().Int64(), r.Num().Int64()
}
