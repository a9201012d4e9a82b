package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestExitCode_AnInterruptIsCalledOne(t *testing.T) {
	var stderr bytes.Buffer
	app := &App{Stderr: &stderr}
	if code := app.exitCode(fmt.Errorf("read events: %w", context.Canceled)); code != exitFailure || stderr.String() != "evctl: interrupted\n" {
		t.Errorf("exit code %d with %q", code, stderr.String())
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
