package workload_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/evctl/evctl/contracts/payload"
	"github.com/evctl/evctl/contracts/schema"
	"github.com/evctl/evctl/testdata/bench/workload"
)

func load(t *testing.T) *workload.Plan {
	t.Helper()
	p, err := workload.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func events(t *testing.T, p *workload.Plan, opt workload.Options) []workload.Event {
	t.Helper()
	all, err := workload.New(p, opt)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var styles = []workload.Style{{}, {Shuffled: true}, {Sorted: true}, {Indented: true}, {Escaped: true}, {Obscured: true}, {Shuffled: true, Indented: true, Escaped: true, Obscured: true}}

// TestNew_HasTheSizesThatAreSaid holds what the published table says of the workload.
func TestNew_HasTheSizesThatAreSaid(t *testing.T) {
	all := events(t, load(t), workload.Standard)
	size, invalid := 0, map[string]int{}
	smallest, largest := workload.MaxBytes, 0
	for _, e := range all {
		size += len(e.Raw)
		smallest, largest = min(smallest, len(e.Raw)), max(largest, len(e.Raw))
		if !e.Valid() {
			invalid[e.Mutation]++
		}
	}
	total := 0
	for _, m := range workload.Mutations {
		if invalid[m.Name] == 0 {
			t.Errorf("no event has mutation %q", m.Name)
		}
		total += invalid[m.Name]
	}
	mean := size / len(all)
	t.Logf("mean %d, from %d to %d bytes, %d invalid: %v", mean, smallest, largest, total, invalid)
	if mean < 1400 || mean > 1600 || largest < 3500 || total != 1000 {
		t.Errorf("mean %d, from %d to %d bytes, %d invalid; expected 1.5 kB, 0.4 to 4 kB, 1,000", mean, smallest, largest, total)
	}
}

func TestNew_IsTheSameEveryTime(t *testing.T) {
	p := load(t)
	opt := workload.Options{Seed: 3, Events: 200, Invalid: 50, Style: workload.Style{Shuffled: true, Escaped: true}}
	a, b := events(t, p, opt), events(t, p, opt)
	for i := range a {
		if !bytes.Equal(a[i].Raw, b[i].Raw) {
			t.Fatalf("event %d differs:\n%s\n%s", i, a[i].Raw, b[i].Raw)
		}
	}
}

// TestNew_MarksAreTheVerdicts holds the marks against both ways to read the contracts
// and an independent validator.
func TestNew_MarksAreTheVerdicts(t *testing.T) {
	p := load(t)
	set, err := p.Set()
	if err != nil {
		t.Fatal(err)
	}
	validators, err := p.Validators()
	if err != nil {
		t.Fatal(err)
	}
	references := make([]*schema.Reference, len(p.Whole))
	for i, c := range p.Whole {
		if references[i], err = schema.Compile(schema.Project(c)); err != nil {
			t.Fatal(err)
		}
	}
	for _, style := range styles {
		opt := workload.Options{Seed: 4, Events: 1000, Invalid: 40, Style: style}
		for i, e := range events(t, p, opt) {
			verdict := set.Validate(e.Raw)
			if verdict.Valid != e.Valid() {
				t.Errorf("%+v, event %d (%s): the set says %v\n%s", style, i, e.Mutation, verdict.Violations, e.Raw)
			}
			if got := validators[e.Contract].Valid(e.Raw); got != e.Valid() {
				t.Errorf("%+v, event %d (%s): the validator says %v\n%s", style, i, e.Mutation, got, e.Raw)
			}
			if err := references[e.Contract].Valid(e.Raw); (err == nil) != e.Valid() {
				t.Errorf("%+v, event %d (%s): the reference says %v\n%s", style, i, e.Mutation, err, e.Raw)
			}
		}
	}
}

// TestNew_AMutationIsOneMistake: what is wrong is what was made wrong, at one place.
func TestNew_AMutationIsOneMistake(t *testing.T) {
	p := load(t)
	validators, err := p.Validators()
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events(t, p, workload.Options{Seed: 5, Events: 2000, Invalid: 100}) {
		found := validators[e.Contract].Validate(e.Raw)
		if len(found) == 0 || slices.ContainsFunc(found, func(v payload.Violation) bool { return v.Pointer != found[0].Pointer }) {
			t.Errorf("event %d (%s): %s", i, e.Mutation, texts(found))
		}
	}
}

func texts(found []payload.Violation) string {
	var all []string
	for _, v := range found {
		all = append(all, v.String())
	}
	return strings.Join(all, "\n")
}
