package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
	"github.com/evctl/evctl/lint/linttest"
)

func TestRules_FixturesHold(t *testing.T) { linttest.Fixtures(t, Set(), "testdata", nil) }

func TestRules_EveryFixtureHasARule(t *testing.T) {
	known := map[string]bool{}
	for _, r := range Set().Rules {
		known[r.ID+".txtar"] = true
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		if !known[filepath.Base(file)] {
			t.Errorf("%s belongs to no rule", file)
		}
	}
}

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)

func TestRules_AreDescribedWhole(t *testing.T) {
	for _, r := range Set().Rules {
		hooks := 0
		for _, set := range []bool{r.Contract != nil, r.Workspace != nil, r.Config != nil} {
			if set {
				hooks++
			}
		}
		switch {
		case !kebab.MatchString(r.ID):
			t.Errorf("%s: the ID is not kebab-case", r.ID)
		case r.Summary == "" || strings.HasSuffix(r.Summary, ".") || strings.ToLower(r.Summary[:1]) != r.Summary[:1]:
			t.Errorf("%s: summary %q is not one lower-case line without a full stop", r.ID, r.Summary)
		case !strings.HasSuffix(r.Why, "."):
			t.Errorf("%s: why %q is not a sentence", r.ID, r.Why)
		case r.Severity == diag.Off || r.Group == "" || r.Profile == 0:
			t.Errorf("%s lacks severity, group or profile", r.ID)
		case hooks != 1:
			t.Errorf("%s has %d check functions, expected one", r.ID, hooks)
		}
	}
}

// TestRules_FileIsNamedAfterItsRule keeps every rule where people look for it. Families
// of rules that one table describes share a file.
func TestRules_FileIsNamedAfterItsRule(t *testing.T) {
	for _, r := range Set().Rules {
		if families[r.Group] || strings.HasPrefix(r.ID, "personal-") {
			continue
		}
		name := strings.ReplaceAll(r.ID, "-", "_") + ".go"
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%s is not in a file %s", r.ID, name)
		}
	}
}

var families = map[lint.Group]bool{}
