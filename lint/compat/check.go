package compat

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/diff"
)

// Check is the verdict on two versions of an event: which changes there are, what
// each of them breaks, and which bump they ask for. It is the one function that
// decides; it does not look at the versions that the contracts claim.
//
// Both contracts must be linked and not Broken.
func Check(old, new *contracts.Contract, opt Options) Verdict {
	changes := diff.Compare(old, new)
	v, j := Verdict{}, newJudge(opt)
	edits := map[edit]int{}
	for _, c := range changes {
		f := opt.finding(c, j)
		v.Needed = max(v.Needed, f.Needed)
		key := editOf(f)
		if i, seen := edits[key]; seen && key.new.File != nil {
			v.Findings[i].Uses = append(v.Findings[i].Uses, c.At().Pointer)
			continue
		}
		edits[key] = len(v.Findings)
		v.Findings = append(v.Findings, f)
	}
	return v
}

// edit identifies what a person did: one edit of a definition is a change at each
// of its uses.
type edit struct {
	kind     string
	old, new diag.Location
	detail   string
	verdict  [2]bool
}

func editOf(f Finding) edit {
	place := f.Change.At()
	e := edit{kind: f.Change.Kind(), old: place.Old, new: place.New, verdict: [2]bool{f.Backward, f.Forward}}
	switch c := f.Change.(type) {
	case *diff.PropertyRemoved:
		e.detail = c.Property.Name
	case *diff.BoundChanged:
		e.detail = c.Keyword
	case *diff.AnnotationChanged:
		e.detail = c.Keyword
	case *diff.VariantRemoved:
		e.detail = c.Variant.Name
	case *diff.EnumValueRemoved:
		e.detail = c.Value.JSON
	case *diff.PatternPropertyRemoved:
		e.detail = c.Property.Pattern
	}
	return e
}

// finding is a change with what it breaks.
func (o Options) finding(c diff.Change, j judge) Finding {
	r := j.change(c)
	j.overlap(c, &r)
	return Finding{
		Rule: ruleOf(r.rule).id, Change: c, Backward: r.backward, Forward: r.forward,
		Needed: o.bump(r.backward, r.forward, r.least), Note: r.note,
	}
}
