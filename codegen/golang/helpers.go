package golang

import (
	_ "embed"
	"strings"

	"github.com/evctl/evctl/codegen"
)

const helpersName = "evctl_gen.go"

//go:embed helpers.go.txt
var helpersSource string

// helpers is the file with what all types of the package share.
func (g *generator) helpers() []byte {
	return []byte("// " + codegen.Marker + "\n\npackage " + g.options["package"] + "\n\n" + strings.TrimLeft(helpersSource, "\n"))
}
