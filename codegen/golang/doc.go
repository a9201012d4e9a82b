// Package golang writes Go for events: a package with a file for each event, definition
// and fragment, and up to four files that they share. Generated code imports the standard
// library only and asks for Go 1.24.
//
// How values are represented:
//
//	required                T
//	optional                Optional[T]
//	required, nullable      Nullable[T]
//	optional, nullable      OptionalNullable[T]: absent, null and a value are told apart
//	list, map               []T, map[string]T, without a wrapper: nil is absent, or null
//	any                     json.RawMessage
//	several scalar types    Scalar, which keeps the JSON text
//	enum                    a type of its own with constants and IsKnown; unknown values are kept
//	union                   a sealed interface; variants are the objects themselves where they can be
//	undeclared members      a map called Extra
//	format                  DateTime, Date, TimeOfDay, Duration, UUID: strings with methods
//
// Why wrappers and no pointers: values stay comparable and need no allocation, a literal can
// be written where a value is wanted, and nothing panics. Their fields are exported, so that
// they can be compared, printed and switched on.
//
// Texts with a format are strings of a type of their own, and not time.Time or [16]byte, so
// that what was read is what is written, byte for byte: 12:00:00.000Z, a leap second, and
// a UUID in capitals. Their methods convert.
//
// What is read, and how strictly:
//
//   - ParseX reads a payload of the event X and accepts what contracts/payload accepts,
//     nothing else: names that stand twice, broken UTF-8, members that are not declared are
//     errors, 1.0 and 1e3 are integers.
//   - UnmarshalJSON, which encoding/json calls, reads what later versions may send: members
//     that are not declared are ignored, values of enums need not be known, and what is missing
//     keeps its zero value. Types have to be right. Limits are left to Validate.
//   - Validate gives the verdict that the registry would give on what MarshalJSON writes. It
//     uses no reflection, and allocates nothing for valid values, except where their JSON text
//     has to be looked at in maps: exclusive unions whose variants overlap, objects whose members
//     several patterns describe, and uniqueItems of other than scalars.
//
// Where the Go types cannot say what JSON can, the verdict differs; tests hold that it does
// nowhere else, and not at all with the options integer and number set to json.Number:
//
//   - integers beyond 64 bits are refused, with the rule range;
//   - numbers that float64 rounds are held to the limits as they were written and as they were
//     rounded by ParseX, and as they were rounded by Validate;
//   - float64 items that are rounded to the same number are not unique.
//
// Redacted returns a value of the same type, which can be printed, compared and sent; what
// it cannot say, because a required field is dropped or a number is hashed, AppendRedacted
// says in JSON. Both drop what has a class when they are given no policy, and so does LogValue:
// personal data stays only where somebody says so.
//
// Events are sent by a Tracker to a Sink: at once, or through a Queue that tries again. What is
// worth trying again, the Queue decides by what an answer is about: the events, or not.
//
// Patterns that are a row of characters between both anchors are read without regexp, which is
// most of what checks cost otherwise. MarshalJSON exists for encoding/json, which reads again
// what it returns: README.md has the figures.
//
// Required lists and maps that are nil are written as empty ones. Text that is not UTF-8
// is written with U+FFFD, as encoding/json does, and Validate objects to it.
//
// Names are those of the model in Pascal case with Go's initialisms. The exported names of the
// shared files are taken, as is UUID for a definition uuid: evctl lint asks for another name,
// and until then there is a number behind it. Enum values that are codes of up to four
// capitals keep them: MoneyCurrencyEUR.
//
// What generated packages share is a copy of the package codegen/golang/runtime and of the
// scanners of contracts/formats.
package golang
