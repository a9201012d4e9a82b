package codegentest

import (
	"context"
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
	name, version, _ := strings.Cut(path.Base(module), "@")
	bin := once(t, name+"-"+version, func(dir string) {
		ctx, cancel := context.WithTimeout(t.Context(), installPatience)
		defer cancel()
		command := exec.CommandContext(ctx, "go", "install", module)
		command.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
		out, err := command.CombinedOutput()
		switch {
		case err == nil:
		case os.Getenv("CI") != "":
			t.Fatalf("%v\n%s", err, out)
		default:
			t.Skipf("%s cannot be installed here, which continuous integration does: %v\n%s", module, err, out)
		}
	})
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(bin, name)
}
