// Package runtime is what generated Go code shares: codegen/golang copies its
// declarations into each package, so that generated code imports the standard library
// only. It is a package of its own to be compiled, vetted and tested like any
// other.
//
// It reads JSON as strictly as contracts/rawjson does, and its checks give the verdicts
// of contracts/payload; tests of codegen/golang hold both. It is not imported by
// anything but tests.
//
// Names of functions and variables must not start with decode, encode, check, redact,
// classOf, schemaOf, valueOf, listOf, limitsOf or patternOf and a capital letter: generated
// declarations do.
package runtime
