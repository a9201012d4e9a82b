package rawjson

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAppendPlain_WritesEqualNumbersAlike(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "0e9": "0", "-0.00": "0", "1": "1", "1.0": "1", "10e-1": "1", "100": "100", "1e2": "100", "1.5e3": "1500",
		"-12.50": "-12.5", "2.50e-2": "0.025", "0.10": "0.1", "9007199254740993": "9007199254740993", "1e21": "1000000000000000000000",
		"1e-7": "0.0000001", "123.456": "123.456", "1e400": "1" + strings.Repeat("0", 400), "1e-400": "0." + strings.Repeat("0", 399) + "1",
	} {
		if got := string(ParseDecimal([]byte(text)).AppendPlain(nil)); got != want {
			t.Errorf("%s becomes %s, expected %s", text, got, want)
		}
	}
}

func TestAppendPlain_IsCanonical(t *testing.T) {
	form := regexp.MustCompile(`^(0|-?([1-9][0-9]*|0\.[0-9]*[1-9]|[1-9][0-9]*\.[0-9]*[1-9]))$`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawNumber.Draw(t, "a"), drawNumber.Draw(t, "b")
		x, y := ParseDecimal([]byte(a)), ParseDecimal([]byte(b))
		plain := string(x.AppendPlain(nil))
		if !form.MatchString(plain) || rat(plain).Cmp(rat(a)) != 0 {
			t.Errorf("%s becomes %s", a, plain)
		}
		if same := plain == string(y.AppendPlain(nil)); same != (x.Cmp(y) == 0) {
			t.Errorf("%s and %s: same text %v", a, b, same)
		}
	})
}
