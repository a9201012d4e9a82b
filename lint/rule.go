package lint

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

// Rule is something that contracts can be checked for. It is data: the catalogue,
// help texts and documentation are made of it.
type Rule struct {
	// ID is stable and never reused: kebab-case, the subject and then what is wrong
	// with it, such as "property-case".
	ID    string
	Group Group
	// Profile is the smallest profile that turns the rule on; the zero value
	// leaves it off until evctl.yaml asks for it.
	Profile Profile
	// Severity of a finding where evctl.yaml does not say otherwise.
	Severity diag.Severity
	// Required rules are part of what the language means: always an error, whatever
	// the profile, evctl.yaml, a comment or a baseline says.
	Required bool
	// NoIgnore rules can be configured, but neither a comment in the contract nor a
	// baseline silences a finding.
	NoIgnore bool
	// Gate rules decide what may be released: evctl push refuses their findings, whatever
	// severities say. They may be left as they are, and not be made less than an error.
	Gate bool
	// Summary says in one line what is wrong, lower case without a full stop.
	Summary string
	// Why says what goes wrong for whom when the rule is not kept; sentences.
	Why string
	// Options lists the keys of evctl.yaml that the rule reads, such as "naming.property".
	Options []string

	// A rule has one of these, or none when its findings come from a Source.

	// Contract is called for every contract without errors of the language, from
	// several goroutines.
	Contract func(*Pass)
	// Workspace is called once, and only when the whole workspace is loaded.
	Workspace func(*Pass)
	// Config is called once, also when only some files are checked.
	Config func(*Pass)
}

// Group is what a rule is about.
type Group string

const (
	Language      Group = "language"
	Compatibility Group = "compatibility"
	Naming        Group = "naming"
	Documentation Group = "documentation"
	Ownership     Group = "ownership"
	Privacy       Group = "privacy"
	Lifecycle     Group = "lifecycle"
	Structure     Group = "structure"
	Files         Group = "files"
	Configuration Group = "configuration"
	Custom        Group = "custom"
)

// Groups lists the groups in the order of the documentation.
var Groups = []Group{
	Language, Compatibility, Naming, Documentation, Ownership, Privacy, Lifecycle, Structure, Files, Configuration, Custom,
}

// Profile is a set of rules; each contains the one before it.
type Profile uint8

const (
	Minimal  Profile = iota + 1 // what is wrong in every workspace
	Standard                    // what a new workspace should keep to
	Strict                      // what needs care on every single property
)

var profileNames = [...]string{"", "minimal", "standard", "strict"}

func (p Profile) String() string { return profileNames[p] }

// MarshalText makes profiles words in JSON; a rule without a profile has "".
func (p Profile) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// ProfileNames lists the profiles from the smallest to the largest.
func ProfileNames() []string { return profileNames[1:] }

// ParseProfile reads the name of a profile.
func ParseProfile(name string) (Profile, error) {
	for i, known := range profileNames {
		if i > 0 && known == name {
			return Profile(i), nil
		}
	}
	return 0, fmt.Errorf("unknown profile %q, expected one of %s", name, strings.Join(ProfileNames(), ", "))
}
