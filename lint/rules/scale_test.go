package rules

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/report"
)

// TestRules_WorkFollowsTheSizeOfTheInput holds for inputs of which every part is wrong,
// where work that grows with the square of the input takes minutes.
func TestRules_WorkFollowsTheSizeOfTheInput(t *testing.T) {
	const n = 5_000
	times := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	many := func(format string) string { return times(n, format) }
	const head = "event: big.sent\nversion: 1.0.0\n"
	for name, text := range map[string]string{
		"properties in the wrong case":   head + "properties:\n" + many("  P%[1]dx: {type: string, description: d%[1]d x}\n"),
		"properties with examples":       head + "properties:\n" + many("  P%[1]dx: {type: string, examples: [1]}\n"),
		"names in an example":            head + "properties:\n" + times(n, "  P%[1]dx: {type: string}\n") + "examples:\n  - x: 1\n" + times(n, "    P%[1]dx: 1\n"),
		"all on one line":                "{event: big.sent, version: 1.0.0, properties: {" + many("P%[1]dx: {type: string, description: d%[1]d x}, ") + "}}\n",
		"values of an enum":              head + "properties:\n  x:\n    type: string\n    enum:\n" + many("      - Value-%[1]d\n      - value_%[1]d\n"),
		"examples":                       head + "properties:\n  x: {type: string}\nexamples:\n" + many("  - {x: %[1]d}\n"),
		"comments":                       head + "properties:\n" + many("  # evctl:ignore property-undocumented: why\n  p%[1]d: {type: string}\n"),
		"deprecated without a successor": head + "properties:\n" + many("  p%[1]d: {type: string, deprecated: {replacedBy: q%[1]d}}\n"),
		"definitions alike":              head + "definitions:\n" + times(n/2, "  d%[1]d: {type: object, properties: {a: {type: string}, b: {type: string}}}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := lint.NewCatalogue(Set())
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			r := lintFiles(t, c, fstest.MapFS{"evctl.yaml": {Data: []byte(strictConfig)}, "contracts/big.yaml": {Data: []byte(text)}})
			linted := time.Since(start)
			fixes := lint.Fix(r.Diagnostics)
			fixed := time.Since(start)
			for _, format := range []string{"text", "sarif"} {
				if err := report.Write(io.Discard, format, &report.Report{Diagnostics: r.Diagnostics, Rules: c}); err != nil {
					t.Fatal(err)
				}
			}
			spent := time.Since(start)
			t.Logf("%d bytes, %d findings, %d fixed files: linted %v, fixed %v, reported %v", len(text), len(r.Diagnostics), len(fixes.Files), linted, fixed, spent)
			if len(r.Diagnostics) < 5 {
				t.Errorf("%d findings, expected many", len(r.Diagnostics))
			}
			if spent > 15*time.Second {
				t.Errorf("it took %v", spent)
			}
		})
	}
}
