// Package dir keeps a registry in a directory: one immutable JSON file for each
// released version, <directory>/<event>/<version>.json, and nothing else.
//
// The directory is made to be committed beside the contracts. It has no index and
// no aggregates, so branches that release different versions merge without
// conflict. Files appear complete or not at all: they are written under another
// name, synced, and linked to their name, which fails when it is taken. A process
// that is killed leaves at most a file whose name starts with ".evctl-"; it is
// ignored by readers and removed by the next writer.
//
// Writers lock the directory itself (flock) where the system can; elsewhere the
// link still keeps one version from being released twice.
//
// The folder of an event is its name with everything but a–z, 0–9, '.', '_' and '-'
// written as %XX, upper-case letters too: any URL decoder reads it back, and two
// names never meet on a file system that ignores case. Names that some system
// reserves (con, aux.opened, a leading or trailing dot) have one more character
// escaped.
package dir
