package registry

import (
	"context"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// Gate judges a candidate against the released versions of its event, oldest
// first. An error among the findings keeps the candidate out. The gate of evctl
// is lint/compat; it is handed in so that stores and clients do without it.
type Gate func(ctx context.Context, question Question) (Judgement, error)

// Question is what a gate is asked.
type Question struct {
	Candidate *contracts.Contract
	Released  []*contracts.Contract // oldest first
	// Waived tells whether a break was approved. The gate asks about each; an approved one
	// is no finding.
	Waived func(*diag.Diagnostic) bool
}

// Judgement is what a gate says.
type Judgement struct {
	// Needed is the bump that the change asks for over the latest released version.
	Needed   contracts.Bump
	Findings []diag.Diagnostic
}

// Refused reports whether the findings keep the candidate out.
func (j Judgement) Refused() bool {
	for i := range j.Findings {
		if j.Findings[i].Severity == diag.Error {
			return true
		}
	}
	return false
}
