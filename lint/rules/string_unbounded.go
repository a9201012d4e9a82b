package rules

import (
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var stringUnbounded = lint.Rule{
	ID: "string-unbounded", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "a text has no largest length",
	Why:      "A megabyte in one property is valid then. Collectors, queues and columns have limits, and the first to notice is the one that fails.",
	Contract: checkStringUnbounded,
}

func checkStringUnbounded(p *lint.Pass) {
	for _, at := range p.Places() {
		s := at.Schema
		if s.Types.Has(contracts.String) && s.MaxLength == nil && s.Enum == nil && !keysOf(at.Parent, s) && !boundedFormats[s.Format] && !boundedPattern(s.Pattern) {
			p.Report(s.At("type"), at.Pointer(), nameOf(p.Contract, at)+" has no maxLength", "add the length of the longest value that makes sense")
		}
	}
}

// keysOf reports whether a schema describes the keys of a map, not values.
func keysOf(parent, s *contracts.Schema) bool { return parent != nil && parent.MapKeys == s }

// boundedFormats have a largest length of their own.
var boundedFormats = wordSet("date date-time time uuid ipv4 ipv6 hostname email")

// boundedPattern reports whether a pattern is anchored and repeats nothing without end.
func boundedPattern(pattern string) bool {
	return strings.HasPrefix(pattern, "^") && strings.HasSuffix(pattern, "$") && !strings.ContainsAny(pattern, "*+|") && !strings.Contains(pattern, ",}")
}
