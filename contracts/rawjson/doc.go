// Package rawjson reads JSON as the bytes it arrives in, strictly: what RFC 8259
// leaves to the reader (names that stand twice, broken UTF-8, lone surrogates,
// numbers without bounds, endless nesting) is an error here, because a collector
// and the systems behind it would read such an event in different ways.
//
// A document becomes a flat list of tokens that point into the bytes. Nothing is
// converted: numbers keep their digits, strings without escapes are slices of the
// input. Reading is linear in the input, and a Document can be used again without
// allocating.
//
// The package knows nothing of contracts. Verdicts are made in contracts/payload.
package rawjson
