// Command example is a target for evctl generate: a sheet of all properties, as
// analysts ask for it. It reads the model on stdin and knows nothing else of evctl.
//
//	generate:
//	  - {target: sheet, out: gen/sheet, command: [go, run, ./tools/sheet], options: {separator: ;}}
package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// model is the part of the request that this program needs.
type model struct {
	Version int
	Marker  string
	Options map[string]string
	Events  []struct{ Event, Version, Payload string }
	Types   []struct {
		Name, Kind string
		Fields     []struct {
			Property string
			Required bool
			PII      string
			Doc      []string
			Type     ref
		}
	}
}

type ref struct {
	Kind, Format, Named string
	Nullable            bool
	Elem                *ref
}

type file struct {
	Path    string `json:"path"`
	Content string `json:"content"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var m model
	if err := json.NewDecoder(os.Stdin).Decode(&m); err != nil {
		return fmt.Errorf("read the model: %w", err)
	}
	if m.Version != 1 {
		return fmt.Errorf("the model has version %d, expected 1", m.Version)
	}
	sheet, err := m.sheet()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"version": 1, "files": []file{{"properties.csv", sheet}}})
}

// sheet has a line for each property of each event.
func (m *model) sheet() (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for name, value := range m.Options {
		if name != "separator" || len(value) != 1 {
			return "", fmt.Errorf("option %s is %q, expected separator with one character", name, value)
		}
		w.Comma = rune(value[0])
	}
	b.WriteString("# " + m.Marker + "\n")
	lines := [][]string{{"event", "version", "property", "type", "required", "pii", "description"}}
	for _, e := range m.Events {
		for _, t := range m.Types {
			if t.Name != e.Payload {
				continue
			}
			for _, f := range t.Fields {
				lines = append(lines, []string{e.Event, e.Version, f.Property, f.Type.String(), strconv.FormatBool(f.Required), f.PII, strings.Join(f.Doc, " ")})
			}
		}
	}
	if err := w.WriteAll(lines); err != nil {
		return "", fmt.Errorf("write the sheet: %w", err)
	}
	return b.String(), nil
}

// String is a type in words.
func (r ref) String() string {
	text := r.Kind
	switch {
	case r.Elem != nil:
		text += " of " + r.Elem.String()
	case r.Named != "":
		text = r.Named
	case r.Format != "":
		text += " (" + r.Format + ")"
	}
	if r.Nullable {
		text += " or null"
	}
	return text
}
