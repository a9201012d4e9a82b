// Package contracts is the contract language: its model, its parser and its
// canonical form.
//
// A contract file declares one event, one shared definition or one fragment.
// Parse reads a file into a Contract, in which every keyword knows where it was
// written; Link connects the references between contracts; Marshal writes the
// canonical form that registries keep, and Digest names it. A released contract
// is itself a contract file, with the definitions it uses inside, so that one
// parser reads everything.
//
// The package does not know workspaces, naming rules or compatibility. Text is read
// by contracts/document, which fences the YAML libraries.
//
// The language is described in README.md beside this file.
package contracts
