package rules

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var discriminatorMissing = lint.Rule{
	ID: "discriminator-missing", Group: lint.Structure, Profile: lint.Strict, Severity: diag.Info,
	Summary:  "a union of objects has no discriminator",
	Why:      "Readers have to try one variant after the other, errors cannot say which one was meant, and generated code checks by hand what a tag would tell.",
	Contract: checkDiscriminatorMissing,
}

func checkDiscriminatorMissing(p *lint.Pass) {
	for _, at := range p.Places() {
		u := at.Schema.Union
		if u == nil || u.Discriminator != "" || len(u.Variants) < 2 {
			continue
		}
		scalar := slices.ContainsFunc(u.Variants, func(v *contracts.Variant) bool { return v.Schema.Resolved().Types != contracts.Object })
		if !scalar {
			p.Report(at.Schema.At(u.Keyword()), at.Pointer(), nameOf(p.Contract, at)+" is one of several objects without a discriminator", "add discriminator: with the property that tells them apart")
		}
	}
}
