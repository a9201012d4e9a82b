package generated

import (
	"embed"
	"io/fs"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

var rules = []lint.Rule{
	{
		ID: "generated-name-collision", Group: lint.Naming, Profile: lint.Minimal, Severity: diag.Error,
		Summary: "a language has one identifier for two names of the contracts",
		Why: "One of the two gets a number in generated code, and which one depends on what else there is: " +
			"the name that people wrote into their programs changes when somebody adds another contract. " +
			"An entry of generate: can give one of the two another name in that language alone.",
		Options: []string{"generate"},
	},
	{
		ID: "generate-invalid", Group: lint.Configuration, Profile: lint.Minimal, Severity: diag.Error, Required: true,
		Summary: "an entry of generate: in evctl.yaml cannot be carried out",
		Why: "evctl generate stops at it and writes nothing. What is wrong shows here before somebody needs the code: " +
			"a target or option that does not exist, and another name for something that is not there, or that the language would not write.",
		Options: []string{"generate"},
	},
}

//go:embed testdata/rules
var fixtures embed.FS

// Set is what this package contributes to the catalogue of lint.
func Set() lint.Set {
	sub, err := fs.Sub(fixtures, "testdata/rules")
	if err != nil {
		sub = embed.FS{} // not reachable: the path is valid
	}
	return lint.Set{Rules: rules, Fixtures: sub}
}
