package waivers

import (
	"fmt"
	"strings"
	"time"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
)

// Waiver is the approval of one break. In waivers.yaml every key has to be there.
type Waiver struct {
	// Fingerprint of the finding, as evctl lint prints it: 16 hexadecimal digits.
	Fingerprint string `yaml:"fingerprint" json:"fingerprint" jsonschema:"pattern=^[0-9a-f]{16}$"`
	// Rule that reports the finding, such as property-removed.
	Rule string `yaml:"rule" json:"rule"`
	// Event that the finding is about.
	Event string `yaml:"event" json:"event"`
	// Place in the contract: a JSON pointer, such as /properties/coupon.
	Path string `yaml:"path" json:"path"`
	// Why the break is right.
	Reason string `yaml:"reason" json:"reason" jsonschema:"minLength=1"`
	// Who approved it: a name and how to reach that person.
	Approver string `yaml:"approver" json:"approver" jsonschema:"minLength=1"`
	// Day on which the waiver was written: YYYY-MM-DD.
	Created string `yaml:"created" json:"created" jsonschema:"format=date"`
	// Last day on which the waiver holds: YYYY-MM-DD.
	Expires string `yaml:"expires" json:"expires" jsonschema:"format=date"`

	Span diag.Span `json:"-"` // of the entry in its file
}

// dateForm is how days are written.
const dateForm = "2006-01-02"

// Day is the day of a moment, as waivers.yaml has it.
func Day(t time.Time) string { return t.UTC().Format(dateForm) }

// ParseDay reads a day.
func ParseDay(text string) (time.Time, error) {
	day, err := time.Parse(dateForm, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is not a day, expected YYYY-MM-DD", document.Quote(text))
	}
	return day, nil
}

// Expired reports whether the last day of the waiver is over, in UTC.
func (w *Waiver) Expired(now time.Time) bool { return Day(now) > w.Expires }

// Covers reports whether a finding is the one that the waiver names. The fingerprint
// alone decides which finding it is; rule, event and path are what the approver read, and have
// to agree with it.
func (w *Waiver) Covers(d *diag.Diagnostic) bool {
	return w.Fingerprint == d.Fingerprint() && w.Agrees(d)
}

// Agrees reports whether rule, event and path are those of a finding.
func (w *Waiver) Agrees(d *diag.Diagnostic) bool {
	return w.Rule == d.Rule && w.Event+"#"+w.Path == d.Subject
}

// problem is what is wrong with one key of an entry.
type problem struct{ key, message, hint string }

// problems lists what is wrong with an entry by itself, in the order of its keys.
func (w *Waiver) problems() []problem {
	var list []problem
	object := func(key, message, hint string) { list = append(list, problem{key, message, hint}) }
	for _, k := range []struct{ key, value, hint string }{
		{"fingerprint", w.Fingerprint, "evctl lint prints it with the finding"},
		{"rule", w.Rule, "evctl lint --waive writes the whole entry"},
		{"event", w.Event, "evctl lint --waive writes the whole entry"},
		{"reason", w.Reason, "say why the break is right"},
		{"approver", w.Approver, "say who approved it, and how to reach that person"},
		{"created", w.Created, "write it as YYYY-MM-DD"},
		{"expires", w.Expires, "write it as YYYY-MM-DD"},
	} {
		if strings.TrimSpace(k.value) == "" {
			object(k.key, "waiver has no "+k.key, k.hint)
		}
	}
	if w.Fingerprint != "" && !isFingerprint(w.Fingerprint) {
		object("fingerprint", fmt.Sprintf("fingerprint %s is not one, expected 16 hexadecimal digits", document.Quote(w.Fingerprint)), "evctl lint prints it with the finding")
	}
	created, createdErr := ParseDay(w.Created)
	expires, expiresErr := ParseDay(w.Expires)
	for _, k := range []struct {
		key, value string
		err        error
	}{{"created", w.Created, createdErr}, {"expires", w.Expires, expiresErr}} {
		if k.value != "" && k.err != nil {
			object(k.key, k.err.Error(), "")
		}
	}
	if createdErr == nil && expiresErr == nil && expires.Before(created) {
		object("expires", fmt.Sprintf("waiver expires on %s, before it was created on %s", w.Expires, w.Created), "")
	}
	return list
}

func isFingerprint(text string) bool {
	return len(text) == 16 && strings.Trim(text, "0123456789abcdef") == ""
}

// Malformed reports whether the entry lacks something, so that it covers nothing.
func (w *Waiver) Malformed() bool { return len(w.problems()) > 0 }
