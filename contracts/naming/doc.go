// Package naming makes identifiers out of names that people and wires use.
//
// It owns how text is split into words, how words are cased, which words are
// initialisms, and when two names are the same for code. It does not know
// contracts: lint uses it to warn of collisions, generators to resolve them, so
// that both agree.
package naming
