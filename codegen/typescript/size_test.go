package typescript

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
)

// Sizes in bytes, packed with gzip, that people get in their bundles at most.
const (
	maxRuntime     = 3000 // all of checks.ts and tracker.ts
	maxSimpleEvent = 300  // an event without objects, beside others
)

func TestSize_StaysSmall(t *testing.T) {
	m := codegentest.Model(t, shop)
	src := filepath.Join(t.TempDir(), "src")
	codegentest.Write(t, src, codegentest.Files(t, Target{}, m, nil))
	g := newGenerator(m, nil, nil)
	args := []string{filepath.Join(installed(t, "testdata/run"), "size.mjs"), src}
	simple := map[string]bool{}
	for _, e := range m.Events {
		args = append(args, g.events[e])
		simple[g.events[e]] = isSimple(e)
	}
	cmd := exec.Command("node", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var got struct {
		Runtime, Tracker, Formats, All, Types int
		Events, Alone                         map[string]int
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", got)
	if got.Runtime > maxRuntime {
		t.Errorf("the runtime has %d bytes, expected at most %d", got.Runtime, maxRuntime)
	}
	n := 0
	for event, size := range got.Events {
		if !simple[event] {
			continue
		}
		n++
		if size > maxSimpleEvent {
			t.Errorf("%s has %d bytes, expected at most %d", event, size, maxSimpleEvent)
		}
	}
	if n < 3 || len(got.Events) != len(m.Events) {
		t.Errorf("%d simple events among %d", n, len(got.Events))
	}
	if got.Types > 50 {
		t.Errorf("types alone have %d bytes, expected none to speak of", got.Types)
	}
}

// isSimple reports whether an event has scalars only, and lists and maps of them.
func isSimple(e *codegen.Event) bool {
	for _, t := range e.Reach[1:] {
		if t.Kind != codegen.Enum {
			return false
		}
	}
	return !slices.ContainsFunc(e.Payload.Fields, func(f *codegen.Field) bool { return f.Type.Elem != nil && f.Type.Elem.Elem != nil })
}
