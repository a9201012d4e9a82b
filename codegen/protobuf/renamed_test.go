package protobuf

import (
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

// TestGenerate_OtherNamesStayOffTheWire gives everything another name and wants the numbers
// and the JSON names of before.
func TestGenerate_OtherNamesStayOffTheWire(t *testing.T) {
	m := codegentest.Renamed(t, Target{}, codegentest.Model(t, "../testdata/torture"), nil)
	list := codegentest.Files(t, Target{}, m, nil)
	if err := compile(list); err != nil {
		t.Fatal(err)
	}
	files := map[string]codegen.File{}
	for _, f := range list {
		files[f.Path] = f
	}
	for _, e := range m.Events {
		_, path := place(e, config{packageName: "events"})
		checkPlan(t, e, files[path])
	}
}
