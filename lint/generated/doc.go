// Package generated holds the rules about what evctl generate makes of a workspace: entries
// of generate: that cannot be carried out, and names of contracts for which a language has
// one identifier. It owns what the rules say. Whoever knows the targets hands the findings
// in, as a lint.Source.
package generated
