package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var enumValueCollision = lint.Rule{
	ID: "enum-value-collision", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Warning,
	Summary: "two enum values differ only in case or separators",
	Why: "Producers pick either of the two, and every count by value is split. Generated constants have to be " +
		"told apart by a number that means nothing.",
	Contract: checkEnumValueCollision,
}

func checkEnumValueCollision(p *lint.Pass) {
	for _, at := range p.Places() {
		if len(at.Schema.Enum) < 2 {
			continue
		}
		seen := make(map[string]int, len(at.Schema.Enum))
		for i, v := range at.Schema.Enum {
			if !v.IsString() {
				continue
			}
			key := keyOf(v.Text())
			other, taken := seen[key]
			if !taken {
				seen[key] = i
				continue
			}
			found := p.Report(diag.Location{File: at.Schema.File, Span: v.Span}, at.Pointer()+"/enum/"+v.Text(),
				fmt.Sprintf("enum value %s differs from %s only in case or separators", v.JSON, at.Schema.Enum[other].JSON), "keep one of the two")
			found.Related = []diag.Related{{Location: diag.Location{File: at.Schema.File, Span: at.Schema.Enum[other].Span}, Message: "the other one"}}
		}
	}
}
