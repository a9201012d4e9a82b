package rawjson

// AppendPlain writes the value in digits: no exponent, no zeros that do not count, and a
// digit before the point. Equal numbers give the same text: 1, 1.0 and 10e-1 are "1", -0
// is "0", 2.50e-2 is "0.025".
func (d Decimal) AppendPlain(b []byte) []byte {
	if d.IsZero() {
		return append(b, '0')
	}
	if d.negative {
		b = append(b, '-')
	}
	if d.exponent <= 0 {
		b = append(b, "0."...)
		return d.appendDigits(appendZeros(b, -d.exponent))
	}
	for i := range d.len() {
		if i == d.exponent {
			b = append(b, '.')
		}
		b = append(b, d.digit(i))
	}
	return appendZeros(b, d.exponent-d.len())
}

func appendZeros(b []byte, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, '0')
	}
	return b
}
