package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var replacementUnknown = lint.Rule{
	ID: "replacement-unknown", Group: lint.Lifecycle, Profile: lint.Minimal, Severity: diag.Error,
	Summary: "replacedBy names nothing that exists",
	Why:     "Consumers are sent to a place that is not there. Events are replaced by events, properties by properties of the same object or by a path such as payment.method.",
	// About the workspace, because an event may be replaced by any other.
	Workspace: checkReplacementUnknown,
}

func checkReplacementUnknown(p *lint.Pass) {
	names := map[contracts.Kind]map[string]bool{}
	for _, c := range p.Workspace.Contracts {
		if names[c.Kind] == nil {
			names[c.Kind] = map[string]bool{}
		}
		names[c.Kind][c.Name] = true
	}
	for _, c := range p.Workspace.Contracts {
		if c.Broken || !strings.Contains(string(c.File.Data), "replacedBy") {
			continue
		}
		for _, d := range deprecations(p.For(c)) {
			if problem := unknownReplacement(p, c, &d, names[c.Kind]); problem != "" {
				p.ReportIn(c, d.at("replacedBy"), d.pointer, problem, replacementHint(c, &d, names[c.Kind]))
			}
		}
	}
}

// unknownReplacement says what is wrong with replacedBy, or "". Replacements of enum
// values are not looked up: they are often values of another property.
func unknownReplacement(p *lint.Pass, c *contracts.Contract, d *deprecated, contractNames map[string]bool) string {
	quoted := document.Quote(d.ReplacedBy)
	switch {
	case d.ReplacedBy == "":
		return ""
	case d.pointer == "" && d.ReplacedBy == c.Name, d.name != "" && d.ReplacedBy == d.name:
		return d.what + " is replaced by itself"
	case d.pointer == "" && !contractNames[d.ReplacedBy]:
		return fmt.Sprintf("%s is replaced by %s, which does not exist", d.what, quoted)
	case d.name != "" && !declares(p, d.parent, d.ReplacedBy) && !declares(p, c.Payload, d.ReplacedBy):
		return fmt.Sprintf("%s is replaced by %s, which is not declared", d.what, quoted)
	}
	return ""
}

// declares reports whether an object has a property of that name or dotted path.
func declares(p *lint.Pass, s *contracts.Schema, path string) bool {
	s = s.Resolved()
	if s == nil {
		return false
	}
	if propertyOf(p, s, path) != nil {
		return true
	}
	if s.Items != nil {
		return declares(p, s.Items, path)
	}
	if s.Union != nil {
		for _, v := range s.Union.Variants {
			if declares(p, v.Schema, path) {
				return true
			}
		}
	}
	first, rest, ok := strings.Cut(path, ".")
	if property := propertyOf(p, s, first); ok && property != nil {
		return declares(p, property.Schema, rest)
	}
	return false
}

func replacementHint(c *contracts.Contract, d *deprecated, contractNames map[string]bool) string {
	const otherwise = "when nothing replaces it, give a reason instead"
	const compared = 300 // beyond that a suggestion costs more than it helps
	var names []string
	switch {
	case d.pointer == "" && len(contractNames) <= compared:
		names = slices.Collect(maps.Keys(contractNames))
	case d.pointer != "" && d.parent != nil && len(d.parent.Properties) <= compared:
		for _, property := range d.parent.Properties {
			names = append(names, property.Name)
		}
	}
	if near := nearestOther(d.ReplacedBy, d.name, c.Name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return otherwise
}
