// Package numbers is the ledger of protobuf field numbers of an event: which
// number belongs to which property, and which numbers are used up.
//
// A protobuf reader knows fields by their numbers only, so a number that moves is
// read as another property and nobody notices. Every released version therefore
// carries the ledger it was generated with, Plan continues the ledger of the
// versions before, and a number in it is never moved, reused or forgotten.
//
// The package also decides what depends on numbers: which messages, enums and
// unions an event consists of (Scope) and what a property looks like on the
// wire (Type). Numbers are counted per event, definitions included, because each
// event becomes a proto file of its own: changing a definition in one pull request
// and an event in another cannot clash. Names of messages and fields, comments and
// syntax belong to codegen/protobuf.
//
// # Renames and changes of type
//
// A property with renamedFrom takes over the number of the earlier name. A
// property whose wire type changes in a way that old readers would misread takes a
// new number, and the old one is kept unused; when the type changes back, so does
// the number. A removed property that comes back with its type gets its number
// back.
//
// # The form in JSON
//
// Release files hold the ledger as one line for each number, which reads like
// protobuf, is short to parse and meets in a merge conflict when two branches use
// one number:
//
//	{
//	  "event":             {"1": "string order_id", "2": "[]message:line_item items", "3": "message voucher coupon"},
//	  "event/3":           {"1": "string code"},
//	  "enum:currency":     {"1": "value EUR", "2": "value \"US dollar\""},
//	  "message:line_item": {"1": "string sku"}
//	}
//
// A key is the place of a scope: the event itself, a definition, or the type that
// is written in place at a field, by the numbers of the fields that lead there. A
// value is the wire type, the name, and the earlier names, the latest first. Names
// that are empty or have spaces, quotes or control characters are JSON strings.
package numbers
