package rawjson

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawNumber draws JSON numbers, often near to each other.
var drawNumber = rapid.Custom(func(t *rapid.T) string {
	digits := rapid.StringMatching(`(0|[1-9][0-9]{0,3}|9007199254740[0-9]{3}|[1-9][0-9]{0,30})`).Draw(t, "whole")
	if rapid.Bool().Draw(t, "negative") {
		digits = "-" + digits
	}
	if rapid.Bool().Draw(t, "has fraction") {
		digits += "." + rapid.StringMatching(`0{0,3}[0-9]{1,4}0{0,3}`).Draw(t, "fraction")
	}
	if rapid.IntRange(0, 2).Draw(t, "has exponent") == 0 {
		digits += fmt.Sprintf("e%+d", rapid.IntRange(-40, 40).Draw(t, "exponent"))
	}
	return digits
})

func TestDecimal_IsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawNumber.Draw(t, "a"), drawNumber.Draw(t, "b")
		x, y := ParseDecimal([]byte(a)), ParseDecimal([]byte(b))
		if got, want := x.Cmp(y), rat(a).Cmp(rat(b)); got != want {
			t.Errorf("%s cmp %s = %d, expected %d", a, b, got, want)
		}
		if got, want := x.IsInteger(), rat(a).IsInt(); got != want {
			t.Errorf("%s is an integer: %v, expected %v", a, got, want)
		}
		if got, want := x.IsZero(), rat(a).Sign() == 0; got != want {
			t.Errorf("%s is zero: %v, expected %v", a, got, want)
		}
		if rat(b).Sign() == 0 {
			return
		}
		if got, want := x.IsMultipleOf(y), new(big.Rat).Quo(rat(a), rat(b)).IsInt(); got != want {
			t.Errorf("%s is a multiple of %s: %v, expected %v", a, b, got, want)
		}
	})
}

func TestDecimal_WhereFloatsLie(t *testing.T) {
	for _, test := range []struct {
		value, divisor string
		want           bool
	}{
		{"4.35", "0.01", true}, {"0.3", "0.1", true}, {"1.1", "0.1", true}, {"19.99", "0.01", true}, {"19.995", "0.01", false},
		{"9007199254740993", "2", false}, {"9007199254740992", "2", true},
		{"1e400", "1e-400", true}, {"1e400", "3", false}, {"1e-400", "1e400", false}, {"0", "1e400", true},
		{strings.Repeat("9", 400), "9", true}, {strings.Repeat("9", 399) + "8", "9", false},
	} {
		if got := ParseDecimal([]byte(test.value)).IsMultipleOf(ParseDecimal([]byte(test.divisor))); got != test.want {
			t.Errorf("%s is a multiple of %s: %v", test.value, test.divisor, got)
		}
	}
}

// TestInFloat64_IsWhatTheLibraryReads compares with strconv, mostly near the largest float64.
func TestInFloat64_IsWhatTheLibraryReads(t *testing.T) {
	one := big.NewInt(1)
	edge := new(big.Int).Sub(new(big.Int).Lsh(one, 1024), new(big.Int).Lsh(one, 970)).String()
	compare := func(t rapid.TB, text string) {
		_, err := strconv.ParseFloat(text, 64)
		if got := InFloat64([]byte(text)); got != (err == nil) {
			t.Errorf("%s: %v, but %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "1e308", "1.8e308", "1e309", "-1.7976931348623157e308", "0.00017976931348623159e312", edge, edge + ".0", "-" + edge, edge[:308] + "79", edge[:307] + "79.9999", "1e-400", "0e400", "17976931348623158e292", "17976931348623159e292"} {
		compare(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(1, len(edge)).Draw(t, "digits")
		text := edge[:1] + "." + edge[1:digits] + rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "tail")
		compare(t, text+"e"+strconv.Itoa(rapid.IntRange(306, 309).Draw(t, "exponent")))
	})
}
