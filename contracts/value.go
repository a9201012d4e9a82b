package contracts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// Value is a JSON value as compact JSON text: object keys as written, numbers
// with the digits that were written.
type Value struct {
	JSON string
	Span diag.Span
}

// IsString reports whether the value is a JSON string.
func (v Value) IsString() bool { return strings.HasPrefix(v.JSON, `"`) }

// Text is the string's content, and the JSON text of any other value.
func (v Value) Text() string {
	if v.IsString() {
		return unquote(v.JSON)
	}
	return v.JSON
}

// Type is the narrowest type of the value, or 0 for null.
func (v Value) Type() Types {
	switch {
	case v.JSON == "" || v.JSON == "null":
		return 0
	case v.JSON == "true" || v.JSON == "false":
		return Boolean
	case v.JSON[0] == '"':
		return String
	case v.JSON[0] == '{':
		return Object
	case v.JSON[0] == '[':
		return Array
	case Decimal(v.JSON).IsInteger():
		return Integer
	}
	return Number
}

// Equal compares scalars as JSON Schema does: 1 and 1.0 are the same value.
func (v Value) Equal(w Value) bool {
	if v.JSON == w.JSON {
		return true
	}
	return v.Type()&Numeric != 0 && w.Type()&Numeric != 0 && Decimal(v.JSON).canonical() == Decimal(w.JSON).canonical()
}

// Key is the same for equal scalars only, as Equal has it.
func (v Value) Key() string {
	if v.Type()&Numeric != 0 {
		return Decimal(v.JSON).canonical()
	}
	return v.JSON
}

// Decimal is a number as JSON writes it, kept exactly. Its exponent is bounded
// by ParseDecimal, so that arithmetic with it is cheap.
type Decimal string

// maxExponent bounds the decimal exponent of numbers in contracts. Every float64
// lies well within it.
const maxExponent = 400

// ParseDecimal checks that text is a JSON number of reasonable size.
func ParseDecimal(text string) (Decimal, error) {
	if !document.IsNumber(text) {
		return "", fmt.Errorf("%q is not a JSON number", text)
	}
	if len(text) > maxExponent {
		return "", fmt.Errorf("number of %d digits is too long", len(text))
	}
	if _, exp, ok := strings.Cut(strings.ToLower(text), "e"); ok {
		if n, err := strconv.Atoi(exp); err != nil || n > maxExponent || n < -maxExponent {
			return "", fmt.Errorf("exponent of %s is out of range, expected at most %d", text, maxExponent)
		}
	}
	return Decimal(text), nil
}

// Rat is the exact value.
func (d Decimal) Rat() *big.Rat {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// canonical writes equal numbers in one way: digits without zeros at either end, e
// and the exponent.
func (d Decimal) canonical() string {
	text, negative := strings.CutPrefix(string(d), "-")
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		exponent, _ = strconv.Atoi(text[i+1:])
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent -= len(fraction)
	digits := strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	exponent += len(digits) - len(short)
	if negative {
		short = "-" + short
	}
	return short + "e" + strconv.Itoa(exponent)
}

// Cmp compares exactly.
func (d Decimal) Cmp(e Decimal) int {
	if d.isPlain() && e.isPlain() {
		return comparePlain(string(d), string(e))
	}
	return d.Rat().Cmp(e.Rat())
}

// isPlain reports whether the number is a sign and digits, and nothing else.
func (d Decimal) isPlain() bool {
	for i := range len(d) {
		if c := d[i]; (c < '0' || c > '9') && (c != '-' || i > 0) {
			return false
		}
	}
	return d != ""
}

// comparePlain compares whole numbers without zeros in front: more digits are more.
func comparePlain(a, b string) int {
	a, belowA := strings.CutPrefix(a, "-")
	b, belowB := strings.CutPrefix(b, "-")
	switch size := cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)); {
	case a == "0" && b == "0":
		return 0
	case belowA && belowB:
		return -size
	case belowA:
		return -1
	case belowB:
		return 1
	default:
		return size
	}
}

// small is the value of a whole number that is written with few digits.
func (d Decimal) small() (value int64, ok bool) {
	if len(d) > 18 || !d.isPlain() {
		return 0, false
	}
	value, err := strconv.ParseInt(string(d), 10, 64)
	return value, err == nil
}

// Float64 is the nearest float64.
func (d Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(string(d), 64)
	return f
}

// IsInteger reports whether the value is a whole number: 1.0 and 1e3 are.
func (d Decimal) IsInteger() bool {
	if !strings.ContainsAny(string(d), ".eE") {
		return true
	}
	_, exponent, ok := strings.Cut(d.canonical(), "e")
	return !ok || exponent[0] != '-'
}

// MarshalJSON writes the number as it was written.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d), nil }

// unquote decodes a JSON string that this package or encoding/json made.
func unquote(text string) string {
	if !strings.Contains(text, `\`) {
		return text[1 : len(text)-1]
	}
	var s string
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return text
	}
	return s
}
