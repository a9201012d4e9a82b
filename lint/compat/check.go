package compat

import (
	"cmp"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/subschema"
)

// Check is the verdict on two versions of an event: which changes there are, what
// each of them breaks, and which bump they ask for. It is the one function that
// decides; it does not look at the versions that the contracts claim.
//
// A change breaks something when there is a payload that proves it, which the finding
// holds, or when it changes what payloads mean. Both contracts must be linked and not
// Broken.
func Check(old, new *contracts.Contract, opt Options) Verdict { return opt.check(old, new, false) }

// checkProtected is Check without the direction that the mode does not protect: which
// bump a change needs does not depend on it.
func (o Options) checkProtected(old, new *contracts.Contract) Verdict { return o.check(old, new, true) }

func (o Options) check(old, new *contracts.Contract, protectedOnly bool) Verdict {
	changes := diff.Compare(old, new)
	v := Verdict{}
	edits := map[edit]int{}
	for _, f := range o.findings(newProver(old, new, changes, o, protectedOnly)) {
		v.Needed = max(v.Needed, f.Needed)
		key := editOf(f)
		if i, seen := edits[key]; seen && key.new.File != nil {
			v.Findings[i].Uses = append(v.Findings[i].Uses, f.Change.At().Pointer)
			v.Findings[i].Impact.join(f.Impact)
			continue
		}
		edits[key] = len(v.Findings)
		v.Findings = append(v.Findings, f)
	}
	return v
}

// findings are the changes, each with what it breaks.
func (o Options) findings(p *prover) []Finding {
	list := make([]Finding, len(p.changes))
	for i, c := range p.changes {
		list[i] = findingOf(c)
		list[i].proven(p.change(c))
	}
	for _, d := range []*direction{&p.backward, &p.forward} {
		p.together(d, list)
	}
	renamed := likelyRenames(p.changes)
	for i := range list {
		f := &list[i]
		f.Needed = o.bump(f.Backward, f.Forward, f.least)
		f.Impact = impactOf(*f)
		*f = meaning{*f, o, renamed[f.Change]}.judge()
	}
	return list
}

// together finds what several changes break that none of them breaks by itself, and
// adds it to the change that completes it.
func (p *prover) together(d *direction, list []Finding) {
	first := slices.IndexFunc(p.changes, shows)
	if d.whole.verdict == subschema.Undecided {
		list[first].Undecided = cmp.Or(list[first].Undecided, d.whole.reason)
	}
	if !d.whole.breaks() {
		return
	}
	var explained []diff.Change
	for _, f := range list {
		if f.witness(d == &p.backward) != nil {
			explained = append(explained, f.Change)
		}
	}
	rest := d.whole
	if len(explained) > 0 {
		rest = p.rest(d, explained)
	}
	for ; rest.breaks(); rest = p.rest(d, explained) {
		i := first
		if p.proofs > 0 {
			i = max(p.completing(d, rest.witness.Payload), first)
		}
		if slices.Contains(explained, p.changes[i]) {
			return
		}
		list[i].Note = "it breaks only together with other changes"
		if list[i].Undecided != "" {
			list[i].Note, list[i].Undecided = "there are too many changes to tell which of them breaks it", ""
		}
		if d == &p.backward {
			list[i].proven(rest, proof{})
		} else {
			list[i].proven(proof{}, rest)
		}
		explained = append(explained, p.changes[i])
	}
}

// findingOf is a change without what it does to payloads.
func findingOf(c diff.Change) Finding {
	r := ruling{rule: c.Kind(), least: contracts.MinorBump}
	r.judge(c)
	return Finding{Rule: ruleOf(r.rule).id, Change: c, Backward: r.backward, Forward: r.forward, Note: r.note, least: r.least}
}

// proven adds what was found out about the payloads of both directions.
func (f *Finding) proven(backward, forward proof) {
	if backward.breaks() {
		f.Backward, f.BackwardWitness = true, backward.witness
	}
	if forward.breaks() {
		f.Forward, f.ForwardWitness = true, forward.witness
	}
	if f.Undecided == "" {
		f.Undecided = cmp.Or(backward.reason, forward.reason)
	}
}

func (f Finding) witness(backward bool) *Witness {
	if backward {
		return f.BackwardWitness
	}
	return f.ForwardWitness
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
