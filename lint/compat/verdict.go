package compat

import (
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/diff"
)

// Verdict is what two versions of a contract mean for each other.
type Verdict struct {
	// Needed is the bump that the changes ask for: none when the contracts mean
	// the same and only differ in layout.
	Needed contracts.Bump
	// Findings are the changes, one for each edit, in the order of diff.Compare.
	Findings []Finding
}

// Breaking lists the findings that the mode forbids within a major version.
func (v Verdict) Breaking() []Finding {
	var list []Finding
	for _, f := range v.Findings {
		if f.Needed == contracts.MajorBump {
			list = append(list, f)
		}
	}
	return list
}

// Finding is one change with its consequences.
type Finding struct {
	Rule   string // ID of the rule that reports such a change; empty when none does
	Change diff.Change
	// Backward is set when a payload that was valid may now be rejected, Forward
	// when one that is valid now may be rejected by the old version.
	Backward, Forward bool
	// Needed is the bump that this change asks for by itself.
	Needed contracts.Bump
	// BackwardWitness and ForwardWitness are the payloads that prove it. A change of
	// what payloads mean has none.
	BackwardWitness, ForwardWitness *Witness
	// Undecided says why it is not known whether the change breaks anybody.
	Undecided string
	// Note says what the verdict rests on where the change does not show it, such
	// as patterns that cannot be compared.
	Note string
	// Uses are the further pointers under which the same edit shows, when it was
	// made in a definition that the event uses several times.
	Uses []string
	// Impact is what the change does to each kind of consumer.
	Impact Impact

	least  contracts.Bump      // what it asks for when it breaks nothing
	remark diag.Severity       // of Rule where the change breaks no payload; see meaningRules
	likely *contracts.Property // what an added property looks like, which was removed
}

// Message is the change in people's words.
func (f Finding) Message() string { return f.Change.String() }

// Location is where the new contract has the change, or what encloses it.
func (f Finding) Location() diag.Location {
	if place := f.Change.At(); place.New.File != nil {
		return place.New
	}
	return f.Change.At().Old
}
