// Package workload makes the events that the benchmarks of the validator run on:
// traffic of a shop's product analytics, as believable in size, names, values and
// mistakes as it can be made up, and equal from run to run.
//
// The contracts stand in plan, a workspace like any other. They are read in two ways.
// As a collector has them: five events in an envelope, for a Set. And whole: five
// events whose payload is the entire body, envelope included, for everything that
// takes one schema (a bare Validator, and any other JSON Schema validator). Both
// accept the same bodies.
//
// The package makes and marks events; it measures nothing. Which events are valid is
// known from how they were made, so that no validator is the judge of itself.
package workload
