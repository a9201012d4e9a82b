package impact

import "github.com/evctl/evctl/contracts"

// Report says what would become of the events that were replayed.
type Report struct {
	// Baseline says, in words, what events were judged by before.
	Baseline string `json:"baseline"`
	// Complete is false when the input could not be read to its end.
	Complete bool    `json:"complete"`
	Summary  Summary `json:"summary"`
	// Findings are ordered by event; those that most events run into first.
	Findings []Finding `json:"findings"`
	// Groups count by event, version and source, in this order.
	Groups []Group `json:"groups"`
	// Undecided count the events that no contract judges, by what they say of themselves.
	Undecided []Undecided `json:"undecided"`
}

// Counts say what became of some events. All but Events add up to Events.
type Counts struct {
	Events int `json:"events"`
	// Valid before and after.
	Valid         int `json:"valid"`
	NewlyRejected int `json:"newly_rejected"`
	NewlyAccepted int `json:"newly_accepted"`
	// Rejected before and after.
	Rejected int `json:"rejected"`
}

// Summary counts all events.
type Summary struct {
	Counts
	// Unknown events name an event or a version for which there is no contract.
	Unknown int `json:"unknown"`
	// Unreadable events are no JSON, or have no name where the envelope says.
	Unreadable int `json:"unreadable"`
}

// Group counts the events of one contract and one source.
type Group struct {
	Event string `json:"event"`
	// Version is that of the contract before; nil where the baseline has none that the
	// events name. New is that of the contract after; nil where the event is gone.
	Version *contracts.Version `json:"version,omitempty"`
	New     *contracts.Version `json:"new_version,omitempty"`
	// Source is what the envelope's source says, or the name of the input; empty for
	// events that do not say, and with Rest.
	Source string `json:"source,omitempty"`
	// Rest is set for all the sources beyond those that are counted one by one.
	Rest bool `json:"-"`
	Counts
}

// Finding is a reason why events of one kind are newly rejected, or a change that was
// expected to be one.
type Finding struct {
	Event string `json:"event"`
	// Pointer leads to the value in the event, envelope included, with * for indexes of
	// arrays, keys of maps and names that no contract declares.
	Pointer string `json:"pointer"`
	// Rule and Expected are those of the verdicts; empty where no event runs into it.
	Rule     string `json:"rule,omitempty"`
	Expected string `json:"expected,omitempty"`
	// Events are newly rejected for it, perhaps among other reasons. Share is their part of
	// all events of this name, from 0 to 1.
	Events int     `json:"events"`
	Share  float64 `json:"share"`
	// Versions of the baseline that the events name, oldest first.
	Versions []VersionCount `json:"versions"`
	// Foreseen is set where a change was expected to break what these events have.
	Foreseen bool `json:"foreseen"`
	// Changes are the edits that explain it: those that were expected to, or, where there
	// are none, those that were taken for harmless.
	Changes []FindingChange `json:"changes"`
	// Samples are the first events of the input that run into it.
	Samples []Sample `json:"samples"`
}

// VersionCount counts the events of one version.
type VersionCount struct {
	Version contracts.Version `json:"version"`
	Events  int               `json:"events"`
}

// FindingChange is an edit that explains a finding.
type FindingChange struct {
	Rule    string `json:"rule"`
	Pointer string `json:"pointer"` // into the contract, references followed
	Message string `json:"message"`
	// Versions of the baseline over which it is one, oldest first.
	Versions []contracts.Version `json:"versions"`

	breaks bool
}

// Sample is a real event.
type Sample struct {
	Path    string            `json:"path"` // of the input
	Line    int               `json:"line"` // on which the event starts, from 1
	Version contracts.Version `json:"version"`
	// Pointer is that of the finding with its indexes and keys.
	Pointer string `json:"pointer"`
	// Found is what stands there, cut to a few dozen characters; private values are
	// not shown.
	Found string `json:"found"`
	// Payload are the properties around it without white space, private values left out,
	// cut to a few hundred characters.
	Payload string `json:"payload"`

	at order
}

// Undecided counts events that no contract judges.
type Undecided struct {
	// Event and Version are what the events say of themselves; empty where they do not,
	// and for those beyond what is counted one by one.
	Event   string `json:"event,omitempty"`
	Version string `json:"version,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Events  int    `json:"events"`
}
