package warehouse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// columnOf is the column of the property a in YAML, with nested lists.
func columnOf(t *testing.T, d *Dialect, schema string) Column {
	t.Helper()
	c, diags := contracts.Parse(diag.NewFile("x.yaml", []byte("event: x.happened\nversion: 1.0.0\nproperties: {a: "+schema+"}\n")))
	library, more := contracts.NewLibrary(nil)
	for _, d := range append(append(diags, more...), library.Link(c)...) {
		t.Fatalf("%s: %s", schema, d.Message)
	}
	e := codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}}).Events[0]
	table := d.Table(e, "x", Options{Nested: true})
	return table.Columns[table.Metadata]
}

// object is a schema with properties called p0, p1, ….
func object(properties int, schema string) string {
	list := make([]string, properties)
	for i := range list {
		list[i] = fmt.Sprintf("p%d: %s", i, schema)
	}
	return "{type: object, properties: {" + strings.Join(list, ", ") + "}}"
}

func list(items string) string { return "{type: array, items: " + items + "}" }

// TestTable_ListsOfObjectsAreRecords has what stays JSON beside what does not.
func TestTable_ListsOfObjectsAreRecords(t *testing.T) {
	deep := "{type: string}"
	for range maxDepth {
		deep = list(object(1, deep))
	}
	for _, c := range []struct {
		name, schema string
		dialect      *Dialect
		want         string
	}{
		{"a list", list(object(1, "{type: integer}")), &BigQuery, "ARRAY<STRUCT<`p0` INT64>>"},
		{"a list", list(object(1, "{type: integer}")), &ClickHouse, "Array(Tuple(`p0` Nullable(Int64)))"},
		{"a list", list(object(1, "{type: integer}")), &DuckDB, `STRUCT("p0" BIGINT)[]`},
		{"an object within", list(object(1, object(1, "{type: boolean}"))), &ClickHouse, "Array(Tuple(`p0` Tuple(`p0` Nullable(Bool))))"},
		{"an enum within", list(object(1, "{type: string, enum: [x]}")), &ClickHouse, "Array(Tuple(`p0` LowCardinality(Nullable(String))))"},
		{"lists within", list(object(1, list("{type: integer, nullable: true}"))), &ClickHouse, "Array(Tuple(`p0` Array(Nullable(Int64))))"},
		{"null within a list of a list", list(object(1, list("{type: integer, nullable: true}"))), &BigQuery, "ARRAY<STRUCT<`p0` JSON>>"},
		{"null among objects", list("{type: object, nullable: true, properties: {p0: {type: integer}}}"), &BigQuery, "JSON"},
		{"null among objects", list("{type: object, nullable: true, properties: {p0: {type: integer}}}"), &DuckDB, `STRUCT("p0" BIGINT)[]`},
		{"undeclared members", list("{type: object, additionalProperties: true, properties: {p0: {type: integer}}}"), &DuckDB, `STRUCT("p0" BIGINT, "_undeclared" JSON)[]`},
		{"names of the warehouse", list("{type: object, additionalProperties: true, properties: {_undeclared: {type: integer}}}"), &DuckDB, `STRUCT("undeclared" BIGINT, "_undeclared" JSON)[]`},
		{"no properties", list("{type: object, additionalProperties: true}"), &DuckDB, "JSON"},
		{"lists of lists", list(list(object(1, "{type: integer}"))), &DuckDB, "JSON"},
		{"too many fields", list(object(maxNested+1, "{type: integer}")), &DuckDB, "JSON"},
		{"too many fields in all", list(object(20, object(20, "{type: integer}"))), &DuckDB, "JSON"},
	} {
		if got := c.dialect.TypeOf(columnOf(t, c.dialect, c.schema)); got != c.want {
			t.Errorf("%s in %s: got %s, want %s", c.name, c.dialect.Title, got, c.want)
		}
	}
	if got := DuckDB.TypeOf(columnOf(t, &DuckDB, deep)); strings.Count(got, "STRUCT") != maxDepth || strings.Contains(got, "JSON") {
		t.Errorf("%d records: %s", maxDepth, got)
	}
	if got := DuckDB.TypeOf(columnOf(t, &DuckDB, list(object(1, deep)))); strings.Count(got, "STRUCT") != maxDepth || !strings.Contains(got, "JSON") {
		t.Errorf("more than %d records: %s", maxDepth, got)
	}
}
