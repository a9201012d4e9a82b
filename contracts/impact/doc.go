// Package impact replays events that were captured against the contracts of a working
// tree, and counts what would become of them.
//
// A Replay pairs the contracts that events are judged by today, the baseline, with those
// that are to take their place. Run reads events on all cores, holds a few batches of
// them at a time, and adds up: for each contract and sender how many events are valid
// before and after, newly rejected, newly accepted, or rejected by both; for each reason
// why events are newly rejected how many there are, with samples. The sums do not
// depend on the order in which the cores get to the events.
//
// # What takes the place of what
//
// An event is judged before by the version that it names. What judges it after:
//
//   - the contract of the working tree, where it is of the same major version;
//   - that contract too where it starts a major version that the baseline does not have,
//     for events of the newest major version of the baseline: these are the senders who
//     have to follow;
//   - that contract too where it retires the event, for events of any version;
//   - the same contract as before, where the working tree's is part of the baseline
//     already, unchanged, or where neither of the above holds;
//   - nothing, where the working tree has no such event any more. Events of it are newly
//     rejected, unless their newest version says that it is retired.
//
// # Theory beside traffic
//
// Options.Foresee tells what changed between a pair of contracts and which breaks are
// expected of it, by whatever means; the package matches that with what the events run
// into. A break that no event runs into is a finding of no events. Events that run into
// something that nobody expected are a finding that is not Foreseen. The two are
// independent: events are validated also where no change is expected to matter to them.
//
// # Privacy
//
// Samples are the properties of real events. Values of properties with a privacy class
// in either contract are not shown, and neither are those that neither contract declares.
//
// The package does not open files and does not decide what is too much.
package impact
