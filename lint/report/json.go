package report

import (
	"encoding/json"
	"io"

	"github.com/evctl/evctl/contracts/diag"
)

// Document is the json format. Fields are only ever added.
type Document struct {
	// Findings in the order of file and position.
	Findings []Finding `json:"findings"`
	Summary  Summary   `json:"summary"`
}

// Finding is one diagnostic. Lines and columns start at 1; columns count Unicode
// code points; end is the position behind the last character.
type Finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"` // error, warning or info
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Place
	// Subject names what the finding is about: an event and a JSON pointer into its
	// contract. Fingerprint is made of rule and subject, for breaks also of the edit and
	// the version that it breaks, so it stays the same when lines move or wording changes;
	// several findings may share one, breaks never do.
	Subject     string    `json:"subject,omitempty"`
	Fingerprint string    `json:"fingerprint"`
	Related     []Related `json:"related,omitempty"`
	// Witness is a payload that proves a break of compatibility.
	Witness *diag.Witness `json:"witness,omitempty"`
	// Effects say what the change does to each kind of consumer; only findings about
	// compatibility have them.
	Effects []diag.Effect `json:"effects,omitempty"`
	Fix     *Fix          `json:"fix,omitempty"`
}

// Place is a range of a file; path is relative to the workspace.
type Place struct {
	Path  string        `json:"path"`
	Start diag.Position `json:"start"`
	End   diag.Position `json:"end"`
}

// Related is another place that contributed to a finding.
type Related struct {
	Place
	Message string `json:"message"`
}

// Fix is what evctl lint --fix would do: replace the places by new text.
type Fix struct {
	Title string `json:"title"`
	Edits []Edit `json:"edits"`
}

// Edit replaces a place by new text.
type Edit struct {
	Place
	New string `json:"new"`
}

// Summary counts findings, also those that --max-findings left out.
type Summary struct {
	Counts
	Contracts int `json:"contracts"` // checked
	Ignored   int `json:"ignored"`   // silenced by comments
	Waived    int `json:"waived"`    // breaks that waivers.yaml approves
	Known     int `json:"known"`     // in the baseline
	LeftOut   int `json:"left_out"`  // not listed because of --max-findings
}

// NewFinding describes a diagnostic for programs; other commands that print
// diagnostics as JSON use it too.
func NewFinding(d *diag.Diagnostic) Finding {
	f := Finding{
		Rule: d.Rule, Severity: d.Severity.String(), Message: d.Message, Hint: d.Hint,
		Place: PlaceOf(d.Location), Subject: d.Subject, Fingerprint: d.Fingerprint(), Witness: d.Witness, Effects: d.Effects,
	}
	for _, r := range d.Related {
		f.Related = append(f.Related, Related{PlaceOf(r.Location), r.Message})
	}
	if d.Fix != nil {
		f.Fix = &Fix{Title: d.Fix.Title}
		for _, e := range d.Fix.Edits {
			f.Fix.Edits = append(f.Fix.Edits, Edit{PlaceOf(e.Location), e.New})
		}
	}
	return f
}

// NewFindings describes diagnostics for programs; the result is never nil.
func NewFindings(list []diag.Diagnostic) []Finding {
	findings := make([]Finding, len(list))
	for i := range list {
		findings[i] = NewFinding(&list[i])
	}
	return findings
}

// PlaceOf describes a location for programs; other commands that print places use it
// too.
func PlaceOf(l diag.Location) Place {
	return Place{Path: pathOf(l), Start: l.Position(), End: end(l)}
}

func writeJSON(w io.Writer, r *Report) error {
	shown := r.shown()
	return encode(w, Document{
		Findings: NewFindings(shown),
		Summary: Summary{
			Counts: Count(r.Diagnostics), Contracts: r.Contracts, Ignored: r.Ignored, Waived: r.Waived, Known: r.Known,
			LeftOut: len(r.Diagnostics) - len(shown),
		},
	})
}

// encode writes indented JSON that leaves <, > and & alone.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
