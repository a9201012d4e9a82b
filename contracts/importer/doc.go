// Package importer turns JSON Schemas (drafts 4, 6, 7, 2019-09 and 2020-12) into
// contracts, without loss or not at all.
//
// A schema is first read into a shape: what it accepts of each JSON type, with
// allOf carried out, the constraints beside anyOf and oneOf moved into the choices
// and keywords that cannot have an effect left out. The shape is then said in the
// contract language. What the language cannot say (tuples, not, if, recursion) is
// refused, with its place and a way out; nothing is ever made weaker to fit. Check
// proves the outcome: the original, as an independent validator reads it, and the
// contract give the same verdict on generated and mutated payloads.
//
// What "the same verdict" means where validators of JSON Schema disagree:
//   - Formats that the contract language knows are asserted on both sides. Others
//     are annotations; they become x-format.
//   - Patterns are kept letter for letter, so that any validator reads both sides
//     alike; they must be RE2.
//   - 1.0 is a whole number, as in every draft since 6; draft 4 left it open.
//   - Keywords that a draft does not have, misspelled ones included, have no effect
//     in the original. They are reported in remarks and kept as x- keys.
//
// The package reads schemas and makes contracts; it does not write files or push
// versions. Sources is the table of the layouts in which it finds schemas.
package importer
