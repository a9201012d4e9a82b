package lint_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/linttest"
	"github.com/evctl/evctl/lint/rules"
)

// withoutExample are rules that no workspace alone can break: a baseline is a file that
// a run is given.
var withoutExample = map[string]bool{"baseline-stale": true}

// builtin are the rules of the language and of this package.
func builtin(t *testing.T) []*lint.Rule {
	t.Helper()
	c, err := lint.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return c.Rules()
}

func TestBuiltinRules_FixturesHold(t *testing.T) {
	c, err := lint.NewCatalogue(rules.Set())
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range builtin(t) {
		if !withoutExample[rule.ID] {
			linttest.Fixture(t, c, rule, "testdata/fixtures", nil)
		}
	}
}

func TestBuiltinRules_EveryFixtureHasARule(t *testing.T) {
	known := map[string]bool{}
	for _, rule := range builtin(t) {
		known[rule.ID+".txtar"] = true
	}
	files, err := filepath.Glob("testdata/fixtures/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		if !known[filepath.Base(file)] {
			t.Errorf("%s belongs to no rule", file)
		}
	}
	if _, err := os.Stat("testdata/fixtures/baseline-stale.txtar"); err == nil {
		t.Error("baseline-stale has an example now: test it")
	}
}
