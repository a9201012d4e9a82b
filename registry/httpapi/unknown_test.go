package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/httpapi"
)

// unknownEvents are events that name no contract of orderV1, one for each rule, an event
// of another major version, and one that is not valid for any.
var unknownEvents = []string{
	`{"event":"order.lost","version":"1.0.0"}`,
	`{"event":"order.completed","version":"1.9.0","order_id":"1","total":1}`,
	`{"event":"order.completed","order_id":"1","total":1}`,
	`{"event":"order.completed","version":"3.0.0","order_id":"1","total":1}`,
	`{"event":"order.completed","version":"1.9.0","order_id":"1","total":-1}`,
}

// flagged sends the events one by one, as an array and as lines, which all have to say
// the same, and returns the version, the verdict and the flag of each.
func (f *fixture) flagged(events ...string) (verdicts []string) {
	f.Helper()
	type verdict struct {
		eventVerdict
		Flag string
	}
	var one []string
	for _, text := range events {
		a := f.post("/v1/validate", text)
		f.wantStatus(a, http.StatusOK)
		one = append(one, strings.TrimSpace(a.body))
		v := decode[verdict](f.T, a)
		verdicts = append(verdicts, strings.Join(strings.Fields(v.Version+" "+v.short()+" "+v.Flag), " "))
	}
	array := f.post("/v1/validate", "["+strings.Join(events, ",")+"]")
	if diff := cmp.Diff("["+strings.Join(one, ",\n")+"]\n", array.body); diff != "" {
		f.Errorf("the array differs from single events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(strings.Join(one, "\n")+"\n", f.lines(strings.Join(events, "\n")).body); diff != "" {
		f.Errorf("lines differ from single events (-want +got):\n%s", diff)
	}
	return verdicts
}

func TestValidate_UnknownEventsAreRejectedFlaggedOrPass(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy payload.Policy
		want   []string
		counts []string
	}{
		{
			"nothing is said", payload.Policy{},
			[]string{"1.0.0 event-unknown", "1.9.0 version-unknown", "version-missing", "3.0.0 version-unknown", "1.9.0 version-unknown"},
			[]string{`validated{verdict="invalid"} 15`},
		},
		{
			"all pass", payload.Policy{UnknownEvent: payload.Pass, UnknownVersion: payload.Pass, MissingVersion: payload.Pass},
			[]string{"1.0.0 ok event-unknown", "1.9.0 ok version-unknown", "ok version-missing", "3.0.0 ok version-unknown", "1.9.0 ok version-unknown"},
			[]string{`validated{verdict="unchecked"} 15`, `flagged{rule="event-unknown"} 3`, `flagged{rule="version-unknown"} 9`, `flagged{rule="version-missing"} 3`},
		},
		{
			"the newest decides", payload.Policy{UnknownVersion: payload.UseLatest, MissingVersion: payload.UseLatest},
			[]string{"1.0.0 event-unknown", "1.0.0 ok version-unknown", "1.0.0 ok version-missing", "3.0.0 version-unknown", "1.0.0 /total minimum version-unknown"},
			[]string{`validated{verdict="valid"} 6`, `validated{verdict="invalid"} 9`, `flagged{rule="version-unknown"} 3`, `flagged{rule="version-missing"} 3`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := start(t, httpapi.Options{Unknown: test.policy}, orderV1)
			if diff := cmp.Diff(test.want, f.flagged(unknownEvents...)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.counts, f.counted()); diff != "" {
				t.Errorf("metrics that are not 0 (-want +got):\n%s", diff)
			}
		})
	}
}

// counted are the lines of /metrics about events that are not 0, shortened.
func (f *fixture) counted() (lines []string) {
	f.Helper()
	for line := range strings.Lines(f.get("/metrics").body) {
		line = strings.TrimSpace(strings.NewReplacer("evctl_", "", "_events_total", "").Replace(line))
		if (strings.HasPrefix(line, "validated{") || strings.HasPrefix(line, "flagged{")) && !strings.HasSuffix(line, " 0") {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestValidate_FlagsAreCountedOnAllCores sends a body that is large enough to be shared.
func TestValidate_FlagsAreCountedOnAllCores(t *testing.T) {
	f := start(t, httpapi.Options{Unknown: payload.Policy{UnknownEvent: payload.Pass, UnknownVersion: payload.UseLatest}}, orderV1)
	const rounds = 3000
	body := strings.Repeat(strings.Join(unknownEvents, "\n")+"\n", rounds)
	if a := f.lines(body); strings.Count(a.body, `"flag":"event-unknown"`) != rounds || strings.Count(a.body, "\n") != rounds*len(unknownEvents) {
		t.Errorf("the answer begins with %.200s", a.body)
	}
	want := []string{
		`validated{verdict="valid"} 3000`, `validated{verdict="invalid"} 9000`, `validated{verdict="unchecked"} 3000`,
		`flagged{rule="event-unknown"} 3000`, `flagged{rule="version-unknown"} 3000`,
	}
	if diff := cmp.Diff(want, f.counted()); diff != "" {
		t.Errorf("metrics that are not 0 (-want +got):\n%s", diff)
	}
}

// TestValidate_UnknownSurvivesReleases pushes a version that makes an unknown one known.
func TestValidate_UnknownSurvivesReleases(t *testing.T) {
	f := start(t, httpapi.Options{Unknown: payload.Policy{UnknownVersion: payload.UseLatest}, AllowPush: true}, orderV1)
	event := `{"event":"order.completed","version":"1.1.0","order_id":"1","total":1,"coupon":"x"}`
	if diff := cmp.Diff([]string{"1.0.0 /coupon additionalProperties version-unknown"}, f.flagged(event)); diff != "" {
		t.Errorf("before the release (-want +got):\n%s", diff)
	}
	f.wantStatus(f.do("POST", "/v1/events/order.completed/versions", orderV11, "Content-Type", "application/yaml"), http.StatusCreated)
	if diff := cmp.Diff([]string{"1.1.0 ok"}, f.flagged(event)); diff != "" {
		t.Errorf("after it (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1.1.0 ok version-unknown"}, f.flagged(strings.Replace(event, "1.1.0", "1.2.0", 1))); diff != "" {
		t.Errorf("another unknown version (-want +got):\n%s", diff)
	}
}

// TestValidate_NamesInTheQueryAreNoEventsOfOthers holds the policy off payloads whose
// event the request names: who asks can be told.
func TestValidate_NamesInTheQueryAreNoEventsOfOthers(t *testing.T) {
	f := start(t, httpapi.Options{Unknown: payload.Policy{UnknownEvent: payload.Pass, UnknownVersion: payload.Pass}}, orderV1)
	for query, want := range map[string]string{
		"?event=order.lost":                    " event-unknown",
		"?event=order.completed&version=1.9.0": " version-unknown",
	} {
		if got := decode[eventVerdict](t, f.post("/v1/validate"+query, `{"order_id":"1","total":1}`)).short(); got != want {
			t.Errorf("%s is %q, want %q", query, got, want)
		}
	}
	f.wantError(f.post("/v1/validate?unknown_event=pass", "{}"), 400, registry.CodeRequestInvalid)
}
