// Package typescript writes events as ES modules: one file for each event, definition
// and fragment with its types and its check, index.ts that exports all of them,
// events.ts with a map from event names to payloads, and the modules that are the same
// for every plan: checks.ts, formats.ts with the formats that are used, and tracker.ts.
// README.md says how people use them.
//
// Types say what TypeScript can say: wire names exactly, optional (?) apart from
// nullable (| null), enums as unions of literals, open enums as
// "a" | "b" | (string & {}), unions discriminated by the literal type of their
// property, undeclared members as an index signature. Definitions of strings and
// integers are types of their own where the option ids says so.
//
// What TypeScript cannot say: constraints such as lengths, bounds and patterns; that
// properties of an undeclared name match a pattern; and an optional property called
// constructor or toString, which every object has already, so that values without
// it need a cast.
//
// Checks say the rest. They are plain functions that follow the schemas, and decide as
// contracts/payload does on every value that JavaScript can hold. A fault is a text that
// grows on its way out, so that valid values cost no allocation.
//
// The modules in runtime/ are what people get, as it is; only of formats.ts is left out
// what nobody needs. Files are formatted as prettier does with its defaults, and compile
// under every strict setting, without the types of browsers or Node.js.
package typescript
