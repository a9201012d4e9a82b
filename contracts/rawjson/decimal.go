package rawjson

import (
	"bytes"
	"cmp"
	"math/big"
)

// Decimal is a number as it is written, split into the parts that arithmetic
// needs. It refers to the text, keeps every digit, and costs nothing to make.
//
// The value is 0.DIGITS × 10^exponent, where DIGITS are the digits of whole and
// fraction without zeros at either end. Zero has no digits and exponent 0.
type Decimal struct {
	negative        bool
	whole, fraction []byte
	exponent        int
}

// ParseDecimal takes a number apart. The text must be a JSON number within the
// limits of this package.
func ParseDecimal(text []byte) Decimal {
	var d Decimal
	if text[0] == '-' {
		d.negative, text = true, text[1:]
	}
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		d.exponent = signed(text[i+1:])
		text = text[:i]
	}
	d.whole = text
	if i := bytes.IndexByte(text, '.'); i >= 0 {
		d.whole, d.fraction = text[:i], text[i+1:]
	}
	d.trim()
	return d
}

func signed(text []byte) int {
	negative := text[0] == '-'
	n := 0
	for _, c := range text {
		if c >= '0' {
			n = n*10 + int(c-'0')
		}
	}
	if negative {
		return -n
	}
	return n
}

// trim removes zeros at both ends and moves the point before the first digit.
func (d *Decimal) trim() {
	d.whole = bytes.TrimLeft(d.whole, "0")
	d.exponent += len(d.whole)
	d.fraction = bytes.TrimRight(d.fraction, "0")
	if len(d.whole) == 0 {
		n := len(d.fraction)
		d.fraction = bytes.TrimLeft(d.fraction, "0")
		d.exponent -= n - len(d.fraction)
	}
	if len(d.fraction) == 0 {
		d.whole = bytes.TrimRight(d.whole, "0")
	}
	if d.len() == 0 {
		*d = Decimal{}
	}
}

func (d *Decimal) len() int { return len(d.whole) + len(d.fraction) }

func (d *Decimal) digit(i int) byte {
	if i < len(d.whole) {
		return d.whole[i]
	}
	return d.fraction[i-len(d.whole)]
}

func (d *Decimal) appendDigits(b []byte) []byte {
	return append(append(b, d.whole...), d.fraction...)
}

// IsZero reports whether the value is 0.
func (d Decimal) IsZero() bool { return d.len() == 0 }

// IsInteger reports whether the value is a whole number: 1.0 and 1e3 are.
func (d Decimal) IsInteger() bool { return d.len() <= d.exponent || d.IsZero() }

// Cmp compares exactly: -1, 0 or 1.
func (d Decimal) Cmp(e Decimal) int {
	switch {
	case d.IsZero() && e.IsZero():
		return 0
	case d.sign() != e.sign():
		return cmp.Compare(d.sign(), e.sign())
	}
	return d.cmpMagnitude(&e) * d.sign()
}

func (d *Decimal) sign() int {
	switch {
	case d.len() == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d *Decimal) cmpMagnitude(e *Decimal) int {
	if c := cmp.Compare(d.exponent, e.exponent); c != 0 {
		return c
	}
	for i := range min(d.len(), e.len()) {
		if c := cmp.Compare(d.digit(i), e.digit(i)); c != 0 {
			return c
		}
	}
	return cmp.Compare(d.len(), e.len())
}

// IsMultipleOf reports whether the value is a whole multiple of e, exactly. No
// value but 0 is a multiple of 0.
func (d Decimal) IsMultipleOf(e Decimal) bool {
	if d.IsZero() || e.IsZero() {
		return d.IsZero()
	}
	// d = m × 10^p and e = n × 10^q with whole m and n.
	p, q := d.exponent-d.len(), e.exponent-e.len()
	if m, ok := d.scaled(p - min(p, q)); ok {
		if n, ok := e.scaled(q - min(p, q)); ok {
			return m%n == 0
		}
	}
	m, n := d.bigScaled(p-min(p, q)), e.bigScaled(q-min(p, q))
	return m.Rem(m, n).Sign() == 0
}

// scaled is the digits as a whole number times 10^shift, when it fits.
func (d *Decimal) scaled(shift int) (uint64, bool) {
	if d.len()+shift > 18 {
		return 0, false
	}
	v := uint64(0)
	for i := range d.len() {
		v = v*10 + uint64(d.digit(i)-'0')
	}
	for range shift {
		v *= 10
	}
	return v, true
}

func (d *Decimal) bigScaled(shift int) *big.Int {
	v, _ := new(big.Int).SetString(string(d.appendDigits(nil)), 10)
	return v.Mul(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil))
}
