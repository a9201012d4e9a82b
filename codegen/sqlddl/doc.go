// Package sqlddl writes the tables of a warehouse: one for each event, and the
// statements that bring the table of one released version to the next.
//
// # Columns
//
// A scalar is a column of the warehouse's own type; what is valid in the contract and
// not in that type is named below. A nested object has columns of its own, named after
// the path: total: {amount_minor: …} is total_amount_minor. A list of scalars is an array.
// Everything else is JSON in one column: lists of objects, maps, unions, values of
// several types, definitions within themselves, and objects of more than 200 columns.
// Members that the contract takes and does not declare are kept in _undeclared, as an
// object of the same nesting. Absent and null are both NULL.
//
// With nested: struct, lists of objects are lists of what BigQuery, ClickHouse and DuckDB
// have for objects, with fields named after properties. Objects in them are such fields,
// and members that they do not declare are JSON in a field of that name. What has more than
// 200 fields in one column, or 15 objects around it, stays JSON.
//
// Three columns are of the event itself: _event_id, _event_version and _received_at. No
// property has such a name. Every column of a property takes NULL, because one table
// holds the rows of all versions; with required: not_null those that the newest version
// requires do not.
//
// # What warehouses cannot hold
//
// BigQuery and ClickHouse know no absent array: it is an empty one. ClickHouse knows no
// absent object within a list: all fields of it are NULL. BigQuery has no null
// within arrays, so that such lists are JSON. PostgreSQL stores no NUL character and no
// offset from UTC of 16 hours or more, ClickHouse no time before 1900 or after 2299, and
// most no leap second. Fractions of seconds have six digits; offsets are applied. Numbers are
// binary floating point, as in every JSON reader. Whole numbers have 64 bits, unless limits
// of the contract say that they may be larger, and then 38 digits or more. PostgreSQL has
// no tables of more than 1,600 columns. ClickHouse keeps JSON as text, which its
// JSON functions read: its own type for JSON takes objects only.
//
// # Steps
//
// Columns are the same when their paths are; renamedFrom moves one. A type that takes all
// values of the former one is changed and its rows are converted. Every other change of a
// type is a new column in the place of the old one, whose values are lost; a comment says
// so. Within a major version there are two of those: an object that becomes a union or
// anything, so that one column of JSON takes the place of several, and a list of times that
// becomes one of texts. With nested: struct there is a third one: a list of objects that
// becomes anything else, or in which null becomes valid where the dialect has no place for
// it. Otherwise such a list goes on with the fields that it keeps, by way of an expression
// that makes it anew, and a comment names the fields whose values are lost.
//
// New columns stand last. Rows of older versions may make SET NOT NULL fail: give them a
// value first. BigQuery and ClickHouse can only relax that.
package sqlddl
