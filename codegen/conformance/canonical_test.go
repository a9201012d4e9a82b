package conformance

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// canonical writes JSON by RFC 8785. Numbers become the nearest double.
func canonical(t *testing.T, text string) string {
	t.Helper()
	return string(appendCanonical(t, nil, decode(t, text)))
}

// decode reads JSON and keeps the digits of numbers.
func decode(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func appendCanonical(t *testing.T, b []byte, v any) []byte {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		return appendObject(t, b, v)
	case []any:
		b = append(b, '[')
		for i, value := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(t, b, value)
		}
		return append(b, ']')
	case string:
		return appendText(b, v)
	case json.Number:
		return appendDouble(t, b, v)
	case bool:
		return strconv.AppendBool(b, v)
	}
	return append(b, "null"...)
}

// appendObject orders members by the UTF-16 of their names.
func appendObject(t *testing.T, b []byte, object map[string]any) []byte {
	t.Helper()
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		return slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y)))
	})
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, name), ':')
		b = appendCanonical(t, b, object[name])
	}
	return append(b, '}')
}

// appendText escapes quotes, backslashes and control characters, and nothing else.
func appendText(b []byte, text string) []byte {
	b = append(b, '"')
	for i := range len(text) {
		c := text[i]
		short := strings.IndexByte("\"\\\b\t\n\f\r", c)
		switch {
		case short >= 0:
			b = append(b, '\\', `"\btnfr`[short])
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// appendDouble writes a number as JavaScript does, of which encoding/json only lacks that
// there is no negative zero.
func appendDouble(t *testing.T, b []byte, n json.Number) []byte {
	t.Helper()
	f, err := n.Float64()
	if err != nil {
		t.Fatal(err)
	}
	if f == 0 {
		return append(b, '0')
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, text...)
}

// unheld reports whether a value has a number that a double, or an integer of 64 bits, does
// not hold: JavaScript writes it with other digits, or as null.
func unheld(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, value := range v {
			if unheld(value) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, unheld)
	case json.Number:
		f, err := v.Float64()
		return err != nil || f >= 1<<63 || f < -1<<63 || !sameNumber(v, f)
	}
	return false
}

// sameNumber reports whether a double's shortest digits mean the number.
func sameNumber(n json.Number, f float64) bool {
	exact, ok := new(big.Rat).SetString(n.String())
	shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	return ok && exact.Cmp(shortest) == 0
}

// TestCanonical_IsWhatTheRFCShows has the examples of RFC 8785, sections 3.2.2 and 3.2.3.
func TestCanonical_IsWhatTheRFCShows(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{
			`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		{
			`{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7}`,
			"{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}",
		},
		{`[-0, -0.0, 1e21, 1e-7, 9007199254740993]`, `[0,0,1e+21,1e-7,9007199254740992]`},
	} {
		if got := canonical(t, c.text); got != c.want {
			t.Errorf("%s\nis %s\nwant %s", c.text, got, c.want)
		}
	}
}
