package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var replacementDeprecated = lint.Rule{
	ID: "replacement-deprecated", Group: lint.Lifecycle, Profile: lint.Standard, Severity: diag.Warning,
	Summary:   "replacedBy names something that goes away itself",
	Why:       "Consumers move twice, or move to something that is gone when they arrive.",
	Workspace: checkReplacementDeprecated,
}

func checkReplacementDeprecated(p *lint.Pass) {
	events := map[string]*contracts.Contract{}
	for _, c := range p.Workspace.Events() {
		events[c.Name] = c
	}
	for _, c := range p.Workspace.Contracts {
		if c.Broken {
			continue
		}
		if d := c.Payload.Deprecated; c.Kind == contracts.Event && d != nil {
			if other := events[d.ReplacedBy]; other != nil && other != c && goesAway(other) {
				found := p.ReportIn(c, deprecationAt(c.Payload, "replacedBy"), "",
					fmt.Sprintf("event %s is replaced by %s, which is %s", document.Quote(c.Name), document.Quote(other.Name), statusOf(other)), "name what replaces that one")
				found.Related = []diag.Related{{Location: other.Head(), Message: "the replacement"}}
			}
		}
		if !replaces(c) {
			continue
		}
		contracts.Walk(c.Payload, "", func(pointer string, s *contracts.Schema) bool {
			for _, property := range s.Properties {
				reportDeprecatedReplacement(p, c, s, property, pointer)
			}
			return true
		})
	}
}

// replaces reports whether the contract names a replacement for one of its properties.
func replaces(c *contracts.Contract) bool {
	found := false
	contracts.EachSchema(c.Payload, func(s *contracts.Schema) {
		found = found || s.Deprecated != nil && s.Deprecated.ReplacedBy != ""
	})
	return found
}

func reportDeprecatedReplacement(p *lint.Pass, c *contracts.Contract, parent *contracts.Schema, property *contracts.Property, pointer string) {
	d := property.Schema.Deprecated
	if d == nil || d.ReplacedBy == "" || property.From != nil {
		return
	}
	if other := propertyOf(p, parent, d.ReplacedBy); other != nil && other != property && other.Schema.Deprecated != nil {
		found := p.ReportIn(c, deprecationAt(property.Schema, "replacedBy"), pointer+"/properties/"+contracts.EscapePointer(property.Name),
			fmt.Sprintf("property %s is replaced by %s, which is deprecated", document.Quote(property.Name), document.Quote(other.Name)), "name what replaces that one")
		found.Related = []diag.Related{{Location: other.At(), Message: "the replacement"}}
	}
}

// deprecationAt is where a key of deprecated: stands.
func deprecationAt(s *contracts.Schema, key string) diag.Location {
	d := deprecated{Deprecation: s.Deprecated, file: s.File}
	return d.at(key)
}

func goesAway(c *contracts.Contract) bool {
	return c.Status == contracts.Deprecated || c.Status == contracts.Retired || c.Payload.Deprecated != nil
}

func statusOf(c *contracts.Contract) string {
	if c.Status == contracts.Retired {
		return "retired"
	}
	return "deprecated"
}
