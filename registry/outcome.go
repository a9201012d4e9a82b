package registry

import (
	"encoding/json"
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/lint/report"
)

// Status is what became of a candidate.
type Status string

const (
	Pushed    Status = "pushed"
	WouldPush Status = "would-push" // a dry run
	Unchanged Status = "unchanged"  // released already, with the same content
	Skipped   Status = "skipped"    // a draft
	Refused   Status = "refused"
	Held      Status = "held" // fine, but not pushed because others were refused
)

// Outcome says what became of one candidate. Its JSON is part of the output of
// evctl push and of the HTTP API; members are only ever added.
type Outcome struct {
	Event   string            `json:"event"`
	Version contracts.Version `json:"version"`
	Status  Status            `json:"status"`
	// Why it was refused or skipped.
	Code    Code   `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Previous is the latest version that was released before, if any.
	Previous *contracts.Version `json:"previous,omitempty"`
	// Needed is the bump that the change asks for over Previous: none, patch, minor or major.
	Needed *contracts.Bump `json:"needed,omitempty"`
	// Digest is that of the release, where there is one.
	Digest         contracts.Digest `json:"digest,omitempty"`
	ContractDigest contracts.Digest `json:"contract_digest,omitempty"`
	// Waivers are the approvals of the breaks in it; they are part of the release.
	Waivers []waivers.Waiver `json:"waivers,omitempty"`
	// Findings are what the gate said. In JSON they have the form of report.Finding.
	Findings []diag.Diagnostic `json:"-"`

	record *Record
}

// MarshalJSON writes the findings in the form that evctl lint writes.
func (o *Outcome) MarshalJSON() ([]byte, error) {
	type plain Outcome
	return json.Marshal(struct {
		*plain
		Findings []report.Finding `json:"findings,omitempty"`
	}{(*plain)(o), report.NewFindings(o.Findings)})
}

func (o *Outcome) refuse(err *Error) *Outcome {
	o.Status, o.Code, o.Message, o.Hint = Refused, err.Code, err.Message, err.Hint
	return o
}

// Report is what became of the candidates of one push, in their order.
type Report struct {
	Outcomes []*Outcome
}

// Refused reports whether anything was refused; nothing was written then.
func (r *Report) Refused() bool {
	return slices.ContainsFunc(r.Outcomes, func(o *Outcome) bool { return o.Status == Refused })
}

// Count counts the outcomes of a status.
func (r *Report) Count(status Status) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Status == status {
			n++
		}
	}
	return n
}

// settle gives the candidates that passed their final status.
func (r *Report) settle(passed Status) {
	if r.Refused() {
		passed = Held
	}
	for _, o := range r.Outcomes {
		if o.record == nil {
			continue
		}
		o.Status = passed
		if passed != Pushed {
			o.Digest = "" // it depends on when it is released
		}
	}
}

func (r *Report) records() []*Record {
	var records []*Record
	for _, o := range r.Outcomes {
		if o.record != nil {
			records = append(records, o.record)
		}
	}
	return records
}

// adopt takes over the digests of what was stored.
func (r *Report) adopt(stored []Head) {
	type key struct {
		event   string
		version contracts.Version
	}
	digests := make(map[key]contracts.Digest, len(stored))
	for _, h := range stored {
		digests[key{h.Event, h.Version}] = h.Digest
	}
	for _, o := range r.Outcomes {
		if d, ok := digests[key{o.Event, o.Version}]; ok && o.record != nil {
			o.Digest = d
		}
	}
}
