package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

var requiredWithDefault = lint.Rule{
	ID: "required-with-default", Group: lint.Structure, Profile: lint.Standard, Severity: diag.Info,
	Summary:  "a required property has a default",
	Why:      "A default stands for a value that is absent, which a required one never is. Older payloads that lack the property are upgraded with it, if that is what is meant.",
	Contract: checkRequiredWithDefault,
}

func checkRequiredWithDefault(p *lint.Pass) {
	for _, at := range p.Properties() {
		if at.Property.Required && at.Schema.Default != nil && at.Schema.Since == "" {
			p.Report(at.Schema.At("default"), at.Pointer()+"/default", fmt.Sprintf("property %s is required and has a default", document.Quote(at.Property.Name)),
				"make it optional, remove the default, or say since: when it upgrades older payloads")
		}
	}
}
