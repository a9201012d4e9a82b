package rules

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var textWhitespace = lint.Rule{
	ID: "text-whitespace", Group: lint.Documentation, Profile: lint.Standard, Severity: diag.Info,
	Summary:  "a title or description has blanks at an end or several in a row",
	Why:      "They come from copying, show up in generated comments and catalogues, and make a difference where there is none.",
	Contract: checkTextWhitespace,
}

func checkTextWhitespace(p *lint.Pass) {
	for _, at := range p.Places() {
		checkText(p, at, "title", at.Schema.Title)
		checkText(p, at, "description", at.Schema.Description)
	}
}

func checkText(p *lint.Pass, at *lint.Place, key, text string) {
	if strings.ContainsRune(text, '\n') || !strings.Contains(text, "  ") && strings.TrimSpace(text) == text {
		return
	}
	location := at.Schema.At(key)
	found := p.Report(location, at.Pointer()+"/"+key, fmt.Sprintf("%s has blanks at an end or several in a row", key), "run evctl lint --fix")
	source := location.Text()
	if source == text || source == document.Quote(text) || source == "'"+text+"'" {
		quote := source[:len(source)-len(strings.TrimLeft(source, `'"`))]
		found.Fix = &diag.Fix{
			Title: "remove blanks from " + key,
			Edits: []diag.Edit{{Location: location, New: quote + strings.Join(strings.Fields(text), " ") + quote}},
		}
	}
}
