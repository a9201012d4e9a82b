package cli

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
)

// policyFlags say what becomes of events that name no contract. They are flags and no
// keys of evctl.yaml: there the envelope says what events look like, which is the same for
// all who read them, while collectors for tests and for production may differ in what they
// let pass. Empty flags leave it to the envelope, which rejects unless it says
// without_version: latest.
type policyFlags struct {
	unknownEvent, unknownVersion, missingVersion string
}

// policyFlag is one of them, with the words that it takes.
type policyFlag struct {
	name, usage string
	words       []string
	value       *string
	policy      func(*payload.Policy) *payload.Fallback
}

// fallbacks are the words of the flags.
var fallbacks = map[string]payload.Fallback{"reject": payload.Reject, "latest": payload.UseLatest, "pass": payload.Pass}

func (f *policyFlags) table() []policyFlag {
	anyWord := []string{"reject", "latest", "pass"}
	return []policyFlag{
		// What no contract knows has no latest version.
		{"unknown-event", "events that no contract knows: reject, the default; or pass, unchecked", []string{"reject", "pass"},
			&f.unknownEvent, func(p *payload.Policy) *payload.Fallback { return &p.UnknownEvent }},
		{"unknown-version", "events whose version no contract has: reject, the default; latest, the newest of that major version decides; or pass", anyWord,
			&f.unknownVersion, func(p *payload.Policy) *payload.Fallback { return &p.UnknownVersion }},
		{"missing-version", "events without a version: reject; latest, the newest decides; or pass; instead of without_version of evctl.yaml", anyWord,
			&f.missingVersion, func(p *payload.Policy) *payload.Fallback { return &p.MissingVersion }},
	}
}

// add adds the flags to those of a command.
func (f *policyFlags) add(flags *pflag.FlagSet) {
	for _, flag := range f.table() {
		flags.StringVar(flag.value, flag.name, "", flag.usage)
	}
}

// given is the first flag that is on the command line, empty when none is.
func (f *policyFlags) given() string {
	for _, flag := range f.table() {
		if *flag.value != "" {
			return "--" + flag.name
		}
	}
	return ""
}

// policy checks the flags.
func (f *policyFlags) policy() (p payload.Policy, err error) {
	for _, flag := range f.table() {
		if *flag.value == "" {
			continue
		}
		if !slices.Contains(flag.words, *flag.value) {
			return p, usagef("--%s is %q, expected %s", flag.name, *flag.value, strings.Join(flag.words, ", "))
		}
		*flag.policy(&p) = fallbacks[*flag.value]
	}
	return p, nil
}

// over is the envelope with what the flags say of a version that is missing in place of
// its without_version.
func (f *policyFlags) over(env *envelope.Envelope) *envelope.Envelope {
	if f.missingVersion == "" {
		return env
	}
	own := *env
	own.Latest = false
	return &own
}
