package avro

import (
	"fmt"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/lint/compat"
)

// steps are versions of events, each with those that were released before it.
type steps struct {
	refused   int // versions for which there is no schema
	schemas   map[string]string
	tasks     []task
	contracts map[string]*contracts.Contract // by the name of the schema
}

// add has a later version read what an earlier one wrote.
func (s *steps) add(t *testing.T, name string, versions []*contracts.Contract, formats string, each int) {
	t.Helper()
	for i, c := range versions {
		m := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}, Released: map[string][]*contracts.Contract{c.Name: versions[:i]}})
		made, err := schemaOf(m, m.Events[0], formats == logical)
		if err != nil {
			s.refused++
			return
		}
		id := fmt.Sprint(name, " ", i)
		s.schemas[id] = string(print(made, "test"))
		s.contracts[id] = c
		for j, old := range versions[:i] {
			writer := fmt.Sprint(name, " ", j)
			s.tasks = append(s.tasks, task{Writer: writer, Reader: id})
			valid := compile(t, old)
			for seed := range each {
				if raw := contracttest.Payload(old).Example(seed); valid.Valid(raw) {
					s.tasks = append(s.tasks, task{writer, id, string(raw)})
				}
			}
		}
	}
}

func newSteps() *steps {
	return &steps{schemas: map[string]string{}, contracts: map[string]*contracts.Contract{}}
}

func (s *steps) check(t *testing.T, formats string) {
	t.Helper()
	pairs, payloads, lost := 0, 0, 0
	for i, a := range ask(t, s.schemas, s.tasks) {
		task := s.tasks[i]
		fail := func(why string) {
			t.Errorf("%s read as %s: %s\n%s\n%s\nwriter: %s\nreader: %s", task.Writer, task.Reader, why, task.Raw, a.Back, s.schemas[task.Writer], s.schemas[task.Reader])
		}
		switch {
		case a.Fault != "":
			fail(a.Fault)
		case task.Raw == "":
			pairs++
		case a.Misfit != "":
			if lost++; !inexpressible(t, task.Raw, formats) {
				fail(a.Misfit)
			}
		default:
			payloads++
			// What was required may be absent now, or declared no longer.
			d := comparison{formats: formats, optional: nullable(s.contracts[task.Writer], false)}
			if why := d.compare("", decode(t, task.Raw), decode(t, a.Back)); why != "" {
				fail(why)
			}
		}
	}
	t.Logf("%d pairs, %d payloads, %d not expressible", pairs, payloads, lost)
	if payloads < 100 || lost > payloads/10 || s.refused > pairs/50 || formats != logical && s.refused > 0 {
		t.Errorf("%d pairs, %d payloads, %d not expressible, %d versions refused", pairs, payloads, lost, s.refused)
	}
}

// TestVersions_ReadWhatEarlierOnesOfTheMajorWrote takes every pair of released versions of
// the shop.
func TestVersions_ReadWhatEarlierOnesOfTheMajorWrote(t *testing.T) {
	for _, formats := range []string{"string", logical} {
		s := newSteps()
		for name, versions := range releases(t) {
			s.add(t, name, versions, formats, 20)
		}
		s.check(t, formats)
	}
}

// TestVersions_ReadWhateverIsCompatible edits random contracts until the compatibility check
// has nothing to say for readers, and reads with the edited ones.
func TestVersions_ReadWhateverIsCompatible(t *testing.T) {
	asText, asNumbers := newSteps(), newSteps()
	kept := 0
	for seed := range 400 {
		old := contracttest.Contract().Example(seed)
		versions := []*contracts.Contract{old}
		for step := range 3 {
			last := versions[len(versions)-1]
			next := contracttest.Edit(last).Example(seed + 1000*step)
			if next.Version = last.Version.Next(contracts.MinorBump); backward(versions, next) {
				versions = append(versions, next)
			}
		}
		kept += len(versions) - 1
		asText.add(t, fmt.Sprint(seed), versions, "string", 4)
		asNumbers.add(t, fmt.Sprint(seed), versions, logical, 2)
	}
	t.Logf("%d compatible edits", kept)
	asText.check(t, "string")
	asNumbers.check(t, logical)
}

// backward reports whether a version takes what all earlier ones took.
func backward(versions []*contracts.Contract, next *contracts.Contract) bool {
	for _, old := range versions {
		v := compat.Check(old, next, compat.Options{Mode: compat.Backward})
		for _, f := range v.Findings {
			if f.Backward || f.Undecided != "" {
				return false
			}
		}
	}
	return true
}

// releases are the versions of each event of the shop by major, the present one last.
func releases(t *testing.T) map[string][]*contracts.Contract {
	t.Helper()
	list := map[string][]*contracts.Contract{}
	for _, e := range codegentest.Released(t, shop).Events {
		for _, c := range append(e.Released[:len(e.Released):len(e.Released)], e.Contract) {
			name := fmt.Sprint(c.Name, " v", c.Version.Major)
			if known := list[name]; len(known) == 0 || known[len(known)-1].Version.Compare(c.Version) < 0 {
				list[name] = append(known, c)
			}
		}
	}
	return list
}
