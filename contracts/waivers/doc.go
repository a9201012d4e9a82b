// Package waivers reads and extends waivers.yaml, the list of breaks of compatibility
// that somebody approved.
//
// For most uses, Load is the function to call. The package owns the form of the file:
// it is read strictly, with positions, and changed by splicing, so that comments and
// layout stay. Which findings a waiver covers, and whether it still should, is decided in
// lint/waive.
package waivers
