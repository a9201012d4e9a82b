// Package regular decides questions about sets of strings: is there a string in all
// of these sets and in none of those, and how many are there.
//
// It owns regular languages over the code points of JSON strings, U+0000 to U+10FFFF
// without surrogates. A [Language] is written as an RE2 pattern, as a list of words or
// as the name of a format; a [Query] combines languages with bounds on the length. It
// knows nothing of schemas: what a string stands for is the business of its callers.
//
// # How it works
//
// A pattern is parsed by regexp/syntax into a program, whose threads are followed all
// at once. A set of threads is a state of a deterministic automaton. States are found
// on demand and kept by the language, for later queries and other goroutines; anchors
// and word boundaries wait in a state until the next character is known, so that the
// verdict is that of regexp.MatchString, always. Code points that no language of a
// query tells apart are one step.
//
// A query walks the product of its automata breadth first, so that the first word it
// meets is a shortest one. A complement costs nothing: it is the same automaton, read
// the other way. States from which a language accepts nothing, or everything, end a
// branch. Below a least length the search keeps the set of states that each length
// reaches; these sets repeat sooner or later, and then any length is as cheap as that.
//
// Where a pattern has very many sets of threads, its threads are followed one by one,
// and whoever can only find what another finds is left out.
//
// Formats with many states, such as mail addresses with all their lengths, have a rough
// language beside the exact one: if nothing is found in that, nothing is to be found.
//
// # Cost
//
// Time is linear in the states that are visited, times the classes of characters. The
// product of automata with m and n states can have m·n states, and a pattern of n
// characters can have 2^n of them. Every search spends steps of a [Budget], about a
// transition each, and ends with the budget's error when they are used up. A pattern
// whose program would be very large is refused by [Pattern].
//
// A language keeps the states it has met, up to about a megabyte; a search takes at most
// some hundred megabytes and then ends with [ErrBudget], whatever its budget is.
package regular
