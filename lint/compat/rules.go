package compat

import (
	"embed"
	"io/fs"

	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/lint"
)

// IDs of rules about versions and releases. Those about changes are the kinds of
// diff.Change, with exceptions that judge makes.
const (
	ruleVersionReused     = "version-reused"
	ruleVersionTooLow     = "version-too-low"
	ruleVersionNotBumped  = "version-not-bumped"
	ruleVersionOverstated = "version-overstated"
	ruleEventRemoved      = "event-removed"
	ruleReleaseEdited     = "release-edited"
)

// rule is a line of the table: a kind of change that can break somebody.
type rule struct {
	id      string
	summary string
	why     string
	instead string // what to do instead of the change
}

const keepDeprecated = "keep it and mark it deprecated"

// changeRules judge changes. Whether a change of a kind breaks anybody depends on the
// schemas and on the mode; see judge.
var changeRules = []rule{
	{"property-removed", "a property is gone",
		"The object rejects properties that it does not declare, so payloads that have it become invalid. Readers that need it find nothing.", keepDeprecated},
	{"property-renamed", "a property has another name",
		"On the wire a new name is another property: payloads with the old one become invalid, and readers of the old one find nothing.", "add the new property beside the old one and mark the old one deprecated"},
	{"property-added", "an optional property is new where older readers or older payloads do not expect it",
		"Readers that still use the old version reject properties that it does not declare. Where anything was accepted under the name, payloads may hold something else there.", "put it into an object that takes additional properties"},
	{"property-required-added", "a required property is new",
		"Payloads that are already written do not have it. A default does not help: it is the reader's, and the payload stays invalid.", "make it optional"},
	{"required-added", "a property that was optional is required",
		"Payloads without the property were valid and are rejected now.", "leave it optional"},
	{"required-removed", "a property that was required is optional",
		"Readers that still use the old version rely on the property and reject payloads without it.", "keep it required"},
	{"require-any-changed", "other groups of properties are asked for",
		"Payloads with one of the old groups may have none of the new ones.", "keep the old groups beside the new one"},
	{"additional-changed", "whether undeclared properties are accepted has changed",
		"Payloads with properties that nobody declared were valid on one side and are rejected on the other.", "leave additionalProperties as it is"},
	{"pattern-property-added", "members whose names match a pattern are constrained",
		"Members with such names may hold something else in payloads that are already written.", "make the schema of the pattern accept what was accepted before"},
	{"pattern-property-removed", "members whose names match a pattern are no longer declared",
		"What the pattern allowed falls to additionalProperties, which may reject it.", "keep the pattern"},
	{"type-changed", "a value has another type",
		"Values of the old type are rejected. Only a type that takes everything the old one took is safe, such as number for integer.", "add a property of the new type"},
	{"nullable-added", "null is accepted where it was not",
		"Readers that still use the old version reject null.", "leave the property out of payloads where there is no value"},
	{"nullable-removed", "null is no longer accepted",
		"Payloads with null were valid and are rejected now.", "keep it nullable"},
	{"enum-added", "a value is limited to a list",
		"Payloads with other values were valid and are rejected now.", "mark the enum open: true"},
	{"enum-removed", "a value is no longer limited to a list",
		"Readers that still use the old version reject values that it does not list.", "keep the enum"},
	{"enum-opened", "a closed enum accepts unknown values",
		"Readers that still use the old version reject values that it does not list.", "keep the enum closed"},
	{"enum-closed", "an open enum rejects unknown values",
		"Payloads with values that are not listed were valid and are rejected now.", "keep the enum open"},
	{"enum-value-added", "a closed enum has one more value",
		"Readers that still use the old version reject the new value.", "add a property for the new cases"},
	{"enum-value-removed", "a closed enum has one value less",
		"Payloads with the value were valid and are rejected now.", "keep the value and mark it deprecated"},
	{"bound-tightened", "a limit is stricter",
		"Values between the old and the new limit were valid and are rejected now.", "keep the old limit"},
	{"bound-loosened", "a limit is wider",
		"Readers that still use the old version reject values between the old and the new limit.", "keep the old limit"},
	{"bound-changed", "a limit accepts and rejects other values than before",
		"Some values that were valid are rejected now, and some that were rejected are valid.", "keep the old limit"},
	{"format-changed", "a text has another format",
		"Texts of the old format may be rejected by the new one.", "add a property of the new format"},
	{"pattern-changed", "a text must match another pattern",
		"Texts that match the old pattern may not match the new one.", "keep the pattern"},
	{"variant-added", "a union has one more variant",
		"Readers that still use the old version reject the new variant. In a oneOf, values that an old variant accepts may now match two and be rejected.", "add a property for the new variant"},
	{"variant-removed", "a union has one variant less",
		"Payloads of that variant were valid and are rejected now.", "keep the variant and mark it deprecated"},
	{"union-changed", "a union changed between oneOf and anyOf",
		"oneOf rejects what two variants accept; anyOf does not.", "leave the keyword as it is"},
	{"discriminator-changed", "another property selects the variant",
		"Payloads carry the old property and not the new one.", "keep the discriminator"},
}

// releaseRules are about versions and releases.
var releaseRules = []lint.Rule{
	{ID: ruleVersionReused, Severity: diag.Error, Gate: true, Summary: "a released version has other content",
		Why: "Released versions never change: collectors and readers have them already, under that number."},
	{ID: ruleVersionTooLow, Severity: diag.Error, Gate: true, Summary: "the version is lower than a released one",
		Why: "Versions of an event only rise, so that the highest one is the newest."},
	{ID: ruleVersionNotBumped, Severity: diag.Error, Gate: true, Summary: "the version claims less than what changed",
		Why: "Readers decide by the number whether a version concerns them: a patch documents, a minor version adds, a major one breaks."},
	{ID: ruleVersionOverstated, Severity: diag.Info, Summary: "the version claims more than what changed",
		Why: "A major version makes every reader look for a break. It costs them less to read that there is none."},
	// No gate: a registry may hold the events of other workspaces.
	{ID: ruleEventRemoved, Severity: diag.Error, Summary: "a released event has no contract any more",
		Why: "Collectors keep accepting released versions. An event ends by releasing a version with status: retired."},
	{ID: ruleReleaseEdited, Severity: diag.Error, Gate: true, Summary: "a release file is not what was released",
		Why: "What was released is the promise that new versions are compared with. An edited promise proves nothing."},
}

//go:embed testdata/rules
var fixtures embed.FS

// Set is what this package contributes to the catalogue of lint.
func Set() lint.Set {
	sub, err := fs.Sub(fixtures, "testdata/rules")
	if err != nil {
		sub = embed.FS{} // not reachable: the path is valid
	}
	set := lint.Set{Fixtures: sub}
	for _, r := range changeRules {
		set.Rules = append(set.Rules, lint.Rule{
			ID: r.id, Group: lint.Compatibility, Profile: lint.Minimal, Severity: diag.Error, Gate: true, NoIgnore: true,
			Summary: r.summary, Why: r.why, Options: []string{"compatibility.mode", "compatibility.events"},
		})
	}
	for _, r := range meaningRules {
		set.Rules = append(set.Rules, lint.Rule{
			ID: r.id, Group: lint.Compatibility, Profile: lint.Minimal, Severity: r.severity, Gate: r.severity == diag.Error, NoIgnore: r.severity == diag.Error,
			Summary: r.summary, Why: r.why,
		})
	}
	for _, r := range releaseRules {
		r.Group, r.Profile, r.NoIgnore = lint.Compatibility, lint.Minimal, true
		set.Rules = append(set.Rules, r)
	}
	return set
}

// CanBeWaived reports whether a rule is about a change that breaks somebody: an approved
// one may be released. What is wrong with versions and releases is repaired instead.
func CanBeWaived(rule string) bool {
	severity := meaningRuleOf(rule).severity
	return ruleOf(rule).id != "" && (severity == diag.Off || severity == diag.Error)
}

func ruleOf(id string) rule {
	for _, r := range changeRules {
		if r.id == id {
			return r
		}
	}
	return meaningRuleOf(id).rule
}
