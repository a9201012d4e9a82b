package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var defaultInvalid = lint.Rule{
	ID: "default-invalid", Group: lint.Structure, Profile: lint.Minimal, Severity: diag.Error,
	Summary:  "a default is not valid for its own schema",
	Why:      "Older payloads are upgraded with the default. One that the schema refuses, such as a value that is not in the enum, makes valid payloads invalid.",
	Contract: checkDefaultInvalid,
}

func checkDefaultInvalid(p *lint.Pass) {
	var source values
	for _, at := range p.Places() {
		if at.Schema.Default == nil {
			continue
		}
		validator, err := definitionsOf(p).CompileSchema(at.Schema)
		if err != nil {
			p.Report(at.Schema.At("default"), at.Pointer()+"/default", fmt.Sprintf("default cannot be checked: %v", err), "")
			continue
		}
		reportInvalid(p, &source, validator, at, "default", "default", *at.Schema.Default)
	}
}
