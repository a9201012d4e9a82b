package payload

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// pick is what a set makes of the name and the version of an event.
type pick struct {
	version *version // nil: no contract decides
	// flag is the rule that the event breaks and that the policy of the set lets pass.
	flag string
}

// verdict is the one on a valid event on which a version decided.
func (c pick) verdict() Verdict {
	out := c.version.decided()
	out.Valid, out.Flag = true, c.flag
	return out
}

// Fallback is what a set does with an event that does not name one of its contracts.
type Fallback uint8

const (
	// Reject finds the event invalid.
	Reject Fallback = iota
	// UseLatest takes the newest version: of the major version that the event names, or
	// of all where it names none.
	UseLatest
	// Pass lets the event through unchecked, apart from its envelope, and flags it.
	Pass
)

// Policy says what a set does with events that do not name one of its contracts. The
// zero value rejects them.
type Policy struct {
	// UnknownEvent is for names that no contract has: Reject or Pass.
	UnknownEvent Fallback
	// UnknownVersion is for versions that the event's contract does not have.
	UnknownVersion Fallback
	// MissingVersion is for events without a version. An envelope that says
	// without_version: latest has the same effect as UseLatest.
	MissingVersion Fallback
}

// choose finds what decides on an event that says this of itself. Where nothing does,
// it returns the rule that is broken.
func (s *Set) choose(name, text string) (c pick, broken string) {
	list := s.events[name]
	switch {
	case len(list) == 0:
		return allowed(s.policy.UnknownEvent, nil, RuleEventUnknown)
	case text == "" && s.envelope.Latest:
		return pick{version: list[0]}, ""
	case text == "":
		return allowed(s.policy.MissingVersion, list, RuleVersionMissing)
	}
	if v := s.lookup(name, text); v != nil {
		return pick{version: v}, ""
	}
	return allowed(s.policy.UnknownVersion, ofMajor(list, text), RuleVersionUnknown)
}

// allowed applies a fallback to an event that breaks a rule. Of latest, newest first, the
// first may take the place of the version that is not there.
func allowed(a Fallback, latest []*version, rule string) (c pick, broken string) {
	switch {
	case a == Pass:
		return pick{flag: rule}, ""
	case a == UseLatest && len(latest) > 0:
		return pick{version: latest[0], flag: rule}, ""
	}
	return pick{}, rule
}

// lookup is the newest version that starts with a text, nil when there is none.
func (s *Set) lookup(name, text string) *version {
	for _, v := range s.events[name] {
		if text == "" || v.text == text || startsWith(v.contract.Version, text) {
			return v
		}
	}
	return nil
}

// ofMajor are the versions with the major version of a text.
func ofMajor(list []*version, text string) []*version {
	major, _, _ := strings.Cut(text, ".")
	return slices.DeleteFunc(slices.Clone(list), func(v *version) bool { return strconv.Itoa(v.contract.Version.Major) != major })
}

// problem says what is wrong with the name or the version of an event.
func (s *Set) problem(rule, name, text string) *Violation {
	switch rule {
	case RuleEventUnknown:
		expected := "an event that has a contract"
		if near := contracts.Nearest(name, s.around(name)); near != "" {
			expected += ", did you mean " + document.Quote(near) + "?"
		}
		return &Violation{Rule: rule, Found: "event " + quoteShort(name), Expected: expected}
	case RuleVersionMissing:
		return &Violation{Rule: rule, Found: "no version", Expected: "the version of the contract"}
	}
	var known []string
	for _, v := range s.events[name] {
		known = append(known, v.text)
	}
	return &Violation{Rule: RuleVersionUnknown, Found: "version " + quoteShort(text), Expected: oneOf(known)}
}

// startsWith reports whether text is the first number of v, or the first two.
func startsWith(v contracts.Version, text string) bool {
	major, minor, two := strings.Cut(text, ".")
	return major == strconv.Itoa(v.Major) && (!two || minor == strconv.Itoa(v.Minor))
}

// quickly is choose for names and versions that are written out, as nearly all are.
func (s *Set) quickly(name, text []byte) pick {
	if s.envelope.Literal() {
		for _, v := range s.events[string(name)] {
			if v.text == string(text) {
				return pick{version: v}
			}
		}
	}
	return pick{}
}

// Bounds of the other spellings that a set keeps: how many, and of how many bytes each.
const (
	maxRemembered = 1024
	maxSpelling   = 512
)

// remembered is choose for a key of the name, a zero byte and the version. What was
// found before is found again without looking at the text.
func (s *Set) remembered(key []byte, name int) pick {
	var known map[string]pick
	if p := s.known.Load(); p != nil {
		known = *p
	}
	if c, ok := known[string(key)]; ok {
		return c
	}
	event, version, ok := s.envelope.Read(string(key[:name]), string(key[name+1:]))
	if !ok {
		return pick{}
	}
	c, _ := s.choose(event, version)
	if c.version != nil && len(known) < maxRemembered && len(key) <= maxSpelling {
		known = maps.Clone(known)
		if known == nil {
			known = map[string]pick{}
		}
		known[string(key)] = c
		s.known.Store(&known)
	}
	return c
}

// around are the names that sort next to one that is not known. To look for advice among
// more of them would make such an event cost a thousand times what others do.
func (s *Set) around(name string) []string {
	const each = 50
	i, _ := slices.BinarySearch(s.names, name)
	return s.names[max(0, i-each):min(len(s.names), i+each)]
}
