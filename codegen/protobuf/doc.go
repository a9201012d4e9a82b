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
// Every field whose JSON name would differ from the contract's carries json_name:
// for scalars, lists, maps and objects the JSON form of the message is the
// payload. It differs for unions (which have the variant's name around their
// value), enums (names like CHANNEL_WEB), integers (protobuf writes those of 64
// bits as strings, and reads both), timestamps (written in UTC) and extra.
//
// # Packages
//
// An event's package ends with its major version: events.order_completed.v1.
// Versions before 1.0.0 are in v1alpha1. A new major starts from the numbers of
// the one before. Folders and names follow the standard rules of buf lint.
package protobuf
