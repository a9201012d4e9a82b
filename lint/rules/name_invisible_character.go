package rules

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var nameInvisibleCharacter = lint.Rule{
	ID: "name-invisible-character", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Error,
	Summary:  "a name contains characters that cannot be seen",
	Why:      "Blanks at an end, zero-width characters and non-breaking spaces come from copying. The name looks right, matches nothing and cannot be typed.",
	Contract: checkNameInvisibleCharacter,
}

func checkNameInvisibleCharacter(p *lint.Pass) {
	// Pointers are made for the names that have a flaw only.
	check := func(at diag.Location, pointer func() string, what, name string) {
		if flaw := invisibleIn(name); flaw != "" {
			p.Report(at, pointer(), fmt.Sprintf("%s %+q has %s", what, name, flaw), "write it again by hand")
		}
	}
	check(p.Contract.Head(), func() string { return "" }, string(p.Contract.Kind)+" name", p.Contract.Name)
	for _, at := range p.Places() {
		if at.Property != nil {
			check(at.Property.At(), at.Pointer, "property", at.Property.Name)
		}
		for _, v := range at.Schema.Enum {
			if v.IsString() {
				pointer := func() string { return at.Pointer() + "/enum/" + v.Text() }
				check(diag.Location{File: at.Schema.File, Span: v.Span}, pointer, "enum value", v.Text())
			}
		}
	}
}

// invisibleIn says what cannot be seen in a name, or "".
func invisibleIn(name string) string {
	for _, r := range name {
		switch {
		case unicode.IsControl(r):
			return fmt.Sprintf("the control character U+%04X", r)
		case unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) && r != ' ':
			return fmt.Sprintf("the invisible character U+%04X", r)
		}
	}
	if strings.TrimSpace(name) != name {
		return "a blank at an end"
	}
	return ""
}
