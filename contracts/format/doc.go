// Package format writes a contract as the YAML file that a person would have
// written: block style, short schemas on one line, long prose folded, no anchors
// and no comments. The same contract always gives the same bytes, and reading
// them back gives an equal contract.
//
// Texts are quoted so that readers of YAML 1.1 and 1.2 both see text: no, 0755
// and 2024-01-01 never change their type on the way through another tool.
//
// The package does not keep the layout or the comments of a file that exists;
// edits of such files are spliced (see diag.Edit).
package format
