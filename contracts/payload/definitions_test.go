package payload_test

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
)

// TestDefinitions_GiveTheVerdictsOfCompileSchema compiles random contracts with and
// without kept definitions, from several goroutines at once.
func TestDefinitions_GiveTheVerdictsOfCompileSchema(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := contracttest.Contract().Draw(t, "contract")
		raw := contracttest.Payload(c).Draw(t, "payload")
		alone, err := payload.CompileSchema(c.Payload)
		if err != nil {
			t.Fatal(err)
		}
		want := alone.Validate(raw)
		var kept payload.Definitions
		var wg sync.WaitGroup
		got := make([][]payload.Violation, 4)
		for i := range got {
			wg.Go(func() {
				if v, err := kept.CompileSchema(c.Payload); err == nil {
					got[i] = v.Validate(raw)
				}
			})
		}
		wg.Wait()
		for i := range got {
			if diff := cmp.Diff(want, got[i]); diff != "" {
				t.Fatalf("validator %d differs (-alone +kept):\n%s", i, diff)
			}
		}
	})
}
