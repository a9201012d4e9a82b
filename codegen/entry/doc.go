// Package entry reads generate: of evctl.yaml. It owns what an entry may say, which jobs
// follow from it, and what evctl lint says about entries and about names that clash in
// their targets. It writes nothing, runs no program and knows nothing of lint: findings
// leave it as diagnostics of rules that lint lists.
package entry
