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

func checkDescriptionPlaceholder(p *lint.Pass) {
	for _, at := range p.Places() {
		text := at.Schema.Description
		if text != "" && len(text) < 200 && placeholder.MatchString(strings.TrimSpace(text)) {
			p.Report(at.Schema.At("description"), at.Pointer+"/description", fmt.Sprintf("description %s is a placeholder", document.Quote(text)), "say what it means, or leave it out until somebody knows")
		}
	}
}
