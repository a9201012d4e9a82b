package subschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/rawjson"
)

// A value is JSON as encoding/json decodes it with UseNumber: nil, bool, json.Number,
// string, []any or map[string]any. Numbers keep their digits.
type value = any

// readValue reads one JSON text by the rules of contracts/rawjson, which bound its
// numbers and refuse what readers understand in different ways.
func readValue(text []byte) (value, error) {
	if _, err := rawjson.Parse(text); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v value
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// writeValue is the JSON text of a value, with the members of objects by name.
func writeValue(v value) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		// Values come from JSON or are built of its kinds, which always encode.
		return nil
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// kind is one of the types that JSON Schema tells apart; integer is no type of its
// own here but a number that is a multiple of 1.
type kind uint8

const (
	kindNull kind = 1 << iota
	kindBoolean
	kindNumber
	kindString
	kindArray
	kindObject

	anyKind = kindNull | kindBoolean | kindNumber | kindString | kindArray | kindObject
)

// kinds lists the kinds in the order in which witnesses are looked for: those that
// are small first.
var kinds = []kind{kindNull, kindBoolean, kindNumber, kindString, kindArray, kindObject}

func kindOf(v value) kind {
	switch v.(type) {
	case nil:
		return kindNull
	case bool:
		return kindBoolean
	case json.Number:
		return kindNumber
	case string:
		return kindString
	case []any:
		return kindArray
	}
	return kindObject
}

// keyOf is equal for values that JSON Schema calls equal: numbers by value, objects
// without regard to order.
func keyOf(v value) string {
	if s, ok := v.(string); ok {
		return "s" + s
	}
	return string(appendKey(nil, v))
}

func appendKey(b []byte, v value) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 'n')
	case bool:
		return strconv.AppendBool(b, v)
	case json.Number:
		return append(append(b, '#'), ratOf(v).RatString()...)
	case string:
		// The length in front keeps neighbours apart inside of arrays and objects.
		if len(b) == 0 {
			return append(append(b, 's'), v...)
		}
		return append(append(strconv.AppendInt(append(b, 's'), int64(len(v)), 10), ':'), v...)
	case []any:
		b = append(b, '[')
		for _, item := range v {
			b = append(appendKey(b, item), ',')
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			b = append(appendKey(appendKey(b, name), v[name]), ',')
		}
		return append(b, '}')
	}
	return b
}

// ratOf is the exact value of a number that rawjson has bounded, or that was made here.
func ratOf(n json.Number) *big.Rat {
	if r, ok := new(big.Rat).SetString(string(n)); ok {
		return r
	}
	return new(big.Rat)
}

// numberOf writes a rational as a JSON number. Only rationals that have a finite
// decimal expansion can be written; ok says whether r has.
func numberOf(r *big.Rat) (n json.Number, ok bool) {
	if r.IsInt() {
		return json.Number(r.Num().String()), true
	}
	digits, exact := r.FloatPrec()
	if !exact {
		return "", false
	}
	return json.Number(strings.TrimRight(r.FloatString(digits), "0")), true
}

func length(s string) int { return utf8.RuneCountInString(s) }
