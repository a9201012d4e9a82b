package avro

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// filesAfter are the schema of the last of some versions, all of which were released, and that
// of a job with other names.
func filesAfter(t *testing.T, versions []*contracts.Contract, rename map[string]string) (plain, renamed string) {
	t.Helper()
	last := versions[len(versions)-1]
	m := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{last}, Released: map[string][]*contracts.Contract{last.Name: versions}})
	job := codegen.Job{Target: Target{}, Options: codegen.Options{optionNamespace: "test", optionFormats: "string"}, Rename: rename}
	if err := job.CheckRename(m); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, job := range []codegen.Job{{Target: job.Target, Options: job.Options}, job} {
		made, err := job.Files(m)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, string(made[0].Content))
	}
	return files[0], files[1]
}

const placed = `event: order.placed
version: 1.%d.0
definitions:
  money: {type: object, properties: {amount: {type: integer, required: true}}}
properties:
  state: {type: string, enum: [new, on hold, "1st"]}
  note: {type: string}
  total: {$ref: money}
  lines: {type: array, items: {type: object, properties: {sku: {type: string}, price: {$ref: money}}}}
  payment: {discriminator: method, oneOf: {card: {type: object, properties: {digits: {type: string}}}, cash: {type: object, properties: {till: {type: string}}}}}
%s`

// rows have all that can have another name.
var rows = []string{
	`{}`,
	`{"state":"new","note":"n","total":{"amount":1}}`,
	`{"state":"on hold","lines":[{"sku":"a","price":{"amount":2}},{}]}`,
	`{"state":"1st","payment":{"method":"card","digits":"4242"}}`,
	`{"note":"m","payment":{"method":"cash","till":"3"}}`,
}

// renames are single ones, and all at once.
var renames = map[string]map[string]string{
	"the event":    {"order.placed": "Ordered"},
	"a definition": {"order.placed#/definitions/money": "Cash"},
	"a property":   {"order.placed#/properties/note": "remark"},
	"a value":      {"order.placed#/properties/state/enum/on hold": "waiting", "order.placed#/properties/state/enum/new": "fresh"},
	"within":       {"order.placed#/properties/lines/items": "Line", "order.placed#/properties/lines/items/properties/sku": "article"},
}

func everything() map[string]string {
	all := map[string]string{}
	for _, some := range renames {
		maps.Copy(all, some)
	}
	return all
}

// TestAlias_ReadsWhatWasWrittenBeforeThingsHadOtherNames writes with the schema of a release
// without other names, and reads with that of a later version with them, and the other way
// round as far as the later version goes.
func TestAlias_ReadsWhatWasWrittenBeforeThingsHadOtherNames(t *testing.T) {
	versions := versionsOf(t, fmt.Sprintf(placed, 0, ""), fmt.Sprintf(placed, 1, "  more: {type: string}\n"))
	all := maps.Clone(renames)
	all["everything"] = everything()
	schemas := map[string]string{}
	var tasks []task
	for what, rename := range all {
		for released := range versions {
			plain, renamed := filesAfter(t, versions[:released+1], rename)
			before, after := fmt.Sprint(what, " before, version ", released), fmt.Sprint(what, ", version ", released)
			schemas[before], schemas[after] = plain, renamed
			for _, row := range rows {
				tasks = append(tasks, task{before, after, row}, task{after, after, row})
				if released > 0 {
					tasks = append(tasks, task{fmt.Sprint(what, " before, version 0"), after, row}, task{fmt.Sprint(what, ", version 0"), after, row})
				}
			}
		}
		if what == "a property" || what == "a value" { // of Apache Avro, the one in Java knows aliases of records
			tasks = append(tasks, task{Writer: what + " before, version 0", Reader: what + ", version 1"})
		}
	}
	for i, a := range ask(t, schemas, tasks) {
		task := tasks[i]
		if a.Fault != "" || a.Misfit != "" {
			t.Errorf("%s read as %s: %+v of %s\n%s", task.Writer, task.Reader, a, task.Raw, schemas[task.Reader])
			continue
		}
		if task.Raw == "" {
			continue
		}
		if diff := cmp.Diff(decode(t, task.Raw), decode(t, a.Back)); diff != "" {
			t.Errorf("%s read as %s (-want +got):\n%s\n%s", task.Writer, task.Reader, diff, schemas[task.Reader])
		}
	}
}

// TestAlias_StandsOnlyWhereSomethingIsOutThere has names of an event that was never released, and
// names that are those of something else.
func TestAlias_StandsOnlyWhereSomethingIsOutThere(t *testing.T) {
	versions := versionsOf(t, "event: a\nversion: 1.0.0\nproperties: {x: {type: string}, y: {type: string}, z: {type: string, enum: [b, c]}}\n", "event: a\nversion: 2.0.0\nproperties: {x: {type: string}}\n")
	for what, c := range map[string]struct {
		of, released []*contracts.Contract
		rename       map[string]string
		want         []string
	}{
		"never released":         {versions[:1], nil, map[string]string{"a#/properties/x": "w"}, nil},
		"another major released": {versions[1:], versions[:1], map[string]string{"a#/properties/x": "w"}, nil},
		"released":               {versions[:1], versions[:1], map[string]string{"a#/properties/x": "w"}, []string{"w: x"}},
		"no other name":          {versions[:1], versions[:1], nil, nil},
		"two that swap":          {versions[:1], versions[:1], map[string]string{"a#/properties/x": "y", "a#/properties/y": "x"}, nil},
		"one that moves up":      {versions[:1], versions[:1], map[string]string{"a#/properties/x": "y", "a#/properties/y": "w"}, nil},
		"values that swap":       {versions[:1], versions[:1], map[string]string{"a#/properties/z/enum/b": "c", "a#/properties/z/enum/c": "b"}, nil},
	} {
		m := codegen.NewModel(codegen.Source{Events: c.of, Released: map[string][]*contracts.Contract{"a": c.released}}).Renamed(c.rename)
		s, err := schemaOf(m, m.Events[0], false)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range s.fields {
			for _, alias := range f.aliases {
				got = append(got, f.name+": "+alias)
			}
			for _, b := range f.typ.branches {
				if b.kind == "enum" && len(b.symbols) != 2 {
					got = append(got, fmt.Sprint(len(b.symbols), " symbols"))
				}
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// TestFallback_LetsRequiredPropertiesBeAdded adds properties with a default, and reads data that
// was written before.
func TestFallback_LetsRequiredPropertiesBeAdded(t *testing.T) {
	versions := versionsOf(t, "event: a\nversion: 1.0.0\nproperties: {x: {type: string}}\n", `event: a
version: 1.1.0
properties:
  x: {type: string}
  state: {type: string, required: true, enum: [new, on hold], default: on hold}
  grade: {type: string, required: true, nullable: true, enum: [a, b, null], default: b}
  name: {type: string, required: true, nullable: true, default: ann}
  count: {type: integer, required: true, nullable: true, default: 7}
  id: {type: string, format: uuid, required: true, default: 7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b}
  either: {type: [integer, string], required: true, default: 5}
`)
	added := `"state":"on hold","grade":"b","name":"ann","count":7,"id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b","either":5`
	other := `"state":"new","grade":null,"name":null,"count":null,"id":"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0c","either":"x"`
	schemas := map[string]string{}
	var tasks []task
	var want []string
	for _, formats := range []string{"string", logical} {
		schemas[formats+" 0"], schemas[formats+" 1"] = schemaAfter(versions[:1], formats), schemaAfter(versions, formats)
		tasks = append(tasks, task{formats + " 0", formats + " 1", `{"x":"old"}`}, task{formats + " 1", formats + " 1", `{` + other + `}`}, task{formats + " 0", formats + " 1", ""})
		want = append(want, `{"x":"old",`+added+`}`, `{`+other+`}`, "")
	}
	for i, a := range ask(t, schemas, tasks) {
		if a.Fault != "" || a.Misfit != "" {
			t.Errorf("%+v: %+v\n%s", tasks[i], a, schemas[tasks[i].Reader])
			continue
		}
		if want[i] == "" {
			continue
		}
		if diff := cmp.Diff(decode(t, want[i]), decode(t, a.Back)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s\n%s", tasks[i], diff, schemas[tasks[i].Reader])
		}
	}
}
