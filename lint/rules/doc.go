// Package rules holds the lint rules about single contracts and about a workspace
// as a whole: one file for each rule, one table.
//
// It does not know what was released: rules that compare versions live in
// lint/compat. The word lists that rules share stand in files named after them
// (tense.go, personal.go). Every rule has a fixture in testdata, named after it,
// that is test and documentation at once.
package rules
