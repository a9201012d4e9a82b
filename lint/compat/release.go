package compat

import (
	"fmt"
	"slices"

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
	// Reason is the change that asks for most, in people's words; empty when nothing changed.
	Reason string
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
		if old.Version == c.Version && opt.checkProtected(old, c).Needed == contracts.NoBump {
			return Judgement{Version: c.Version}
		}
	}
	verdict := opt.checkProtected(r.latest, c)
	r.needed = verdict.Needed
	for _, old := range released {
		if old.Version.Major != c.Version.Major {
			continue
		}
		if old == r.latest {
			r.breaks(old, verdict)
			r.moved(old)
		} else if opt.mode().Transitive() {
			r.breaks(old, opt.checkProtected(old, c))
		}
	}
	switch {
	case len(r.findings) > 0:
		r.needed = contracts.MajorBump
	case len(r.waived) > 0:
		r.needed = min(r.needed, contracts.MinorBump)
	}
	reason := r.summary(verdict)
	if len(r.findings) > 0 {
		reason = andMore(r.findings[0].Message, len(r.findings)-1)
	}
	next := r.latest.Version.Next(max(r.needed, contracts.PatchBump))
	r.version(next, released, verdict)
	r.remarks(verdict)
	if c.Version.Compare(next) >= 0 {
		next = c.Version
	}
	return Judgement{Needed: r.needed, Version: next, Reason: reason, Findings: r.findings, Waived: r.waived}
}

// releasing collects what is wrong with a candidate.
type releasing struct {
	candidate, latest *contracts.Contract
	opt               Options
	needed            contracts.Bump
	findings, waived  []diag.Diagnostic
	// reported has the breaks found so far by rule and pointer, with the version that
	// they break.
	reported map[string]*contracts.Contract
}

// breaks reports the changes since one released version that the mode forbids, apart
// from those that break a later version too.
func (r *releasing) breaks(old *contracts.Contract, verdict Verdict) {
	if r.reported == nil {
		r.reported = map[string]*contracts.Contract{}
	}
	for _, f := range verdict.Breaking() {
		key := f.Rule + f.Change.At().Pointer
		if by := r.reported[key]; by != nil && by != old {
			continue
		}
		r.reported[key] = old
		if d := r.diagnostic(old, f); !r.approved(&d) {
			r.findings = append(r.findings, d)
		}
	}
}

// approved reports whether somebody approved a finding, and notes it.
func (r *releasing) approved(d *diag.Diagnostic) bool {
	if r.opt.Waived == nil || !r.opt.Waived(d) {
		return false
	}
	r.waived = append(r.waived, *d)
	return true
}

// remarks reports changes since the latest version that nothing forbids and somebody
// should know of.
func (r *releasing) remarks(verdict Verdict) {
	major := r.latest.Version.Major == r.candidate.Version.Major
	for _, f := range verdict.Findings {
		if major {
			r.undecided(f)
		}
		if f.remark == diag.Off || f.remark == diag.Error || !major && !meaningRuleOf(f.Rule).always {
			continue
		}
		d := r.diagnostic(r.latest, f)
		d.Severity, d.Hint = f.remark, ruleOf(f.Rule).instead
		if f.Note != "" {
			d.Hint = f.Note + "; " + d.Hint
		}
		if f.likely != nil {
			d.Message += fmt.Sprintf(", where %s was removed", document.Quote(f.likely.Name))
			d.Related = []diag.Related{{Location: f.likely.At(), Message: "in " + r.latest.Version.String()}}
		}
		if !r.approved(&d) {
			r.findings = append(r.findings, d)
		}
	}
}

// consequence is what the change does to what is released. What means something else
// now breaks no payload.
func (r *releasing) consequence(old *contracts.Contract, f Finding) string {
	if f.remark != diag.Off {
		return " since " + r.promise(f, old)
	}
	return ", which breaks " + whom(f, r.opt.mode()) + " of " + r.promise(f, old)
}

func (r *releasing) diagnostic(old *contracts.Contract, f Finding) diag.Diagnostic {
	subject, detail := identity(old, r.candidate, f)
	d := diag.Diagnostic{
		Rule: f.Rule, Severity: diag.Error, Location: f.Location(), Subject: subject, Detail: detail,
		Message: f.Message() + r.consequence(old, f) + uses(f), Effects: f.Impact.Effects(),
	}
	d.Witness = r.witness(f)
	d.Hint = r.advice(f) + ", or approve it with evctl lint --waive " + d.Fingerprint()
	if at := f.Change.At().Old; at.File != nil && at.File != d.File {
		d.Related = []diag.Related{{Location: at, Message: "in " + old.Version.String()}}
	}
	return d
}

// witness is the payload that proves what the mode forbids.
func (r *releasing) witness(f Finding) *diag.Witness {
	if f.BackwardWitness != nil && r.opt.mode().Backward() {
		return f.BackwardWitness.Diagnostic()
	}
	if r.opt.mode().Forward() {
		return f.ForwardWitness.Diagnostic()
	}
	return nil
}

// undecided warns of a change of which it is not known whether it breaks anybody.
func (r *releasing) undecided(f Finding) {
	if f.Undecided == "" || f.Needed == contracts.MajorBump || r.opt.mode() == None {
		return
	}
	d := r.diagnostic(r.latest, f)
	d.Severity = diag.Warning
	d.Message = f.Message() + "; whether that breaks " + r.latest.Version.String() + " could not be decided: " + f.Undecided
	d.Hint = "look at it by hand: " + ruleOf(f.Rule).instead + " if it may break somebody"
	if !r.approved(&d) {
		r.findings = append(r.findings, d)
	}
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
		r.wrong(ruleVersionReused, diag.Error, next, verdict,
			fmt.Sprintf("version %s is released with other content: %s", c.Version, r.summary(verdict)))
	case claimed == contracts.NoBump:
		r.wrong(ruleVersionTooLow, diag.Error, next, Verdict{},
			fmt.Sprintf("version %s is lower than %s, which is released", c.Version, r.latest.Version))
	case claimed < r.needed:
		r.wrong(ruleVersionNotBumped, diag.Error, next, verdict,
			fmt.Sprintf("version %s claims a %s change over %s, but a %s one is needed: %s", c.Version, claimed, r.latest.Version, r.needed, r.summary(verdict)))
	case claimed > max(r.needed, contracts.PatchBump):
		r.wrong(ruleVersionOverstated, diag.Info, next, Verdict{},
			fmt.Sprintf("version %s claims a %s change over %s, but %s", c.Version, claimed, r.latest.Version, enough(r.needed)))
	}
}

func enough(needed contracts.Bump) string {
	if needed == contracts.NoBump {
		return "nothing changed"
	}
	return fmt.Sprintf("a %s one is enough", needed)
}

// wrong reports the version, with the edit that repairs it, and with the place of the
// decisive change where it was made in a shared file: one edit there asks for a version of every
// event that uses it.
func (r *releasing) wrong(rule string, severity diag.Severity, next contracts.Version, verdict Verdict, message string) {
	at := r.candidate.At("version")
	d := diag.Diagnostic{
		Rule: rule, Severity: severity, Location: at, Subject: r.candidate.Subject("/version"), Message: message,
		Hint: "write version: " + next.String(),
	}
	if f := decisive(verdict); f != nil {
		if name, at := origin(r.candidate, *f); name != "" {
			d.Related = append(d.Related, diag.Related{Location: at, Message: "the change in " + name})
		}
	}
	if old := r.latest.At("version"); old.File != nil && old.File != at.File {
		d.Related = append(d.Related, diag.Related{Location: old, Message: "the latest released version"})
	}
	if edit := versionEdit(r.candidate, next); edit != nil && severity == diag.Error {
		d.Fix = &diag.Fix{Title: "write version " + next.String(), Edits: []diag.Edit{*edit}}
	}
	r.findings = append(r.findings, d)
}

// decisive is the finding that asks for most, the first of several; nil when there is
// none.
func decisive(v Verdict) *Finding {
	var most *Finding
	for i := range v.Findings {
		if f := &v.Findings[i]; most == nil || f.Needed > most.Needed {
			most = f
		}
	}
	return most
}

// summary names the change that asks for most, and counts the others.
func (r *releasing) summary(v Verdict) string {
	f := decisive(v)
	if f == nil {
		return "nothing changed"
	}
	text := f.Message()
	if name, _ := origin(r.candidate, *f); name != "" {
		text += " in " + name
	}
	return andMore(text, len(v.Findings)-1)
}

func andMore(text string, more int) string {
	if more > 0 {
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
