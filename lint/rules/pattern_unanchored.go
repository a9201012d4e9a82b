package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var patternUnanchored = lint.Rule{
	ID: "pattern-unanchored", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Warning,
	Summary:  "a pattern matches anywhere in the text",
	Why:      "Patterns are not anchored: [A-Z]{3} accepts \"drop table EUR\". Most who write one mean the whole text.",
	Contract: checkPatternUnanchored,
}

func checkPatternUnanchored(p *lint.Pass) {
	for _, at := range p.Places() {
		pattern := at.Schema.Pattern
		if pattern == "" || anchored(pattern) {
			continue
		}
		found := p.Report(at.Schema.At("pattern"), at.Pointer()+"/pattern", fmt.Sprintf("pattern %s matches anywhere in the text", document.Quote(pattern)), "write ^ before it and $ behind it, or .* where anything may stand")
		if at.Schema.Keys == nil {
			found.Location = diag.Location{File: at.Schema.File, Span: at.Schema.Span}
		}
	}
}

// anchored reports whether a pattern says something about an end of the text, on
// purpose: ^ at the start, $ at the end, or .* there.
func anchored(pattern string) bool {
	body := strings.TrimPrefix(pattern, "(?i)")
	start := strings.HasPrefix(body, "^") || strings.HasPrefix(body, `\A`) || strings.HasPrefix(body, ".*")
	end := strings.HasSuffix(body, "$") || strings.HasSuffix(body, `\z`) || strings.HasSuffix(body, ".*")
	if strings.HasPrefix(body, "(^") || strings.HasPrefix(body, "(?:^") {
		return true // alternatives that are anchored one by one
	}
	return start && end
}
