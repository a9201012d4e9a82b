package payload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/payload"
)

// TestSet_PolicyDecidesOnWhatNoContractDoes goes through the actions for events that do
// not name a contract of the set, in a nested and in a flat envelope.
func TestSet_PolicyDecidesOnWhatNoContractDoes(t *testing.T) {
	versions := []string{"1.0.0", "1.2.0", "2.0.0"}
	const (
		accept, wrong = `{"n":1}`, `{"n":"x"}`
		everything    = payload.Pass
	)
	for _, test := range []struct {
		name, version, properties string
		policy                    payload.Policy
		want                      string // verdict, version that decided, flag, rules
	}{
		{"a.b", "1.2.0", accept, payload.Policy{}, "valid 1.2.0"},
		{"a.b", "1.2.0", wrong, payload.Policy{UnknownEvent: everything, UnknownVersion: everything, MissingVersion: everything}, "invalid 1.2.0 type"},
		{"a.c", "1.0.0", wrong, payload.Policy{}, "invalid event-unknown"},
		{"a.c", "1.0.0", wrong, payload.Policy{UnknownEvent: payload.Pass}, "valid unchecked event-unknown"},
		{"a.c", "", wrong, payload.Policy{UnknownEvent: payload.Pass}, "valid unchecked event-unknown"},
		{"a.c", "1.0.0", accept, payload.Policy{UnknownEvent: payload.UseLatest}, "invalid event-unknown"},
		{"a.b", "1.9.0", accept, payload.Policy{}, "invalid version-unknown"},
		{"a.b", "1.9.0", wrong, payload.Policy{UnknownVersion: payload.Pass}, "valid unchecked version-unknown"},
		{"a.b", "1.9.0", accept, payload.Policy{UnknownVersion: payload.UseLatest}, "valid 1.2.0 version-unknown"},
		{"a.b", "1.9.0", wrong, payload.Policy{UnknownVersion: payload.UseLatest}, "invalid 1.2.0 version-unknown type"},
		{"a.b", "3.0.0", accept, payload.Policy{UnknownVersion: payload.UseLatest}, "invalid version-unknown"},
		{"a.b", "", accept, payload.Policy{}, "invalid version-missing"},
		{"a.b", "", wrong, payload.Policy{MissingVersion: payload.Pass}, "valid unchecked version-missing"},
		{"a.b", "", accept, payload.Policy{MissingVersion: payload.UseLatest}, "valid 2.0.0 version-missing"},
		{"a.b", "", wrong, payload.Policy{MissingVersion: payload.UseLatest}, "invalid 2.0.0 version-missing type"},
	} {
		for _, preset := range []string{"{name: /event, version: /version, properties: /p}", "flat"} {
			var list []*contracts.Contract
			for _, v := range versions {
				list = append(list, event(t, fmt.Sprintf("event: a.b\nversion: %s\nproperties: {n: {type: integer}}", v)))
			}
			s := newSet(t, envelopeOf(t, preset), list...).WithPolicy(test.policy)
			raw := eventIn(preset, test.name, test.version, test.properties)
			verdict := s.Validate(raw)
			if diff := cmp.Diff(test.want, summary(verdict)); diff != "" {
				t.Errorf("%s with %+v (-want +got):\n%s", raw, test.policy, diff)
			}
			if got := s.Valid(raw); got != verdict.Valid {
				t.Errorf("%s with %+v: Valid is %v", raw, test.policy, got)
			}
			if broken := s.Validate(raw[:len(raw)-1]); broken.Valid || broken.Flag != "" {
				t.Errorf("%s passes although it is cut off: %+v", raw[:len(raw)-1], broken)
			}
		}
	}
}

func summary(v payload.Verdict) string {
	words := []string{map[bool]string{true: "valid", false: "invalid"}[v.Valid]}
	switch {
	case v.Contract != nil:
		words = append(words, v.Version)
	case v.Valid:
		words = append(words, "unchecked")
	}
	if v.Flag != "" {
		words = append(words, v.Flag)
	}
	for _, violation := range v.Violations {
		words = append(words, violation.Rule)
	}
	return strings.Join(words, " ")
}

func eventIn(preset, name, version, properties string) []byte {
	head := fmt.Sprintf(`{"event":%q`, name)
	if version != "" {
		head += fmt.Sprintf(`,"version":%q`, version)
	}
	if preset == "flat" {
		return []byte(head + "," + properties[1:])
	}
	return []byte(head + `,"p":` + properties + "}")
}
