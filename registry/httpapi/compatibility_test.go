package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/httpapi"
)

type verdict struct {
	Event      string
	Compatible bool
	Needed     string
	Claimed    string
	Against    []string
	Findings   []struct{ Rule string }
}

func body(t *testing.T, members map[string]any) string {
	t.Helper()
	data, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCompatibility_WithWhatIsReleased(t *testing.T) {
	f := start(t, httpapi.Options{}, orderV1)
	a := f.post("/v1/compatibility", body(t, map[string]any{"new": orderV11}))
	f.wantStatus(a, http.StatusOK)
	want := verdict{Event: "order.completed", Compatible: true, Needed: "minor", Claimed: "minor", Against: []string{"1.0.0"}, Findings: []struct{ Rule string }{}}
	if diff := cmp.Diff(want, decode[verdict](t, a)); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
}

func TestCompatibility_OfANewEvent(t *testing.T) {
	f := start(t, httpapi.Options{})
	got := decode[verdict](t, f.post("/v1/compatibility", body(t, map[string]any{"new": orderV1})))
	want := verdict{Event: "order.completed", Compatible: true, Needed: "none", Claimed: "none", Against: []string{}, Findings: []struct{ Rule string }{}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
}

func TestCompatibility_OfTwoContracts(t *testing.T) {
	f := start(t, httpapi.Options{})
	old := json.RawMessage(`{"event":"a.changed","version":"1.0.0","properties":{"x":{"type":"string"}}}`)
	a := f.post("/v1/compatibility", body(t, map[string]any{"old": old, "new": "event: a.changed\nversion: 1.1.0\nproperties: {x: {type: integer}}\n"}))
	f.wantStatus(a, http.StatusOK)
	got := decode[verdict](t, a)
	if got.Compatible || got.Needed != "major" || len(got.Findings) == 0 || got.Findings[0].Rule != "type-changed" {
		t.Errorf("verdict is %+v, want type-changed and a major bump", got)
	}
}

func TestCompatibility_BadBodies(t *testing.T) {
	f := start(t, httpapi.Options{})
	for text, code := range map[string]registry.Code{
		"":                          registry.CodeRequestInvalid,
		"[]":                        registry.CodeRequestInvalid,
		"{}":                        registry.CodeRequestInvalid,
		`{"old":{}}`:                registry.CodeContractInvalid,
		`{"new":null}`:              registry.CodeRequestInvalid,
		`{"new":3}`:                 registry.CodeRequestInvalid,
		`{"new":"x"}`:               registry.CodeContractInvalid,
		`{"new":{"event":"a"}}`:     registry.CodeContractInvalid,
		`{"candidate":{}}`:          registry.CodeRequestInvalid,
		`{"new":{},"new":{}}`:       registry.CodeRequestInvalid,
		strings.Repeat("[", 100000): registry.CodeRequestInvalid,
	} {
		f.wantError(f.post("/v1/compatibility", text), registry.KindOf(code).Status, code)
	}
	f.wantError(f.do("POST", "/v1/compatibility", "new: x", "Content-Type", "application/yaml"), 415, registry.CodeMediaTypeUnknown)
}
