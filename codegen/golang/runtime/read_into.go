package runtime

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

func readText[T ~string](v *T, r *reader) {
	if r.want(isText, "string") {
		if text, ok := r.text(); ok {
			*v = T(text)
		}
	}
}

func readBool[T ~bool](v *T, r *reader) {
	if !r.want(isBool, "boolean") {
		return
	}
	if r.data[r.at] == 't' {
		*v = T(r.word("true"))
		return
	}
	r.word("false")
	*v = false
}

// readRaw keeps any JSON as it is written.
func readRaw[T ~[]byte](v *T, r *reader) {
	r.peek()
	start := r.at
	if r.skip() {
		*v = T(bytes.Clone(r.data[start:r.at]))
	}
}

func readScalar(v *Scalar, r *reader, k kinds) {
	if !r.want(k, "") {
		return
	}
	start := r.at
	if !r.skip() {
		return
	}
	text := r.data[start:r.at]
	if kindOf(text) == isNumber && k&isWhole != 0 && !decimalOf(text).whole() {
		r.fail("type", "expected "+k.name())
		return
	}
	v.json = string(text)
}

// name lists the types for messages.
func (k kinds) name() string {
	text := ""
	for _, n := range [...]struct {
		kind kinds
		name string
	}{{isText, "string"}, {isNumber, "number"}, {isBool, "boolean"}, {isNull, "null"}, {isObject, "object"}, {isArray, "array"}} {
		if k&n.kind == 0 {
			continue
		}
		if n.kind == isNumber && k&isWhole != 0 {
			n.name = "integer"
		}
		if text != "" {
			text += " or "
		}
		text += n.name
	}
	return text
}

func readList[S ~[]T, T any](v *S, r *reader, item func(*T, *reader)) {
	list := S{}
	for r.more(len(list)) {
		list = append(list, *new(T))
		item(&list[len(list)-1], r)
	}
	*v = list
}

func readMap[M ~map[string]T, T any](v *M, r *reader, value func(*T, *reader)) {
	*v = M{}
	var m members
	for r.next(&m) {
		if r.undeclared(&m) {
			readEntry(v, r, &m, value)
		}
	}
}

// readEntry adds a member to a map.
func readEntry[M ~map[string]T, T any](v *M, r *reader, m *members, value func(*T, *reader)) {
	name := string(m.name)
	if _, twice := (*v)[name]; twice {
		r.duplicate()
		return
	}
	if *v == nil {
		*v = M{}
	}
	var x T
	value(&x, r)
	(*v)[name] = x
}

func readOptional[T any](v *Optional[T], r *reader, value func(*T, *reader)) {
	v.Present = true
	value(&v.Value, r)
}

func readNullable[T any](v *Nullable[T], r *reader, value func(*T, *reader)) {
	if !r.null() {
		v.Valid = true
		value(&v.Value, r)
	}
}

func readOptionalNullable[T any](v *OptionalNullable[T], r *reader, value func(*T, *reader)) {
	v.Present = true
	if !r.null() {
		v.Valid = true
		value(&v.Value, r)
	}
}

// readUnlessNull leaves nil for null.
func readUnlessNull[T any](v *T, r *reader, value func(*T, *reader)) {
	if !r.null() {
		value(v, r)
	}
}

// readWhole reads an integer: 1.0 and 1e3 are ones.
func readWhole[T ~int64 | ~uint64](v *T, r *reader) {
	if !r.want(isNumber, "integer") {
		return
	}
	text, ok := r.number()
	if !ok {
		return
	}
	d := decimalOf(text)
	if !d.whole() {
		r.fail("type", "expected integer")
		return
	}
	most := uint64(math.MaxUint64)
	switch zero := T(0); {
	case zero-1 < 0 && d.negative:
		most = -math.MinInt64
	case zero-1 < 0:
		most = math.MaxInt64
	case d.negative:
		most = 0
	}
	n, fits := d.magnitude()
	if !fits || n > most {
		r.fail("range", "expected an integer of 64 bits")
		return
	}
	if *v = T(n); d.negative {
		*v = -*v
	}
}

func readFloat[T ~float64](v *T, r *reader) { readFloatWithin(v, r, nil) }

// smallestNormal is the number below which float64 has fewer digits.
const smallestNormal = 0x1p-1022

// readFloatWithin reads a number; text that float64 rounds is held to the limits as it is
// written.
func readFloatWithin[T ~float64](v *T, r *reader, l *limits) {
	if !r.want(isNumber, "number") {
		return
	}
	text, ok := r.number()
	if !ok {
		return
	}
	f, _ := strconv.ParseFloat(string(text), 64) // number refused what does not fit
	*v = T(f)
	if l != nil && r.strict && (len(text) > 15 || math.Abs(f) < smallestNormal) {
		if rule, message := l.broken(decimalOf(text)); rule != "" {
			r.fail(rule, message)
		}
	}
}

func readNumber(v *json.Number, r *reader) {
	if r.want(isNumber, "number") {
		if text, ok := r.number(); ok {
			*v = json.Number(text)
		}
	}
}

func readWholeNumber(v *json.Number, r *reader) {
	if readNumber(v, r); r.failed == nil && !decimalOf([]byte(*v)).whole() {
		r.fail("type", "expected integer")
	}
}
