package rules

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var enumValueCase = lint.Rule{
	ID: "enum-value-case", Group: lint.Naming, Profile: lint.Standard, Severity: diag.Info,
	Summary:  "the values of an enum are written in several cases",
	Why:      "Producers guess how the next value is written, and filters that were typed by hand miss the odd one.",
	Contract: checkEnumValueCase,
}

// enumStyles are the ways to write values. Values that are no words (codes, numbers,
// types of media) take no part.
var enumStyles = []*regexp.Regexp{
	regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`), regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`),
	regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`), regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`), regexp.MustCompile(`^[A-Z][A-Z0-9]*([_-][A-Z0-9]+)*$`),
	regexp.MustCompile(`^[a-z][a-z0-9]*( [a-z0-9]+)*$`), regexp.MustCompile(`^[A-Z][A-Za-z0-9]*( [A-Za-z0-9]+)*$`),
}

func checkEnumValueCase(p *lint.Pass) {
	for _, at := range p.Places() {
		possible := slices.Clone(enumStyles)
		for _, v := range at.Schema.Enum {
			if !v.IsString() || !slices.ContainsFunc(enumStyles, func(s *regexp.Regexp) bool { return s.MatchString(v.Text()) }) {
				continue
			}
			left := slices.DeleteFunc(slices.Clone(possible), func(s *regexp.Regexp) bool { return !s.MatchString(v.Text()) })
			if len(left) == 0 {
				p.Report(diag.Location{File: at.Schema.File, Span: v.Span}, at.Pointer,
					fmt.Sprintf("enum value %s is written in another case than those before it", document.Quote(v.Text())), "write all values alike; changing a released one is a new major version")
				break
			}
			possible = left
		}
	}
}
