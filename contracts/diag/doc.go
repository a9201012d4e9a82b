// Package diag describes what is wrong with a user's file, and where.
//
// It owns files with their line tables, byte spans, severities, diagnostics and
// the edits that repair them. It does not print anything: formats live in
// lint/report. A diagnostic says that a file is wrong; a Go error says that the
// job could not be done. The two are never mixed.
package diag
