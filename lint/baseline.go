package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

const baselineStale = "baseline-stale"

var baselineRules = []Rule{{
	ID: baselineStale, Group: Configuration, Profile: Minimal, Severity: diag.Warning, NoIgnore: true,
	Summary: "the baseline lists a finding that is gone",
	Why:     "An entry that outlives its finding lets the same finding come back unseen. Write the baseline again to lock in what was repaired.",
}}

// Baseline is the findings that a workspace had when it adopted a rule: they are
// known, only new ones count. It holds fingerprints, so entries survive when lines
// move or messages are reworded.
type Baseline struct {
	File *diag.File `json:"-"`
	// Version of the file's layout: 1.
	Version int `json:"version"`
	// Findings are sorted by path, rule and subject.
	Findings []KnownFinding `json:"findings"`
}

// KnownFinding is one entry of a baseline. Only the fingerprint identifies it; the rest
// is for people who review the file.
type KnownFinding struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Subject     string `json:"subject"`
	Path        string `json:"path"`
	// Count is how many findings share the fingerprint.
	Count int `json:"count"`
}

const baselineVersion = 1

// ReadBaseline reads a baseline file.
func ReadBaseline(name string) (*Baseline, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("baseline %s does not exist; make it with evctl lint --write-baseline %s", name, name)
	}
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	b := &Baseline{File: diag.NewFile(name, data)}
	if err := json.Unmarshal(data, b); err != nil {
		return nil, fmt.Errorf("read baseline %s: %w", name, err)
	}
	if b.Version != baselineVersion {
		return nil, fmt.Errorf("baseline %s has version %d, expected %d", name, b.Version, baselineVersion)
	}
	return b, nil
}

// NewBaseline lists the findings of a result. What cannot be silenced is not listed.
func NewBaseline(r *Result) *Baseline {
	b := &Baseline{Version: baselineVersion, Findings: []KnownFinding{}}
	index := map[string]int{}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		if !r.canBeKnown(d.Rule) {
			continue
		}
		fingerprint := d.Fingerprint()
		at, ok := index[fingerprint]
		if !ok {
			at = len(b.Findings)
			index[fingerprint] = at
			b.Findings = append(b.Findings, KnownFinding{Fingerprint: fingerprint, Rule: d.Rule, Subject: d.Subject, Path: pathOf(d.File)})
		}
		b.Findings[at].Count++
	}
	slices.SortFunc(b.Findings, func(x, y KnownFinding) int {
		for _, c := range []int{strings.Compare(x.Path, y.Path), strings.Compare(x.Rule, y.Rule), strings.Compare(x.Subject, y.Subject)} {
			if c != 0 {
				return c
			}
		}
		return strings.Compare(x.Fingerprint, y.Fingerprint)
	})
	return b
}

// canBeKnown reports whether a baseline may hold findings of a rule.
func (r *Result) canBeKnown(id string) bool {
	rule := r.Catalogue.Rule(id)
	return rule != nil && !rule.Required && !rule.NoIgnore
}

// Write writes the baseline in one step.
func (b *Baseline) Write(name string) error {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("write baseline: %w", err)
	}
	if err := WriteFile(name, append(data, '\n')); err != nil {
		return fmt.Errorf("write baseline: %w", err)
	}
	return nil
}

// Subtract leaves out the findings of r that the baseline knows, and returns how
// many those are. Entries without a finding are reported, unless only some files
// were checked.
func (b *Baseline) Subtract(r *Result, partial bool) (known int) {
	left := map[string]int{}
	for _, f := range b.Findings {
		left[f.Fingerprint] += f.Count
	}
	var rest []diag.Diagnostic
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		if fingerprint := d.Fingerprint(); left[fingerprint] > 0 && r.canBeKnown(d.Rule) {
			left[fingerprint]--
			known++
			continue
		}
		rest = append(rest, *d)
	}
	if !partial {
		rest = append(rest, b.stale(left)...)
		diag.Sort(rest)
	}
	r.Diagnostics = rest
	return known
}

// stale reports the entries that are left over.
func (b *Baseline) stale(left map[string]int) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, f := range b.Findings {
		if left[f.Fingerprint] <= 0 {
			continue
		}
		left[f.Fingerprint] = 0
		at := diag.Location{File: b.File}
		if b.File != nil {
			if i := strings.Index(string(b.File.Data), `"`+f.Fingerprint+`"`); i >= 0 {
				at.Span = diag.Span{Start: int32(i), End: int32(i + len(f.Fingerprint) + 2)}
			}
		}
		found = append(found, diag.Diagnostic{
			Rule: baselineStale, Severity: diag.Warning, Location: at, Subject: "baseline#" + f.Fingerprint,
			Message: fmt.Sprintf("%s is gone from %s", f.Rule, f.Subject), Hint: "write the baseline again with --write-baseline",
		})
	}
	return found
}
