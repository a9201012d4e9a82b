package sqlddl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
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
				scripts = append(scripts, conversion(find(name), i, eventWith(t, "1.0.0", c.old), eventWith(t, "2.0.0", c.next), c.value, c.column))
			}
			for i, rows := range e.run(t, scripts) {
				got := "NULL"
				if cell := rows[0][0]; cell != nil {
					got = *cell
				}
				if diff := cmp.Diff(conversions[i].want, strings.TrimSuffix(got, ".0")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", conversions[i].name, diff)
				}
			}
		})
	}
}

func conversion(d *dialect, i int, old, next *codegen.Event, value, read string) string {
	p := printer{dialect: *d}
	from := p.table(old, fmt.Sprintf("c_%d", i))
	first, at := from.columns[from.metadata].name, d.in(from.name)
	columns := d.id(columnID) + ", " + d.id(columnVersion) + ", " + d.id(columnReceived) + ", " + d.id(first)
	cell := "to_json(ARRAY[" + d.id(read) + "::text])"
	if d.name != "postgresql" {
		cell = "CAST(" + d.id(read) + " AS " + map[string]string{"bigquery": "STRING", "snowflake": "VARCHAR", "duckdb": "VARCHAR", "clickhouse": "Nullable(String)"}[d.name] + ")"
	}
	return string(p.script("", p.create(from), false)) +
		"INSERT INTO " + at + " (" + columns + ") VALUES ('1', '1.0.0', '2026-11-20 10:00:00', " + value + ");\n" +
		string(p.script("", steps(&p.dialect, from, p.table(next, from.name)), p.transactional)) +
		"SELECT " + cell + " FROM " + at + ";\n"
}

// opaque are the statements that sqlglot takes without knowing what they say.
var opaque = []string{"CREATE TAG", "SET TAG", "UNSET TAG", "SET OPTIONS", "NOT NULL"}

// TestGenerate_IsSQLOfTheDialect has every file of every dialect read by a parser that
// knows it.
func TestGenerate_IsSQLOfTheDialect(t *testing.T) {
	models := []*codegen.Model{shopModel(t), codegentest.Model(t, torture)}
	for _, d := range []*dialect{&bigquery, &snowflake} {
		t.Run(d.name, func(t *testing.T) {
			var scripts []string
			for _, m := range models {
				for _, required := range []string{"nullable", "not_null"} {
					for _, f := range codegentest.Files(t, Target{}, m, map[string]string{optionDialect: d.name, optionSchema: "analytics", optionRequired: required}) {
						scripts = append(scripts, string(f.Content))
					}
				}
			}
			for i, c := range conversions {
				scripts = append(scripts, conversion(d, i, eventWith(t, "1.0.0", c.old), eventWith(t, "2.0.0", c.next), c.value, c.column))
			}
			parsed := 0
			for i, statements := range python(d.name).run(t, scripts) {
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
