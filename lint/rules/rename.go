package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

// renameFix renames a property where it is declared and in the lists of its object.
// It is nil when the name was released, when it stands where an edit cannot
// follow it (examples, defaults, discriminators), and when the new name is taken.
func renameFix(p *lint.Pass, at *lint.Place, name string) *diag.Fix {
	old := at.Property.Name
	if at.Parent == nil || taken(at, name) || p.Released() || mentioned(p, old) {
		return nil
	}
	fix := &diag.Fix{
		Title: fmt.Sprintf("rename %s to %s", document.Quote(old), document.Quote(name)),
		Edits: []diag.Edit{{Location: at.Property.At(), New: name}},
	}
	for _, list := range []string{"required", "requireAny"} {
		if key, ok := at.Parent.Keys.Find(list); ok {
			fix.Edits = append(fix.Edits, tokenEdits(at.Parent.File, key.Value, old, name)...)
		}
	}
	return fix
}

// taken reports whether another property of the object has a name already, or one that
// is the same for code and so would be given the same name.
func taken(at *lint.Place, name string) bool {
	key := keyOf(name)
	return slices.ContainsFunc(at.Parent.Properties, func(other *contracts.Property) bool {
		return other.Name != at.Property.Name && (other.Name == name || keyOf(other.Name) == key)
	})
}

func renameHint(p *lint.Pass, name string, fix *diag.Fix) string {
	switch {
	case fix != nil:
		return fmt.Sprintf("rename it to %q, or run evctl lint --fix", name)
	case p.Released():
		return fmt.Sprintf("%q would be the name; a released one changes with a new major version only", name)
	}
	return fmt.Sprintf("rename it to %q", name)
}

// mentioned reports whether values or discriminators of contracts that may hold the
// property use its name.
func mentioned(p *lint.Pass, name string) bool {
	quoted := document.Quote(name)
	if mentionedIn(p.Contract, name, quoted) {
		return true
	}
	if p.Contract.Kind == contracts.Event {
		return false
	}
	for _, c := range p.Workspace.Contracts {
		if mentionedIn(c, name, quoted) {
			return true
		}
	}
	return false
}

func mentionedIn(c *contracts.Contract, name, quoted string) bool {
	found := false
	holds := func(v contracts.Value) bool { return strings.Contains(v.JSON, quoted+":") }
	visit := func(_ string, s *contracts.Schema) bool {
		for _, v := range s.Examples {
			found = found || holds(v)
		}
		found = found || s.Default != nil && holds(*s.Default) || s.Union != nil && s.Union.Discriminator == name ||
			s.Deprecated != nil && s.Deprecated.ReplacedBy == name || s.RenamedFrom == name
		return !found
	}
	contracts.Walk(c.Payload, "", visit)
	for _, d := range c.Definitions {
		if d.Local {
			contracts.Walk(d.Schema, "", visit)
		}
	}
	return found
}

// tokenEdits replaces a word in the text of a list of names.
func tokenEdits(f *diag.File, within diag.Span, old, name string) []diag.Edit {
	const around = "[],'\" \t\r\n-"
	text := diag.Location{File: f, Span: within}.Text()
	var edits []diag.Edit
	for from := 0; ; {
		i := strings.Index(text[from:], old)
		if i < 0 {
			return edits
		}
		start, end := from+i, from+i+len(old)
		from = end
		if (start == 0 || strings.IndexByte(around, text[start-1]) >= 0) && (end == len(text) || strings.IndexByte(around, text[end]) >= 0) {
			edits = append(edits, diag.Edit{
				Location: diag.Location{File: f, Span: diag.Span{Start: within.Start + int32(start), End: within.Start + int32(end)}}, New: name,
			})
		}
	}
}
