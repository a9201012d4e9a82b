package payload_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/workspace"
)

// envelopeOf parses and links an envelope section.
func envelopeOf(t testing.TB, section string, definitions ...string) *envelope.Envelope {
	t.Helper()
	cfg, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("envelope: "+section)))
	env, more := envelope.Parse(cfg)
	diags = append(diags, more...)
	if env != nil {
		diags = append(diags, env.Link(library(t, definitions...))...)
	}
	for _, d := range diags {
		t.Fatalf("%s: %s", section, d.Message)
	}
	return env
}

func newSet(t testing.TB, env *envelope.Envelope, versions ...*contracts.Contract) *payload.Set {
	t.Helper()
	s, err := payload.NewSet(env, versions...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	orderV1  = "event: order.completed\nversion: 1.0.0\nproperties:\n  total: {type: integer, required: true}\n"
	orderV11 = "event: order.completed\nversion: 1.1.0\nproperties:\n  total: {type: integer, required: true}\n  note: {type: string}\n"
	orderV2  = "event: order.completed\nversion: 2.0.0\nproperties:\n  total: {type: string, required: true}\n"
)

func TestSet_FindsTheContract(t *testing.T) {
	s := newSet(t, envelopeOf(t, "{name: /event, version: /version, properties: /p}"), event(t, orderV1), event(t, orderV2), event(t, orderV11))
	for _, test := range []struct {
		raw  string
		want payload.Verdict
	}{
		{`{"event":"order.completed","version":"1.0.0","p":{"total":1}}`, payload.Verdict{Event: "order.completed", Version: "1.0.0", Valid: true}},
		{`{"event":"order.completed","version":"1","p":{"total":1,"note":""}}`, payload.Verdict{Event: "order.completed", Version: "1.1.0", Valid: true}},
		{`{"event":"order.completed","version":1.0,"p":{"total":1}}`, payload.Verdict{Event: "order.completed", Version: "1.0.0", Valid: true}},
		{`{"event":"order.completed","version":"2-0-0","p":{"total":"1"}}`, payload.Verdict{Event: "order.completed", Version: "2.0.0", Valid: true}},
		{`{"event":"order.completed","version":"1.0.0","p":{"total":1,"note":""}}`, payload.Verdict{Event: "order.completed", Version: "1.0.0", Violations: []payload.Violation{
			{Pointer: "/p/note", Rule: "additionalProperties", Expected: "a declared property", Found: `"note"`, Offset: 60}}}},
		{`{"event":"order.completed","version":"3.0.0","p":{}}`, payload.Verdict{Event: "order.completed", Version: "3.0.0", Violations: []payload.Violation{
			{Rule: "version-unknown", Expected: "one of 2.0.0, 1.1.0, 1.0.0", Found: `version "3.0.0"`}}}},
		{`{"event":"order.completed","version":"1.1.0.0","p":{}}`, payload.Verdict{Event: "order.completed", Version: "1.1.0.0", Violations: []payload.Violation{
			{Rule: "version-unknown", Expected: "one of 2.0.0, 1.1.0, 1.0.0", Found: `version "1.1.0.0"`}}}},
		{`{"event":"order.completed","p":{}}`, payload.Verdict{Event: "order.completed", Violations: []payload.Violation{
			{Rule: "version-missing", Expected: "the version of the contract", Found: "no version"}}}},
		{`{"event":"order.complete","version":"1.0.0","p":{}}`, payload.Verdict{Event: "order.complete", Version: "1.0.0", Violations: []payload.Violation{
			{Rule: "event-unknown", Expected: `an event that has a contract, did you mean "order.completed"?`, Found: `event "order.complete"`}}}},
		{`{"version":"1.0.0","p":{}}`, payload.Verdict{Violations: []payload.Violation{
			{Rule: "envelope-name", Expected: "a value at /event", Found: "nothing"}}}},
		{`{"event":1,"version":"1.0.0","p":{}}`, payload.Verdict{Violations: []payload.Violation{
			{Pointer: "/event", Rule: "envelope-name", Expected: "the name of the event", Found: "number 1", Offset: 9}}}},
		{`{"event":"order.completed","version":true,"p":{}}`, payload.Verdict{Event: "order.completed", Violations: []payload.Violation{
			{Pointer: "/version", Rule: "envelope-version", Expected: "a version", Found: "boolean", Offset: 37}}}},
		{`{"event":"order.completed","version":"1.0.0"}`, payload.Verdict{Event: "order.completed", Version: "1.0.0", Violations: []payload.Violation{
			{Rule: "envelope-properties", Expected: "a value at /p", Found: "nothing"}}}},
		{`{"event":"order.completed","version":"1.0.0","p":null}`, payload.Verdict{Event: "order.completed", Version: "1.0.0", Violations: []payload.Violation{
			{Pointer: "/p", Rule: "type", Expected: "object", Found: "null", Offset: 49}}}},
		{`[]`, payload.Verdict{Violations: []payload.Violation{{Rule: "envelope-name", Expected: "an object", Found: "an event that is array"}}}},
		{`{"event":`, payload.Verdict{Violations: []payload.Violation{
			{Pointer: "/event", Rule: "json-syntax", Expected: "a value", Found: "the end of the text", Offset: 9}}}},
	} {
		got := s.Validate([]byte(test.raw))
		if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(payload.Verdict{}, "Contract")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.raw, diff)
		}
		if (got.Contract != nil) != (got.Contract != nil && got.Contract.Version.String() == got.Version) {
			t.Errorf("%s: verdict of %s is by contract %s", test.raw, got.Version, got.Contract.ID())
		}
	}
}

// The newest version says it for all of them; the registry leaves such events out of
// what collectors get.
func TestSet_RejectsRetiredEventsInAnyVersion(t *testing.T) {
	retired := strings.Replace(orderV2, "properties:", "status: retired\nproperties:", 1)
	for name, test := range map[string]struct {
		contracts []string
		want      []string
	}{
		"in use":           {[]string{orderV1, orderV2}, nil},
		"retired":          {[]string{orderV1, retired}, []string{"event-retired"}},
		"retired and back": {[]string{orderV1, retired, strings.Replace(orderV1, "1.0.0", "3.0.0", 1)}, nil},
	} {
		var versions []*contracts.Contract
		for _, text := range test.contracts {
			versions = append(versions, event(t, text))
		}
		s := newSet(t, envelopeOf(t, "{name: /event, version: /version, properties: /p}"), versions...)
		for kind, v := range map[string]payload.Verdict{
			"envelope": s.Validate([]byte(`{"event":"order.completed","version":"1.0.0","p":{"total":1}}`)),
			"bare":     s.ValidateAs([]byte(`{"total":1}`), "order.completed", "1.0.0"),
		} {
			var got []string
			for _, found := range v.Violations {
				got = append(got, found.Rule)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || v.Valid == (test.want != nil) || v.Version != "1.0.0" {
				t.Errorf("%s, %s: %+v (-want +got):\n%s", name, kind, v, diff)
			}
		}
	}
}

func TestSet_ChecksBarePayloads(t *testing.T) {
	s := newSet(t, envelope.Default(), event(t, orderV1), event(t, orderV2))
	if v := s.ValidateAs([]byte(`{"total":"1"}`), "order.completed", ""); !v.Valid || v.Version != "2.0.0" {
		t.Errorf("newest version: %+v", v)
	}
	if v := s.ValidateAs([]byte(`{"total":"1"}`), "order.completed", "1"); v.Valid || v.Violations[0].Pointer != "/total" {
		t.Errorf("first version: %+v", v)
	}
	if v := s.ValidateAs([]byte(`{"total":"1"}`), "order.shipped", ""); v.Valid || v.Violations[0].Rule != payload.RuleEventUnknown {
		t.Errorf("unknown event: %+v", v)
	}
	if v := s.ValidateAs([]byte(`{"total":`), "order.completed", "1.0.0"); v.Valid || v.Violations[0].Rule != "json-syntax" || v.Version != "1.0.0" {
		t.Errorf("broken JSON: %+v", v)
	}
	// Members of the flat envelope are no part of a bare payload.
	if v := s.ValidateAs([]byte(`{"total":"1","event":"order.completed"}`), "order.completed", ""); v.Valid {
		t.Errorf("envelope member: %+v", v)
	}
}

func TestSet_FlatEnvelopeKeepsItsMembersApart(t *testing.T) {
	counted := "event: a\nversion: 1.0.0\nmaxProperties: 1\nproperties:\n  n: {type: integer}\n"
	own := "event: b\nversion: 1.0.0\nproperties:\n  version: {type: string, maxLength: 3}\n"
	s := newSet(t, envelopeOf(t, "{preset: flat, members: [sent_at]}"), event(t, counted), event(t, own))
	for raw, want := range map[string]string{
		`{"event":"a","version":"1.0.0","n":1,"sent_at":"x"}`:     "",
		`{"event":"a","version":"1.0.0","n":1,"other":"x"}`:       "/other additionalProperties",
		`{"event":"a","version":"1.0.0","o":{"event":"a"}}`:       "/o additionalProperties",
		`{"event":"b","version":"1.0.0"}`:                         "/version maxLength",
		`{"event":"b","version":"1.0"}`:                           "",
		`{"event":"a","version":"1.0.0","event":"a","n":1}`:       "/event json-duplicate",
		`{"event":"a","version":"1.0.0","n":1,"sent_at":1,"x":1}`: "/x additionalProperties",
	} {
		v := s.Validate([]byte(raw))
		got := ""
		for _, violation := range v.Violations {
			if violation.Rule == "maxProperties" {
				continue
			}
			got += violation.Pointer + " " + violation.Rule
		}
		if got != want || v.Valid != (want == "") {
			t.Errorf("%s: %q, expected %q", raw, got, want)
		}
	}
}

func TestSet_ChecksTheRestOfTheBody(t *testing.T) {
	definition := "define: body\ntype: object\nproperties:\n  event: {type: string, required: true}\n  version: {type: string, required: true}\n  sent_at: {type: string, format: date-time, required: true}\n"
	nested := newSet(t, envelopeOf(t, "{name: /event, version: /version, properties: /p, definition: body}", definition), event(t, orderV1))
	flat := newSet(t, envelopeOf(t, "{preset: flat, definition: body}", definition), event(t, orderV1))
	for _, test := range []struct {
		set  *payload.Set
		raw  string
		want string
	}{
		{nested, `{"event":"order.completed","version":"1.0.0","sent_at":"2026-11-21T00:00:00Z","p":{"total":1}}`, ""},
		{nested, `{"event":"order.completed","version":"1.0.0","p":{"total":1}}`, " required"},
		{nested, `{"event":"order.completed","version":"1.0.0","sent_at":"now","p":{"total":"1"},"q":1}`, "/sent_at format,/p/total type,/q additionalProperties"},
		{flat, `{"event":"order.completed","version":"1.0.0","sent_at":"2026-11-21T00:00:00Z","total":1}`, ""},
		{flat, `{"event":"order.completed","version":"1.0.0","sent_at":1,"total":"1","q":1}`, "/sent_at type,/total type,/q additionalProperties"},
	} {
		var got []string
		for _, v := range test.set.Validate([]byte(test.raw)).Violations {
			got = append(got, v.Pointer+" "+v.Rule)
		}
		if strings.Join(got, ",") != test.want {
			t.Errorf("%s: %q, expected %q", test.raw, got, test.want)
		}
	}
}

// TestSet_DoesNotRepeatLongNames wants verdicts that stay small, whatever is sent.
func TestSet_DoesNotRepeatLongNames(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	s := newSet(t, envelope.Default(), event(t, "event: a\nversion: 1.0.0\nproperties:\n  m: {type: map, values: {type: map, values: {type: integer}}}\n"))
	for name, raw := range map[string]string{
		"event":     `{"event":"` + long + `","version":"1.0.0"}`,
		"version":   `{"event":"a","version":"` + long + `"}`,
		"property":  `{"event":"a","version":"1.0.0","` + long + `":1}`,
		"map key":   `{"event":"a","version":"1.0.0","m":{"` + long + `":{"a":"","b":"","c":"","d":""}}}`,
		"value":     `{"event":"a","version":"1.0.0","m":"` + long + `"}`,
		"duplicate": `{"event":"a","version":"1.0.0","m":{"` + long + `":{"a":"","a":""}}}`,
		"syntax":    `{"event":"a","version":"1.0.0","m":{"` + long + `":{"a":"","a"`,
	} {
		v := s.Validate([]byte(raw))
		text, err := json.Marshal(v)
		if err != nil || v.Valid {
			t.Fatalf("%s: %v, valid %v", name, err, v.Valid)
		}
		if len(text) > 4000 {
			t.Errorf("%s: verdict has %d bytes", name, len(text))
		}
	}
}

func TestNewSet_RefusesWhatCannotDecide(t *testing.T) {
	if _, err := payload.NewSet(envelope.Default(), event(t, orderV1), event(t, orderV1)); !errors.Is(err, payload.ErrDuplicate) {
		t.Errorf("one version twice: %v", err)
	}
	cfg, _ := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("envelope: {preset: flat, definition: body}")))
	env, _ := envelope.Parse(cfg)
	if _, err := payload.NewSet(env); err == nil {
		t.Error("an envelope that is not linked is taken")
	}
	broken := event(t, orderV1)
	broken.Broken = true
	v := newSet(t, envelope.Default(), broken).ValidateAs([]byte(`{"total":1}`), "order.completed", "")
	if v.Valid || v.Violations[0].Rule != payload.RuleContractBroken {
		t.Errorf("broken contract: %+v", v)
	}
}

func TestSet_IsSafeForConcurrentUse(t *testing.T) {
	s := newSet(t, envelope.Default(), event(t, orderV1), event(t, orderV2))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for k := range 200 {
				raw := fmt.Sprintf(`{"event":"order.completed","version":"1.0.0","total":%d}`, k)
				if (i+k)%2 == 0 {
					raw = fmt.Sprintf(`{"event":"order.completed","version":"2.0.0","total":%d}`, k)
				}
				if v := s.Validate([]byte(raw)); v.Valid != ((i+k)%2 != 0) {
					t.Errorf("%s: %+v", raw, v)
				}
			}
		})
	}
	group.Wait()
}

func TestVerdict_JSONIsStable(t *testing.T) {
	s := newSet(t, envelope.Default(), event(t, orderV1))
	for raw, want := range map[string]string{
		`{"event":"order.completed","version":"1.0.0","total":1}`:   `{"event":"order.completed","version":"1.0.0","valid":true}`,
		`{"event":"order.completed","version":"1.0.0","total":"1"}`: `{"event":"order.completed","version":"1.0.0","valid":false,"violations":[{"pointer":"/total","rule":"type","expected":"integer","found":"string \"1\"","offset":53}]}`,
		`{}`: `{"valid":false,"violations":[{"pointer":"","rule":"envelope-name","expected":"a value at /event","found":"nothing","offset":0}]}`,
	} {
		got, err := json.Marshal(s.Validate([]byte(raw)))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
}

func FuzzSet(f *testing.F) {
	s := newSet(f, envelope.Default(), event(f, orderV1), event(f, orderV11), event(f, orderV2))
	for _, raw := range []string{
		`{"event":"order.completed","version":"1.0.0","total":1}`, `{"event":"order.completed","version":1,"note":"é"}`, `{"event":[]}`, `[`, `{"event":"a","event":"b"}`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v := s.Validate(raw)
		if v.Valid != (len(v.Violations) == 0) {
			t.Fatalf("%q: %+v", raw, v)
		}
		for _, violation := range v.Violations {
			if violation.Offset < 0 || violation.Offset > len(raw) || violation.Rule == "" || violation.Expected == "" || violation.Found == "" {
				t.Fatalf("%q: %+v", raw, violation)
			}
		}
		if _, err := json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	})
}

// TestSet_HoldsPropertiesAgainstTheVersionBehindThem has properties that are valid for the
// newest version, for the one that the event names behind them, for both and for none.
func TestSet_HoldsPropertiesAgainstTheVersionBehindThem(t *testing.T) {
	s := newSet(t, envelopeOf(t, "{name: /event, version: /version, properties: /p}"), event(t, orderV1), event(t, orderV2), event(t, orderV11))
	for _, test := range []struct {
		properties, version string
		valid               bool
	}{
		{`{"total":1}`, "1.0.0", true}, {`{"total":"1"}`, "1.0.0", false}, {`{"total":[]}`, "1.0.0", false}, {`{"total":1,"note":""}`, "1.0.0", false},
		{`{"total":1}`, "2.0.0", false}, {`{"total":"1"}`, "2.0.0", true}, {`{"total":[]}`, "2.0.0", false}, {`{"total":"1"}`, "3.0.0", false},
	} {
		for _, format := range []string{`{"event":"order.completed","p":%s,"version":%q}`, `{"p":%s,"version":%q,"event":"order.completed"}`} {
			raw := fmt.Appendf(nil, format, test.properties, test.version)
			got := s.Validate(raw)
			if got.Valid != test.valid || s.Valid(raw) != test.valid || got.Version != test.version {
				t.Errorf("%s: %+v, expected %v", raw, got, test.valid)
			}
			sameAsTokens(t, s, raw, got)
		}
	}
}
