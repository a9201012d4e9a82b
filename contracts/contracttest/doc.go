// Package contracttest generates random contracts and payloads for property tests.
//
// Contract draws events over the whole grammar of the language, Payload draws JSON
// that a contract most likely accepts, Mutate changes such JSON into something the
// contract may or may not accept, and Edit draws a changed version of a contract.
// Parts that must agree with each other (parser and encoder, validator and JSON
// Schema, generated Go and TypeScript) are compared on what comes out.
//
// The package knows nothing about validity beyond what it needs to draw likely
// values: verdicts are for the parts under test to compare. It is for tests only.
package contracttest
