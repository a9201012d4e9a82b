package lint

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// IDs of findings about comments that silence findings.
const (
	ignoreInvalid       = "ignore-invalid"
	ignoreReasonMissing = "ignore-reason-missing"
	ignoreRuleUnknown   = "ignore-rule-unknown"
	ignoreNotAllowed    = "ignore-not-allowed"
	ignoreUnused        = "ignore-unused"
)

var ignoreRules = []Rule{
	{
		ID: ignoreInvalid, Group: Configuration, Profile: Minimal, Severity: diag.Error, NoIgnore: true,
		Summary: "a comment for evctl cannot be understood",
		Why:     "A comment that should silence a finding and does not is noise; one that is misread hides something else.",
	},
	{
		ID: ignoreReasonMissing, Group: Configuration, Profile: Minimal, Severity: diag.Error, NoIgnore: true,
		Summary: "a finding is ignored without a reason",
		Why:     "Whoever reads the contract next cannot tell whether the exception still holds. Without a reason the comment has no effect.",
	},
	{
		ID: ignoreRuleUnknown, Group: Configuration, Profile: Minimal, Severity: diag.Error, NoIgnore: true,
		Summary: "a comment ignores a rule that does not exist",
		Why:     "A misspelled rule ID silences nothing, now or when the finding appears.",
	},
	{
		ID: ignoreNotAllowed, Group: Configuration, Profile: Minimal, Severity: diag.Error, NoIgnore: true,
		Summary: "a comment ignores a rule that cannot be ignored",
		Why:     "What the language requires has no exceptions, and a break of compatibility is a new major version, which others see coming.",
	},
	{
		ID: ignoreUnused, Group: Configuration, Profile: Standard, Severity: diag.Warning, NoIgnore: true,
		Summary: "a comment ignores a finding that does not exist",
		Why:     "A comment that outlives its finding will silence the next one, which nobody has looked at.",
	},
}

// ignore leaves out the findings that comments silence, and adds findings about
// those comments themselves.
func (r *runner) ignore(all []diag.Diagnostic) (rest []diag.Diagnostic, ignored int) {
	byFile := r.directives()
	if len(byFile) == 0 {
		return all, 0
	}
	for _, d := range all {
		if r.ignorable(d.Rule) && silenced(byFile[d.File], &d) {
			ignored++
			continue
		}
		rest = append(rest, d)
	}
	about := &commentPass{runner: r}
	for _, c := range r.w.Contracts {
		if r.selected(c) {
			about.file(byFile[c.File], c)
		}
	}
	about.file(byFile[r.w.Config.File], nil)
	return append(rest, about.diags...), ignored
}

// directives finds the comments of every file.
func (r *runner) directives() map[*diag.File][]*directive {
	byFile := map[*diag.File][]*directive{}
	read := func(f *diag.File) {
		if found := directivesIn(f); len(found) > 0 {
			byFile[f] = found
		}
	}
	for _, c := range r.w.Contracts {
		read(c.File)
	}
	read(r.w.Config.File)
	return byFile
}

// ignorable reports whether comments may silence a rule; what is not in the
// catalogue cannot be silenced.
func (r *runner) ignorable(id string) bool {
	rule := r.catalogue.Rule(id)
	return rule != nil && !rule.Required && !rule.NoIgnore
}

// silenced reports whether a comment covers a finding, and marks that comment used.
func silenced(list []*directive, d *diag.Diagnostic) bool {
	for _, dir := range list {
		if dir.reason == "" || d.Span.Start < dir.covers.Start || d.Span.Start >= dir.covers.End {
			continue
		}
		for i, id := range dir.rules {
			if id == d.Rule {
				dir.used[i] = true
				return true
			}
		}
	}
	return false
}

// commentPass reports what is wrong with comments.
type commentPass struct {
	*runner
	contract *contracts.Contract // nil for evctl.yaml
	diags    []diag.Diagnostic
}

func (p *commentPass) report(rule string, d *directive, message, hint string) *diag.Diagnostic {
	level := p.severities.of(rule, d.file)
	if level == diag.Off {
		return &diag.Diagnostic{}
	}
	subject := d.file.Path
	if p.contract != nil {
		subject = p.contract.Name
	}
	p.diags = append(p.diags, diag.Diagnostic{
		Rule: rule, Severity: level, Location: d.at(), Message: message, Hint: hint,
		Subject: subject + "#" + strings.Join(d.rules, ","),
	})
	return &p.diags[len(p.diags)-1]
}

func (p *commentPass) file(list []*directive, c *contracts.Contract) {
	p.contract = c
	for _, d := range list {
		if p.wellFormed(d) {
			p.rules(d)
			p.unused(d)
		}
	}
}

func (p *commentPass) wellFormed(d *directive) bool {
	const form = "write # evctl:ignore rule-id: reason"
	switch {
	case d.excess:
		p.report(ignoreInvalid, d, fmt.Sprintf("file has more than %d comments for evctl, this one and the rest are not read", maxDirectives), "set severities for the file under lint.overrides of evctl.yaml")
	case d.word != ignoreWord && d.word != fileWord:
		hint := form
		if near := contracts.Nearest(d.word, []string{ignoreWord, fileWord}); near != "" {
			hint = fmt.Sprintf("did you mean %q?", marker+near)
		}
		p.report(ignoreInvalid, d, fmt.Sprintf("comment says %s, which evctl does not know", document.Quote(marker+d.word)), hint)
	case len(d.rules) == 0:
		p.report(ignoreInvalid, d, "comment names no rule to ignore", form)
	case d.word == fileWord && !d.top:
		p.report(ignoreInvalid, d, "evctl:ignore-file stands behind the first key, expected it at the top of the file", "move it up, or write evctl:ignore above the entry")
	case d.covers == diag.Span{}:
		p.report(ignoreInvalid, d, "comment is followed by nothing that it could cover", "write it above the entry, or at the end of its line")
	case d.reason == "":
		p.report(ignoreReasonMissing, d, "comment gives no reason, so it has no effect", form)
	default:
		return true
	}
	return false
}

func (p *commentPass) rules(d *directive) {
	for _, id := range d.rules {
		switch rule := p.catalogue.Rule(id); {
		case rule == nil:
			p.report(ignoreRuleUnknown, d, fmt.Sprintf("no rule is named %s", document.Quote(id)), p.ruleHint(id))
		case rule.Required:
			p.report(ignoreNotAllowed, d, fmt.Sprintf("rule %s is required and cannot be ignored", document.Quote(id)), "repair what it reports")
		case rule.Group == Compatibility && rule.NoIgnore:
			p.report(ignoreNotAllowed, d, fmt.Sprintf("rule %s is about compatibility and cannot be ignored in a comment", document.Quote(id)), "keep what is released, or release the change as a new major version")
		case rule.NoIgnore:
			p.report(ignoreNotAllowed, d, fmt.Sprintf("rule %s cannot be ignored in a comment", document.Quote(id)), "set its severity in evctl.yaml")
		}
	}
}

// unused reports the rules of a comment that silenced nothing although they ran.
func (p *commentPass) unused(d *directive) {
	if p.contract != nil && p.contract.Broken {
		return
	}
	var kept, idle []string
	for i, id := range d.rules {
		if !d.used[i] && p.ran(id, d.file) {
			idle = append(idle, id)
		} else {
			kept = append(kept, id)
		}
	}
	if len(idle) == 0 {
		return
	}
	found := p.report(ignoreUnused, d, fmt.Sprintf("comment ignores %s, which finds nothing there", strings.Join(idle, ", ")), "remove it, or run evctl lint --fix")
	edit := diag.Edit{Location: diag.Location{File: d.file, Span: d.list}, New: strings.Join(kept, ", ")}
	if len(kept) == 0 {
		edit = diag.Edit{Location: diag.Location{File: d.file, Span: d.wholeComment()}}
	}
	found.Fix = &diag.Fix{Title: "remove what ignores nothing", Edits: []diag.Edit{edit}}
}

// ran reports whether a rule had the chance to find something in a file.
func (p *commentPass) ran(id string, f *diag.File) bool {
	rule := p.catalogue.Rule(id)
	if rule == nil || rule.Required || rule.NoIgnore || p.w.Partial && rule.Workspace != nil {
		return false
	}
	return p.severities.of(id, f) != diag.Off
}

// wholeComment is the comment with its line when it stands alone, or with the
// blanks before it.
func (d *directive) wholeComment() diag.Span {
	data := d.file.Data
	s := d.span
	for s.Start > 0 && (data[s.Start-1] == ' ' || data[s.Start-1] == '\t') {
		s.Start--
	}
	for int(s.End) < len(data) && (data[s.End] == ' ' || data[s.End] == '\t') {
		s.End++
	}
	if !d.alone {
		return s
	}
	if int(s.End) < len(data) && data[s.End] == '\r' {
		s.End++
	}
	if int(s.End) < len(data) && data[s.End] == '\n' {
		s.End++
	}
	return s
}
