package rules

import (
	"fmt"

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
var enumStyles = []func(string) bool{
	styles[0].match, styles[1].match, styles[2].match, styles[3].match,
	func(v string) bool { return isUpper(first(v)) && separated(v, '_', isUpper) },
	func(v string) bool { return isUpper(first(v)) && separated(v, '-', isUpper) },
	func(v string) bool { return isLower(first(v)) && separated(v, ' ', isLower) },
	func(v string) bool {
		return isUpper(first(v)) && separated(v, ' ', func(c byte) bool { return isLower(c) || isUpper(c) })
	},
}

// stylesOf is the set of styles that a value is written in, as bits.
func stylesOf(value string) (set uint) {
	for i, match := range enumStyles {
		if match(value) {
			set |= 1 << i
		}
	}
	return set
}

func checkEnumValueCase(p *lint.Pass) {
	for _, at := range p.Places() {
		possible := ^uint(0)
		for _, v := range at.Schema.Enum {
			set := uint(0)
			if v.IsString() {
				set = stylesOf(v.Text())
			}
			if set == 0 {
				continue
			}
			if possible&set == 0 {
				p.Report(diag.Location{File: at.Schema.File, Span: v.Span}, at.Pointer(),
					fmt.Sprintf("enum value %s is written in another case than those before it", document.Quote(v.Text())), "write all values alike; changing a released one is a new major version")
				break
			}
			possible &= set
		}
	}
}
