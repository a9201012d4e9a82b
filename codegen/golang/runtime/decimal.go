package runtime

import (
	"bytes"
	"cmp"
	"math/big"
)

// decimal is a number as it is written: 0.DIGITS × 10^exponent, where DIGITS are those
// of head and tail, without zeros at either end. Zero has none.
type decimal struct {
	negative   bool
	head, tail []byte
	exponent   int
}

// decimalOf takes the text of a JSON number apart.
func decimalOf(text []byte) decimal {
	var d decimal
	if len(text) > 0 && text[0] == '-' {
		d.negative, text = true, text[1:]
	}
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		d.exponent = exponentOf(text[i+1:])
		text = text[:i]
	}
	d.head = text
	if i := bytes.IndexByte(text, '.'); i >= 0 {
		d.head, d.tail = text[:i], text[i+1:]
	}
	return d.trimmed()
}

func exponentOf(text []byte) int {
	n := 0
	for _, c := range text {
		if '0' <= c && c <= '9' && n < 1<<20 {
			n = n*10 + int(c-'0')
		}
	}
	if len(text) > 0 && text[0] == '-' {
		return -n
	}
	return n
}

// trimmed is the number without zeros at both ends, with the point in front of the first
// digit.
func (d decimal) trimmed() decimal {
	d.head = bytes.TrimLeft(d.head, "0")
	d.exponent += len(d.head)
	d.tail = bytes.TrimRight(d.tail, "0")
	if len(d.head) == 0 {
		n := len(d.tail)
		d.tail = bytes.TrimLeft(d.tail, "0")
		d.exponent -= n - len(d.tail)
	}
	if len(d.tail) == 0 {
		d.head = bytes.TrimRight(d.head, "0")
	}
	if d.size() == 0 {
		return decimal{}
	}
	return d
}

func (d decimal) size() int { return len(d.head) + len(d.tail) }

func (d decimal) digit(i int) byte {
	if i < len(d.head) {
		return d.head[i]
	}
	return d.tail[i-len(d.head)]
}

func (d decimal) sign() int {
	switch {
	case d.size() == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// whole reports whether the number is an integer.
func (d decimal) whole() bool { return d.size() <= d.exponent || d.size() == 0 }

// magnitude is the integer without its sign, if it has 64 bits.
func (d decimal) magnitude() (n uint64, ok bool) {
	if d.exponent > 20 {
		return 0, false
	}
	for i := range d.exponent {
		digit := uint64(0)
		if i < d.size() {
			digit = uint64(d.digit(i) - '0')
		}
		if n > 1<<64/10 || n*10 > 1<<64-1-digit {
			return 0, false
		}
		n = n*10 + digit
	}
	return n, true
}

// compare compares exactly.
func (d decimal) compare(e decimal) int {
	if d.sign() != e.sign() || d.sign() == 0 {
		return cmp.Compare(d.sign(), e.sign())
	}
	if c := cmp.Compare(d.exponent, e.exponent); c != 0 {
		return c * d.sign()
	}
	for i := range min(d.size(), e.size()) {
		if c := cmp.Compare(d.digit(i), e.digit(i)); c != 0 {
			return c * d.sign()
		}
	}
	return cmp.Compare(d.size(), e.size()) * d.sign()
}

// multipleOf reports whether the number is a whole multiple of e, which is not 0.
func (d decimal) multipleOf(e decimal) bool {
	if d.sign() == 0 || e.sign() == 0 {
		return d.sign() == 0
	}
	// d = m × 10^p and e = n × 10^q with whole m and n.
	p, q := d.exponent-d.size(), e.exponent-e.size()
	if m, ok := d.scaled(p - min(p, q)); ok {
		if n, ok := e.scaled(q - min(p, q)); ok {
			return m%n == 0
		}
	}
	m, n := d.bigScaled(p-min(p, q)), e.bigScaled(q-min(p, q))
	return m.Rem(m, n).Sign() == 0
}

// scaled is the digits as an integer times 10^shift, when it is small.
func (d decimal) scaled(shift int) (n uint64, ok bool) {
	if d.size()+shift > 18 {
		return 0, false
	}
	for i := range d.size() {
		n = n*10 + uint64(d.digit(i)-'0')
	}
	for range shift {
		n *= 10
	}
	return n, true
}

func (d decimal) bigScaled(shift int) *big.Int {
	digits := append(append([]byte(nil), d.head...), d.tail...)
	n, _ := new(big.Int).SetString(string(digits), 10)
	return n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil))
}

// appendCanonical writes the number so that equal numbers have one text.
func (d decimal) appendCanonical(b []byte) []byte {
	if d.size() == 0 {
		return append(b, '0')
	}
	if d.negative {
		b = append(b, '-')
	}
	b = append(append(append(b, "0."...), d.head...), d.tail...)
	return big.NewInt(int64(d.exponent)).Append(append(b, 'e'), 10)
}

// appendPlain writes the number without an exponent and without zeros that do not count.
func (d decimal) appendPlain(b []byte) []byte {
	if d.negative && d.size() > 0 {
		b = append(b, '-')
	}
	if d.exponent <= 0 {
		b = append(b, '0')
	}
	for i := range d.exponent {
		if i < d.size() {
			b = append(b, d.digit(i))
		} else {
			b = append(b, '0')
		}
	}
	if d.size() <= d.exponent || d.size() == 0 {
		return b
	}
	b = append(b, '.')
	for i := d.exponent; i < d.size(); i++ {
		if i < 0 {
			b = append(b, '0')
		} else {
			b = append(b, d.digit(i))
		}
	}
	return b
}

// limits are what a contract asks of a number, as decimals; empty: nothing.
type limits struct {
	minimum, maximum, above, below, multipleOf string
	values                                     []string // nil: any
}

// broken is the first keyword that a number does not satisfy, or empty.
func (l *limits) broken(d decimal) (rule, message string) {
	switch {
	case l.minimum != "" && compareText(d, l.minimum) < 0:
		return "minimum", "expected at least " + l.minimum
	case l.above != "" && compareText(d, l.above) <= 0:
		return "exclusiveMinimum", "expected more than " + l.above
	case l.maximum != "" && compareText(d, l.maximum) > 0:
		return "maximum", "expected at most " + l.maximum
	case l.below != "" && compareText(d, l.below) >= 0:
		return "exclusiveMaximum", "expected less than " + l.below
	case l.multipleOf != "" && !multipleOfText(d, l.multipleOf):
		return "multipleOf", "expected a multiple of " + l.multipleOf
	}
	if l.values == nil {
		return "", ""
	}
	for _, value := range l.values {
		if compareText(d, value) == 0 {
			return "", ""
		}
	}
	return "enum", "expected a listed value"
}

// The texts of limits are read where they are needed, into memory on the stack.

func compareText(d decimal, limit string) int {
	var b [64]byte
	return d.compare(decimalOf(append(b[:0], limit...)))
}

func multipleOfText(d decimal, limit string) bool {
	var b [64]byte
	return d.multipleOf(decimalOf(append(b[:0], limit...)))
}
