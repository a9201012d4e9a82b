package lint

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// Set is what a package contributes to the catalogue.
type Set struct {
	Rules []Rule
	// Fixtures holds a text archive <rule ID>.txtar for every rule: the example that
	// evctl explain shows and that the tests run. See Example.
	Fixtures fs.FS
}

// Catalogue is every rule there is, in the order of the documentation.
type Catalogue struct {
	rules    []*Rule
	byID     map[string]int
	fixtures map[string]fs.FS
}

// NewCatalogue puts the checks of the language and of evctl.yaml together with the
// given sets, group by group. It fails when two rules have one ID.
func NewCatalogue(sets ...Set) (*Catalogue, error) {
	c := &Catalogue{byID: map[string]int{}, fixtures: map[string]fs.FS{}}
	sets = append([]Set{builtin()}, sets...)
	for _, group := range Groups {
		for _, set := range sets {
			for i := range set.Rules {
				if set.Rules[i].Group != group {
					continue
				}
				if err := c.add(&set.Rules[i], set.Fixtures); err != nil {
					return nil, err
				}
			}
		}
	}
	return c, nil
}

func (c *Catalogue) add(r *Rule, fixtures fs.FS) error {
	if _, taken := c.byID[r.ID]; taken {
		return fmt.Errorf("two rules have the ID %q", r.ID)
	}
	c.byID[r.ID] = len(c.rules)
	c.rules = append(c.rules, r)
	c.fixtures[r.ID] = fixtures
	return nil
}

// with is the catalogue with further rules, such as those of an evctl.yaml. Rules
// whose ID is taken are left out; the caller has reported them.
func (c *Catalogue) with(more []Rule) *Catalogue {
	if len(more) == 0 {
		return c
	}
	extended := &Catalogue{byID: map[string]int{}, fixtures: map[string]fs.FS{}}
	for _, r := range c.rules {
		_ = extended.add(r, c.fixtures[r.ID])
	}
	for i := range more {
		_ = extended.add(&more[i], nil)
	}
	return extended
}

// Rules lists every rule. The caller must not change them.
func (c *Catalogue) Rules() []*Rule { return c.rules }

// Rule finds a rule by its ID, or nil.
func (c *Catalogue) Rule(id string) *Rule {
	if i, ok := c.byID[id]; ok {
		return c.rules[i]
	}
	return nil
}

// Nearest is the rule ID that a misspelled one most likely means, or "".
func (c *Catalogue) Nearest(id string) string {
	ids := make([]string, len(c.rules))
	for i, r := range c.rules {
		ids[i] = r.ID
	}
	return contracts.Nearest(id, ids)
}

// builtin is what the language and this package itself require.
func builtin() Set {
	set := Set{Fixtures: fixtures()}
	for _, check := range contracts.Checks {
		set.Rules = append(set.Rules, Rule{
			ID: check.ID, Group: Language, Profile: Minimal, Severity: diag.Error, Required: true, Summary: check.Summary,
			Why: "The language requires it: a contract that breaks it has no meaning that could be compared, generated from or validated with.",
		})
	}
	set.Rules = slices.Concat(set.Rules, configRules, ignoreRules, baselineRules)
	return set
}
