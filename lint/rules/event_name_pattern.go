package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var eventNamePattern = lint.Rule{
	ID: "event-name-pattern", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Error,
	Summary: "an event name does not follow the workspace's pattern",
	Why: "Events are found by name. When every team shapes names in its own way, the same fact gets two names, " +
		"and neither dashboards nor people can list all events of one object.",
	Options:  []string{"naming.event", "naming.words"},
	Contract: checkEventNamePattern,
}

func checkEventNamePattern(p *lint.Pass) {
	c := conventionsOf(p)
	if p.Contract.Kind != contracts.Event || c.event == nil {
		return
	}
	name := p.Contract.Name
	parts := c.event.parts(name)
	if parts == nil && !c.event.match.MatchString(name) {
		p.Report(p.Contract.Head(), "", fmt.Sprintf("event name %s does not follow %s", document.Quote(name), c.event.text), c.event.suggest(name))
		return
	}
	for i, part := range parts {
		list := c.words[c.event.names[i]]
		if len(list) == 0 || list[part] {
			continue
		}
		p.Report(p.Contract.Head(), "", fmt.Sprintf("%s %s is not in the word list", c.event.names[i], document.Quote(part)), wordHint(part, list))
	}
}

func wordHint(word string, list map[string]bool) string {
	known := slices.Sorted(maps.Keys(list))
	if near := contracts.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	const shown = 10
	if len(known) > shown {
		known = append(known[:shown], "…")
	}
	return "words are " + strings.Join(known, ", ")
}

// suggest fits a name into the pattern: its last words fill the last braces, and what
// is left goes into the first one. It is "" for regular expressions and names with
// too few words.
func (p *eventPattern) suggest(name string) string {
	words := naming.Words(name)
	if strings.HasPrefix(p.text, "/") || len(words) < len(p.names) {
		return ""
	}
	extra := len(words) - len(p.names)
	i := 0
	suggestion := braces.ReplaceAllStringFunc(p.text, func(brace string) string {
		n := 1
		if i == 0 {
			n += extra
		}
		text := strings.Join(words[:n], "_")
		words = words[n:]
		i++
		return inCaseOf(brace[1:len(brace)-1], text)
	})
	if p.match.MatchString(suggestion) {
		return fmt.Sprintf("a name of that shape would be %q", suggestion)
	}
	return ""
}

// inCaseOf writes snake_case text as the word in braces is written.
func inCaseOf(brace, text string) string {
	switch {
	case brace == strings.ToLower(brace):
		return text
	case brace == strings.ToUpper(brace):
		return strings.ToUpper(text)
	case brace[0] >= 'A' && brace[0] <= 'Z':
		return naming.Of(text).Pascal(nil)
	}
	return naming.Of(text).Camel(nil)
}
