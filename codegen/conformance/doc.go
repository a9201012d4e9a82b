// Package conformance has no code of its own: its tests hold the registry's validator, the
// generated code of Go and TypeScript, and the emitted JSON Schema to one meaning. Its
// README lists where a language cannot tell what the contract can.
package conformance
