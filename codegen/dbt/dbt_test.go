package dbt

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/sqlddl"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
	"github.com/evctl/evctl/contracts/payload"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

//go:embed testdata/requirements.txt
var requirements []byte

// command is one of dbt, with SQL to run before it.
type command struct {
	Before  string   `json:"before"`
	Project string   `json:"project"` // folder
	Args    []string `json:"args"`
}

// result is what came of a command.
type result struct {
	Success    bool
	Fault, Log string
	Nodes      map[string]struct{ Status, Message string } // what was run
	Described  map[string][]string                         // descriptions and tags of what was parsed
}

// failed are the tests and models that did not do well.
func (r result) failed() []string {
	list := []string{}
	for name, n := range r.Nodes {
		if n.Status != "pass" && n.Status != "success" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// run carries out commands in a folder.
func run(t *testing.T, folder string, commands ...command) []result {
	t.Helper()
	program, err := filepath.Abs("testdata/run.py")
	if err != nil {
		t.Fatal(err)
	}
	in, err := json.Marshal(map[string]any{"folder": folder, "commands": commands})
	if err != nil {
		t.Fatal(err)
	}
	var results []result
	out := codegentest.Run(t, folder, in, codegentest.PythonWith(t, requirements), program)
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return results
}

// tables is SQL that makes the tables of a model, as the target sql writes it.
func tables(t *testing.T, m *codegen.Model, nested string) string {
	t.Helper()
	var b strings.Builder
	for _, f := range codegentest.Files(t, sqlddl.Target{}, m, map[string]string{"dialect": "duckdb", "nested": nested}) {
		if !strings.HasPrefix(f.Path, "migrations/") {
			b.Write(f.Content)
		}
	}
	return b.String()
}

// rows is SQL that puts valid payloads of all released versions into the tables.
func rows(t *testing.T, m *codegen.Model, folder, nested string, each int) (script string, count int) {
	t.Helper()
	var b strings.Builder
	names := warehouse.TableNames(m, nil)
	for _, e := range m.Events {
		var lines bytes.Buffer
		now := warehouse.DuckDB.Table(e, names[e], layout(codegen.Options{optionNested: nested}))
		for _, c := range versions(e) {
			v, err := payload.Compile(c)
			if err != nil {
				t.Fatal(err)
			}
			for seed := range each {
				raw := contracttest.Payload(c).Example(seed)
				if !v.Valid(raw) {
					continue
				}
				r := rowOf(t, now, raw, map[string]any{
					warehouse.ColumnID: fmt.Sprint(c.Version, " ", seed), warehouse.ColumnVersion: c.Version.String(), warehouse.ColumnReceived: "2026-11-20T10:00:00Z",
				})
				line, err := json.Marshal(r)
				if err != nil {
					t.Fatal(err)
				}
				lines.Write(append(line, '\n'))
				count++
			}
		}
		b.WriteString(load(t, now, folder, lines.Bytes()))
	}
	return b.String(), count
}

// versions are all of an event, the present one last.
func versions(e *codegen.Event) []*contracts.Contract {
	former := slices.DeleteFunc(slices.Clone(e.Released), func(c *contracts.Contract) bool { return c.Version == e.Contract.Version })
	return append(former, e.Contract)
}

// load is SQL that puts JSON lines into a table.
func load(t *testing.T, now *warehouse.Table, folder string, lines []byte) string {
	t.Helper()
	if len(lines) == 0 {
		return ""
	}
	f, err := os.CreateTemp(folder, "*.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(lines); err != nil {
		t.Fatal(err)
	}
	d := &warehouse.DuckDB
	columns := make([]string, len(now.Columns))
	for i, c := range now.Columns {
		columns[i] = d.Literal(c.Name) + ": " + d.Literal(d.TypeOf(c))
	}
	return fmt.Sprintf("INSERT INTO %s BY NAME SELECT * FROM read_json(%s, format = 'newline_delimited', columns = {%s});\n", d.Quote(now.Name), d.Literal(f.Name()), strings.Join(columns, ", "))
}

// rowOf takes a payload apart by the paths of the columns of a table.
func rowOf(t *testing.T, now *warehouse.Table, raw []byte, row map[string]any) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		t.Fatal(err)
	}
	for _, c := range now.Columns[now.Metadata:] {
		if value := at(root, c.Path); value != nil {
			row[c.Name] = shape(value, c.Type)
		}
	}
	return row
}

// shape has records with the names of their parts.
func shape(v any, t warehouse.Type) any {
	if list, ok := v.([]any); ok && t.Kind == warehouse.Record {
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = shape(item, t)
		}
		return out
	}
	object, ok := v.(map[string]any)
	if !ok || t.Kind != warehouse.Record {
		return v
	}
	out := map[string]any{}
	for _, m := range t.Members {
		out[m.Name] = shape(object[m.Wire], m.Type)
	}
	return out
}

// at is what stands at a JSON pointer, or nil.
func at(in any, path string) any {
	for step := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		object, _ := in.(map[string]any)
		in = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
	}
	return in
}

// TestBuild_ValidEventsPassAllTests parses and builds the package with DuckDB, on rows of
// all released versions.
func TestBuild_ValidEventsPassAllTests(t *testing.T) {
	for _, c := range []struct {
		name   string
		model  *codegen.Model
		nested string
		given  map[string]string
	}{
		{"shop", codegentest.Released(t, shop), nested, map[string]string{optionContract: enforced}},
		{"torture", codegentest.Model(t, torture), "json", map[string]string{optionContract: enforced, optionDuplicates: drop, optionPersonal: leaveOut}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			c.given[optionDialect], c.given[optionNested] = "duckdb", c.nested
			codegentest.Write(t, filepath.Join(folder, "package"), codegentest.Files(t, Target{}, c.model, c.given))
			filled, count := rows(t, c.model, folder, c.nested, 12)
			results := run(t, folder,
				command{tables(t, c.model, c.nested) + filled, "package", []string{"parse", "--warn-error-options", `{"error": ["Deprecations"]}`}},
				command{"", "package", []string{"build"}})
			for _, r := range results {
				if !r.Success || r.Fault != "" {
					t.Errorf("%s\n%v\n%s", r.Fault, r.failed(), r.Log)
				}
			}
			t.Logf("%d rows, %d models and tests", count, len(results[1].Nodes))
			if len(results[1].Nodes) < 100 || count < 150 {
				t.Errorf("only %d models and tests of %d rows", len(results[1].Nodes), count)
			}
		})
	}
}

// orders are two versions of an event, with text that is a template elsewhere.
var orders = []string{`event: order.placed
version: 1.0.0
description: "Not {{ 1/0 }} a template {% endraw %} {# nor a comment."
tags: ["{{ 1/0 }}"]
properties:
  state: {type: string, required: true, enum: [new, paid, "it's {{ 1/0 }}"]}
  pieces: {type: integer, minimum: 1, maximum: 9}
  note: {type: string, maxLength: 3}
  share: {type: number, exclusiveMinimum: 0}
  select: {type: string}
`, `event: order.placed
version: 2.0.0
description: "Not {{ 1/0 }} a template {% endraw %} {# nor a comment."
tags: ["{{ 1/0 }}"]
properties:
  state: {type: string, required: true, enum: [new, "it's {{ 1/0 }}"]}
  pieces: {type: integer, minimum: 1, maximum: 5}
  note: {type: string, maxLength: 3}
  share: {type: number, exclusiveMinimum: 0}
  select: {type: string}
  country: {type: string, required: true}
`}

func parse(t *testing.T, text string) *contracts.Contract {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("x.yaml", []byte(text)))
	library, more := contracts.NewLibrary(nil)
	for _, d := range append(append(diags, more...), library.Link(c)...) {
		t.Fatalf("%s: %s", text, d.Message)
	}
	return c
}

// modelOf is a model of the last of some versions.
func modelOf(t *testing.T, files ...string) *codegen.Model {
	t.Helper()
	var list []*contracts.Contract
	for _, text := range files {
		list = append(list, parse(t, text))
	}
	last := list[len(list)-1]
	return codegen.NewModel(codegen.Source{Events: []*contracts.Contract{last}, Released: map[string][]*contracts.Contract{last.Name: list}})
}

// TestBuild_ABrokenRowFailsTheTestOfItsColumn adds rows one by one, on top of those that
// each version allows, and builds from within another project.
func TestBuild_ABrokenRowFailsTheTestOfItsColumn(t *testing.T) {
	m := modelOf(t, orders...)
	folder := t.TempDir()
	files := codegentest.Files(t, Target{}, m, map[string]string{optionDialect: "duckdb", optionContract: enforced})
	codegentest.Write(t, filepath.Join(folder, "package"), files)
	codegentest.Write(t, filepath.Join(folder, "own"), []codegen.File{
		{Path: "dbt_project.yml", Content: []byte("name: own\nconfig-version: 2\nmodel-paths: [models]\n")},
		{Path: "packages.yml", Content: []byte("packages: [{local: ../package}]\n")},
		{Path: "models/paid.sql", Content: []byte("select * from {{ ref('stg_events__order_placed') }} where \"select\" is null\n")},
	})
	insert := func(id, version, state, pieces, note, share, country string) string {
		return "INSERT INTO order_placed BY NAME SELECT '" + id + "' AS _event_id, '" + version + "' AS _event_version, now() AS _received_at, " +
			state + " AS state, " + pieces + " AS pieces, " + note + " AS note, " + share + " AS share, " + country + " AS country;\n"
	}
	good := insert("a", "1.0.0", "'paid'", "9", "'abc'", "0.1", "NULL") + insert("b", "2.0.0", "'it''s {{ 1/0 }}'", "5", "NULL", "NULL", "'SE'")
	cases := []struct{ row, test string }{
		{"", ""},
		{insert("b", "2.0.0", "'new'", "1", "NULL", "NULL", "'SE'"), "unique_stg_events__order_placed___event_id_"},
		{insert("c", "2.0.0", "'paid'", "1", "NULL", "NULL", "'SE'"), "accepted_values_stg_events__order_placed__state___False___new____it_s_1_0_"},
		{insert("c", "1.0.0", "NULL", "1", "NULL", "NULL", "NULL"), "not_null_stg_events__order_placed__state_"},
		{insert("c", "2.0.0", "'new'", "6", "NULL", "NULL", "'SE'"), "events_within_stg_events__order_placed__pieces___5__1"},
		{insert("c", "2.0.0", "'new'", "1", "'abcd'", "NULL", "'SE'"), "events_length_stg_events__order_placed__note___3"},
		{insert("c", "1.0.0", "'new'", "1", "NULL", "0", "NULL"), "events_within_stg_events__order_placed_0___share_"},
		{insert("c", "2.0.0", "'new'", "1", "NULL", "NULL", "NULL"), "not_null_stg_events__order_placed__country_"},
	}
	commands := []command{{tables(t, m, "json"), "own", []string{"deps"}}, {"", "own", []string{"parse"}}}
	for _, c := range cases {
		commands = append(commands, command{"DELETE FROM order_placed;\n" + good + c.row, "own", []string{"build"}})
	}
	results := run(t, folder, commands...)
	want := []string{"Not {{ 1/0 }} a template {% endraw %} {# nor a comment. Event order.placed 2.0.0.", "{{ 1/0 }}"}
	if diff := cmp.Diff(want, results[1].Described["stg_events__order_placed"]); diff != "" {
		t.Errorf("description and tags (-want +got):\n%s", diff)
	}
	for i, r := range results[2:] {
		want := []string{}
		if cases[i].test != "" {
			want = append(want, cases[i].test)
		}
		failed := slices.DeleteFunc(r.failed(), func(name string) bool { return r.Nodes[name].Status == "skipped" })
		if diff := cmp.Diff(want, failed); diff != "" || r.Fault != "" || len(r.Nodes) < 10 {
			t.Errorf("%s: %s (-want +got):\n%s\n%s", cases[i].row, r.Fault, diff, r.Log)
		}
	}
	for _, f := range files {
		golden.Check(t, "testdata/package/"+f.Path+".golden", f.Content)
	}
}

// TestParse_EveryDialect has dbt read the packages of all dialects, of random contracts.
func TestParse_EveryDialect(t *testing.T) {
	m, _ := codegentest.Random(t, 15, 1)
	folder := t.TempDir()
	var commands []command
	for _, d := range warehouse.Dialects {
		given := map[string]string{optionDialect: d.Name, optionSchema: "raw.analytics", optionProject: d.Name, optionDuplicates: drop}
		codegentest.Write(t, filepath.Join(folder, d.Name), codegentest.Files(t, Target{}, m, given))
		commands = append(commands, command{"", d.Name, []string{"parse", "--warn-error-options", `{"error": ["Deprecations"]}`}})
	}
	for i, r := range run(t, folder, commands...) {
		if !r.Success || len(r.Described) < 25 {
			t.Errorf("%s: %d models and tests: %s\n%s", warehouse.Dialects[i].Name, len(r.Described), r.Fault, r.Log)
		}
	}
}

// TestParse_TakesAnyNameOfAPackage has one that YAML takes for something else.
func TestParse_TakesAnyNameOfAPackage(t *testing.T) {
	folder := t.TempDir()
	codegentest.Write(t, filepath.Join(folder, "package"), codegentest.Files(t, Target{}, modelOf(t, orders...), map[string]string{optionDialect: "duckdb", optionProject: "null"}))
	r := run(t, folder, command{"", "package", []string{"parse"}})[0]
	if _, found := r.Described["stg_null__order_placed"]; !r.Success || !found {
		t.Errorf("%s\n%s", r.Fault, r.Log)
	}
}

// TestGenerate_NamesFitEveryWarehouse has events whose names are too long for a table.
func TestGenerate_NamesFitEveryWarehouse(t *testing.T) {
	long := "an object whose name is longer than any table of any warehouse may be called"
	m := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{
		parse(t, "event: "+long+" a\nversion: 1.0.0\nproperties: {a: {type: string}}\n"),
		parse(t, "event: "+long+" b\nversion: 1.0.0\nproperties: {a: {type: string}}\n"),
	}})
	names := map[string]bool{}
	for _, f := range codegentest.Files(t, Target{}, m, map[string]string{optionProject: "a_project_with_thirty_letters_"}) {
		if name, found := strings.CutSuffix(filepath.Base(f.Path), ".sql"); found && strings.HasPrefix(f.Path, "models/") {
			names[name] = true
			if len(name) > 63 {
				t.Errorf("%s has %d letters", name, len(name))
			}
		}
	}
	if len(names) != 2 {
		t.Errorf("models are %v", names)
	}
}

func TestGenerate_RefusesOptionsThatNameNothing(t *testing.T) {
	for option, values := range map[string][]string{optionProject: {"", "A", "1a", "a-b", strings.Repeat("a", 31)}, optionSchema: {"a b", "a.b.c", "a;"}} {
		for _, value := range values {
			options, err := codegen.CheckOptions(Target{}, map[string]string{option: value})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (codegen.Job{Target: Target{}, Options: options}).Files(&codegen.Model{}); err == nil || !strings.Contains(err.Error(), "option "+option) {
				t.Errorf("%s %q: %v", option, value, err)
			}
		}
	}
}
