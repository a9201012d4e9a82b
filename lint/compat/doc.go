// Package compat decides whether a new version of an event keeps what the released
// ones promise.
//
// For most uses, Judge is the function to call: it compares a contract with all
// released versions of its event, in the mode the workspace asks for, and checks that
// the version claims what the change is. Check is the verdict on two contracts and
// the only place where a break is decided. contracts/diff says what changed, and
// contracts/subschema what that does to payloads: a change is a break when a payload
// proves it, which one version accepts and the other rejects, and with this change
// alone as well. Several changes that break only together count for the one that
// completes the break. What could not be decided within bounds is a warning.
//
// Some changes break no payload and mean something else: meaningRules reports them.
// Every change also answers for those who do not validate, in Impact; README.md beside this
// file is the table of what an edit does to whom.
//
// The package reads released versions through a Baseline: a releases directory, a
// commit, another workspace, or a registry. It does not write any, and it does not
// know how findings are printed.
package compat
