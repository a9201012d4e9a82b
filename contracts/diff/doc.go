// Package diff says what changed between two contracts, in people's words.
//
// It compares what the contracts mean, not how they are written: references are
// followed, fragments are mixed in, and spellings of one meaning are equal, such as
// minimum: 1 and exclusiveMinimum: 0 of an integer, or 1 and 1.0. The order of
// properties, enum values and variants is no change; that of nothing is.
//
// It holds no verdicts: whether a change breaks anybody is decided by
// lint/compat, from the schemas that every change carries.
package diff
