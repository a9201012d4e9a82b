package cli

import (
	"encoding/json"
	"io"
)

// writeJSON writes a result as indented JSON that leaves <, > and & alone.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
