package codegen_test

import (
	"slices"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/targets"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/numbers"
)

// TestRenamed_HasAnotherNameForEverything tries it with all targets that name more than files.
// Avro keeps the names of properties as they are on the wire, so that their case does not tell
// that of other names; its package has a test of its own.
func TestRenamed_HasAnotherNameForEverything(t *testing.T) {
	m := codegentest.Model(t, torture)
	for _, target := range targets.All {
		if slices.Contains([]string{"jsonschema", "markdown", "avro"}, target.Name()) {
			continue
		}
		t.Run(target.Name(), func(t *testing.T) {
			renamed := codegentest.Renamed(t, target, m, nil)
			if files := codegentest.Files(t, target, renamed, nil); len(files) < len(m.Events) {
				t.Errorf("%d files of %d events", len(files), len(m.Events))
			}
		})
	}
}

func TestContinue_ReachesModelsWithOtherNames(t *testing.T) {
	ledgers, released := map[string][]numbers.Ledger{}, map[string][]*contracts.Contract{}
	for _, e := range codegentest.Released(t, "../testdata/shop").Events {
		released[e.Contract.Name] = e.Released
		ledgers[e.Contract.Name] = []numbers.Ledger{numbers.Allocate(numbers.Ledger{}, e.Contract)}
	}
	m := codegentest.Model(t, "../testdata/shop")
	rename := map[string]string{"order.completed": "Ordered"}
	m.Renamed(rename) // asked for before it is known what was released
	m.Continue(ledgers, released)
	for _, made := range []*codegen.Model{m, m.Renamed(rename)} {
		for _, e := range made.Events {
			if len(e.Released) != len(released[e.Contract.Name]) || len(e.Ledgers) != 1 || !e.Ledgers[0].Equal(ledgers[e.Contract.Name][0]) {
				t.Errorf("%s goes on from %d versions and %d ledgers", e.Contract.Name, len(e.Released), len(e.Ledgers))
			}
		}
	}
}
