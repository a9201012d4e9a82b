// Package pattern decides whether a pattern is found in a text, at the speed of
// reading it.
//
// [Compile] takes an RE2 pattern; a [Matcher] gives the verdicts of regexp.MatchString,
// always, for texts that are UTF-8. The package owns nothing but that question: where
// a match is, and what its groups hold, is the business of regexp. Which patterns a
// contract may have is decided by package contracts.
//
// # How it works
//
// A pattern becomes the fastest of four engines that can hold it.
//
//   - A row of characters between both anchors, such as ^[a-z][a-z0-9_]{0,63}$ or
//     ^.{1,200}$, is a list of runs: sets of characters with how many of them there must
//     be, and texts. It is one that has no choices, because what ends a run is not in its
//     set.
//   - All others become a deterministic automaton that reads bytes. regexp/syntax
//     compiles them, characters are spelled out as their bytes in UTF-8, sets of
//     threads become states, and bytes that no state tells apart one class. As soon as
//     it is known which character of a pattern is being read, the bytes that are left of
//     it are skipped. Anchors and word boundaries wait in a state until the next
//     character is known. States that lead nowhere end the reading, and so does the first
//     match.
//   - An automaton of at most ten states is a row of bits: a step is a load that does
//     not depend on the state, and a shift that does.
//   - Larger ones are a table of steps.
//
// What would need more than 2,048 states or a table beyond 64 kB is left to regexp,
// whose time is linear in the text too; [Matcher.Automaton] tells. Those are patterns that
// count what may begin anywhere, such as (a|b)*a(a|b){14}, and most with several classes of
// the letters of all scripts that are no runs.
//
// # Cost
//
// Per byte of text on a core of 2.5 GHz: about 1 ns with runs and rows of bits, 2 ns
// with a table, 20 to 100 ns with regexp; a character outside of ASCII that is looked up
// in a class takes some 10 ns. Nothing is allocated.
//
// A list of runs takes about 500 bytes, and 5 kB more for the letters of all scripts; a
// row of bits 600; a table 300 and then two for each state and class, 600 to 1,000
// together for most patterns and 64 kB at most. Compiling an ordinary pattern takes 2 to
// 40 microseconds, of which half is regexp/syntax; the largest, and those that end up
// with regexp, take milliseconds, up to twenty. Callers that meet a pattern often keep the
// matcher.
package pattern
