package lint

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// ErrUnknownRule is returned by Run when Options.Severities name a rule that does
// not exist. In evctl.yaml that is a diagnostic.
var ErrUnknownRule = errors.New("unknown rule")

// ErrRequiredRule is returned by Run when Options.Severities name a rule that cannot
// be configured.
var ErrRequiredRule = errors.New("rule is always an error")

// ErrGateRule is returned by Run when Options.Severities make a rule less than an error
// that decides what may be released.
var ErrGateRule = errors.New("rule decides what may be released and cannot be less than an error")

// IDs of what this package reports itself.
const (
	ruleUnknown       = "rule-unknown"
	customRuleInvalid = "custom-rule-invalid"
	overrideUnused    = "override-unused"
	valueInvalid      = "value-invalid" // one of contracts.Checks
)

// configRules are the rules about evctl.yaml and about comments that silence findings.
var configRules = []Rule{
	{
		ID: ruleUnknown, Group: Configuration, Profile: Minimal, Severity: diag.Error, Required: true,
		Summary: "evctl.yaml names a rule that does not exist",
		Why:     "A misspelled rule is not configured, and nobody notices: what it should have found passes.",
		Options: []string{"lint.rules", "lint.overrides"},
	},
	{
		ID: customRuleInvalid, Group: Configuration, Profile: Minimal, Severity: diag.Error, Required: true,
		Summary: "a rule of evctl.yaml cannot be compiled or run",
		Why: "A rule that does not run finds nothing; leaving it out silently would look like success. " +
			"Expressions are those of expr-lang and true for what is wrong. They ask about event, which has " + fieldsOf(ContractFields{}) +
			", and with on: property about property, which has " + fieldsOf(PropertyFields{}) + ".",
		Options: []string{"lint.custom"},
	},
	{
		ID: overrideUnused, Group: Configuration, Profile: Standard, Severity: diag.Warning,
		Summary: "an override matches no contract",
		Why:     "The files were moved or the pattern is wrong, so the severities that the override asks for are not in force.",
		Options: []string{"lint.overrides"}, Workspace: checkOverrides,
	},
}

// configure reads the lint section of evctl.yaml.
func (r *runner) configure() error {
	r.custom()
	cfg := r.w.Config.Lint
	name := cfg.Profile
	if r.opt.Profile != "" {
		name = r.opt.Profile
	}
	profile, err := ParseProfile(name)
	switch {
	case err != nil && r.opt.Profile != "":
		return err
	case err != nil:
		r.objectTo(valueInvalid, r.w.Config.At("lint", "profile"), "lint.profile", err.Error(), "")
		profile = Strict
	}
	section := r.w.Config.Node.Get("lint")
	rules := r.severitiesIn(section.Get("rules"), "lint.rules", cfg.Rules)
	var overrides []override
	for i, o := range cfg.Overrides {
		n := item(section.Get("overrides"), i)
		overrides = append(overrides, override{
			paths: r.globs(n, o.Paths),
			rules: r.severitiesIn(n.Get("rules"), "lint.overrides", o.Rules),
		})
	}
	for _, id := range slices.Sorted(maps.Keys(r.opt.Severities)) {
		if rule := r.catalogue.Rule(id); rule == nil {
			return fmt.Errorf("%w %q%s", ErrUnknownRule, id, didYouMean(r.catalogue.Nearest(id)))
		} else if rule.Required {
			return fmt.Errorf("%w: %q", ErrRequiredRule, id)
		} else if rule.lowered(r.opt.Severities[id]) {
			return fmt.Errorf("%w: %q", ErrGateRule, id)
		}
	}
	r.severities = newSeverities(r.catalogue, profile, rules, overrides, r.opt.Severities)
	return nil
}

func didYouMean(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", near)
}

func (r *runner) objectTo(rule string, at diag.Location, subject, message, hint string) {
	r.config = append(r.config, diag.Diagnostic{
		Rule: rule, Severity: diag.Error, Location: at, Subject: "evctl.yaml#" + subject, Message: message, Hint: hint,
	})
}

// severitiesIn reads a mapping of rule IDs to severities.
func (r *runner) severitiesIn(n *document.Node, key string, words map[string]string) map[string]diag.Severity {
	levels := map[string]diag.Severity{}
	for _, id := range slices.Sorted(maps.Keys(words)) {
		keyAt, valueAt := r.entry(n, id)
		rule := r.catalogue.Rule(id)
		level, err := diag.ParseSeverity(words[id])
		switch {
		case rule == nil:
			r.objectTo(ruleUnknown, keyAt, key+"/"+id, fmt.Sprintf("no rule is named %s", document.Quote(id)), r.ruleHint(id))
		case rule.Required:
			r.objectTo(valueInvalid, keyAt, key+"/"+id, fmt.Sprintf("rule %s is required and cannot be configured", document.Quote(id)),
				"remove it: without it a contract has no meaning")
		case err != nil:
			r.objectTo(valueInvalid, valueAt, key+"/"+id, err.Error(), "")
		case rule.lowered(level):
			r.objectTo(valueInvalid, valueAt, key+"/"+id,
				fmt.Sprintf("rule %s decides what may be released and cannot be %s: evctl push would refuse what lint does not show", document.Quote(id), level),
				"remove it; one break is approved in waivers.yaml with evctl lint --waive, and compatibility.mode or compatibility.events say what must not break")
		default:
			levels[id] = level
		}
	}
	return levels
}

// lowered reports whether a severity hides that evctl push refuses what the rule finds.
func (r *Rule) lowered(to diag.Severity) bool { return r.Gate && to < diag.Error }

func (r *runner) ruleHint(id string) string {
	if near := r.catalogue.Nearest(id); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "evctl rules lists them"
}

func (r *runner) globs(n *document.Node, patterns []string) []glob {
	var globs []glob
	for i, pattern := range patterns {
		g, err := parseGlob(pattern)
		if err != nil {
			at := r.locate(item(n.Get("paths"), i))
			r.objectTo(valueInvalid, at, "lint.overrides/"+pattern, fmt.Sprintf("path %s is not a pattern: %v", document.Quote(pattern), err), "")
			continue
		}
		globs = append(globs, g)
	}
	if len(patterns) == 0 {
		r.objectTo(valueInvalid, r.locate(n), "lint.overrides", "override has no paths", "name files with paths: [contracts/legacy/**]")
	}
	return globs
}

func (r *runner) locate(n *document.Node) diag.Location {
	if n == nil {
		return r.w.Config.At("lint")
	}
	return diag.Location{File: r.w.Config.File, Span: n.Span}
}

// entry finds where a key of a mapping and its value stand.
func (r *runner) entry(n *document.Node, key string) (keyAt, valueAt diag.Location) {
	if n != nil {
		for _, e := range n.Entries {
			if e.Key == key {
				return diag.Location{File: r.w.Config.File, Span: e.KeySpan}, r.locate(e.Value)
			}
		}
	}
	return r.locate(n), r.locate(n)
}

// item is the i-th item of a list, or nil.
func item(n *document.Node, i int) *document.Node {
	if n == nil || i >= len(n.Items) {
		return nil
	}
	return n.Items[i]
}

// checkOverrides reports overrides that no contract's path matches.
func checkOverrides(p *Pass) {
	list := p.Config().Node.Get("lint").Get("overrides")
	for i, o := range p.Config().Lint.Overrides {
		for j, pattern := range o.Paths {
			g, err := parseGlob(pattern)
			if err != nil || slices.ContainsFunc(p.Workspace.Contracts, func(c *contracts.Contract) bool { return g.match(c.File.Path) }) {
				continue
			}
			at := p.Config().At("lint", "overrides")
			if n := item(item(list, i).Get("paths"), j); n != nil {
				at.Span = n.Span
			}
			p.ReportIn(nil, at, "evctl.yaml#lint.overrides/"+pattern, fmt.Sprintf("no contract matches %s", document.Quote(pattern)),
				"paths are relative to evctl.yaml; * stays within a folder, ** does not")
		}
	}
}
