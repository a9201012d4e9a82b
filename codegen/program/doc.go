// Package program is the target that a workspace brings along: a program of its own
// that reads the model as JSON on stdin and writes the files as JSON to stdout.
//
// It owns both documents, Request and Answer, and how the program is run: in the
// folder of the workspace, with a time limit after which it is ended together with
// what it started, and with bounds on what it may print. What a program returns is
// judged like the files of every other target: paths stay within the out folder, and
// every file carries the mark of generated code.
package program
