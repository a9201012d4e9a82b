package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var descriptionTooShort = lint.Rule{
	ID: "description-too-short", Group: lint.Documentation, Profile: lint.Standard, Severity: diag.Info,
	Summary:  "a description is a single word",
	Why:      "A single word repeats what the name or the type says already.",
	Contract: checkDescriptionTooShort,
}

// shortDescription is the number of characters up to which one word is too short;
// languages without blanks between words say a lot in one.
const shortDescription = 15

func checkDescriptionTooShort(p *lint.Pass) {
	for _, at := range p.Places() {
		text := strings.TrimSpace(at.Schema.Description)
		if text == "" || strings.ContainsAny(text, " \n") || utf8.RuneCountInString(text) > shortDescription || !isASCII(text) || isPlaceholder(text) {
			continue
		}
		p.Report(at.Schema.At("description"), at.Pointer()+"/description", fmt.Sprintf("description %s is a single word", document.Quote(text)), "say what the name does not: of what, since when, in which cases")
	}
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
