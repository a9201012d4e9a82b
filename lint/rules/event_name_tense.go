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

var eventNameTense = lint.Rule{
	ID: "event-name-tense", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "the action of an event name is in another tense than the workspace's",
	Why: "An event says that something happened. A name in the present tense reads like a command or a state, " +
		"and \"order.complete\" and \"order.completed\" end up beside each other.",
	Options:  []string{"naming.tense", "naming.event", "naming.words"},
	Contract: checkEventNameTense,
}

func checkEventNameTense(p *lint.Pass) {
	c := conventionsOf(p)
	if p.Contract.Kind != contracts.Event || c.event == nil || c.tense == "any" || len(c.words["action"]) > 0 {
		return
	}
	action := c.event.action(p.Contract.Name)
	if action == "" {
		return
	}
	words := naming.Words(action)
	past := slices.ContainsFunc(words, isPast)
	switch {
	case c.tense == "past" && !past:
		p.Report(p.Contract.Head(), "", fmt.Sprintf("action %s is not in the past tense", document.Quote(action)), pastHint(words))
	case c.tense == "present" && past && !slices.ContainsFunc(words, isBase):
		p.Report(p.Contract.Head(), "", fmt.Sprintf("action %s is in the past tense, expected the present", document.Quote(action)), "")
	}
}

// pastHint proposes the action with its verb in the past tense: the first word that
// is known to be a verb, or else the last one.
func pastHint(words []string) string {
	verb := len(words) - 1
	if i := slices.IndexFunc(words, isBase); i >= 0 {
		verb = i
	}
	changed := slices.Clone(words)
	changed[verb] = pastOf(words[verb])
	return fmt.Sprintf("say what happened, such as %q", strings.Join(changed, "_"))
}
