package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"
)

// Event is a payload of this package: a struct that a contract describes.
type Event interface {
	// Validate returns what the contract objects to, a *ValidationError, or nil.
	Validate() error
	// AppendJSON appends the JSON text of the payload. It fails where there is no text: of a
	// union that is nil, a number that is not finite, or a json.RawMessage that is not JSON.
	AppendJSON(b []byte) ([]byte, error)
	// AppendRedacted appends the JSON text of the payload without its personal data.
	AppendRedacted(b []byte, p *Privacy) ([]byte, error)
	// LogValue is the event without its personal data, for log/slog.
	LogValue() slog.Value

	about() EventInfo
}

// EventInfo says which contract a payload follows.
type EventInfo struct {
	Name    string // on the wire
	Version string // MAJOR.MINOR.PATCH
	Digest  string // of the contract
}

// ErrUnknownEvent is the name of an event that the package has no type for.
var ErrUnknownEvent = errors.New("unknown event")

func unknownEvent(name string) error { return fmt.Errorf("%w %q", ErrUnknownEvent, name) }

// parsed makes an event of what a function returned that reads one.
func parsed[T Event](e T, err error) (Event, error) {
	if err != nil {
		return nil, err
	}
	return e, nil
}

// InfoOf says which contract a payload follows.
func InfoOf(e Event) EventInfo { return e.about() }

// Optional is a property that may be left out. The zero value is left out.
type Optional[T any] struct {
	Value   T
	Present bool
}

// Some is a property that is there.
func Some[T any](value T) Optional[T] { return Optional[T]{value, true} }

// Set gives the property a value.
func (o *Optional[T]) Set(value T) { *o = Some(value) }

// Get returns the value, and whether there is one.
func (o Optional[T]) Get() (T, bool) { return o.Value, o.Present }

// Or returns the value, or another one when the property is left out.
func (o Optional[T]) Or(other T) T {
	if o.Present {
		return o.Value
	}
	return other
}

// IsZero reports whether the property is left out.
func (o Optional[T]) IsZero() bool { return !o.Present }

// MarshalJSON writes the value; one that is left out of nothing is null.
func (o Optional[T]) MarshalJSON() ([]byte, error) { return marshalWhen(o.Present, o.Value) }

// UnmarshalJSON reads a value; null is one that is left out.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	*o = Optional[T]{}
	if string(data) == "null" {
		return nil
	}
	o.Present = true
	return json.Unmarshal(data, &o.Value)
}

// Nullable is a value that may be null. The zero value is null.
type Nullable[T any] struct {
	Value T
	Valid bool // false: null
}

// NotNull is a value that is not null.
func NotNull[T any](value T) Nullable[T] { return Nullable[T]{value, true} }

// Set makes it a value.
func (n *Nullable[T]) Set(value T) { *n = NotNull(value) }

// SetNull makes it null.
func (n *Nullable[T]) SetNull() { *n = Nullable[T]{} }

// Get returns the value, and whether there is one.
func (n Nullable[T]) Get() (T, bool) { return n.Value, n.Valid }

// Or returns the value, or another one instead of null.
func (n Nullable[T]) Or(other T) T {
	if n.Valid {
		return n.Value
	}
	return other
}

// MarshalJSON writes the value or null.
func (n Nullable[T]) MarshalJSON() ([]byte, error) { return marshalWhen(n.Valid, n.Value) }

// UnmarshalJSON reads a value or null.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	*n = Nullable[T]{}
	if string(data) == "null" {
		return nil
	}
	n.Valid = true
	return json.Unmarshal(data, &n.Value)
}

// OptionalNullable is a property that may be left out, be null, or have a value, which
// are three things. The zero value is left out.
type OptionalNullable[T any] struct {
	Value   T
	Present bool
	Valid   bool // with Present; false: null
}

// Given is a property that is there with a value.
func Given[T any](value T) OptionalNullable[T] { return OptionalNullable[T]{value, true, true} }

// GivenNull is a property that is there and null.
func GivenNull[T any]() OptionalNullable[T] { return OptionalNullable[T]{Present: true} }

// Set gives the property a value.
func (o *OptionalNullable[T]) Set(value T) { *o = Given(value) }

// SetNull makes the property null.
func (o *OptionalNullable[T]) SetNull() { *o = GivenNull[T]() }

// Get returns the value, and whether there is one.
func (o OptionalNullable[T]) Get() (T, bool) { return o.Value, o.Present && o.Valid }

// Or returns the value, or another one when the property is left out or null.
func (o OptionalNullable[T]) Or(other T) T {
	if o.Present && o.Valid {
		return o.Value
	}
	return other
}

// IsZero reports whether the property is left out.
func (o OptionalNullable[T]) IsZero() bool { return !o.Present }

// IsNull reports whether the property is there and null.
func (o OptionalNullable[T]) IsNull() bool { return o.Present && !o.Valid }

// MarshalJSON writes the value or null.
func (o OptionalNullable[T]) MarshalJSON() ([]byte, error) {
	return marshalWhen(o.Present && o.Valid, o.Value)
}

// UnmarshalJSON reads a value or null.
func (o *OptionalNullable[T]) UnmarshalJSON(data []byte) error {
	*o = GivenNull[T]()
	if string(data) == "null" {
		return nil
	}
	o.Valid = true
	return json.Unmarshal(data, &o.Value)
}

func marshalWhen(there bool, value any) ([]byte, error) {
	if !there {
		return []byte("null"), nil
	}
	return json.Marshal(value)
}

// Scalar is a string, a number or a boolean, kept as it is written in JSON. The zero
// value is none of them, and not valid.
type Scalar struct{ json string }

// TextScalar is a string.
func TextScalar(text string) Scalar { return Scalar{string(appendText(nil, text))} }

// NumberScalar is a number, with the digits of its JSON text.
func NumberScalar(number json.Number) Scalar { return Scalar{string(number)} }

// BoolScalar is true or false.
func BoolScalar(value bool) Scalar {
	if value {
		return Scalar{"true"}
	}
	return Scalar{"false"}
}

// Text returns the string, and whether the scalar is one.
func (s Scalar) Text() (string, bool) {
	r := reader{data: []byte(s.json)}
	if r.peek() != '"' {
		return "", false
	}
	text, ok := r.text()
	return string(text), ok
}

// plain is the string when its JSON text has no escapes.
func (s Scalar) plain() (text string, ok bool) {
	if len(s.json) < 2 || s.json[0] != '"' || s.json[len(s.json)-1] != '"' {
		return "", false
	}
	text = s.json[1 : len(s.json)-1]
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			return "", false
		}
	}
	return text, utf8.ValidString(text)
}

// Number returns the number, and whether the scalar is one.
func (s Scalar) Number() (json.Number, bool) {
	return json.Number(s.json), kindOf([]byte(s.json)) == isNumber
}

// Bool returns the boolean, and whether the scalar is one.
func (s Scalar) Bool() (value, ok bool) {
	return s.json == "true", s.json == "true" || s.json == "false"
}

// String is the JSON text.
func (s Scalar) String() string { return s.json }

// MarshalJSON writes the value.
func (s Scalar) MarshalJSON() ([]byte, error) {
	var e encoder
	e.scalar(s)
	return e.done()
}

// UnmarshalJSON reads a string, a number or a boolean.
func (s *Scalar) UnmarshalJSON(data []byte) error {
	r := reader{data: data}
	readScalar(s, &r, isText|isNumber|isBool)
	return r.done()
}

// Violation is something that a contract objects to.
type Violation struct {
	Pointer string // JSON pointer (RFC 6901) to the value; empty: the payload itself
	Rule    string // keyword of the contract, such as maxLength
	Message string // what was expected; never the value, which may be personal
}

func (v Violation) String() string {
	if v.Pointer == "" {
		return v.Message
	}
	return v.Pointer + ": " + v.Message
}

// ValidationError lists what a contract objects to, at most maxViolations.
type ValidationError struct{ Violations []Violation }

// Error is the first violation, and how many there are.
func (e *ValidationError) Error() string {
	switch len(e.Violations) {
	case 0:
		return "not valid"
	case 1:
		return e.Violations[0].String()
	}
	return fmt.Sprintf("%s (and %d more)", e.Violations[0], len(e.Violations)-1)
}

const maxViolations = 100

// pointerToken escapes a name for a JSON pointer.
func pointerToken(name string) string {
	if strings.ContainsAny(name, "~/") {
		name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return "/" + name
}
