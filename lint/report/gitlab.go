package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/evctl/evctl/contracts/diag"
)

// gitLabIssue is an entry of a code quality report:
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type gitLabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"` // unique in the report
	Severity    string         `json:"severity"`    // info, minor, major, critical or blocker
	Location    gitLabLocation `json:"location"`
}

type gitLabLocation struct {
	Path  string      `json:"path"`
	Lines gitLabLines `json:"lines"`
}

type gitLabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

var gitLabSeverities = map[diag.Severity]string{diag.Error: "major", diag.Warning: "minor", diag.Info: "info"}

func writeGitLab(w io.Writer, r *Report) error {
	shown := r.shown()
	numbers := occurrences(shown)
	issues := make([]gitLabIssue, len(shown))
	for i := range shown {
		d := &shown[i]
		description := d.Message
		if d.Hint != "" {
			description += " (" + d.Hint + ")"
		}
		start := d.Position().Line
		issues[i] = gitLabIssue{
			Description: description, CheckName: d.Rule, Severity: gitLabSeverities[d.Severity],
			Fingerprint: uniqueFingerprint(d, numbers[i]),
			Location:    gitLabLocation{Path: r.repositoryPath(d.Location), Lines: gitLabLines{start, max(start, end(d.Location).Line)}},
		}
	}
	return encode(w, issues)
}

// uniqueFingerprint tells findings with one fingerprint apart by their number.
func uniqueFingerprint(d *diag.Diagnostic, number int) string {
	if number == 1 {
		return d.Fingerprint()
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %d", d.Fingerprint(), number)))
	return hex.EncodeToString(sum[:8])
}
