// Package formats is the table of string formats of the contract language, with
// the exact grammar of each. Lint, the payload validator and generators read the
// same table.
package formats

import "slices"

// names lists every format that the language knows, sorted.
var names = []string{
	"date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6",
	"json-pointer", "time", "uri", "uri-reference", "uuid",
}

// Names lists the known formats, sorted.
func Names() []string { return slices.Clone(names) }

// Known reports whether name is a format of the language.
func Known(name string) bool { return slices.Contains(names, name) }
