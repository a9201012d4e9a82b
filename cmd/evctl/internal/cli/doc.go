// Package cli is the command line of evctl: one file per command, and the only
// place where the other packages are wired together.
//
// What users can rely on:
//   - Results go to stdout; progress, notes and errors go to stderr.
//   - Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 the job could not be done.
//   - Errors are one line, "evctl: what went wrong", lower case without a full
//     stop; advice follows on a line that starts with "hint: ".
//   - Nothing is written to the terminal's state: colours are plain SGR codes, used
//     only on a terminal and never with NO_COLOR.
package cli
