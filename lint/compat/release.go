package compat

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// Judgement is what Judge says about a candidate.
type Judgement struct {
	// Needed is the bump that the candidate's changes ask for over the latest
	// released version, and none for an event that is new.
	Needed contracts.Bump
	// Version is the smallest version that the candidate can be released as. For a
	// candidate that means what a released version means, it is that version.
	Version contracts.Version
	// Findings are what keeps the candidate out (errors), and remarks.
	Findings []diag.Diagnostic
	// Waived are the breaks that somebody approved; see Options.Waived.
	Waived []diag.Diagnostic
}

// Judge decides whether a contract may follow the released versions of its event.
//
// Within a major version nothing may break that the mode protects: neither against
// the latest version nor, when the mode is transitive, against any released one of
// that major. A new major version is free of that, and so is a break that was waived,
// which then counts as a minor change. Whatever the mode, a version is
// greater than all released ones and claims at least what changed.
//
// All contracts must be linked and not Broken; the order of released does not matter.
func Judge(released []*contracts.Contract, c *contracts.Contract, opt Options) Judgement {
	if len(released) == 0 {
		return Judgement{Version: c.Version}
	}
	released = slices.Clone(released)
	slices.SortFunc(released, func(a, b *contracts.Contract) int { return b.Version.Compare(a.Version) })
	r := releasing{candidate: c, latest: released[0], opt: opt}
	for _, old := range released {
		if old.Version == c.Version && Check(old, c, opt).Needed == contracts.NoBump {
			return Judgement{Version: c.Version}
		}
	}
	verdict := Check(r.latest, c, opt)
	r.needed = verdict.Needed
	for _, old := range released {
		if old.Version.Major != c.Version.Major {
			continue
		}
		if old == r.latest {
			r.breaks(old, verdict)
		} else if opt.mode().Transitive() {
			r.breaks(old, Check(old, c, opt))
		}
	}
	switch {
	case len(r.findings) > 0:
		r.needed = contracts.MajorBump
	case len(r.waived) > 0:
		r.needed = min(r.needed, contracts.MinorBump)
	}
	next := r.latest.Version.Next(max(r.needed, contracts.PatchBump))
	r.version(next, released, verdict)
	if c.Version.Compare(next) >= 0 {
		next = c.Version
	}
	return Judgement{Needed: r.needed, Version: next, Findings: r.findings, Waived: r.waived}
}

// releasing collects what is wrong with a candidate.
type releasing struct {
	candidate, latest *contracts.Contract
	opt               Options
	needed            contracts.Bump
	findings, waived  []diag.Diagnostic
	reported          map[string]bool // rule and pointer of the breaks found so far
}

// breaks reports the changes since one released version that the mode forbids, apart
// from those that break a later version too.
func (r *releasing) breaks(old *contracts.Contract, verdict Verdict) {
	if r.reported == nil {
		r.reported = map[string]bool{}
	}
	for _, f := range verdict.Breaking() {
		key := f.Rule + f.Change.At().Pointer
		if r.reported[key] {
			continue
		}
		r.reported[key] = true
		d := r.diagnostic(old, f)
		if r.opt.Waived != nil && r.opt.Waived(&d) {
			r.waived = append(r.waived, d)
			continue
		}
		r.findings = append(r.findings, d)
	}
}

func (r *releasing) diagnostic(old *contracts.Contract, f Finding) diag.Diagnostic {
	subject, detail := identity(old, r.candidate, f)
	d := diag.Diagnostic{
		Rule: f.Rule, Severity: diag.Error, Location: f.Location(), Subject: subject, Detail: detail,
		Message: f.Message() + ", which breaks " + whom(f, r.opt.mode()) + " of " + r.promise(f, old) + uses(f),
	}
	d.Hint = r.advice(f) + ", or approve it with evctl lint --waive " + d.Fingerprint()
	if at := f.Change.At().Old; at.File != nil && at.File != d.File {
		d.Related = []diag.Related{{Location: at, Message: "in " + old.Version.String()}}
	}
	return d
}

// promise names the released version, and the event too where the edit was made in
// another file than the event's own.
func (r *releasing) promise(f Finding, old *contracts.Contract) string {
	if f.Location().File != r.candidate.File {
		return old.ID()
	}
	return old.Version.String()
}

// whom names the side that the mode protects and the change breaks.
func whom(f Finding, m Mode) string {
	backward, forward := f.Backward && m.Backward(), f.Forward && m.Forward()
	switch {
	case backward && forward:
		return "payloads and readers"
	case forward:
		return "readers"
	}
	return "payloads"
}

func uses(f Finding) string {
	if len(f.Uses) == 0 {
		return ""
	}
	return fmt.Sprintf(" (in %d places)", len(f.Uses)+1)
}

// advice says how to keep the promise, and which version breaks it openly.
func (r *releasing) advice(f Finding) string {
	release := "release this as " + r.latest.Version.Next(contracts.MajorBump).String()
	advice := ruleOf(f.Rule).instead
	if advice == "" {
		advice = "undo the change"
	}
	if f.Note != "" {
		advice = f.Note + "; " + advice
	}
	return advice + ", " + release
}

// version reports a version that does not go with the changes. While something
// breaks, only versions that are taken or too low are worth a remark of their own.
func (r *releasing) version(next contracts.Version, released []*contracts.Contract, verdict Verdict) {
	c := r.candidate
	taken := slices.ContainsFunc(released, func(old *contracts.Contract) bool { return old.Version == c.Version })
	breaking := len(r.findings) > 0
	claimed := c.Version.BumpFrom(r.latest.Version)
	switch {
	case breaking:
	case taken:
		r.wrong(ruleVersionReused, diag.Error, next,
			fmt.Sprintf("version %s is released with other content: %s", c.Version, summary(verdict)))
	case claimed == contracts.NoBump:
		r.wrong(ruleVersionTooLow, diag.Error, next,
			fmt.Sprintf("version %s is lower than %s, which is released", c.Version, r.latest.Version))
	case claimed < r.needed:
		r.wrong(ruleVersionNotBumped, diag.Error, next,
			fmt.Sprintf("version %s claims a %s change over %s, but a %s one is needed: %s", c.Version, claimed, r.latest.Version, r.needed, summary(verdict)))
	case claimed > max(r.needed, contracts.PatchBump):
		r.wrong(ruleVersionOverstated, diag.Info, next,
			fmt.Sprintf("version %s claims a %s change over %s, but %s", c.Version, claimed, r.latest.Version, enough(r.needed)))
	}
}

func enough(needed contracts.Bump) string {
	if needed == contracts.NoBump {
		return "nothing changed"
	}
	return fmt.Sprintf("a %s one is enough", needed)
}

// wrong reports the version, with the edit that repairs it.
func (r *releasing) wrong(rule string, severity diag.Severity, next contracts.Version, message string) {
	at := r.candidate.At("version")
	d := diag.Diagnostic{
		Rule: rule, Severity: severity, Location: at, Subject: r.candidate.Subject("/version"), Message: message,
		Hint: "write version: " + next.String(),
	}
	if old := r.latest.At("version"); old.File != nil && old.File != at.File {
		d.Related = []diag.Related{{Location: old, Message: "the latest released version"}}
	}
	if text := at.Text(); severity == diag.Error && strings.Trim(text, `"'`) == r.candidate.Version.String() {
		d.Fix = &diag.Fix{Title: "write version " + next.String(),
			Edits: []diag.Edit{{Location: at, New: strings.Replace(text, r.candidate.Version.String(), next.String(), 1)}}}
	}
	r.findings = append(r.findings, d)
}

// summary names the change that asks for most, and counts the others.
func summary(v Verdict) string {
	if len(v.Findings) == 0 {
		return "nothing changed"
	}
	most := slices.MaxFunc(v.Findings, func(a, b Finding) int { return cmp.Compare(a.Needed, b.Needed) })
	first := slices.IndexFunc(v.Findings, func(f Finding) bool { return f.Needed == most.Needed })
	text := v.Findings[first].Message()
	if more := len(v.Findings) - 1; more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// Removed reports that a released event has no contract any more. It is nil when
// the latest version says that the event is retired.
func Removed(latest *contracts.Contract) *diag.Diagnostic {
	if latest.Status == contracts.Retired {
		return nil
	}
	return &diag.Diagnostic{
		Rule: ruleEventRemoved, Severity: diag.Error, Location: latest.Head(), Subject: latest.Subject(""),
		Message: fmt.Sprintf("event %s is released as %s, but no contract declares it", document.Quote(latest.Name), latest.Version),
		Hint:    "keep the contract; to end the event, release a version with status: retired first",
	}
}
