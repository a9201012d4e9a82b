package waive

import (
	"embed"
	"io/fs"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/waivers"
	"github.com/evctl/evctl/lint"
)

const (
	ruleInvalid   = waivers.RuleInvalid
	ruleUnknown   = "waiver-unknown"
	ruleMismatch  = "waiver-mismatch"
	ruleDuplicate = "waiver-duplicate"
	ruleExpired   = "waiver-expired"
	ruleStale     = "waiver-stale"
)

var rules = []lint.Rule{
	{ID: ruleInvalid, Gate: true, Summary: "a waiver lacks something or says something impossible",
		Why: "A waiver is the answer to who allowed a break and why. Without the answer it covers nothing."},
	{ID: ruleUnknown, Summary: "a waiver names an event or a rule that does not exist",
		Why: "A waiver for something that was misspelled covers nothing, and one for something that is gone is not needed."},
	{ID: ruleMismatch, Summary: "a waiver says something else than its fingerprint",
		Why: "Rule, event and path are what the approver has read. When the fingerprint is that of another break, nobody has approved that one."},
	{ID: ruleDuplicate, Summary: "two waivers have one fingerprint",
		Why: "A waiver covers one finding. Of two with other reasons and days nobody knows which one holds; the first does."},
	{ID: ruleExpired, Summary: "a waiver is over",
		Why: "A break that was approved for some weeks and is still not released should be looked at again. It counts as a break until it is."},
	{ID: ruleStale, Summary: "a waiver covers nothing",
		Why: "The break was undone, changed or moved to another version. A waiver that stays behind looks like a break that somebody wanted. " +
			"Once a version is released with the break, the release holds the waiver for good, and the one in waivers.yaml is only worth a remark."},
}

//go:embed testdata/rules
var fixtures embed.FS

// Set is what this package contributes to the catalogue of lint.
func Set() lint.Set {
	sub, err := fs.Sub(fixtures, "testdata/rules")
	if err != nil {
		sub = embed.FS{} // not reachable: the path is valid
	}
	set := lint.Set{Fixtures: sub}
	for _, r := range rules {
		r.Group, r.Profile, r.Severity, r.NoIgnore = lint.Compatibility, lint.Minimal, diag.Error, true
		set.Rules = append(set.Rules, r)
	}
	return set
}
