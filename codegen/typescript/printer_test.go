package typescript

import (
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

// TestPrinter_UsesItsMemoryAgain counts the pieces of memory for a module: a document in a
// value of its own, or a text for each line, would be thousands of them in 5,000 modules.
func TestPrinter_UsesItsMemoryAgain(t *testing.T) {
	options, err := codegen.CheckOptions(Target{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := newGenerator(codegentest.Model(t, shop), options, nil)
	p := newPrinter(g)
	lines, pieces := 0, 0.0
	for _, u := range g.units {
		pieces += testing.AllocsPerRun(1, func() { p.module(u.Unit, u.event) }) // runs once before it counts
		for _, c := range p.module(u.Unit, u.event) {
			if c == '\n' {
				lines++
			}
		}
	}
	if per := pieces / float64(lines); per > 3 {
		t.Errorf("%.1f allocations for each line that is printed, expected fewer than 3", per)
	} else {
		t.Logf("%.1f allocations for each line", per)
	}
}
