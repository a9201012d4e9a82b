// Package lint checks the contracts of a workspace against rules.
//
// It owns what a rule is, which rules are on for which file and how severe they
// are, the comments that silence a finding, rules written as expressions, fixes,
// and the baseline of findings that were there before. The rules themselves live
// in lint/rules and lint/compat, one file each; the output formats live in
// lint/report.
//
// What the language requires (contracts.Checks) is in the same catalogue as the
// rules, always on and always an error: it cannot be configured, silenced by a
// comment or put into a baseline.
package lint
