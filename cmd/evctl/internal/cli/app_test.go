package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestExitCode_AnInterruptIsCalledOne(t *testing.T) {
	var stderr bytes.Buffer
	app := &App{Stderr: &stderr}
	if code := app.exitCode(fmt.Errorf("read events: %w", context.Canceled)); code != exitFailure || stderr.String() != "evctl: interrupted\n" {
		t.Errorf("exit code %d with %q", code, stderr.String())
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestMain_OutputThatGetsLostIsAFailure(t *testing.T) {
	for _, args := range []string{"--help", "lint -h", "help push", "--version", "rules", "rules --format json", "rules --format markdown",
		"explain property-case", "explain property-case --format json", "generate --list", "generate --list --format json", "schema contract",
		"schema config", "completion bash", "completion zsh", "completion"} {
		var stderr bytes.Buffer
		app := &App{Stdin: strings.NewReader(""), Stdout: fullDisk{}, Stderr: &stderr, Dir: t.TempDir(), Now: time.Now, Getenv: os.Getenv}
		code := Main(app, strings.Fields(args))
		if code != exitFailure || strings.Count(stderr.String(), "no space left on device") != 1 || !strings.HasPrefix(stderr.String(), "evctl: ") {
			t.Errorf("evctl %s: exit code %d with %q", args, code, stderr.String())
		}
	}
}

func TestPrintable_KeepsLinesOfAReadableLength(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", 1<<20), strings.Repeat("/ä", 1<<20)} {
		if got := printable(text); len(got) > 2*printableRunes+len("…") || !strings.HasSuffix(got, "…") {
			t.Errorf("%d bytes of text come out as %d bytes", len(text), len(got))
		}
	}
	if got := printable("a\x1b[31m\nb"); got != "a\ufffd[31m\ufffdb" {
		t.Errorf("got %q", got)
	}
}

func TestRoomForGarbage_IsLeftToTheEnvironmentWhereThatHasLimits(t *testing.T) {
	for _, test := range []struct {
		name, value string
		want        bool
	}{{"GOGC", "", true}, {"GOGC", "50", false}, {"GOGC", "off", false}, {"GOMEMLIMIT", "64MiB", false}} {
		app := &App{Getenv: func(name string) string { return map[string]string{test.name: test.value}[name] }}
		if got := roomForGarbage(app) != nil; got != test.want {
			t.Errorf("%s=%s: room %v, want %v", test.name, test.value, got, test.want)
		}
	}
}
