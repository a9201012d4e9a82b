package typescript

import (
	"testing"

	"github.com/evctl/evctl/codegen/codegentest"
)

// TestChecks_OtherNamesStayOffTheWire gives everything another name and wants the verdicts
// of before.
func TestChecks_OtherNamesStayOffTheWire(t *testing.T) {
	conform(t, codegentest.Renamed(t, Target{}, codegentest.Model(t, torture), nil), 20)
}
