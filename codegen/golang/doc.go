// Package golang writes Go types for events: one package with a file for each
// event, definition and fragment, and one file of helpers. It uses the standard
// library only and asks for Go 1.24 (the omitzero option of encoding/json).
//
// How values are represented:
//
//	required                T
//	optional                *T; absent is nil
//	required, nullable      *T; null is nil
//	optional, nullable      Optional[T]; absent, null and a value are told apart
//	list, map               []T, map[string]T, without the pointer: nil is absent or null
//	any                     json.RawMessage
//	several scalar types    Scalar
//	enum                    a type of its own with constants; unknown values are kept
//	union                   a struct with one Value of a sealed interface
//	undeclared members      a map called Extra
//
// Strings with a format stay strings, so that what was read is what is written;
// the option date_time gives time.Time. Integers are int64, or uint64 when only that
// holds the bounds of the contract, and numbers are float64; options keep the digits as
// they were written. JSON may write an integer as 1.0 or 1e3, which only json.Number
// reads. Required lists and maps that are nil are written as empty ones; inside of
// other lists and maps nil is null. The types do not validate: a missing required property reads
// as the zero value. Unions without a discriminator take the first variant whose
// shape fits, formats not considered.
package golang
