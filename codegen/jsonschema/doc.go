// Package jsonschema writes one self-contained JSON Schema for the payload of each
// event, for validators and tools outside of evctl.
//
// What the schemas say is decided by contracts/schema; this package lays them out,
// two spaces deep, and translates them to draft-07 where that is asked for. The
// mark of generated files stands in $comment.
package jsonschema
