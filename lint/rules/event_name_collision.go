package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var eventNameCollision = lint.Rule{
	ID: "event-name-collision", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Error,
	Summary: "two events differ only in case or separators",
	Why: "Files and types generated for one of them overwrite those of the other on systems that ignore case, and " +
		"nobody remembers which of the two names is the right one.",
	Workspace: func(p *lint.Pass) { reportCollisions(p, p.Workspace.Events(), "event") },
}

// reportCollisions reports contracts whose names are one name for code. Equal names
// are the language's business.
func reportCollisions(p *lint.Pass, list []*contracts.Contract, noun string) {
	seen := make(map[string]*contracts.Contract, len(list))
	for _, c := range list {
		name := c.Name
		if c.CodeName != "" {
			name = c.CodeName
		}
		key := keyOf(name)
		other := seen[key]
		switch {
		case other == nil:
			seen[key] = c
		case other.Name != c.Name || other.Kind != c.Kind:
			found := p.ReportIn(c, c.Head(), "", fmt.Sprintf("%s %s differs from %s %s only in case or separators",
				noun, document.Quote(c.Name), noun, document.Quote(other.Name)), "rename one of the two")
			found.Related = []diag.Related{{Location: other.Head(), Message: "the other one"}}
		}
	}
}
