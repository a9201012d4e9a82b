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
// Whoever needs no document reads a Text: the same bytes made ready to be gone over fast,
// with an index of the places where strings can end. It is indexed by assembly where a
// processor has AVX2, and in plain Go elsewhere, with the same result.
//
// The package knows nothing of contracts. Verdicts are made in contracts/payload.
package rawjson
