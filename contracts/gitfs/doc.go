// Package gitfs shows a folder as it is in a commit, as an io/fs.FS.
//
// It asks the git program: one ls-tree for the names and one cat-file for all
// contents, which are read when they are asked for. Nothing is checked out and
// nothing is written. The package does not know what the files mean.
package gitfs
