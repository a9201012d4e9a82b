// Package subschema decides whether every JSON value that one schema accepts is
// accepted by another one, and proves the answer: "not included" comes with a value
// that the first accepts and the second rejects, and "included" means that there
// is no such value. Where it cannot tell it says so, and why.
//
// For most uses, Compare is the function to call. Question is the general form: a value
// that some schemas accept and others reject.
//
// The schemas of a question become formulas of one space (compile.go, keywords.go, formula.go): sets
// of JSON values, built from the constraints of each keyword by conjunction and
// complement, with recursion through definitions. The question is whether the
// conjunction of what is accepted and the complement of what is rejected is empty. The
// solver (solver.go) splits it by the kind of the value and branches over
// disjunctions; a theory for each kind (number.go, text.go, array.go, object.go) finds
// a value for a list of constraints or proves that there is none. The published
// procedures behind it are those of Habib et al., "Finding Data Compatibility Bugs with
// JSON Subschema Checking" (ISSTA 2021), and of Attouche et al., "Witness Generation for
// JSON Schema" (VLDB 2022) and "Elimination of annotation dependencies in validation for
// modern JSON Schema" (2024).
//
// Containment of JSON Schemas is at least exponential in the worst case, so that every
// question has a budget of steps and time; a question that exceeds it is undecided.
//
// What the verdicts mean:
//   - Numbers are exact and unbounded; 1.0 is an integer and equals 1.
//   - Strings are sequences of Unicode code points; patterns are RE2 and search.
//   - Formats are annotations in Parse, and constraints, as contracts/formats
//     decides them, in ParseAsserted. Content keywords are annotations.
//   - References stay within the document. One that leaves it makes the question
//     undecided; so does a meta-schema that is not one of the five drafts.
//   - Every witness was confirmed by the reference validator of contracts/schema. One
//     that it does not confirm makes the question undecided.
//
// The package owns the decision. What a break means for people, and which change
// caused it, is the matter of lint/compat.
package subschema
