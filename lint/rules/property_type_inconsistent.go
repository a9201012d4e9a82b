package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var propertyTypeInconsistent = lint.Rule{
	ID: "property-type-inconsistent", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Warning,
	Summary: "a property has another type than properties of its name elsewhere",
	Why: "Events are joined and unioned by column name. When order_id is text in one and a number in the next, queries " +
		"fail or compare nothing. Names of a single word, such as status, are not compared: they mean different things in different objects.",
	Workspace: func(p *lint.Pass) {
		reportInconsistent(p, "type", func(u propertyUse) string { return u.schema().Types.String() })
	},
}

// reportInconsistent compares what is said about properties that have one name.
func reportInconsistent(p *lint.Pass, what string, aspect func(propertyUse) string) {
	index := indexOf(p)
	for _, name := range index.names {
		uses := index.uses[name]
		if len(uses) < 2 || !severalWords(name) {
			continue
		}
		odd, usual := minority(uses, aspect)
		for _, u := range odd {
			found := p.ReportIn(u.contract, u.at(), u.pointer(),
				fmt.Sprintf("property %s has %s %s here, and %s in %s", document.Quote(name), what, aspect(u), aspect(usual), usual.contract.Name),
				"make them agree, or give this one a name of its own")
			found.Related = []diag.Related{{Location: usual.at(), Message: fmt.Sprintf("%s is %s here", what, aspect(usual))}}
		}
	}
}

// severalWords looks for a separator or a capital behind the first letter.
func severalWords(name string) bool {
	return strings.ContainsAny(name, "_- .") || len(name) > 1 && strings.ToLower(name[1:]) != name[1:]
}
