package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

// commands lists every command in the order of the help text. Adding one is a
// file and a line here.
var commands = []func(*App) *cobra.Command{
	newInit,
	newLint,
	newGenerate,
	newDiff,
	newBump,
	newPush,
	newExport,
	newServe,
	newValidate,
	newUpgrade,
	newRedact,
	newImpact,
	newImport,
	newRules,
	newExplain,
	newSchema,
	newSubschema,
}

// version is the module version of a build made by go install, and the commit of others.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
