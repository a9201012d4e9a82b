package conformance

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts/contracttest"
)

// TestMeaning_IsOneInAllLanguages gives the same payloads, valid and changed, to everything
// that decides on them, and sends the valid ones from Go to TypeScript and back.
func TestMeaning_IsOneInAllLanguages(t *testing.T) {
	random, _ := codegentest.Random(t, 100, 11)
	for _, m := range []struct {
		name     string
		model    *codegen.Model
		payloads int
	}{
		{"shop", codegentest.Model(t, shop), 6000},
		{"torture", codegentest.Model(t, torture), 6000},
		{"edges", codegentest.Model(t, edges), 2000},
		{"random", random, 3000},
	} {
		t.Run(m.name, func(t *testing.T) {
			s, samples := newStudy(t, m.model), samplesOf(m.model, m.payloads)
			inGo := s.askGo(t, samples)
			trips := departures(samples, inGo)
			// One process of Node.js decides on all payloads and meets all travellers.
			inNode := s.askNode(t, append(samples[:len(samples):len(samples)], sent(trips)...))
			s.sameVerdicts(t, samples, inGo, inNode)
			s.sameThings(t, trips, inNode[len(samples):])
		})
	}
}

// samplesOf are about as many payloads as asked for, of all events: of three two are made by
// the contract, most of them valid, and one is changed after that.
func samplesOf(m *codegen.Model, count int) []codegentest.Sample {
	var samples []codegentest.Sample
	add := func(e *codegen.Event, raw string) {
		samples = append(samples, codegentest.Sample{Event: e.Contract.Name, Raw: strings.ToValidUTF8(raw, "?")})
	}
	for _, e := range m.Events {
		for _, x := range e.Contract.Payload.Examples {
			add(e, x.JSON)
		}
		generated := contracttest.Payload(e.Contract)
		for i := range count / len(m.Events) {
			raw := generated.Example(i)
			if i%3 == 2 {
				raw = contracttest.Mutate(raw).Example(i)
			}
			add(e, string(raw))
		}
	}
	return samples
}

// asked is a payload with what everything says of it.
type asked struct {
	codegentest.Sample
	subject *subject
	unheld  bool // it has a number that a double does not hold
	inGo    goAnswer
	inNode  codegentest.Answer
}

// column is one of those that decide.
type column struct {
	name  string
	valid func(asked) bool
	// differs names what the README says of payloads on which the column may differ from
	// the registry, or is empty.
	differs func(asked) string
}

// columns are all that decide; the registry comes first, and the others are held to it.
var columns = []column{
	{"registry", func(a asked) bool { return a.subject.registry.Valid([]byte(a.Raw)) }, never},
	{"Go", func(a asked) bool { return a.inGo.Usual.Fault == "" }, whereRounded},
	{"Go, json.Number", func(a asked) bool { return a.inGo.Exact.Fault == "" }, never},
	{"TypeScript", func(a asked) bool { return a.inNode.Fault == "" }, inJavaScript},
	{"2020-12, santhosh v5", func(a asked) bool { return a.subject.newest.Valid([]byte(a.Raw)) == nil }, never},
	{"draft 7, santhosh v5", func(a asked) bool { return a.subject.draft07.Valid([]byte(a.Raw)) == nil }, never},
	{"2020-12, Ajv", func(a asked) bool { return a.inNode.Exact }, inAjv},
	{"2020-12, Ajv and ajv-formats", func(a asked) bool { return a.inNode.Usual }, inAjvWithItsFormats},
}

func never(asked) string { return "" }

func whereRounded(a asked) string {
	if a.unheld {
		return "rounded"
	}
	return ""
}

func inJavaScript(a asked) string {
	if a.unheld || a.subject.unheld {
		return "rounded"
	}
	return ""
}

func inAjv(a asked) string {
	switch {
	case bytes.Contains(a.subject.schema, []byte(`"multipleOf"`)):
		return "steps"
	case bytes.Contains(a.subject.schema, []byte(`"__proto__"`)):
		return "names"
	}
	return inJavaScript(a)
}

func inAjvWithItsFormats(a asked) string {
	if why := inAjv(a); why != "" || !bytes.Contains(a.subject.schema, []byte(`"format"`)) {
		return why
	}
	return "formats"
}

// sameVerdicts compares all columns on all payloads, and prints what they said.
func (s *study) sameVerdicts(t *testing.T, samples []codegentest.Sample, inGo []goAnswer, inNode []codegentest.Answer) {
	t.Helper()
	tallies := make([]tally, len(columns))
	for i, sample := range samples {
		a := asked{sample, s.subjects[sample.Event], unheld(decode(t, sample.Raw)), inGo[i], inNode[i]}
		want := columns[0].valid(a)
		for j, c := range columns {
			tallies[j].add(t, c, a, want)
		}
	}
	for j, c := range columns {
		if n := tallies[j]; n.valid < len(samples)/5 || n.invalid < len(samples)/10 || n.held < len(samples)/20 {
			t.Errorf("%s: too few payloads of one kind: %+v of %d", c.name, n, len(samples))
		}
	}
	t.Logf("%d payloads\n%s", len(samples), table(tallies))
}

// tally counts what one column says.
type tally struct {
	valid, invalid int
	held           int            // payloads on which the column may not differ
	differs        map[string]int // those on which it does, by why
}

func (n *tally) add(t *testing.T, c column, a asked, want bool) {
	t.Helper()
	got := c.valid(a)
	if got {
		n.valid++
	} else {
		n.invalid++
	}
	why := c.differs(a)
	if why == "" {
		n.held++
	}
	if got == want {
		return
	}
	if why == "" {
		t.Errorf("%s %s\nregistry: %v; %s: %v\nGo: %q, %q; TypeScript: %q", a.Event, a.Raw, want, c.name, got, a.inGo.Usual.Fault, a.inGo.Exact.Fault, a.inNode.Fault)
	}
	if n.differs == nil {
		n.differs = map[string]int{}
	}
	n.differs[why]++
}

func table(tallies []tally) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tvalid\tinvalid\theld to it\tdiffers")
	for j, c := range columns {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%v\n", c.name, tallies[j].valid, tallies[j].invalid, tallies[j].held, tallies[j].differs)
	}
	w.Flush()
	return b.String()
}
