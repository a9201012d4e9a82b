package codegentest

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// requirements pins the packages of Python that tests of targets use.
//
//go:embed requirements.txt
var requirements []byte

// patience is how long a program of another language may take before it is taken for stuck.
const patience = 4 * time.Minute

// Python is an interpreter that has the packages of requirements.txt.
func Python(t testing.TB) string {
	t.Helper()
	return PythonWith(t, requirements)
}

// PythonWith is an interpreter that has the packages of a list such as requirements.txt,
// for tests whose packages do not go together with those of others. They are installed
// once on a machine. Without Python the test is skipped on a developer's machine and
// fails in continuous integration.
func PythonWith(t testing.TB, requirements []byte) string {
	t.Helper()
	system, err := exec.LookPath("python3")
	if err != nil && runtime.GOOS == "windows" {
		system, err = exec.LookPath("python")
	}
	if err != nil {
		Missing(t, "python3")
	}
	sum := sha256.Sum256(requirements)
	return pythonOf(once(t, "python-"+hex.EncodeToString(sum[:6]), func(dir string) {
		list := filepath.Join(t.TempDir(), "requirements.txt")
		if err := os.WriteFile(list, requirements, 0o644); err != nil {
			t.Fatal(err)
		}
		install(t, "", system, "-m", "venv", dir)
		install(t, "", pythonOf(dir), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", list)
	}))
}

// pythonOf is the interpreter of a virtual environment.
func pythonOf(dir string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(dir, "Scripts", "python.exe")
	}
	return filepath.Join(dir, "bin", "python")
}

// Missing says that a program is not there, which continuous integration needs.
func Missing(t testing.TB, program string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed, which continuous integration needs", program)
	}
	t.Skipf("%s is not installed: what is generated is not tried", program)
}

// Run runs a program in a folder, fails the test when it fails, and returns what it
// prints.
func Run(t testing.TB, dir string, stdin []byte, program string, args ...string) []byte {
	t.Helper()
	return run(t, patience, dir, stdin, program, args...)
}

func run(t testing.TB, limit time.Duration, dir string, stdin []byte, program string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(stdin)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w after %v", err, limit)
		}
		t.Fatalf("%s %q: %v\n%s%s", program, args, err, out.Bytes(), errors.Bytes())
	}
	return out.Bytes()
}
