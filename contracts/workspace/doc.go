// Package workspace finds the contracts of a project: it reads evctl.yaml,
// discovers contract files, parses them on all cores and links them.
//
// It owns the meaning of evctl.yaml's layout, not of its rules: severities,
// naming words and target options are handed on as they were written. It works
// on an io/fs.FS, so that a directory, a commit and a test look the same.
package workspace
