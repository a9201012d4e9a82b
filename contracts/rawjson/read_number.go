package rawjson

import (
	"bytes"
	"fmt"
	"math"
)

// number follows RFC 8259, section 6.
func (r *reader) number() bool {
	i := r.push(Number)
	flags := uint32(integer)
	if r.peek() == '-' {
		r.at++
	}
	switch c := r.peek(); {
	case c == '0':
		r.at++
		if c := r.peek(); '0' <= c && c <= '9' {
			return r.fail(RuleSyntax, "a number without leading zeros")
		}
	case !r.digits():
		return r.fail(RuleSyntax, "a digit")
	}
	if r.peek() == '.' {
		flags = 0
		r.at++
		if !r.digits() {
			return r.fail(RuleSyntax, "a digit")
		}
	}
	exponent := r.at
	if c := r.peek(); c == 'e' || c == 'E' {
		flags = 0
		r.at++
		if c := r.peek(); c == '+' || c == '-' {
			r.at++
		}
		exponent = r.at
		if !r.digits() {
			return r.fail(RuleSyntax, "a digit")
		}
	}
	t := &r.tokens[i]
	t.end = uint32(r.at)
	t.info |= flags
	return r.bounded(i, r.data[exponent:r.at])
}

func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.data) && '0' <= r.data[r.at] && r.data[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

func (r *reader) bounded(i int, exponent []byte) bool {
	if n := len(r.Raw(i)); n > MaxDigits {
		r.at = r.Offset(i)
		r.fail(RuleNumber, fmt.Sprintf("at most %d", MaxDigits))
		r.err.Found = fmt.Sprintf("a number of %d characters", n)
		return false
	}
	n := 0
	for _, c := range exponent {
		if n = n*10 + int(c-'0'); n > MaxDigits {
			r.at = r.Offset(i)
			r.fail(RuleNumber, fmt.Sprintf("an exponent of at most %d", MaxDigits))
			r.err.Found = Clip(r.Raw(i))
			return false
		}
	}
	if !InFloat64(r.Raw(i)) {
		r.at = r.Offset(i)
		r.fail(RuleNumber, fmt.Sprintf("at most %g", math.MaxFloat64))
		r.err.Found = Clip(r.Raw(i))
		return false
	}
	return true
}

// InFloat64 reports whether a float64 can hold about a number: not 1e309, which most
// readers take for infinity or refuse. The text must be within the other limits.
func InFloat64(text []byte) bool {
	if len(text) <= maxPlainDigits && !bytes.ContainsAny(text, "eE") {
		return true
	}
	d := ParseDecimal(text)
	d.negative = false
	return d.Cmp(beyondFloat64) < 0
}

// beyondFloat64 is the least number that is rounded to infinity: 2^1024 - 2^970, which is as
// far from math.MaxFloat64 as from the next power of two.
var beyondFloat64 = ParseDecimal([]byte(
	"1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070963" +
		"3028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027" +
		"0069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792"))

// maxPlainDigits is a length at which no number without an exponent is large.
const maxPlainDigits = 300
