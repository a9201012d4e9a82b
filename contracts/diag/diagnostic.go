package diag

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Severity orders findings; the zero value is Off.
type Severity uint8

const (
	Off Severity = iota
	Info
	Warning
	Error
)

var severityNames = [...]string{"off", "info", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// MarshalText makes severities words in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity reads one of off, info, warning, error.
func ParseSeverity(word string) (Severity, error) {
	if i := slices.Index(severityNames[:], word); i >= 0 {
		return Severity(i), nil
	}
	return Off, fmt.Errorf("unknown severity %q, expected one of %s", word, strings.Join(severityNames[:], ", "))
}

// Diagnostic is one finding in a user's file.
//
// Message has no capital, no full stop and no advice: it says what was found
// and then what was expected, with the user's text quoted. Advice is the Hint.
type Diagnostic struct {
	Rule     string // stable rule ID, kebab-case
	Severity Severity
	Location
	Message string
	Hint    string
	// Subject names what the finding is about, independent of wording and of
	// positions: an event and a JSON pointer into its contract, such as
	// "order.completed#/properties/total". Fingerprints are made of it.
	Subject string
	// Detail tells findings of one rule about one subject apart, where more than one
	// can come up in the life of a contract: which edit it is, over which released
	// version. It is part of fingerprints and is not shown; most rules need none.
	Detail string
	// Related are the other places that contributed, such as the released
	// declaration that a change is compared with.
	Related []Related
	// Witness proves a break: a payload that one version accepts and the other rejects.
	Witness *Witness
	// Effects tell what a change of a contract does to each kind of consumer; only
	// findings about compatibility have them.
	Effects []Effect
	// Fix repairs the finding without changing its meaning; nil when only a
	// person can decide.
	Fix *Fix
}

// Related is a further place with what it contributes to a finding.
type Related struct {
	Location
	Message string
}

// Witness is a payload that one version of a contract accepts and another rejects.
type Witness struct {
	// Payload is the payload, compact.
	Payload json.RawMessage `json:"payload"`
	// AcceptedBy and RejectedBy are the versions.
	AcceptedBy string `json:"accepted_by"`
	RejectedBy string `json:"rejected_by"`
	// Pointer is the JSON pointer to what is rejected, and Message says why. Offset
	// is where it starts, in bytes of Payload.
	Pointer string `json:"pointer"`
	Message string `json:"message"`
	Offset  int    `json:"offset"`
	// NewAccepts says that the new contract is the one that accepts it.
	NewAccepts bool `json:"-"`
}

// Sides name the version that accepts and the one that rejects, for people: where both
// have one number, the new contract is not released yet.
func (w *Witness) Sides() (accepts, rejects string) {
	switch {
	case w.AcceptedBy != w.RejectedBy:
		return w.AcceptedBy, w.RejectedBy
	case w.NewAccepts:
		return "new " + w.AcceptedBy, "old " + w.RejectedBy
	}
	return "old " + w.AcceptedBy, "new " + w.RejectedBy
}

// Effect is what a change does to one kind of consumer.
type Effect struct {
	// Consumer is collector, protobuf wire, Go source, TypeScript source or warehouse.
	Consumer string `json:"consumer"`
	// Effect is none, compatible or breaking.
	Effect string `json:"effect"`
	// Why says so in one short sentence without capital and full stop.
	Why string `json:"why"`
}

// AlsoBreaks lists the consumers that a change breaks apart from the collector.
func (d *Diagnostic) AlsoBreaks() []string {
	var list []string
	for _, e := range d.Effects {
		if e.Effect == "breaking" && e.Consumer != "collector" {
			list = append(list, e.Consumer)
		}
	}
	return list
}

// Fix is a set of edits that belong together. Edits may touch several files.
type Fix struct {
	Title string
	Edits []Edit
}

// Edit replaces the bytes of Location by New.
type Edit struct {
	Location
	New string
}

// Fingerprint identifies a finding from run to run: rule, subject and detail, not the
// wording and not the line. Its form is 16 hexadecimal digits.
func (d *Diagnostic) Fingerprint() string {
	subject := d.Subject
	if subject == "" && d.File != nil {
		subject = d.File.Path
	}
	text := d.Rule + "\x00" + subject
	if d.Detail != "" {
		text += "\x00" + d.Detail
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Sort orders findings by file, position, rule and message, the order in which
// every format prints them.
func Sort(list []Diagnostic) {
	slices.SortStableFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(
			strings.Compare(path(a.File), path(b.File)),
			cmp.Compare(a.Span.Start, b.Span.Start),
			strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Message, b.Message),
		)
	})
}

// Distinct drops findings that repeat the rule, place and message of an earlier one:
// the text behind a YAML anchor is read once for every use.
func Distinct(list []Diagnostic) []Diagnostic {
	if len(list) < 2 {
		return list
	}
	type key struct {
		rule, message string
		at            Location
	}
	seen := make(map[key]bool, len(list))
	return slices.DeleteFunc(list, func(d Diagnostic) bool {
		k := key{d.Rule, d.Message, d.Location}
		known := seen[k]
		seen[k] = true
		return known
	})
}

func path(f *File) string {
	if f == nil {
		return ""
	}
	return f.Path
}

// Apply carries out the edits that lie in file f and returns the new text. Edits
// that overlap an earlier one, or do not lie within the text, are left out and
// counted; running the tool again applies them.
func Apply(f *File, edits []Edit) (text []byte, left int) {
	mine := slices.DeleteFunc(slices.Clone(edits), func(e Edit) bool { return e.File != f })
	slices.SortStableFunc(mine, func(a, b Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	at := int32(0)
	for i, e := range mine {
		if i > 0 && e == mine[i-1] {
			continue
		}
		if e.Span.Start < at || e.Span.End < e.Span.Start || int(e.Span.End) > len(f.Data) {
			left++
			continue
		}
		text = append(text, f.Data[at:e.Span.Start]...)
		text = append(text, e.New...)
		at = e.Span.End
	}
	return append(text, f.Data[at:]...), left
}
