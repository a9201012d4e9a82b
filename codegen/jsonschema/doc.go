// Package jsonschema writes one JSON Schema for the payload of each event, for validators
// and tools outside of evctl. Schemas are self-contained, or refer to files of shared
// definitions below them by relative URLs.
//
// What the schemas say is decided by contracts/schema; this package lays them out,
// two spaces deep, and translates them to draft-07 where that is asked for. The
// mark of generated files stands in $comment.
package jsonschema
