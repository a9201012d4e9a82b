package typescript

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/contracttest"
)

// runtime is what the generated code works in beside Node.js and browsers.
type runtime struct {
	name      string   // of the command
	arguments []string // in front of the program
}

var runtimes = []runtime{
	{"bun", []string{"run"}},
	{"deno", []string{"run", "--allow-all", "--quiet"}},
}

// TestRuntimes_AnswerAsNode gives the same payloads, valid and changed, to the checks in every
// runtime.
func TestRuntimes_AnswerAsNode(t *testing.T) {
	models := map[string]*codegen.Model{
		"shop":    codegentest.Model(t, shop),
		"torture": codegentest.Model(t, torture),
	}
	for name, m := range models {
		modules := compiled(t, m)
		var samples []sample
		for _, e := range m.Events {
			for i := range 600 / len(m.Events) {
				raw := contracttest.Payload(e.Contract).Example(i)
				if i%3 > 0 {
					raw = contracttest.Mutate(raw).Example(i)
				}
				samples = append(samples, sample{Event: e.Contract.Name, Raw: string(raw)})
			}
		}
		in := codegentest.Lines(t, samples...)
		program := filepath.Join(installed(t, "testdata/run"), "conform.mjs")
		want := codegentest.Answers[verdict](t, codegentest.Run(t, "", in, "node", program, modules), len(samples))
		for _, r := range runtimes {
			t.Run(name+"/"+r.name, func(t *testing.T) {
				got := codegentest.Answers[verdict](t, r.run(t, in, program, modules), len(samples))
				faults := 0
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("%s %s is %+v, in Node.js %+v", samples[i].Event, samples[i].Raw, got[i], want[i])
					}
					if want[i].Fault != "" {
						faults++
					}
				}
				if faults < len(want)/5 || faults > len(want)*4/5 {
					t.Errorf("%d of %d payloads are not valid", faults, len(want))
				}
			})
		}
	}
}

// TestRuntimes_Deliver runs the tracker in every runtime.
func TestRuntimes_Deliver(t *testing.T) {
	modules := compiled(t, codegentest.Model(t, shop))
	program := filepath.Join(installed(t, "testdata/run"), "tracker.mjs")
	for _, r := range runtimes {
		t.Run(r.name, func(t *testing.T) {
			r.run(t, nil, program, modules)
		})
	}
}

// run runs a program, and returns what it prints.
func (r *runtime) run(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	dir := installed(t, "testdata/runtimes")
	path := filepath.Join(dir, "node_modules", ".bin", r.name)
	if exec.Command(path, "--version").Run() != nil {
		// Packages are installed without their scripts; this one puts the program into its place.
		codegentest.Run(t, dir, nil, "node", filepath.Join("node_modules", r.name, "install.js"))
	}
	return codegentest.Run(t, "", stdin, path, append(slices.Clone(r.arguments), args...)...)
}
