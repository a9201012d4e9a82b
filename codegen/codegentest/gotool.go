package codegentest

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// GoTool is the program of a module such as example.com/cmd/tool@v1.2.3, built once for
// all runs on a machine. Continuous integration must be able to build it; elsewhere the
// test is skipped where that fails.
func GoTool(t testing.TB, module string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	name, version, _ := strings.Cut(path.Base(module), "@")
	bin := filepath.Join(cache, "evctl-test-tools", name+"-"+version)
	program := filepath.Join(bin, name)
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if _, err := os.Stat(program); err == nil {
		return program
	}
	install := exec.Command("go", "install", module)
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Skipf("%s cannot be installed here, which continuous integration does: %v\n%s", module, err, out)
	}
	return program
}
