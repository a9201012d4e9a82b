package compat

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/diff"
)

// meaningRule is a line of the table of what no payload shows: as valid as before, and
// understood, kept or protected in another way.
type meaningRule struct {
	rule
	severity diag.Severity
	// always is set where a new major version does not make it right. Other rules hold
	// within a major version, as breaks do.
	always bool
	// applies decides. Changes that break payloads are not asked about.
	applies func(m meaning) bool
	// note is what the change does not show by itself; nil for nothing.
	note func(m meaning) string
}

// meaning is a change that is looked at.
type meaning struct {
	Finding
	opt     Options
	renamed *contracts.Property // what an added property may have been before, or nil
}

// meaningRules stand in the order in which they are asked; the first that applies
// reports the change. Errors ask for a new major version, or to be waived.
var meaningRules = []meaningRule{
	{rule: rule{"unit-changed", "a value is measured in another unit",
		"Payloads stay valid, and every reader misunderstands them.", "add a property in the new unit"},
		severity: diag.Error, applies: func(m meaning) bool { return m.replaced("unit") },
		note: func(meaning) string { return "payloads stay valid, but their numbers mean something else" }},
	{rule: rule{"privacy-lowered", "a value has a lower privacy class than before",
		"What was collected under the old class was promised that protection, and stores and exports that act on the class lose sight of it.", "keep the privacy class"},
		severity: diag.Error, applies: func(m meaning) bool {
			c := m.annotation("pii")
			return c != nil && privacy(c.To) < privacy(c.From)
		}},
	{rule: rule{ruleProtobufTypeChanged, "a field has another type in protobuf",
		"The field takes a new number. Programs with the code of the old version find nothing under the old one, and nothing tells them so.", "add a property of the new type"},
		severity: diag.Error, applies: func(m meaning) bool { return m.opt.Protobuf && m.Impact.ProtobufWire.Level == Breaking },
		note: func(m meaning) string { return "in protobuf, " + m.Impact.ProtobufWire.Why }},
	{rule: rule{"open-property-removed", "a property of an object that takes others is gone",
		"Payloads that have it stay valid, but nobody checks or documents it any more, and readers of generated code cannot reach it.", keepDeprecated},
		severity: diag.Warning, applies: func(m meaning) bool {
			c, ok := m.Change.(*diff.PropertyRemoved)
			return ok && open(c.In.New)
		}},
	{rule: rule{"rename-undeclared", "a property looks like a renamed one and does not say so",
		"With renamedFrom the field keeps its number in protobuf, and tools that upgrade older payloads move the value. Without it one property is gone and another is new.", "leave it if it is another value"},
		severity: diag.Warning, always: true, applies: func(m meaning) bool { return m.renamed != nil },
		note: func(m meaning) string { return "write renamedFrom: " + m.renamed.Name + " if it is the same value" }},
	{rule: rule{"default-changed", "a property has another default",
		"Payloads without the property mean something else from now on, also those that are already stored.", "keep the default"},
		severity: diag.Warning, applies: func(m meaning) bool {
			c := m.annotation("default")
			return c != nil && c.From != ""
		}},
	{rule: rule{"retention-extended", "events are kept longer than before",
		"What was collected under the old period was promised to be deleted by then.", "keep the retention, or delete older events in time"},
		severity: diag.Warning, applies: func(m meaning) bool {
			c := m.annotation("retention")
			return c != nil && c.From != "" && longer(contracts.Retention(c.To), contracts.Retention(c.From))
		}},
	{rule: rule{"owner-removed", "an event has no owner any more",
		"Nobody is asked about the event, and nobody answers for it.", "name the team that takes over"},
		severity: diag.Warning, applies: func(m meaning) bool {
			c := m.annotation("owner")
			return c != nil && c.To == ""
		}},
	{rule: rule{"owner-changed", "an event has another owner",
		"Readers and reviewers turn to the team that stands there. The one that takes over should know.", "make sure that both teams agree"},
		severity: diag.Info, applies: func(m meaning) bool { return m.replaced("owner") }},
}

// annotation is the change if it is about a keyword, and nil otherwise.
func (m meaning) annotation(keyword string) *diff.AnnotationChanged {
	if c, ok := m.Change.(*diff.AnnotationChanged); ok && c.Keyword == keyword {
		return c
	}
	return nil
}

// replaced reports whether a keyword had a value and has another one now.
func (m meaning) replaced(keyword string) bool {
	c := m.annotation(keyword)
	return c != nil && c.From != "" && c.To != ""
}

// privacy ranks a class; what is not said is not protected.
func privacy(class string) int {
	return max(0, slices.Index(contracts.PIIClasses, contracts.PII(class)))
}

// longer reports whether a is kept longer than b. Nothing said means no limit.
func longer(a, b contracts.Retention) bool {
	days := func(r contracts.Retention) int {
		if n := r.Days(); n > 0 {
			return n
		}
		return int(^uint(0) >> 1)
	}
	return days(a) > days(b)
}

// judge gives a finding that breaks no payload the rule that reports it nevertheless.
func (m meaning) judge() Finding {
	f := m.Finding
	if f.Needed == contracts.MajorBump || m.opt.mode() == None {
		return f
	}
	for _, r := range meaningRules {
		if !r.applies(m) {
			continue
		}
		f.Rule, f.remark = r.id, r.severity
		if r.severity == diag.Error {
			f.Needed = contracts.MajorBump
		}
		if r.note != nil {
			f.Note = r.note(m)
		}
		f.likely = m.renamed
		return f
	}
	return f
}

// maxLikely bounds how many removed properties of an object are compared with one that
// was added.
const maxLikely = 100

// likelyRenames finds for properties that were added the one that was removed beside
// it, of the same type, and with nearly the same name or the same description.
func likelyRenames(changes []diff.Change) map[diff.Change]*contracts.Property {
	removed := map[*diff.Pair][]*contracts.Property{}
	for _, c := range changes {
		if c, ok := c.(*diff.PropertyRemoved); ok && len(removed[c.In]) < maxLikely {
			removed[c.In] = append(removed[c.In], c.Property)
		}
	}
	likely := map[diff.Change]*contracts.Property{}
	for _, c := range changes {
		added, ok := c.(*diff.PropertyAdded)
		if !ok || added.Property.Schema.RenamedFrom != "" {
			continue
		}
		gone := removed[added.In]
		if i := slices.IndexFunc(gone, func(p *contracts.Property) bool { return alike(p, added.Property) }); i >= 0 {
			likely[c] = gone[i]
			removed[added.In] = slices.Delete(gone, i, i+1)
		}
	}
	return likely
}

func alike(old, new *contracts.Property) bool {
	a, b := diff.Flat(old.Schema), diff.Flat(new.Schema)
	if a.Types != b.Types || a.Format != b.Format || (a.Union == nil) != (b.Union == nil) {
		return false
	}
	described := a.Description != "" && a.Description == b.Description
	return described || codeName(old) == codeName(new) || contracts.Nearest(new.Name, []string{old.Name}) != ""
}

func meaningRuleOf(id string) meaningRule {
	for _, r := range meaningRules {
		if r.id == id {
			return r
		}
	}
	return meaningRule{}
}
