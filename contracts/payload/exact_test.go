package payload_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts/payload"
)

func validator(t *testing.T, text string) *payload.Validator {
	t.Helper()
	v, err := payload.Compile(event(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestValid_LooksAtEachByteOfAName puts every other byte in the place of each of a member's
// name, of its quotes and of its colon: names are compared by words, some of which overlap.
func TestValid_LooksAtEachByteOfAName(t *testing.T) {
	for size := range 200 {
		if size == 0 || size > 33 && size < 90 || size > 104 && size < 199 {
			continue
		}
		name := strings.Repeat("abcdefghijklmnopqrstuvwxyz_", 8)[:size]
		v := validator(t, "event: a\nversion: 1.0.0\nproperties:\n  "+name+": {type: integer}\n  z: {type: integer}\n")
		raw := []byte(`{"` + name + `":7,"z":1}`)
		if !v.Valid(raw) {
			t.Fatalf("%s is not valid", raw)
		}
		for at := 1; at < len(name)+4; at++ {
			was := raw[at]
			for c := range 256 {
				raw[at] = byte(c)
				if byte(c) != was && v.Valid(raw) {
					t.Errorf("%q is valid", raw)
				}
			}
			raw[at] = was
		}
	}
}

// TestValid_ReadsNumbersAsTheyAreWritten holds numbers near to those that are read at once
// against arithmetic with fractions, as they are and with other bytes in them.
func TestValid_ReadsNumbersAsTheyAreWritten(t *testing.T) {
	bounds := [][2]string{{"0", "9"}, {"-3.5", "99.25"}, {"10", "123456"}, {"0.000001", "1234567"}, {"1234.5678", "12345678.875"}}
	const digits = "3718250694"
	for _, b := range bounds {
		for _, kind := range []string{"number", "integer", "number, multipleOf: 0.25"} {
			v := validator(t, property(fmt.Sprintf("{minimum: %s, maximum: %s, type: %s}", b[0], b[1], kind)))
			for _, whole := range []int{0, 1, 5, 6, 7, 8} {
				for _, fraction := range []int{0, 1, 5, 6, 7} {
					for _, text := range []string{digits[:whole] + "." + digits[10-fraction:], "0" + digits[:whole] + ".25", digits[:whole] + "." + strings.Repeat("0", fraction), "-" + digits[:whole]} {
						for _, text := range withOtherBytes(strings.TrimSuffix(text, ".")) {
							if got, want := v.Valid([]byte(`{"v":`+text+`}`)), isNumber(text, b[0], b[1], kind); got != want {
								t.Fatalf("%q from %s to %s, %s: %v", text, b[0], b[1], kind, got)
							}
						}
					}
				}
			}
		}
	}
}

// withOtherBytes is a text, and that text with one byte changed to one that may matter.
func withOtherBytes(text string) []string {
	list := []string{text}
	for at := range len(text) {
		for _, c := range "09/:.-e\x00ü" {
			list = append(list, text[:at]+string(c)+text[at+1:])
		}
	}
	return list
}

// isNumber reports whether a text is a number of JSON that is within bounds and of a kind.
func isNumber(text, least, most, kind string) bool {
	var n json.Number
	if json.Unmarshal([]byte(text), &n) != nil {
		return false
	}
	value, ok := new(big.Rat).SetString(string(n))
	if !ok || value.Cmp(rational(least)) < 0 || value.Cmp(rational(most)) > 0 {
		return false
	}
	switch kind {
	case "integer":
		return value.IsInt()
	case "number":
		return true
	}
	return new(big.Rat).Mul(value, big.NewRat(4, 1)).IsInt()
}

func rational(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}
