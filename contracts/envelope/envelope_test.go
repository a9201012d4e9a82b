package envelope_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/rawjson"
	"github.com/evctl/evctl/contracts/workspace"
)

func parse(t *testing.T, section string) (*envelope.Envelope, []diag.Diagnostic) {
	t.Helper()
	cfg, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("language: v1\n"+section)))
	if len(diags) > 0 {
		t.Fatalf("%s: %s", section, diags[0].Message)
	}
	return envelope.Parse(cfg)
}

func TestExtract_FindsEventsOfEveryKind(t *testing.T) {
	wikimedia := `envelope: {name: /$schema, name_pattern: '^/(?P<name>.+)/(?P<version>[0-9.]+)$', properties: ""}`
	for _, test := range []struct {
		section, body string
		want          envelope.Event
	}{
		{"", `{"event":"a","version":"1.0.0","n":1}`, envelope.Event{Name: "a", Version: "1.0.0", Properties: []byte(`{"event":"a","version":"1.0.0","n":1}`)}},
		{"envelope: flat", ` {"event":"a","n":1}`, envelope.Event{Name: "a", Properties: []byte(`{"event":"a","n":1}`), Offset: 1}},
		{"envelope: segment", `{"event":"Order Completed","properties":{"n":1},"context":{"protocols":{"event_version":2}}}`,
			envelope.Event{Name: "Order Completed", Version: "2", Properties: []byte(`{"n":1}`), Offset: 40}},
		{"envelope: segment", `{"event":"a","properties":{}}`, envelope.Event{Name: "a", Properties: []byte(`{}`), Offset: 26}},
		{"envelope: cloudevents", `{"type":"com.example.a","dataschema":"https://host/v1/events/com.example.a/1.2.0.json","data":{}}`,
			envelope.Event{Name: "com.example.a", Version: "1.2.0", Properties: []byte(`{}`), Offset: 94}},
		{"envelope: cloudevents", `{"type":"a","dataschema":"urn:a:1.2","data":{}}`, envelope.Event{Name: "a", Version: "1.2", Properties: []byte(`{}`), Offset: 44}},
		{"envelope: snowplow", `{"schema":"iglu:com.acme/order/jsonschema/1-2-0","data":{"n":1}}`,
			envelope.Event{Name: "com.acme/order", Version: "1.2.0", Properties: []byte(`{"n":1}`), Offset: 56}},
		{wikimedia, `{"$schema":"/mediawiki/job/1.0.0","n":1}`,
			envelope.Event{Name: "mediawiki/job", Version: "1.0.0", Properties: []byte(`{"$schema":"/mediawiki/job/1.0.0","n":1}`)}},
		{"envelope: {preset: segment, version: /v}", `{"event":"a","v":"1.0.0","properties":{}}`, envelope.Event{Name: "a", Version: "1.0.0", Properties: []byte(`{}`), Offset: 38}},
		{"envelope: {name: /a~1b/c, version: /v, properties: /d/e}", `{"a/b":{"c":"x"},"v":1.10,"d":{"e":[]}}`,
			envelope.Event{Name: "x", Version: "1.10", Properties: []byte(`[]`), Offset: 35}},
		{"envelope: {name: /n, version: /v, version_pattern: '^v(?P<version>.+)$', properties: /p}", `{"n":"x","v":"v3.0.0","p":1}`,
			envelope.Event{Name: "x", Version: "3.0.0", Properties: []byte(`1`), Offset: 26}},
	} {
		e, diags := parse(t, test.section)
		if len(diags) > 0 {
			t.Fatalf("%s: %s", test.section, diags[0].Message)
		}
		got, err := e.Extract([]byte(test.body))
		if err != nil {
			t.Errorf("%s with %s: %v", test.section, test.body, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s with %s (-want +got):\n%s", test.section, test.body, diff)
		}
	}
}

func TestExtract_SaysWhatIsMissing(t *testing.T) {
	for _, test := range []struct {
		section, body string
		want          rawjson.Error
	}{
		{"envelope: flat", `[]`, rawjson.Error{Rule: "envelope-name", Found: "an event that is array", Expected: "an object"}},
		{"envelope: flat", `{"name":"a"}`, rawjson.Error{Rule: "envelope-name", Found: "nothing", Expected: "a value at /event"}},
		{"envelope: flat", `{"event":""}`, rawjson.Error{Rule: "envelope-name", Pointer: "/event", Offset: 9, Found: `string ""`, Expected: "the name of the event"}},
		{"envelope: flat", `{"event":"a"`, rawjson.Error{Rule: "json-syntax", Offset: 12, Found: "the end of the text", Expected: "',' or '}'"}},
		{"envelope: flat", `{"event":"a","event":"b"}`, rawjson.Error{Rule: "json-duplicate", Pointer: "/event", Offset: 13, Found: `a second "event"`, Expected: "each name once"}},
		{"envelope: segment", `{"event":"a","context":[]}`, rawjson.Error{Rule: "envelope-properties", Found: "nothing", Expected: "a value at /properties"}},
		{"envelope: snowplow", `{"schema":"http://a","data":{}}`, rawjson.Error{Rule: "envelope-name", Pointer: "/schema", Offset: 10, Found: `string "http://a"`,
			Expected: `text that matches ^iglu:(?P<name>[^/]+/[^/]+)/jsonschema/(?P<version>[0-9]+(?:[.-][0-9]+){0,2})$`}},
		{"envelope: cloudevents", `{"type":"a","dataschema":"b","data":{}}`, rawjson.Error{Rule: "envelope-version", Pointer: "/dataschema", Offset: 25, Found: `string "b"`,
			Expected: `text that matches [/:@](?P<version>[0-9]+(?:[.-][0-9]+){0,2})(?:\.json)?$`}},
	} {
		e, _ := parse(t, test.section)
		_, err := e.Extract([]byte(test.body))
		var got *rawjson.Error
		if !errors.As(err, &got) {
			t.Errorf("%s with %s: %v", test.section, test.body, err)
			continue
		}
		if diff := cmp.Diff(test.want, *got); diff != "" {
			t.Errorf("%s with %s (-want +got):\n%s", test.section, test.body, diff)
		}
	}
}

func TestParse_ReportsMistakesWithPositions(t *testing.T) {
	type problem struct {
		Line, Column  int
		Message, Hint string
	}
	for section, want := range map[string][]problem{
		"envelope: segmnt":                                                                    {{2, 11, `unknown envelope "segmnt"`, `did you mean "segment"?`}},
		"envelope: {preset: x}":                                                               {{2, 20, `unknown envelope "x"`, "presets are flat, segment, cloudevents, snowplow"}},
		"envelope: []":                                                                        {{2, 11, "envelope has a list, expected the name of a preset or a mapping", "presets are flat, segment, cloudevents, snowplow"}},
		"envelope: {preset: flat, nme: /a}":                                                   {{2, 26, `unknown key "nme"`, `did you mean "name"?`}},
		"envelope: {preset: flat, name: a}":                                                   {{2, 32, `name "a" is not a JSON pointer`, "write it as /event or /context/version"}},
		`envelope: {preset: flat, name: ""}`:                                                  {{2, 32, "name is empty, expected a JSON pointer such as /event", ""}},
		"envelope: {preset: flat, name_pattern: '('}":                                         {{2, 40, "name_pattern: missing closing ): `(`", "patterns use RE2 syntax"}},
		"envelope: {preset: flat, name_pattern: a}":                                           {{2, 40, "name_pattern has no group called name", "write (?P<name>…) around it"}},
		"envelope: {name: /n, properties: /p}":                                                {{2, 11, "envelope does not say where the version is", "add version: with a JSON pointer, a group called version in name_pattern, or without_version: latest"}},
		"envelope: {name: /n, properties: /p, without_version: newest}":                       {{2, 11, "envelope does not say where the version is", "add version: with a JSON pointer, a group called version in name_pattern, or without_version: latest"}, {2, 55, `without_version is "newest", expected reject or latest`, ""}},
		"envelope: {preset: flat, without_version: pass}":                                     {{2, 43, `without_version is "pass", expected reject or latest`, "evctl validate and evctl serve let such events pass with --missing-version pass"}},
		"envelope: {preset: flat, without_version: latst}":                                    {{2, 43, `without_version is "latst", expected reject or latest`, `did you mean "latest"?`}},
		"envelope: {name: /n, properties: /p, without_version: latest, version_pattern: 'a'}": {{2, 80, "version_pattern has no group called version", "write (?P<version>…) around it"}, {2, 80, "version_pattern without version", ""}},
		"envelope: {preset: segment, members: [a]}":                                           {{2, 38, "members has no effect where the properties have a place of their own", "remove it"}},
	} {
		e, diags := parse(t, section)
		var got []problem
		for _, d := range diags {
			p := d.Position()
			got = append(got, problem{p.Line, p.Column, d.Message, d.Hint})
		}
		if diff := cmp.Diff(want, got); diff != "" || e != nil {
			t.Errorf("%s (-want +got):\n%s", section, diff)
		}
	}
}

func TestLink_WantsADefinitionOfAnObject(t *testing.T) {
	var shared []*contracts.Contract
	for _, text := range []string{"define: body\ntype: object\nproperties: {id: {type: string}}", "define: word\ntype: string"} {
		c, diags := contracts.Parse(diag.NewFile("d.yaml", []byte(text)))
		if len(diags) > 0 {
			t.Fatal(diags[0].Message)
		}
		shared = append(shared, c)
	}
	lib, _ := contracts.NewLibrary(shared)
	for name, want := range map[string]string{"body": "", "word": `definition "word" is not an object`, "bdy": `no definition is named "bdy"`} {
		e, _ := parse(t, "envelope: {preset: flat, definition: "+name+"}")
		got := ""
		for _, d := range e.Link(lib) {
			got += d.Message
			if p := d.Position(); p.Line != 2 || p.Column != 38 {
				t.Errorf("%s: reported at %v", name, p)
			}
		}
		if got != want || (e.Definition != nil) != (want == "") {
			t.Errorf("%s: %q, expected %q", name, got, want)
		}
	}
}

func TestMembers_AreThoseOfTheEnvelope(t *testing.T) {
	for section, want := range map[string][]string{
		"envelope: flat": {"event", "version"},
		"envelope: {preset: flat, members: [sent_at, event]}":            {"sent_at", "event", "version"},
		"envelope: {name: /meta/name, version: /meta/v, properties: ''}": {"meta"},
		"envelope: segment": {"properties"},
		"envelope: {name: /n, version: /v, properties: /data/p}": {"data"},
	} {
		e, diags := parse(t, section)
		if len(diags) > 0 {
			t.Fatal(diags[0].Message)
		}
		if diff := cmp.Diff(want, e.Members()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", section, diff)
		}
	}
}
