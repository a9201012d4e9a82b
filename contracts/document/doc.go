// Package document reads YAML and JSON text into a tree in which every node
// knows where it stands.
//
// It is the only importer of the YAML libraries, and reads what is JSON itself, as
// the many files of a registry are. What YAML leaves to surprise is
// settled here, once, for contracts, evctl.yaml and imported schemas alike:
// duplicate keys are reported, scalars keep the text that was written, anchors
// and merge keys are expanded under a cap, and hostile input (alias bombs, deep
// nesting, huge files, broken encodings) ends in a diagnostic after bounded work.
package document
