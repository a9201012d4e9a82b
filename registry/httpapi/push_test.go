package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/dir"
	"github.com/evctl/evctl/registry/httpapi"
)

const orderPath = "/v1/events/order.completed/versions"

var open = httpapi.Options{AllowPush: true}

func (f *fixture) push(body string) answer {
	f.Helper()
	return f.do("POST", orderPath, body, "Content-Type", "application/yaml")
}

func TestPush_ReleasesAndServesAtOnce(t *testing.T) {
	f := start(t, open)
	a := f.push(orderV1)
	f.wantStatus(a, http.StatusCreated)
	if got := a.header.Get("Location"); got != "/v1/events/order.completed/1.0.0.json" {
		t.Errorf("Location is %q", got)
	}
	f.wantStatus(f.get(a.header.Get("Location")), http.StatusOK)
	f.wantStatus(f.post("/v1/validate", `{"event":"order.completed","version":"1.0.0","order_id":"1","total":1}`), http.StatusOK)
	again := f.push(orderV1)
	f.wantStatus(again, http.StatusOK)
	if o := decode[struct{ Status registry.Status }](t, again); o.Status != registry.Unchanged {
		t.Errorf("status is %s, want unchanged", o.Status)
	}
}

func TestPush_TakesJSONToo(t *testing.T) {
	f := start(t, open)
	f.wantStatus(f.post(orderPath, `{"event":"order.completed","version":"1.0.0","properties":{"id":{"$ref":"id"}},"definitions":{"id":{"type":"string"}}}`), http.StatusCreated)
}

func TestPush_ADryRunWritesNothing(t *testing.T) {
	f := start(t, open)
	a := f.do("POST", orderPath+"?dry_run=true", orderV1, "Content-Type", "text/yaml; charset=utf-8")
	f.wantStatus(a, http.StatusOK)
	if o := decode[struct{ Status registry.Status }](t, a); o.Status != registry.WouldPush {
		t.Errorf("status is %s, want would-push", o.Status)
	}
	f.wantError(f.get("/v1/events/order.completed/1.0.0.json"), 404, registry.CodeEventUnknown)
}

func TestPush_RefusesWhatTheGateRefuses(t *testing.T) {
	f := start(t, open, orderV1)
	broken := strings.Replace(strings.Replace(orderV1, "1.0.0", "1.1.0", 1), "  total: {type: number, minimum: 0, required: true}\n", "", 1)
	a := f.push(broken)
	f.wantError(a, http.StatusConflict, registry.CodeIncompatible)
	findings := decode[struct {
		Error struct {
			Findings []struct{ Rule, Subject string }
		}
	}](t, a).Error.Findings
	if len(findings) == 0 || findings[0].Rule != "property-removed" || findings[0].Subject != "order.completed#/properties/total" {
		t.Errorf("findings are %+v, want property-removed of total first", findings)
	}
	f.wantError(f.push(strings.Replace(orderV1, "number", "integer", 1)), http.StatusConflict, registry.CodeVersionConflict)
	f.wantError(f.push(strings.Replace(orderV1, "1.0.0", "0.9.0", 1)), http.StatusConflict, registry.CodeVersionTooLow)
	f.wantError(f.push(orderV11+"status: draft\n"), http.StatusUnprocessableEntity, registry.CodeEventDraft)
	f.wantStatus(f.push(strings.Replace(broken, "1.1.0", "2.0.0", 1)), http.StatusCreated)
}

func TestPush_BadBodies(t *testing.T) {
	f := start(t, open)
	f.wantError(f.push(""), 422, registry.CodeContractInvalid)
	f.wantError(f.push("{"), 422, registry.CodeContractInvalid)
	f.wantError(f.push("\xff"), 422, registry.CodeContractInvalid)
	f.wantError(f.push("define: money\ntype: string\n"), 422, registry.CodeContractInvalid)
	f.wantError(f.push(strings.Replace(orderV1, "type: string", "type: strin", 1)), 422, registry.CodeContractInvalid)
	f.wantError(f.push(strings.Replace(orderV1, "type: string", "$ref: shared", 1)), 422, registry.CodeContractInvalid)
	f.wantError(f.push(strings.Replace(orderV1, "order.completed", "order.placed", 1)), 400, registry.CodeRequestInvalid)
	f.wantError(f.do("POST", orderPath, orderV1, "Content-Type", "application/xml"), 415, registry.CodeMediaTypeUnknown)
	f.wantError(f.do("POST", orderPath, orderV1), 415, registry.CodeMediaTypeUnknown)
	f.wantError(f.do("POST", orderPath, orderV1, "Content-Type", "application/yaml", "Content-Encoding", "br"), 415, registry.CodeEncodingUnknown)
	f.wantError(f.do("POST", orderPath, orderV1, "Content-Type", "application/yaml", "Content-Encoding", "gzip"), 400, registry.CodeRequestInvalid)
	a := f.push(strings.Replace(orderV1, "type: string", "type: strin", 1))
	finding := decode[struct {
		Error struct {
			Findings []struct {
				Rule, Hint string
				Start      struct{ Line int }
			}
		}
	}](t, a).Error.Findings[0]
	if finding.Start.Line != 5 || finding.Hint != `did you mean "string"?` {
		t.Errorf("finding is %+v, want line 5 and a suggestion", finding)
	}
}

func TestPush_NeedsTheToken(t *testing.T) {
	f := start(t, httpapi.Options{Token: "s3cret"})
	for _, header := range []string{"", "Bearer", "Bearer wrong", "Basic s3cret", "Bearer s3cret2", "s3cret"} {
		a := f.do("POST", orderPath, orderV1, "Content-Type", "application/yaml", "Authorization", header)
		f.wantError(a, http.StatusUnauthorized, registry.CodeUnauthorized)
		if a.header.Get("WWW-Authenticate") == "" {
			t.Error("401 has no WWW-Authenticate")
		}
	}
	a := f.do("POST", orderPath, orderV1, "Content-Type", "application/yaml", "Authorization", "bearer s3cret")
	f.wantStatus(a, http.StatusCreated)
	if strings.Contains(f.log.String(), "s3cret") {
		t.Error("the token is in the log")
	}
}

func TestPush_IsForbiddenWithoutAToken(t *testing.T) {
	f := start(t, httpapi.Options{})
	f.wantError(f.push(orderV1), http.StatusForbidden, registry.CodePushForbidden)
}

func TestPush_MayTakeLongerThanAClientMayStandStill(t *testing.T) {
	store, err := dir.Open(filepath.Join(t.TempDir(), "releases"), "")
	if err != nil {
		t.Fatal(err)
	}
	const timeout = 20 * time.Millisecond
	slow := func(ctx context.Context, q registry.Question) (registry.Judgement, error) {
		select {
		case <-ctx.Done():
		case <-time.After(10 * timeout):
		}
		return registry.Judgement{}, ctx.Err()
	}
	server := httpapi.New(t.Context(), registry.NewService(store, slow, time.Now), httpapi.Options{AllowPush: true, Timeout: timeout, Envelope: envelope.Default()})
	listener := httptest.NewServer(server.Handler())
	defer listener.Close()
	response, err := listener.Client().Post(listener.URL+orderPath, "application/yaml", strings.NewReader(orderV1))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Errorf("status is %s, want 201", response.Status)
	}
}

func TestPush_OfManyAtOnceLosesNothing(t *testing.T) {
	f := start(t, open)
	const n = 24
	statuses := make([]int, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			text := strings.Replace(orderV1, "1.0.0", fmt.Sprintf("1.0.%d", i), 1)
			request, err := http.NewRequest("POST", f.url+orderPath, strings.NewReader(text+fmt.Sprintf("description: version number %d\n", i)))
			if err != nil {
				t.Error(err)
				return
			}
			request.Header.Set("Content-Type", "application/yaml")
			response, err := f.client.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
			statuses[i] = response.StatusCode
		})
	}
	group.Wait()
	versions, err := f.store.Versions(t.Context(), "order.completed")
	if err != nil {
		t.Fatal(err)
	}
	created := 0
	for i, status := range statuses {
		released := containsPatch(versions, i)
		if released != (status == http.StatusCreated) || status != http.StatusCreated && status != http.StatusConflict {
			t.Errorf("push %d answers %d, released is %v", i, status, released)
		}
		if released {
			created++
		}
	}
	if created == 0 || created != len(versions) {
		t.Errorf("%d pushes were answered with 201, %d versions are there", created, len(versions))
	}
	index := decode[registry.Index](t, f.get("/v1/events.json"))
	if len(index.Events[0].Versions) != len(versions) {
		t.Errorf("%d versions are served, %d are released", len(index.Events[0].Versions), len(versions))
	}
}

func containsPatch(versions []contracts.Version, patch int) bool {
	for _, v := range versions {
		if v.Patch == patch {
			return true
		}
	}
	return false
}

func TestPush_TakesTheWaiversOfABreak(t *testing.T) {
	f := start(t, open, "event: order.completed\nversion: 1.0.0\nproperties: {note: {type: string}}\n")
	contract := `{"event":"order.completed","version":"1.1.0","properties":{}}`
	refused := f.post(orderPath, contract)
	f.wantError(refused, 409, registry.CodeIncompatible)
	fingerprint := decode[struct {
		Error struct {
			Findings []struct{ Fingerprint string }
		}
	}](t, refused).Error.Findings[0].Fingerprint
	body := func(waiver string) string { return `{"contract":` + contract + `,"waivers":[` + waiver + `]}` }
	waiver := `{"fingerprint":"` + fingerprint + `","rule":"property-removed","event":"order.completed","path":"/properties/note","reason":"nobody reads it","approver":"Ada","created":"2026-01-01","expires":"2999-12-31"}`
	push := func(text string) answer { return f.do("POST", orderPath, text, "Content-Type", registry.MediaPush) }

	for _, wrong := range []string{
		`[]`, `{"waivers":[]}`, `{"contract":` + contract + `,"waiver":[]}`, body(`{"fingerprint":"` + fingerprint + `"}`), body(`3`),
		`{"contract":` + contract + `,"waivers":{}}`, strings.Replace(body(waiver), "reason", "reasons", 1),
	} {
		f.wantError(push(wrong), 400, registry.CodeRequestInvalid)
	}
	f.wantError(push(body("")), 409, registry.CodeIncompatible)
	f.wantError(push(body(strings.Replace(waiver, "2999-12-31", "2026-01-02", 1))), 409, registry.CodeIncompatible)
	f.wantStatus(push(body(waiver)), http.StatusCreated)
	release := decode[struct{ Waivers []struct{ Approver string } }](t, f.get("/v1/events/order.completed/1.1.0.json"))
	if len(release.Waivers) != 1 || release.Waivers[0].Approver != "Ada" {
		t.Errorf("waivers of the release are %v", release.Waivers)
	}
	// What was approved is history for the versions that follow.
	a := f.post("/v1/compatibility", `{"new":{"event":"order.completed","version":"1.2.0","properties":{"more":{"type":"string"}}}}`)
	if !decode[struct{ Compatible bool }](t, a).Compatible {
		t.Errorf("the next version is not compatible: %s", a.body)
	}
}
