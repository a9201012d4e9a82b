// Package typescript writes types for events as ES modules: one file for each
// event, definition and fragment, index.ts that exports all of them, and events.ts
// with a map from event names to payloads.
//
// Types say what TypeScript can say: wire names exactly, optional (?) apart from
// nullable (| null), enums as unions of literals, open enums as
// "a" | "b" | (string & {}), unions discriminated by the literal type of their
// property, undeclared members as an index signature. Nothing is there at run time
// but one constant for each event with its name, version and digest. All numbers are
// JavaScript's: integers beyond 2^53 lose digits when they are parsed.
//
// What TypeScript cannot say: constraints such as lengths, bounds and patterns; that
// properties of an undeclared name match a pattern; and an optional property called
// constructor or toString, which every object has already, so that values without
// it need a cast.
//
// Files are formatted as prettier does with its defaults.
package typescript
