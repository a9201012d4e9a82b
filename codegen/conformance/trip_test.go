package conformance

import (
	"testing"

	"github.com/evctl/evctl/codegen/codegentest"
)

// trip is a valid payload on its way from Go to TypeScript and back.
type trip struct {
	sample codegentest.Sample
	exact  bool   // with json.Number
	sent   string // by Go
}

func departures(samples []codegentest.Sample, inGo []goAnswer) []trip {
	var trips []trip
	for i, sample := range samples {
		if v := inGo[i].Usual; v.Fault == "" {
			trips = append(trips, trip{sample, false, v.Written})
		}
		if v := inGo[i].Exact; v.Fault == "" {
			trips = append(trips, trip{sample, true, v.Written})
		}
	}
	return trips
}

// sent are the payloads that Go writes.
func sent(trips []trip) []codegentest.Sample {
	samples := make([]codegentest.Sample, len(trips))
	for i, trip := range trips {
		samples[i] = codegentest.Sample{Event: trip.sample.Event, Raw: trip.sent}
	}
	return samples
}

// sameThings reads in Go what TypeScript wrote, and wants every step to be the same text by
// RFC 8785. Numbers that a double does not hold are rounded on the way, and what comes back
// is valid when the contract takes the rounded ones.
func (s *study) sameThings(t *testing.T, trips []trip, met []codegentest.Answer) {
	t.Helper()
	back := make([]codegentest.Sample, len(trips))
	for i, trip := range trips {
		back[i] = codegentest.Sample{Event: trip.sample.Event, Raw: met[i].Read}
	}
	returned := s.askGo(t, back)
	same, rounded, refused := 0, 0, 0
	for i, trip := range trips {
		got := returned[i].Usual
		if trip.exact {
			got = returned[i].Exact
		}
		round := unheld(decode(t, trip.sample.Raw)) || s.subjects[trip.sample.Event].unheld
		switch {
		case !round && (met[i].Fault != "" || got.Fault != ""):
			t.Errorf("%s %s\nrefused on the way: TypeScript %q, Go %q", trip.sample.Event, trip.sent, met[i].Fault, got.Fault)
			continue
		case got.Fault != "":
			refused++
			if back := met[i].Read; s.subjects[trip.sample.Event].registry.Valid([]byte(back)) && !unheld(decode(t, back)) {
				t.Errorf("%s %s\nis valid, and refused on the way back: %s", trip.sample.Event, back, got.Fault)
			}
			continue
		case round:
			rounded++
		default:
			same++
		}
		checkSteps(t, trip, met[i], got.Written)
	}
	t.Logf("%d trips: %d the same, %d with rounded numbers, of which the contract refuses %d", len(trips), same, rounded+refused, refused)
	if same < len(trips)*2/3 {
		t.Errorf("only %d of %d payloads come back the same", same, len(trips))
	}
}

// checkSteps compares what was asked for, sent, met and brought back.
func checkSteps(t *testing.T, trip trip, met codegentest.Answer, back string) {
	t.Helper()
	want := canonical(t, trip.sample.Raw)
	for _, step := range []struct{ name, text string }{
		{"Go writes", canonical(t, trip.sent)},
		{"TypeScript reads", met.Canonical},
		{"TypeScript writes", canonical(t, met.Read)},
		{"Go writes again", canonical(t, back)},
	} {
		if step.text != want {
			t.Errorf("%s\n%s\n%s %s", trip.sample.Event, want, step.name, step.text)
			return
		}
	}
}
