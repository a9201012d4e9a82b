// Package gitfs shows a folder as it is in a commit, as an io/fs.FS.
//
// It asks the git program: one cat-file sends the folders and the contents that are
// asked for, and nothing else, so that a commit of many files costs what is read
// of it. Nothing is checked out and nothing is written. The package does not know what the files mean.
package gitfs
