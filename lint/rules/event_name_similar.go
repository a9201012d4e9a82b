package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/lint"
)

var eventNameSimilar = lint.Rule{
	ID: "event-name-similar", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "an event name is nearly that of another event",
	Why: "Two names that differ in number, tense, word order or by a slip of the keyboard are most often one event, " +
		"reported twice and counted half.",
	Workspace: checkEventNameSimilar,
}

func checkEventNameSimilar(p *lint.Pass) {
	events := p.Workspace.Events()
	seen := make(map[string]*contracts.Contract, len(events))
	for _, c := range events {
		words := naming.Words(c.Name)
		for i, word := range words {
			words[i] = blurred(stem(word))
		}
		slices.Sort(words)
		key := strings.Join(words, " ")
		other := seen[key]
		switch {
		case other == nil:
			seen[key] = c
		case naming.Key(other.Name) != naming.Key(c.Name): // else it is a collision
			found := p.ReportIn(c, c.Head(), "", fmt.Sprintf("event name %s is nearly %s", document.Quote(c.Name), document.Quote(other.Name)),
				"use the other event, or give this one a name that shows the difference")
			found.Related = []diag.Related{{Location: other.Head(), Message: "the other event"}}
		}
	}
}
