package rules

import (
	"fmt"
	"strings"
	"sync"

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
	r := lint.Shared(p, func(*lint.Pass) *renames { return &renames{} })
	if at.Parent == nil || r.taken(at, name) || p.Released() || r.mentioned(p, old) {
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

func renameHint(p *lint.Pass, name string, fix *diag.Fix) string {
	switch {
	case fix != nil:
		return fmt.Sprintf("rename it to %q, or run evctl lint --fix", name)
	case p.Released():
		return fmt.Sprintf("%q would be the name; a released one changes with a new major version only", name)
	}
	return fmt.Sprintf("rename it to %q", name)
}

// renames remembers what stands in the way of renaming, so that a file in which every
// name is wrong costs no more than reading it.
type renames struct {
	objects  sync.Map // *contracts.Schema to map[string]int: how many properties have a key
	mentions sync.Map // *contracts.Contract to map[string]bool; nil stands for all contracts
}

// taken reports whether another property of the object has the new name already, or one
// that is the same for code and so would be given the same name.
func (r *renames) taken(at *lint.Place, name string) bool {
	entry, ok := r.objects.Load(at.Parent)
	if !ok {
		keys := make(map[string]int, len(at.Parent.Properties))
		for _, property := range at.Parent.Properties {
			keys[keyOf(property.Name)]++
		}
		entry, _ = r.objects.LoadOrStore(at.Parent, keys)
	}
	others := entry.(map[string]int)[keyOf(name)]
	if keyOf(name) == keyOf(at.Property.Name) {
		others--
	}
	return others > 0
}

// mentioned reports whether values or discriminators of contracts that may hold the
// property use its name.
func (r *renames) mentioned(p *lint.Pass, name string) bool {
	list, key := []*contracts.Contract{p.Contract}, p.Contract
	if p.Contract.Kind != contracts.Event {
		list, key = p.Workspace.Contracts, nil
	}
	entry, ok := r.mentions.Load(key)
	if !ok {
		names := map[string]bool{}
		for _, c := range list {
			addMentions(names, c)
		}
		entry, _ = r.mentions.LoadOrStore(key, names)
	}
	return entry.(map[string]bool)[name]
}

// addMentions notes the names of properties that values, discriminators and the like
// of a contract use.
func addMentions(names map[string]bool, c *contracts.Contract) {
	visit := func(_ string, s *contracts.Schema) bool {
		for _, v := range s.Examples {
			addKeys(names, v.JSON)
		}
		if s.Default != nil {
			addKeys(names, s.Default.JSON)
		}
		if s.Union != nil {
			names[s.Union.Discriminator] = true
		}
		if s.Deprecated != nil {
			names[s.Deprecated.ReplacedBy] = true
		}
		names[s.RenamedFrom] = true
		return true
	}
	contracts.Walk(c.Payload, "", visit)
	for _, d := range c.Definitions {
		if d.Local {
			contracts.Walk(d.Schema, "", visit)
		}
	}
}

// addKeys notes the keys of all objects in compact JSON text.
func addKeys(names map[string]bool, text string) {
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		if end+1 < len(text) && text[end+1] == ':' {
			names[contracts.Value{JSON: text[i : end+1]}.Text()] = true
		}
		i = end
	}
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
