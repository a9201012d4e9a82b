package sqlddl

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/golden"
)

// eventWith is an event with properties in YAML.
func eventWith(t *testing.T, version, properties string) *codegen.Event {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("x.yaml", []byte("event: x.happened\nversion: "+version+"\nproperties: {"+properties+"}\n")))
	library, more := contracts.NewLibrary(nil)
	for _, d := range append(append(diags, more...), library.Link(c)...) {
		t.Fatalf("%s: %s", properties, d.Message)
	}
	return eventOf(c)
}

// conversions are what happens to a value when a contract changes; lost ones are NULL.
var conversions = []struct{ name, old, next, value, column, want string }{
	{"whole to number", "a: {type: integer}", "a: {type: number}", "7", "a", "7"},
	{"whole to wide", "a: {type: integer}", "a: {type: integer, maximum: 18446744073709551615}", "7", "a", "7"},
	{"uuid to text", "a: {type: string, format: uuid}", "a: {type: string}", "'7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b'", "a", "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"},
	{"day to text", "a: {type: string, format: date}", "a: {type: string}", "'2026-02-03'", "a", "2026-02-03"},
	{"moment to text", "a: {type: string, format: date-time}", "a: {type: string}", "'2026-02-03 04:05:06.123456'", "a", "2026-02-03T04:05:06.123456Z"},
	{"text to enum", "a: {type: string}", "a: {type: string, enum: [x]}", "'x'", "a", "x"},
	{"text to anything", "a: {type: string}", "a: {type: any}", "'x\"y'", "a", `"x\"y"`},
	{"number to anything", "a: {type: number}", "a: {type: any}", "1.5", "a", "1.5"},
	{"truth to anything", "a: {type: boolean}", "a: {type: any}", "TRUE", "a", "true"},
	{"text to whole is lost", "a: {type: string}", "a: {type: integer}", "'7'", "a", "NULL"},
	{"renamed", "a: {type: integer}", "b: {type: integer, renamedFrom: a}", "7", "b", "7"},
	{"renamed and retyped", "a: {type: integer}", "b: {type: number, renamedFrom: a}", "7", "b", "7"},
	{"nested and renamed", "a: {type: object, properties: {c: {type: integer}}}", "b: {type: object, renamedFrom: a, properties: {c: {type: integer}}}", "7", "b_c", "7"},
	{"renamed along a chain", "a: {type: integer}, b: {type: string}", "b: {type: integer, renamedFrom: a}, c: {type: string}", "7", "b", "7"},
	{"a name that was free is taken by another path", "a: {type: integer}, \"a \": {type: string}", "\"a \": {type: string}, a: {type: integer}", "7", "a_2", "7"},
}

// TestSteps_KeepRows puts a row into the former table and reads it from the next one, in
// every engine.
func TestSteps_KeepRows(t *testing.T) {
	for name, e := range engines(t) {
		t.Run(name, func(t *testing.T) {
			var scripts []string
			for i, c := range conversions {
				for j, value := range []string{c.value, "NULL"} {
					scripts = append(scripts, conversion(find(name), 2*i+j, eventWith(t, "1.0.0", c.old), eventWith(t, "2.0.0", c.next), value, c.column))
				}
			}
			for i, rows := range e.run(t, scripts) {
				got, want := "NULL", "NULL"
				if cell := rows[0][0]; cell != nil {
					got = *cell
				}
				if i%2 == 0 {
					want = conversions[i/2].want
				}
				if diff := cmp.Diff(want, strings.TrimSuffix(got, ".0")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", conversions[i/2].name, diff)
				}
			}
		})
	}
}

func conversion(d *dialect, i int, old, next *codegen.Event, value, read string) string {
	p := printer{dialect: *d}
	from := p.table(old, fmt.Sprintf("c_%d", i))
	first, at := from.Columns[from.Metadata].Name, d.In(from.Name)
	columns := d.Quote(warehouse.ColumnID) + ", " + d.Quote(warehouse.ColumnVersion) + ", " + d.Quote(warehouse.ColumnReceived) + ", " + d.Quote(first)
	cell := "to_json(ARRAY[" + d.Quote(read) + "::text])"
	if d.Name != "postgresql" {
		cell = "CAST(" + d.Quote(read) + " AS " + map[string]string{"bigquery": "STRING", "snowflake": "VARCHAR", "duckdb": "VARCHAR", "clickhouse": "Nullable(String)"}[d.Name] + ")"
	}
	return string(p.script("", p.create(from), false)) +
		"INSERT INTO " + at + " (" + columns + ") VALUES ('1', '1.0.0', '2026-11-20 10:00:00', " + value + ");\n" +
		string(p.script("", steps(&p.dialect, from, p.table(next, from.Name)), p.transactional)) +
		"SELECT " + cell + " FROM " + at + ";\n"
}

// opaque are the statements that sqlglot takes without knowing what they say.
var opaque = []string{"CREATE TAG", "SET TAG", "UNSET TAG", "SET OPTIONS", "NOT NULL"}

// TestGenerate_IsSQLOfTheDialect has every file of every dialect read by a parser that
// knows it.
func TestGenerate_IsSQLOfTheDialect(t *testing.T) {
	models := []*codegen.Model{codegentest.Released(t, shop), codegentest.Model(t, torture)}
	for _, d := range []*dialect{&bigquery, &snowflake} {
		t.Run(d.Name, func(t *testing.T) {
			var scripts []string
			for _, m := range models {
				for _, required := range []string{"nullable", "not_null"} {
					for _, f := range codegentest.Files(t, Target{}, m, map[string]string{optionDialect: d.Name, optionSchema: "analytics", optionRequired: required}) {
						scripts = append(scripts, string(f.Content))
					}
				}
			}
			for i, c := range conversions {
				scripts = append(scripts, conversion(d, i, eventWith(t, "1.0.0", c.old), eventWith(t, "2.0.0", c.next), c.value, c.column))
			}
			random, _ := codegentest.Random(t, 40, 1)
			for i := range len(random.Events) - 1 {
				scripts = append(scripts, script(d, "analytics", true, random.Events[i:i+2]...))
			}
			parsed := 0
			for i, statements := range python(d.Name).run(t, scripts) {
				for _, s := range statements {
					if *s[0] == "parsed" {
						parsed++
					} else if !known(*s[1]) {
						t.Errorf("not understood: %s\n%s", *s[1], scripts[i])
					}
				}
			}
			if parsed < 200 {
				t.Errorf("only %d statements were understood", parsed)
			}
		})
	}
}

func known(statement string) bool {
	for _, words := range opaque {
		if strings.Contains(statement, words) {
			return true
		}
	}
	return false
}

// TestSteps_KeepLists converts lists item by item.
func TestSteps_KeepLists(t *testing.T) {
	for name, e := range engines(t) {
		t.Run(name, func(t *testing.T) {
			list, read := "[%s]", `CAST("a"[2] AS VARCHAR)`
			switch name {
			case "postgresql":
				list, read = "ARRAY[%s]", `to_json(ARRAY["a"[2]::text])`
			case "clickhouse":
				read = "toString(a[2])"
			}
			var scripts, want []string
			for i, c := range []struct{ old, next, items, want string }{
				{"{type: integer}", "{type: number}", "1, 2", "2"},
				{"{type: integer}", "{type: integer, maximum: 18446744073709551615}", "1, 2", "2"},
				{"{type: string, format: date}", "{type: string}", "'2026-01-02'::date, '2026-03-04'::date", "2026-03-04"},
				{"{type: string, format: uuid}", "{type: string}", "'7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b'::UUID, '7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0c'::UUID", "7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0c"},
				{"{type: string}", "{type: string, enum: [x]}", "'a', 'x'", "x"},
			} {
				p := printer{dialect: *find(name)}
				from := p.table(eventWith(t, "1.0.0", "a: {type: array, items: "+c.old+"}"), fmt.Sprintf("l_%d", i))
				to := p.table(eventWith(t, "2.0.0", "a: {type: array, items: "+c.next+"}"), from.Name)
				scripts = append(scripts, string(p.script("", p.create(from), false))+
					"INSERT INTO "+from.Name+" (_event_id, _event_version, _received_at, a) VALUES ('1', '1.0.0', '2026-11-20 10:00:00', "+fmt.Sprintf(list, c.items)+");\n"+
					string(p.script("", steps(&p.dialect, from, to), p.transactional))+"SELECT "+read+" FROM "+from.Name+";\n")
				want = append(want, c.want)
			}
			for i, rows := range e.run(t, scripts) {
				if got := strings.TrimSuffix(*rows[0][0], ".0"); got != want[i] {
					t.Errorf("%s: got %q, want %q", scripts[i], got, want[i])
				}
			}
		})
	}
}

// TestSteps_FillWhatBecomesRequired makes columns NOT NULL in which older rows have no
// value, where the contract has a default for them.
func TestSteps_FillWhatBecomesRequired(t *testing.T) {
	old := eventWith(t, "1.0.0", "a: {type: string}, n: {type: integer}")
	next := eventWith(t, "2.0.0", `a: {type: string, required: true, default: "it's"}, n: {type: integer}, b: {type: integer, required: true, default: 3}, c: {type: boolean, required: true, default: true}`)
	for name, e := range engines(t) {
		if name == "clickhouse" {
			continue // it can only relax that
		}
		t.Run(name, func(t *testing.T) {
			p := printer{dialect: *find(name), layout: warehouse.Options{NotNull: true}}
			from := p.table(old, "filled")
			read := `"a" || ' ' || "b"::text || ' ' || "c"::text`
			if name == "postgresql" {
				read = "to_json(ARRAY[" + read + "])"
			}
			rows := e.run(t, []string{string(p.script("", p.create(from), false)) +
				"INSERT INTO \"filled\" (\"_event_id\", \"_event_version\", \"_received_at\", \"n\") VALUES ('1', '1.0.0', '2026-11-20 10:00:00', 1);\n" +
				string(p.script("", steps(&p.dialect, from, p.table(next, "filled")), p.transactional)) +
				"SELECT " + read + " FROM \"filled\";\n"})
			if got := *rows[0][0][0]; got != "it's 3 true" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestSteps_Goldens keeps what one table and its steps look like in every dialect.
func TestSteps_Goldens(t *testing.T) {
	old := eventWith(t, "1.0.0", "order_id: {type: string, format: uuid, required: true}, pieces: {type: integer}, note: {type: string}, gone: {type: boolean}")
	next := eventWith(t, "2.0.0", `order_id: {type: string, format: uuid, required: true, description: "It's the number."}, pieces: {type: number}, remark: {type: any, renamedFrom: note}, buyer: {type: object, required: true, properties: {email: {type: string, format: email, pii: direct, required: true}}}, sizes: {type: array, items: {type: integer}}`)
	for _, d := range dialects {
		p := printer{dialect: *d, layout: warehouse.Options{NotNull: true}}
		p.Schema = "analytics"
		from, to := p.table(old, "order_completed"), p.table(next, "order_completed")
		text := append(p.script("1.0.0", p.create(from), false), p.script("1.0.0 to 2.0.0", steps(&p.dialect, from, to), p.transactional)...)
		golden.Check(t, "testdata/"+d.Name+".sql.golden", text)
	}
}

// TestREADME_NamesTheTypesOfColumns holds the table of the command line's documentation to
// the dialects.
func TestREADME_NamesTheTypesOfColumns(t *testing.T) {
	readme, err := os.ReadFile("../../cmd/evctl/README.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string][]warehouse.Kind{
		"string, enum of strings": {warehouse.Text, warehouse.Symbol}, "`format: uuid`": {warehouse.UUID}, "`format: date`": {warehouse.Day}, "`format: date-time`": {warehouse.Moment}, "integer": {warehouse.Whole},
		"integer with limits beyond 64 bits": {warehouse.Wide}, "number": {warehouse.Number}, "boolean": {warehouse.Truth}, "list of objects, map, union, anything": {warehouse.JSON},
	}
	_, section, _ := strings.Cut(string(readme), "### Tables of a warehouse")
	found := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(line, " | ")
		list, ok := kinds[strings.TrimPrefix(cells[0], "| ")]
		if !ok || len(cells) != 1+len(dialects) {
			continue
		}
		for i, d := range dialects {
			for _, k := range list {
				if found++; !strings.Contains(cells[1+i], "`"+d.Types[k]+"`") {
					t.Errorf("%s: found %s, expected %s", cells[0], cells[1+i], d.Types[k])
				}
			}
		}
	}
	if found != 10*len(dialects) {
		t.Errorf("the table has %d of the types", found)
	}
}
