package rules

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var definitionUnused = lint.Rule{
	ID: "definition-unused", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:   "nothing uses a definition or fragment",
	Why:       "It is kept up to date for nobody, and found by those who look for something to use.",
	Workspace: checkDefinitionUnused,
}

func checkDefinitionUnused(p *lint.Pass) {
	config := p.Config().File
	if slices.ContainsFunc(p.Workspace.Diagnostics, func(d diag.Diagnostic) bool { return d.File == config }) {
		return // evctl.yaml is broken, and its envelope may use what seems unused
	}
	used := map[contracts.Kind]map[string]bool{contracts.Definition: {}, contracts.Fragment: {}}
	if envelope := p.Config().Envelope.Get("definition"); envelope != nil {
		used[contracts.Definition][envelope.Text] = true
	}
	for _, c := range p.Workspace.Contracts {
		for _, include := range c.Include {
			used[contracts.Fragment][include.Name] = true
		}
		local := refsOf(c, used[contracts.Definition])
		for _, d := range c.Definitions {
			if d.Local && !local[d.Name] && !c.Broken {
				p.ReportIn(c, diag.Location{File: c.File, Span: d.Schema.Span}, "/definitions/"+contracts.EscapePointer(d.Name),
					fmt.Sprintf("definition %s is not used in this event", document.Quote(d.Name)), "remove it, or refer to it with $ref")
			}
		}
	}
	for _, c := range p.Workspace.Contracts {
		if c.Kind != contracts.Event && !used[c.Kind][c.Name] {
			p.ReportIn(c, c.Head(), "", fmt.Sprintf("nothing uses %s %s", nounOf(c.Kind), document.Quote(c.Name)), "remove it, or refer to it")
		}
	}
}

// refsOf notes the shared definitions that a contract names in used, and returns the
// names of its own that it uses.
func refsOf(c *contracts.Contract, used map[string]bool) (local map[string]bool) {
	local = map[string]bool{}
	visit := func(s *contracts.Schema) {
		if s.Ref == "" || c.Kind == contracts.Definition && s.Ref == c.Name {
			return
		}
		if d := c.Definition(s.Ref); d != nil && d.Local {
			local[s.Ref] = true
		} else {
			used[s.Ref] = true
		}
	}
	contracts.EachSchema(c.Payload, visit)
	for _, d := range c.Definitions {
		if d.Local {
			contracts.EachSchema(d.Schema, visit)
		}
	}
	return local
}

func nounOf(kind contracts.Kind) string {
	switch kind {
	case contracts.Definition:
		return "definition"
	case contracts.Fragment:
		return "fragment"
	}
	return "event"
}
