package waive

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/contracts/workspace"
	"github.com/evctl/evctl/lint/compat"
)

// Waivers are the waivers of a workspace in one run. Findings may be asked about from
// several goroutines.
type Waivers struct {
	// File is nil where there is no waivers.yaml.
	File *waivers.File
	// Diagnostics are what is wrong with the form of the file.
	Diagnostics []diag.Diagnostic

	now     time.Time
	entries map[string]int // first entry with a fingerprint that is well formed

	mu   sync.Mutex
	seen map[int]diag.Diagnostic // the finding with the fingerprint of an entry
	used int
}

// Open reads the waivers at the root of a workspace. Which of them are over is decided
// at the given moment.
func Open(fsys fs.FS, now time.Time) (*Waivers, error) {
	file, diags, err := waivers.Load(fsys)
	if err != nil {
		return nil, err
	}
	w := &Waivers{File: file, Diagnostics: diags, now: now, entries: map[string]int{}, seen: map[int]diag.Diagnostic{}}
	if file == nil {
		return w, nil
	}
	for i := range file.Waivers {
		e := &file.Waivers[i]
		if _, taken := w.entries[e.Fingerprint]; !taken && !e.Malformed() {
			w.entries[e.Fingerprint] = i
		}
	}
	return w, nil
}

// Covers reports whether a waiver that holds names this finding, and notes that it
// is there.
func (w *Waivers) Covers(d *diag.Diagnostic) bool {
	i, ok := w.entries[d.Fingerprint()]
	if !ok {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[i] = *d
	e := &w.File.Waivers[i]
	if !e.Covers(d) || e.Expired(w.now) {
		return false
	}
	w.used++
	return true
}

// Used counts the findings that were covered.
func (w *Waivers) Used() int { return w.used }

// Valid lists the waivers that hold now, whatever they cover.
func (w *Waivers) Valid() []waivers.Waiver {
	var list []waivers.Waiver
	for _, i := range w.entries {
		if e := w.File.Waivers[i]; !e.Expired(w.now) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b waivers.Waiver) int { return int(a.Span.Start - b.Span.Start) })
	return list
}

// Check says how to look at waivers that were not asked about.
type Check struct {
	// Base tells which waivers are part of releases.
	Base compat.Baseline
	// Elsewhere is set when the workspace is compared with something else than it
	// releases into: what is not found there may be found in the releases.
	Elsewhere bool
}

// Source reports waivers that do not hold or are not needed. It is a lint.Source that
// runs behind the comparison that asks Covers.
func (w *Waivers) Source(check Check) func(context.Context, *workspace.Workspace) ([]diag.Diagnostic, error) {
	return func(ctx context.Context, ws *workspace.Workspace) ([]diag.Diagnostic, error) {
		if w.File == nil {
			return nil, nil
		}
		c := &checker{Waivers: w, Check: check, ctx: ctx, workspace: ws, found: slices.Clone(w.Diagnostics)}
		for i := range w.File.Waivers {
			if err := c.entry(i); err != nil {
				return nil, err
			}
		}
		return c.found, nil
	}
}

// checker looks at the entries one by one.
type checker struct {
	*Waivers
	Check
	ctx       context.Context
	workspace *workspace.Workspace
	found     []diag.Diagnostic
}

func (c *checker) report(i int, rule, key, message, hint string) *diag.Diagnostic {
	c.found = append(c.found, diag.Diagnostic{
		Rule: rule, Severity: diag.Error, Location: c.File.At(i, key), Subject: c.File.Subject(i), Message: message, Hint: hint,
	})
	return &c.found[len(c.found)-1]
}

func (c *checker) entry(i int) error {
	e := &c.File.Waivers[i]
	if e.Malformed() {
		return nil // which is reported
	}
	first := c.entries[e.Fingerprint]
	d, seen := c.seen[i]
	switch {
	case first != i:
		dup := c.report(i, ruleDuplicate, "fingerprint", fmt.Sprintf("fingerprint %s is waived twice", e.Fingerprint), "remove one of the two")
		dup.Related = []diag.Related{{Location: c.File.At(first, "fingerprint"), Message: "first waived here"}}
	case seen && !e.Agrees(&d):
		c.report(i, ruleMismatch, "fingerprint",
			fmt.Sprintf("waiver names %s at %s of %s, but its fingerprint is that of %s at %s", e.Rule, orRoot(e.Path), e.Event, d.Rule, d.Subject),
			"remove it, and approve that break with evctl lint --waive "+e.Fingerprint)
	case seen && e.Expired(c.now):
		c.report(i, ruleExpired, "expires", fmt.Sprintf("waiver of %s at %s of %s expired on %s", e.Rule, orRoot(e.Path), e.Event, e.Expires),
			"undo the break, or approve it again with evctl lint --waive "+e.Fingerprint)
	case seen || c.Elsewhere:
	default:
		return c.idle(i)
	}
	return nil
}

// idle reports an entry whose finding did not come up.
func (c *checker) idle(i int) error {
	e := &c.File.Waivers[i]
	event := c.workspace.Event(e.Event)
	switch {
	case c.workspace.Partial && (event == nil || !slices.Contains(c.workspace.Selected, event.File.Path)):
		return nil // it was not asked for
	case event == nil:
		if len(c.workspace.Diagnostics) == 0 { // what cannot be read might declare it
			c.report(i, ruleUnknown, "event", fmt.Sprintf("no event is named %s", document.Quote(e.Event)), c.nearestEvent(e.Event))
		}
		return nil
	case event.Broken:
		return nil
	case !compat.CanBeWaived(e.Rule):
		c.report(i, ruleUnknown, "rule", fmt.Sprintf("no rule about breaks is named %s", document.Quote(e.Rule)), "evctl rules --group compatibility lists them")
		return nil
	}
	version, released, err := c.released(e)
	if err != nil {
		return err
	}
	d := c.report(i, ruleStale, "fingerprint", fmt.Sprintf("waiver of %s at %s of %s covers nothing", e.Rule, orRoot(e.Path), e.Event),
		"remove it, or run evctl lint --fix")
	if released {
		d.Severity = diag.Info
		d.Message = fmt.Sprintf("waiver of %s at %s of %s is part of release %s and is not needed here any more", e.Rule, orRoot(e.Path), e.Event, version)
	}
	if edit := c.File.Without(i); edit != nil {
		d.Fix = &diag.Fix{Title: "remove the waiver " + e.Fingerprint, Edits: []diag.Edit{*edit}}
	}
	return nil
}

func (c *checker) nearestEvent(name string) string {
	var names []string
	for _, event := range c.workspace.Events() {
		names = append(names, event.Name)
	}
	if near := contracts.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "remove the waiver"
}

// released finds the release that was allowed the break.
func (c *checker) released(e *waivers.Waiver) (version contracts.Version, found bool, err error) {
	versions, err := c.Base.Versions(c.ctx, e.Event)
	if err != nil {
		return version, false, err
	}
	for _, v := range versions {
		granted, err := compat.GrantedTo(c.ctx, c.Base, e.Event, v)
		if err != nil {
			return version, false, err
		}
		if slices.Contains(granted, e.Fingerprint) {
			return v, true, nil
		}
	}
	return version, false, nil
}

// orRoot names the payload itself, whose pointer is empty.
func orRoot(pointer string) string {
	if pointer == "" {
		return "the payload"
	}
	return pointer
}
