package lint

import (
	"cmp"
	"slices"
	"sync"

	"github.com/evctl/evctl/contracts/diag"
)

// severities answers how severe a rule is in a file. From weak to strong: the
// profile, lint.rules, lint.overrides in their order, the command line.
type severities struct {
	catalogue *Catalogue
	base      []diag.Severity // by index of the rule, for files without overrides
	said      []bool          // whether base was said, and not only follows from the profile
	overrides []override
	fixed     map[string]diag.Severity // from the command line

	files sync.Map // path to *levels, for files with overrides
}

type override struct {
	paths []glob
	rules map[string]diag.Severity
}

// levels are the severities of one file, by index of the rule.
type levels struct {
	severity []diag.Severity
	said     []bool
}

func newSeverities(c *Catalogue, profile Profile, rules map[string]diag.Severity, overrides []override, fixed map[string]diag.Severity) *severities {
	s := &severities{
		catalogue: c, overrides: overrides, fixed: fixed,
		base: make([]diag.Severity, len(c.rules)), said: make([]bool, len(c.rules)),
	}
	for i, r := range c.rules {
		if r.Profile != 0 && r.Profile <= profile {
			s.base[i] = r.Severity
		}
	}
	s.set(s.base, s.said, rules)
	s.set(s.base, s.said, fixed)
	return s
}

func (s *severities) set(severity []diag.Severity, said []bool, rules map[string]diag.Severity) {
	for id, level := range rules {
		if i, ok := s.catalogue.byID[id]; ok && !s.catalogue.rules[i].Required {
			severity[i], said[i] = level, true
		}
	}
}

func (s *severities) levels(file string) levels {
	if !slices.ContainsFunc(s.overrides, func(o override) bool { return o.applies(file) }) {
		return levels{s.base, s.said}
	}
	if known, ok := s.files.Load(file); ok {
		return *known.(*levels)
	}
	l := &levels{slices.Clone(s.base), slices.Clone(s.said)}
	for _, o := range s.overrides {
		if o.applies(file) {
			s.set(l.severity, l.said, o.rules)
		}
	}
	s.set(l.severity, l.said, s.fixed)
	s.files.Store(file, l)
	return *l
}

func (o *override) applies(file string) bool {
	return slices.ContainsFunc(o.paths, func(g glob) bool { return g.match(file) })
}

// forFile is the severity of every rule in a file, by index of the rule.
func (s *severities) forFile(file string) []diag.Severity { return s.levels(file).severity }

// of is the severity of a rule in a file.
func (s *severities) of(rule string, f *diag.File) diag.Severity {
	i, ok := s.catalogue.byID[rule]
	if !ok {
		return diag.Error
	}
	return s.levels(pathOf(f)).severity[i]
}

// configured is the severity that evctl.yaml or the command line gives a rule in a
// file, if one of them does.
func (s *severities) configured(rule string, f *diag.File) (level diag.Severity, said bool) {
	i, ok := s.catalogue.byID[rule]
	if !ok {
		return diag.Error, false
	}
	l := s.levels(pathOf(f))
	return l.severity[i], l.said[i]
}

// anywhere reports whether a rule is on for at least some files.
func (s *severities) anywhere(i int) bool {
	level := s.base[i]
	id := s.catalogue.rules[i].ID
	if _, fixed := s.fixed[id]; fixed {
		return level != diag.Off
	}
	for _, o := range s.overrides {
		level = cmp.Or(level, o.rules[id])
	}
	return level != diag.Off
}

func pathOf(f *diag.File) string {
	if f == nil {
		return ""
	}
	return f.Path
}
