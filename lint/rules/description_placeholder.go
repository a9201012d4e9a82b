package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var descriptionPlaceholder = lint.Rule{
	ID: "description-placeholder", Group: lint.Documentation, Profile: lint.Minimal, Severity: diag.Warning,
	Summary:  "a description waits to be written",
	Why:      "TODO passes every check for missing descriptions and tells nobody anything.",
	Contract: checkDescriptionPlaceholder,
}

var placeholder = regexp.MustCompile(`(?i)^\W*(todo|tbd|tbc|fixme|xxx+|n/?a|none|unknown|description|desc|lorem ipsum.*|(add|write|insert|missing|no) (a )?description.*|(todo|tbd|fixme)\b.*)?\W*$`)

// placeholderStarts are what the first word of a placeholder starts with, lower case.
var placeholderStarts = []string{"todo", "tbd", "tbc", "fixme", "xxx", "na", "n/a", "none", "unknown", "desc", "lorem", "add", "write", "insert", "missing", "no"}

// isPlaceholder asks the expression only when the first word may be one.
func isPlaceholder(text string) bool {
	const longest = 200
	if len(text) > longest {
		return false
	}
	word := strings.TrimLeft(text, " \t\n-.<>[](){}*_#!?\"'")
	for _, start := range placeholderStarts {
		if len(word) >= len(start) && strings.EqualFold(word[:len(start)], start) {
			return placeholder.MatchString(strings.TrimSpace(text))
		}
	}
	return word == ""
}

func checkDescriptionPlaceholder(p *lint.Pass) {
	for _, at := range p.Places() {
		text := at.Schema.Description
		if text != "" && isPlaceholder(text) {
			p.Report(at.Schema.At("description"), at.Pointer()+"/description", fmt.Sprintf("description %s is a placeholder", document.Quote(text)), "say what it means, or leave it out until somebody knows")
		}
	}
}
