package python

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
)

// TestGenerate_OtherNamesStayOffTheWire gives everything another name and wants the JSON of
// before.
func TestGenerate_OtherNamesStayOffTheWire(t *testing.T) {
	m := codegentest.Renamed(t, Target{}, codegentest.Model(t, "../testdata/torture"), nil)
	var list []given
	for _, e := range m.Events {
		v, err := payload.Compile(e.Contract)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range 10 {
			if raw := contracttest.Payload(e.Contract).Example(seed); v.Valid(raw) {
				list = append(list, given{e.Contract.Name, raw})
			}
		}
	}
	if len(list) < 100 {
		t.Errorf("only %d payloads", len(list))
	}
	for i, r := range run(t, m, list) {
		if r.Pointer != nil {
			t.Errorf("%s: refused at %q: %s", list[i].Event, *r.Pointer, list[i].Payload)
		} else if diff := cmp.Diff(canonical(t, list[i].Payload), canonical(t, r.Payload)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", list[i].Event, diff)
		}
	}
}
