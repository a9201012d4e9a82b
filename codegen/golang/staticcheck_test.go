package golang

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

// staticcheck is the version of the tool that generated code is held to.
const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"

// TestGenerate_StaticcheckFindsNothing runs all checks over the shop's code and those that
// are on by default over the torture set, as if people had written both: the line by which
// tools know generated code is taken out. What a package does not use of the shared files
// (U1000) is known.
func TestGenerate_StaticcheckFindsNothing(t *testing.T) {
	tool := codegentest.GoTool(t, staticcheck)
	for _, c := range []struct{ dir, checks string }{{shop, "all,-U1000,-ST1003"}, {torture, "inherit,-U1000"}, {"testdata/edges", "inherit,-U1000"}} {
		module := t.TempDir()
		var files []codegen.File
		for _, f := range codegentest.Files(t, Target{}, codegentest.Model(t, c.dir), nil) {
			f.Content = bytes.Replace(f.Content, []byte("// "+codegen.Marker+"\n"), nil, 1)
			files = append(files, f)
		}
		codegentest.Write(t, module, files)
		write(t, filepath.Join(module, "go.mod"), "module generated\n\ngo 1.24\n")
		cmd := exec.Command(tool, "-checks", c.checks, "./...")
		cmd.Dir = module
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", c.dir, err, out)
		}
	}
}
