package impact_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/envelope"
	"github.com/evctl/evctl/contracts/impact"
	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/rawjson"
	"github.com/evctl/evctl/contracts/workspace"
)

// fataler is a test of the standard library or of rapid.
type fataler interface{ Fatalf(string, ...any) }

func event(t fataler, text string) *contracts.Contract {
	c, diags := contracts.Parse(diag.NewFile("event.yaml", []byte(text)))
	if c != nil {
		library, _ := contracts.NewLibrary(nil)
		diags = append(diags, library.Link(c)...)
	}
	for _, d := range diags {
		t.Fatalf("%s: %s", text, d.Message)
	}
	return c
}

func events(t fataler, texts ...string) []*contracts.Contract {
	var list []*contracts.Contract
	for _, text := range texts {
		list = append(list, event(t, text))
	}
	return list
}

func envelopeOf(t fataler, section string) *envelope.Envelope {
	cfg, diags := workspace.ParseConfig(diag.NewFile("evctl.yaml", []byte("envelope: "+section)))
	env, more := envelope.Parse(cfg)
	for _, d := range append(diags, more...) {
		t.Fatalf("%s: %s", section, d.Message)
	}
	return env
}

const nested = "{name: /e, version: /v, properties: /p, source: /s}"

func newReplay(t fataler, opt impact.Options) *impact.Replay {
	if opt.Envelope == nil {
		opt.Envelope = envelopeOf(t, nested)
	}
	r, err := impact.New(opt)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

func input(name, text string) impact.Input {
	return impact.Input{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func run(t fataler, r *impact.Replay, inputs ...impact.Input) *impact.Report {
	report, err := r.Run(context.Background(), inputs)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return report
}

// TestRun_WhatTakesThePlaceOfWhat has a line for each case of the package's comment.
func TestRun_WhatTakesThePlaceOfWhat(t *testing.T) {
	const (
		v10 = "event: a\nversion: 1.0.0\nproperties: {n: {type: integer}}\n"
		v11 = "event: a\nversion: 1.1.0\nproperties: {n: {type: integer}, m: {type: integer}}\n"
		v12 = "event: a\nversion: 1.2.0\nproperties: {m: {type: integer}}\n"
		v20 = "event: a\nversion: 2.0.0\nproperties: {m: {type: integer}}\n"
		v21 = "event: a\nversion: 2.1.0\nproperties: {}\n"
		end = "event: a\nversion: 1.2.0\nstatus: retired\nproperties: {n: {type: integer}}\n"
	)
	for _, test := range []struct {
		name     string
		old, new []string
		version  string
		want     string
	}{
		{"same major", []string{v10, v11}, []string{v12}, "1.0.0", "1.0.0 -> 1.2.0 rejected"},
		{"released already", []string{v10, v11}, []string{v11}, "1.0.0", "1.0.0 -> 1.0.0 valid"},
		{"edited after the release", []string{v11}, []string{strings.Replace(v12, "1.2.0", "1.1.0", 1)}, "1.1.0", "1.1.0 -> 1.1.0 rejected"},
		{"a new major for the newest", []string{v10, v11}, []string{v20}, "1.1.0", "1.1.0 -> 2.0.0 rejected"},
		{"not for older majors", []string{v11, v20}, []string{v21}, "1.1.0", "1.1.0 -> 1.1.0 valid"},
		{"gone", []string{v10}, nil, "1.0.0", "1.0.0 -> none rejected"},
		{"gone after it was retired", []string{v10, end}, nil, "1.0.0", "1.0.0 -> 1.0.0 rejected before and after"},
		{"retired", []string{v10, v20}, []string{strings.Replace(v21, "properties", "status: retired\nproperties", 1)}, "1.0.0", "1.0.0 -> 2.1.0 rejected"},
		{"in use again", []string{v10, end}, []string{strings.Replace(v12, "m:", "n:", 1)}, "1.0.0", "1.0.0 -> 1.2.0 accepted"},
		{"shortened", []string{v10, v11}, []string{v12}, "1", "1.1.0 -> 1.2.0 rejected"},
		{"not released yet", []string{v11}, []string{strings.Replace(v12, "m:", "n:", 1)}, "1.2.0", "none -> 1.2.0 accepted"},
		{"released nowhere", []string{v11}, []string{v12}, "1.3.0", "undecided version-unknown"},
		{"known to nobody", nil, nil, "1.0.0", "undecided event-unknown"},
		{"without a version", []string{v11}, []string{v12}, "", "undecided version-missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newReplay(t, impact.Options{Old: events(t, test.old...), New: events(t, test.new...)})
			version := fmt.Sprintf(`,"v":%q`, test.version)
			if test.version == "" {
				version = ""
			}
			if got := told(run(t, r, input("x", `{"e":"a"`+version+`,"p":{"n":1}}`))); got != test.want {
				t.Errorf("found %s, expected %s", got, test.want)
			}
		})
	}
}

// told says what became of the only event of a report.
func told(r *impact.Report) string {
	if len(r.Undecided) > 0 {
		return "undecided " + r.Undecided[0].Rule
	}
	g := r.Groups[0]
	text := func(v *contracts.Version) string {
		if v == nil {
			return "none"
		}
		return v.String()
	}
	what := map[impact.Counts]string{
		{Events: 1, Valid: 1}: "valid", {Events: 1, NewlyRejected: 1}: "rejected", {Events: 1, NewlyAccepted: 1}: "accepted",
		{Events: 1, Rejected: 1}: "rejected before and after",
	}[g.Counts]
	return text(g.Version) + " -> " + text(g.New) + " " + what
}

const (
	oldOrder = `
event: a
version: 1.0.0
properties:
  list: {type: array, items: {type: object, properties: {id: {type: string}, who: {type: string, pii: pseudonymous}}}}
  tags: {type: map, values: {type: string}}
  mail: {type: map, keys: {type: string, pii: direct}, values: {type: string}}
  left: {type: string, pii: direct}
  open: {type: object, additionalProperties: true, properties: {}}
`
	newOrder = `
event: a
version: 1.1.0
properties:
  list: {type: array, items: {type: object, properties: {id: {type: string, maxLength: 2, required: true}, who: {type: string, maxLength: 2}}}}
  tags: {type: map, values: {type: string, maxLength: 2}}
  mail: {type: map, keys: {type: string, pii: direct}, values: {type: string, maxLength: 2}}
  open: {type: object, properties: {}}
`
)

// TestRun_GroupsByPlaceAndHidesWhatIsPrivate: what is data in a pointer is *, in the
// finding; a sample has it, and shows nothing that either contract calls private.
func TestRun_GroupsByPlaceAndHidesWhatIsPrivate(t *testing.T) {
	r := newReplay(t, impact.Options{Old: events(t, oldOrder), New: events(t, newOrder), Samples: 1})
	report := run(t, r, input("x", `
{"e":"a","v":"1.0.0","p":{"list":[{"id":"ok"},{"id":"abc"},{"id":"abcd"}]}}
{"e":"a","v":"1.0.0","p":{"list":[{"who":"Ann Smith"}]}}
{"e":"a","v":"1.0.0","p":{"tags":{"k1":"abc","k2":"abc"}, "list":[{"id":"abc","who":"A"}]}}
{"e":"a","v":"1.0.0","p":{"mail":{"ann@example.com":"abc"}}}
{"e":"a","v":"1.0.0","p":{"left":"Ann","open":{"ann":{"deep":["Smith"]}}}}
`))
	type row struct {
		Pointer, Rule string
		Events        int
		Sample        impact.Sample
	}
	var got []row
	for _, f := range report.Findings {
		got = append(got, row{f.Pointer, f.Rule, f.Events, f.Samples[0]})
	}
	version := contracts.Version{Major: 1}
	want := []row{
		{"/p/list/*/id", "maxLength", 2, impact.Sample{Path: "x", Line: 2, Version: version, Pointer: "/p/list/1/id", Found: "3 characters", Payload: `{"list":[{"id":"ok"},{"id":"abc"},{"id":"abcd"}]}`}},
		{"/p/left", "additionalProperties", 1, impact.Sample{Path: "x", Line: 6, Version: version, Pointer: "/p/left", Found: `"left"`, Payload: `{"left":"(hidden)","open":{"ann":{"deep":["(hidden)"]}}}`}},
		{"/p/list/*/id", "required", 1, impact.Sample{Path: "x", Line: 3, Version: version, Pointer: "/p/list/0", Found: "nothing", Payload: `{"list":[{"who":"(hidden)"}]}`}},
		{"/p/list/*/who", "maxLength", 1, impact.Sample{Path: "x", Line: 3, Version: version, Pointer: "/p/list/0/who", Found: "9 characters", Payload: `{"list":[{"who":"(hidden)"}]}`}},
		{"/p/mail/*", "maxLength", 1, impact.Sample{Path: "x", Line: 5, Version: version, Pointer: "/p/mail/*", Found: "3 characters", Payload: `{"mail":{"(hidden)":"abc"}}`}},
		{"/p/open/*", "additionalProperties", 1, impact.Sample{Path: "x", Line: 6, Version: version, Pointer: "/p/open/ann", Found: `"ann"`, Payload: `{"left":"(hidden)","open":{"ann":{"deep":["(hidden)"]}}}`}},
		{"/p/tags/*", "maxLength", 1, impact.Sample{Path: "x", Line: 4, Version: version, Pointer: "/p/tags/k1", Found: "3 characters", Payload: `{"tags":{"k1":"abc","k2":"abc"},"list":[{"id":"abc","who":"(hidden)"}]}`}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(impact.Sample{})); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestRun_TakesTheEmptyKeyOfAMapForData: in a union without a discriminator, too.
func TestRun_TakesTheEmptyKeyOfAMapForData(t *testing.T) {
	const text = "event: a\nversion: 1.0.0\nproperties: {m: {oneOf: {list: {type: array}, numbers: {type: map, values: {type: number%s}}}}}\n"
	r := newReplay(t, impact.Options{Old: events(t, fmt.Sprintf(text, "")), New: events(t, fmt.Sprintf(text, ", maximum: 1"))})
	for _, f := range run(t, r, input("x", `{"e":"a","v":"1.0.0","p":{"m":{"":2}}}`)).Findings {
		if f.Pointer != "/p/m/*" {
			t.Errorf("the finding is at %q, want /p/m/*", f.Pointer)
		}
	}
}

// TestRun_CutsSamplesAroundWhatIsWrong: however large an event is.
func TestRun_CutsSamplesAroundWhatIsWrong(t *testing.T) {
	r := newReplay(t, impact.Options{
		Old: events(t, "event: a\nversion: 1.0.0\nproperties: {list: {type: array, items: {type: string}}}\n"),
		New: events(t, "event: a\nversion: 1.1.0\nproperties: {list: {type: array, items: {type: string, pattern: '^ä*$'}}}\n"), Samples: 1,
	})
	many := strings.Repeat(`"äää",`, 10_000)
	report := run(t, r, input("x", `{"e":"a","v":"1.0.0","p":{"list":[`+many+`"here",`+many+`""]}}`))
	got := report.Findings[0].Samples[0].Payload
	if len(got) > 410 || !strings.Contains(got, `"here"`) || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") || strings.Contains(got, "\ufffd") {
		t.Errorf("sample is %d bytes: %s", len(got), got)
	}
}

// TestRun_SetsTrafficBesideWhatWasForeseen: a break that nothing runs into, one that
// events of one version run into, and events that nobody foresaw.
func TestRun_SetsTrafficBesideWhatWasForeseen(t *testing.T) {
	r := newReplay(t, impact.Options{
		Old: events(t, "event: a\nversion: 1.0.0\nproperties: {n: {type: integer}, m: {type: integer}, o: {type: integer}}\n",
			"event: a\nversion: 1.1.0\nproperties: {n: {type: integer}, m: {type: integer}, o: {type: integer}, q: {type: integer}}\n"),
		New: events(t, "event: a\nversion: 1.2.0\nproperties: {n: {type: integer, maximum: 3}, m: {type: integer, maximum: 3}, o: {type: integer, maximum: 3}, q: {type: integer}}\n"),
		Foresee: func(old, new *contracts.Contract) ([]impact.Change, error) {
			return []impact.Change{
				{Breaks: true, Rule: "tighter", Pointers: []string{"/properties/n/maximum"}, Message: "n"},
				{Breaks: true, Rule: "tighter", Pointers: []string{"/properties/m/maximum"}, Message: "m"},
				{Rule: "tighter", Pointers: []string{"/properties/n/maximum"}, Message: "harmless"},
				{Rule: "tighter", Pointers: []string{"/properties/o/maximum"}, Message: "o"},
				{Rule: "tighter", Pointers: []string{"/properties/q"}, Message: "q"},
			}, nil
		},
	})
	report := run(t, r, input("x", `
{"e":"a","v":"1.0.0","p":{"n":1}}
{"e":"a","v":"1.1.0","p":{"n":9,"o":9}}
{"e":"a","v":"1.1.0","p":{"n":9}}
{"e":"a","v":"1.1.0","p":{"n":1}}
`))
	v10, v11 := contracts.Version{Major: 1}, contracts.Version{Major: 1, Minor: 1}
	want := []impact.Finding{
		{Event: "a", Pointer: "/p/n", Rule: "maximum", Expected: "at most 3", Events: 2, Share: 0.5, Foreseen: true,
			Versions: []impact.VersionCount{{Version: v11, Events: 2}},
			Changes:  []impact.FindingChange{{Rule: "tighter", Pointer: "/properties/n/maximum", Message: "n", Versions: []contracts.Version{v10, v11}}}},
		{Event: "a", Pointer: "/p/o", Rule: "maximum", Expected: "at most 3", Events: 1, Share: 0.25,
			Versions: []impact.VersionCount{{Version: v11, Events: 1}},
			Changes:  []impact.FindingChange{{Rule: "tighter", Pointer: "/properties/o/maximum", Message: "o", Versions: []contracts.Version{v11}}}},
		{Event: "a", Pointer: "/p/m", Foreseen: true,
			Changes: []impact.FindingChange{{Rule: "tighter", Pointer: "/properties/m/maximum", Message: "m", Versions: []contracts.Version{v10, v11}}}},
	}
	if diff := cmp.Diff(want, report.Findings, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(impact.FindingChange{})); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestRun_CountsAsTwoValidatorsDo draws contracts, edits and payloads, and compares with
// validating each payload twice.
func TestRun_CountsAsTwoValidatorsDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := contracttest.Contract().Draw(t, "old")
		new := contracttest.Edit(old).Draw(t, "new")
		before, err := payload.Compile(old)
		if err != nil {
			t.Fatal(err)
		}
		after, err := payload.Compile(new)
		if err != nil {
			t.Fatal(err)
		}
		var want impact.Counts
		var text bytes.Buffer
		for range 10 {
			raw := contracttest.Payload(old).Draw(t, "payload")
			raw = contracttest.Mutate(raw).Draw(t, "mutated")
			fmt.Fprintf(&text, `{"e":%q,"v":%q,"p":%s}`+"\n", old.Name, old.Version, bytes.ReplaceAll(raw, []byte("\n"), nil))
			want.Events++
			if _, err := rawjson.Parse(raw); err != nil {
				continue // unreadable, and counted as an event only
			}
			a := before.Valid(raw) && old.Status != contracts.Retired
			b := after.Valid(raw) && new.Status != contracts.Retired
			switch {
			case a && b:
				want.Valid++
			case a:
				want.NewlyRejected++
			case b:
				want.NewlyAccepted++
			default:
				want.Rejected++
			}
		}
		r := newReplay(t, impact.Options{Old: []*contracts.Contract{old}, New: []*contracts.Contract{new}, Samples: 2})
		report := run(t, r, input("x", text.String()))
		if diff := cmp.Diff(want, report.Summary.Counts); diff != "" {
			t.Fatalf("counts (-want +got):\n%s", diff)
		}
		if rejected := want.NewlyRejected > 0; rejected != (len(report.Findings) > 0) {
			t.Fatalf("%d findings for %d newly rejected events", len(report.Findings), want.NewlyRejected)
		}
	})
}

// TestRun_IsTheSameOnAnyNumberOfCores, and however the input comes in: also where there are
// more sources, unknown events and places than are counted one by one.
func TestRun_IsTheSameOnAnyNumberOfCores(t *testing.T) {
	properties := "properties: {"
	for i := range 900 {
		properties += fmt.Sprintf("p%d: {type: integer}, ", i)
	}
	r := newReplay(t, impact.Options{
		Old: events(t, "event: a\nversion: 1.0.0\n"+properties+"}\n"), New: events(t, "event: a\nversion: 1.1.0\nproperties: {}\n"), Samples: 2,
	})
	var text strings.Builder
	for i := range 30_000 {
		switch n := i * 7919 % 30_011; {
		case n%3 == 0:
			fmt.Fprintf(&text, `{"e":"unknown %d","v":"1.0.0"}`+"\n", n%700)
		default:
			fmt.Fprintf(&text, `{"e":"a","v":"1.0.0","s":"source %d","p":{"p%d":1}}`+"\n", n%1013, n%900)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := run(t, r, input("x", text.String()))
	if len(want.Groups) != 501 || len(want.Undecided) != 201 || len(want.Findings) != 501 {
		t.Fatalf("%d groups, %d undecided, %d findings", len(want.Groups), len(want.Undecided), len(want.Findings))
	}
	sum := 0
	for _, g := range want.Groups {
		sum += g.Events
	}
	for _, u := range want.Undecided {
		sum += u.Events
	}
	if sum != 30_000 || want.Summary.Events != sum {
		t.Errorf("groups have %d events, the summary %d, expected 30000", sum, want.Summary.Events)
	}
	for _, cores := range []int{2, 7} {
		runtime.GOMAXPROCS(cores)
		got := run(t, r, impact.Input{Name: "x", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(iotest.HalfReader(strings.NewReader(text.String()))), nil
		}})
		ignoreOrder := cmpopts.IgnoreUnexported(impact.Sample{}, impact.FindingChange{})
		if diff := cmp.Diff(want, got, ignoreOrder); diff != "" {
			t.Errorf("on %d cores (-one +several):\n%s", cores, diff)
		}
	}
}

// TestRun_ReportsWhatWasReadBeforeAnError: all whole events in front of it.
func TestRun_ReportsWhatWasReadBeforeAnError(t *testing.T) {
	r := newReplay(t, impact.Options{Old: events(t, "event: a\nversion: 1.0.0\nproperties: {}\n")})
	broken := errors.New("the disk is gone")
	report, err := r.Run(t.Context(), []impact.Input{
		input("first", `{"e":"a","v":"1.0.0","p":{}}`),
		{Name: "second", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat(`{"e":"a","v":"1.0.0","p":{}}`+"\n", 700)+`{"e":"a`), iotest.ErrReader(broken))), nil
		}},
		input("third", `{"e":"a","v":"1.0.0","p":{}}`),
	})
	if !errors.Is(err, broken) || err.Error() != "read second: the disk is gone" {
		t.Errorf("error is %v", err)
	}
	if report == nil || report.Complete || report.Summary.Events != 701 {
		t.Errorf("report is %+v", report)
	}
}

// TestRun_EndsWithItsContext, also while it waits for input that never comes.
func TestRun_EndsWithItsContext(t *testing.T) {
	r := newReplay(t, impact.Options{Old: events(t, "event: a\nversion: 1.0.0\nproperties: {}\n")})
	reader, writer := io.Pipe()
	defer writer.Close()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		fmt.Fprintln(writer, `{"e":"a","v":"1.0.0","p":{}}`)
		stop()
	}()
	report, err := r.Run(ctx, []impact.Input{{Name: "pipe", Open: func() (io.ReadCloser, error) { return reader, nil }}})
	if report != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("report is %v, error %v", report, err)
	}
}
