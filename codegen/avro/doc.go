// Package avro writes an Avro schema for each event, for Kafka, data lakes and whatever else
// keeps what it reads in Avro. Each file stands alone: the definitions that an event uses
// are in it, in the namespace of the event and its major version, so that a new major
// version is another name and another subject.
//
// # What becomes what
//
//	string                    string
//	string with enum          enum; open ones are string
//	uuid, date, date-time     string, or with formats: logical string with logicalType uuid,
//	                          int with date, long with timestamp-micros
//	integer                   int where both limits are within 32 bits, otherwise long; bytes
//	                          with decimal(38, 0) where a limit is beyond 64 bits, double
//	                          where it is beyond 38 digits
//	number                    double
//	boolean                   boolean
//	lists of types            a union of the types
//	any                       a union of null, boolean, long, double, string and the record of
//	                          JSON text, which says "encoding": "json"
//	array, map                array, map
//	object                    a record; members that are not declared are in a map, the field
//	                          that says "undeclared": true
//	oneOf, anyOf              a union of what the variants are; those that are lists, maps or
//	                          numbers of one kind are one branch
//	null                      a union with null, which stands first but for a default
//
// A variant that does not declare the discriminator is a record of its own, in which the
// discriminator is an enum of one value: no two records take the same object.
//
// Enums have no default: who reads a value that is not in its schema gets an error, as from
// every other reader of a closed enum.
//
// # JSON and back
//
// A schema says all that a program needs to turn payloads into data and back:
//
//	a record     has the member "property" of each field, or of its name where there is no
//	             "property". Fields that say "former": true are null. Members that no other
//	             field has are in the field that says "undeclared": true
//	a field      whose default is null is null where the member is absent. Where the member
//	             is null, it is the record of JSON text if that is a branch, and otherwise
//	             null as well
//	a union      is the first branch that takes the value. A record takes an object that has
//	             all other members and none that the record lacks; int, long and decimal take
//	             whole numbers that they can hold, however they are written
//	an enum      is the first symbol whose text in "texts" is the value, or the value itself
//	             where "texts" does not name it
//	JSON text    is the record whose text is the value as JSON
//
// Back, the branch says what there is to do: a field whose default is null and that is null
// is absent. What comes back is the payload but for
//
//	null         of an optional property that is not any: it is absent
//	numbers      of double: they are rounded to float64, as in most readers of JSON
//	uuid, times  with formats: logical, which are in lower case and in UTC
//
// and these have no data: whole numbers beyond the type, where the contract sets no limits
// that say so; with formats: logical, leap seconds, more than six digits of a second, and
// years that a library lacks.
//
// # Versions
//
// A schema reads what all versions of its major wrote that were released before and that its
// own version is backward compatible with: rows can be read and are the same JSON. After a
// breaking change some cannot: those with null where it is no longer valid, with values that
// an enum has lost, or without a property that is required now and has no default. Fields, records and
// symbols keep the names that released versions gave them, or have them as aliases, as have
// properties with renamedFrom. Where the new type of a property does not take the former
// one, as text does not take the symbols of an enum, the former type becomes the last
// branch of a union; writers choose the first that fits. An object that takes undeclared
// members keeps a property that is no longer declared as a field that says "former": true.
//
// What is renamed for this target has the name that it would have without that as an alias,
// once a version of the major is released; so have records in the namespace of an event that is
// renamed, and a symbol, which cannot have aliases, stands a second time behind the others. Data
// from before the rename can be read. Nobody knows older renames: a second one within a major
// version, or the end of one, leaves no alias, and a name must not go from one property to
// another.
//
// With formats: logical, a time that may be a number in a later version of the same major is
// an error: readers of Avro would take one for the other.
//
// A required property of a later version has the default of the contract, so that earlier data
// can be read: that of a string, a boolean, a number or an enum, also beside null, which stands
// behind it then. Dates, times, decimals, objects and lists have none. Custom members of the
// schema are for people and for governance: event, version, owner, retention, format, unit, pii,
// deprecated.
package avro
