// Package protobuf is the target that writes proto3 files, one for each event.
//
// It owns names and syntax. Which messages there are, what is on the wire and
// which number it has is decided by contracts/numbers, with the ledgers of the
// released versions.
//
// # What becomes what
//
//	string                      string
//	string, format date-time    google.protobuf.Timestamp, or string with timestamps: string
//	string with enum            an enum; its values are not the wire's text, see below
//	string with an open enum    string: an enum field cannot hold what its reader does not know
//	integer                     int64, whatever its bounds are, so that moving a bound is not
//	                            another type; uint64 when the contract allows more than int64,
//	                            double when it allows more than both
//	number                      double
//	boolean                     bool
//	any, lists of types         google.protobuf.Value
//	array                       repeated
//	map                         map<string, …>
//	object                      a message
//	object without properties   google.protobuf.Struct, when it takes others
//	oneOf, anyOf                a message with a oneof
//
// Members that an object takes but does not declare go to a field of type
// google.protobuf.Struct called extra. Lists of lists, maps of lists and elements
// that may be null are wrapped in messages, because protobuf has none of them.
//
// A field that the contract does not require, or that may be null, is optional.
// Protobuf has one way to say that there is no value, so absent and null are the
// same there.
//
// # JSON and back
//
// Every field whose JSON name would differ from the contract's carries json_name: for
// scalars, lists, maps and objects the JSON form of the message is the payload. Where
// it is another one, a program that turns payloads into messages does this:
//
//	enum           the value that stands for the text: CHANNEL_WEB for "web". The comment of
//	               a value says its text when that is not the name in lower case
//	oneOf, anyOf   the field of the variant that the discriminator selects, or of the first
//	               variant that accepts the value. A discriminator that the variant does
//	               not declare is not sent: the oneof says it
//	integer        64 bits are a string in the JSON form, which reads both
//	undeclared     members go to extra, and come back beside the others
//	lists of lists, maps of lists, null in lists
//	               the message around them, in which no value is null
//
// What comes back is the payload but for
//
//	null           of a property: it is absent, as is an empty list or map
//	numbers        of double, Value and Struct: they are rounded to float64
//	timestamps     are written in UTC
//
// and these have no message: integers beyond 64 bits where the contract sets no bounds
// that say so, and, as timestamps, leap seconds, more than nine digits of a second
// and the year 0. With timestamps: string, all times are kept as they were sent.
//
// # Rules
//
// With rules: buf.validate, fields carry the constraints that its options can say, so
// that protovalidate refuses messages early. Whatever a contract accepts passes. Left
// out are what it has no words for or understands otherwise (multipleOf, formats but
// uuid, patternProperties, requireAny, uniqueItems of anything but scalars, exactly one
// variant of a union), the least size of optional lists and maps, which protobuf cannot
// tell from absent ones, bounds that leave a single value, and all
// constraints on elements that are wrapped. Exclusive bounds of number include the bound.
//
// # Packages
//
// An event's package ends with its major version: events.order_completed.v1.
// Versions before 1.0.0 are in v1alpha1. A new major starts from the numbers of
// the one before. Folders and names follow the standard rules of buf lint.
// A message or enum within a message of the same name has the name of the message before its
// own, because Java has no class within one of its name: Error within Error is ErrorError.
package protobuf
