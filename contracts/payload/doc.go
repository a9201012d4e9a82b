// Package payload decides whether the bytes of an event satisfy its contract, and
// says why not.
//
// Compile turns a linked contract into a program once; Valid and Validate run it,
// from any number of goroutines. A Set holds the programs of many versions and takes
// whole events. A Rewriter brings events of a Set up to a later version, and drops or
// hashes values by privacy class.
//
// Verdicts equal those that a JSON Schema validator gives with the projection of
// contracts/schema and formats asserted. Where JSON Schema leaves the reading of the
// text to the reader, it is read strictly: what rawjson.Rules list is a violation,
// although most readers accept it.
//
// A program is run in two ways. A decider says yes or no in one pass over the bytes, and
// nearly always that is all (decide*.go). A run goes over the tokens of a value that was
// not accepted and says why (explain*.go). Which values those are the decider notes, where
// it is asked to; an event that is no JSON, or that no contract decides on, is explained
// from all its tokens. They share the program and the checks of single values, and tests
// hold them to the same verdicts as two other validators.
//
// The package owns the meaning of the language for values. It does not read JSON
// (contracts/rawjson does), and it does not fetch contracts.
package payload
