package rules

import (
	"fmt"
	"unicode"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var nameMixedScript = lint.Rule{
	ID: "name-mixed-script", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Error,
	Summary:  "a name mixes letters that look alike from several scripts",
	Why:      "A Cyrillic а in a Latin name looks like an a and is none: the name cannot be typed or searched for, and hides a second name.",
	Contract: checkNameMixedScript,
}

func checkNameMixedScript(p *lint.Pass) {
	check := func(at diag.Location, pointer func() string, what, name string) {
		if odd, script := mixedScript(name); script != "" {
			p.Report(at, pointer(), fmt.Sprintf("%s %q has the %s letter %q (U+%04X) among Latin ones", what, name, script, odd, odd), "write it again by hand")
		}
	}
	check(p.Contract.Head(), func() string { return "" }, string(p.Contract.Kind)+" name", p.Contract.Name)
	for _, at := range p.Properties() {
		check(at.Property.At(), at.Pointer, "property", at.Property.Name)
	}
}

// mixedScript finds a Cyrillic or Greek letter in a name that has Latin letters too.
func mixedScript(name string) (odd rune, script string) {
	latin := false
	for _, r := range name {
		switch {
		case r < unicode.MaxASCII:
			latin = latin || unicode.IsLetter(r)
		case unicode.Is(unicode.Cyrillic, r):
			odd, script = r, "Cyrillic"
		case unicode.Is(unicode.Greek, r):
			odd, script = r, "Greek"
		}
	}
	if !latin {
		return 0, ""
	}
	return odd, script
}
