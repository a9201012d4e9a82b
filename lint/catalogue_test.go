package lint

import (
	"strings"
	"testing"
)

func TestCatalogue_RefusesTwoRulesOfOneID(t *testing.T) {
	set := Set{Rules: []Rule{{ID: "a-rule", Group: Naming}}}
	if _, err := NewCatalogue(set, set); err == nil || !strings.Contains(err.Error(), `two rules have the ID "a-rule"`) {
		t.Errorf("error is %v", err)
	}
}

func TestCatalogue_HoldsEveryRuleOfItsSets(t *testing.T) {
	set := Set{Rules: []Rule{{ID: "last-rule", Group: Custom}, {ID: "first-rule", Group: Language}}}
	c, err := NewCatalogue(set)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range c.Rules() {
		if c.Rule(r.ID) != r {
			t.Errorf("rule %d, %s, is not found by its ID", i, r.ID)
		}
	}
	if want := len(builtin().Rules) + 2; len(c.Rules()) != want {
		t.Errorf("catalogue has %d rules, expected %d: is a group missing in Groups?", len(c.Rules()), want)
	}
	if near := c.Nearest("frst-rule"); near != "first-rule" {
		t.Errorf("nearest is %q", near)
	}
}

func TestParseExample_RefusesFilesOutsideOfItsParts(t *testing.T) {
	if _, err := ParseExample([]byte("-- worse/x.yaml --\n")); err == nil {
		t.Error("worse/x.yaml is accepted")
	}
	e, err := ParseExample([]byte("A note.\n-- new/x.yaml --\nx\n-- old/y.yaml --\ny\n-- want --\nw\n"))
	if err != nil {
		t.Fatal(err)
	}
	if e.Note != "A note." || len(e.Bad) != 1 || e.Bad[0].Path != "x.yaml" || len(e.Old) != 1 || e.Want != "w\n" {
		t.Errorf("example is %+v", e)
	}
}
