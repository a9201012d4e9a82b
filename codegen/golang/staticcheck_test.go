package golang

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
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
	tool := staticcheckTool(t)
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

// staticcheckTool is the program: the one in PATH, or else one that is built once for all
// runs. Continuous integration must have it.
func staticcheckTool(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("staticcheck"); err == nil {
		return path
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(cache, "evctl-test-tools", strings.ReplaceAll(staticcheck[strings.LastIndexByte(staticcheck, '/')+1:], "@", "-"))
	path := filepath.Join(bin, "staticcheck")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	install := exec.Command("go", "install", staticcheck)
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Skipf("staticcheck cannot be installed here, which continuous integration does: %v\n%s", err, out)
	}
	return path
}
