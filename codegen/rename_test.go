package codegen_test

import (
	"slices"
	"testing"

	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/targets"
)

// TestRenamed_HasAnotherNameForEverything tries it with all targets that name more than files.
// In Avro a definition that stands in a union with a discriminator is named after its place.
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
