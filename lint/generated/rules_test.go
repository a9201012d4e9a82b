package generated_test

import (
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/codegen/entry"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/generated"
	"github.com/evctl/evctl/lint/linttest"
)

func TestRules_HoldInTheirExamples(t *testing.T) {
	linttest.Fixtures(t, generated.Set(), "testdata/rules", func(*lint.Example) []lint.Source { return []lint.Source{entry.Lint} })
}

func TestRules_EveryExampleHasARule(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) != len(generated.Set().Rules) {
		t.Errorf("%d examples of %d rules, %v", len(files), len(generated.Set().Rules), err)
	}
}

// TestRules_AreThoseOfTheFindings keeps the two sides together that do not know each other.
func TestRules_AreThoseOfTheFindings(t *testing.T) {
	known := map[string]bool{}
	for _, r := range generated.Set().Rules {
		known[r.ID] = true
	}
	if !known[entry.RuleCollision] || !known[entry.RuleInvalid] || len(known) != 2 {
		t.Errorf("rules are %v", known)
	}
}
