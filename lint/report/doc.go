// Package report prints diagnostics: one file for each output format, one table
// of formats.
//
// It owns the formats and nothing else: which findings there are and how severe
// they are is decided before. Every command that finds something wrong in a user's
// file prints it through this package, so that all of them look the same.
package report
