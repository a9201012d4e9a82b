package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/evctl/evctl/cmd/evctl/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"evctl": func() {
			app := cli.FromOS()
			if fixed, err := time.Parse(time.RFC3339, os.Getenv("EVCTL_TEST_NOW")); err == nil {
				app.Now = func() time.Time { return fixed }
			}
			os.Exit(cli.Main(app, os.Args[1:]))
		},
	})
}

// TestScripts runs every session of testdata/script. Set EVCTL_UPDATE=1 to rewrite
// the outputs they expect.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("EVCTL_UPDATE") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Setenv("EVCTL_TEST_NOW", "2026-11-20T12:00:00Z")
			env.Setenv("EVCTL_REPO", repositoryRoot(t))
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("EVCTL_BIN", filepath.SplitList(env.Getenv("PATH"))[0]) // has evctl, and nothing of the machine
			return nil
		},
	})
}

// exits runs a command that must end with a certain code: exits CODE COMMAND [ARG...].
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("exit code is %d, want %s", code, want)
	}
}

func repositoryRoot(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir + "/../.."
}
