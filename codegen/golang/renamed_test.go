package golang

import (
	"testing"

	"github.com/evctl/evctl/codegen/codegentest"
)

// TestGenerate_OtherNamesStayOffTheWire gives everything another name and wants the verdicts
// and the JSON of before.
func TestGenerate_OtherNamesStayOffTheWire(t *testing.T) {
	m := codegentest.Renamed(t, Target{}, codegentest.Model(t, torture), nil)
	cases := casesOf(t, m, 20)
	checkAnswers(t, cases, run(t, "", linesOf(cases), build(t, m, nil)), false)
}
