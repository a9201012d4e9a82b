package warehouse

import (
	"regexp"
	"strings"

	"github.com/evctl/evctl/codegen"
)

// Dialect is how a warehouse writes names, literals and types.
type Dialect struct {
	Name, Title string
	// Schema is what the tables are in, or empty.
	Schema  string
	Types   map[Kind]string
	quote   string // around names
	upper   bool   // names that are not quoted elsewhere are in upper case
	Literal func(text string) string
	// arrays is the format of the type of a list. nullsInArrays tells whether null may be
	// an element; where it may not, the list is kept as JSON.
	arrays        string
	nullsInArrays bool
	// records is the format of the type of a record; empty: there is none. nullRecords
	// tells whether null may be one.
	records     string
	nullRecords bool
	// Nullable is a type that takes NULL, where types do not by themselves.
	Nullable func(name string) string
}

// BigQuery, Snowflake, ClickHouse, PostgreSQL and DuckDB are the dialects that there are.
var BigQuery = Dialect{
	Name: "bigquery", Title: "BigQuery", quote: "`", Literal: escaped,
	Types: map[Kind]string{
		Text: "STRING", Symbol: "STRING", UUID: "STRING", Day: "DATE", Moment: "TIMESTAMP", Whole: "INT64", Wide: "BIGNUMERIC",
		Number: "FLOAT64", Truth: "BOOL", JSON: "JSON",
	},
	arrays: "ARRAY<%>", records: "STRUCT<%>",
}

var Snowflake = Dialect{
	Name: "snowflake", Title: "Snowflake", quote: `"`, upper: true, Literal: escaped,
	Types: map[Kind]string{
		Text: "VARCHAR", Symbol: "VARCHAR", UUID: "VARCHAR", Day: "DATE", Moment: "TIMESTAMP_TZ", Whole: "NUMBER(38, 0)", Wide: "NUMBER(38, 0)",
		Number: "FLOAT", Truth: "BOOLEAN", JSON: "VARIANT",
	},
	arrays: "ARRAY", nullsInArrays: true,
}

var ClickHouse = Dialect{
	Name: "clickhouse", Title: "ClickHouse", quote: "`", Literal: escaped,
	Types: map[Kind]string{
		Text: "String", Symbol: "LowCardinality(String)", UUID: "UUID", Day: "Date32", Moment: "DateTime64(6, 'UTC')", Whole: "Int64", Wide: "Int256",
		Number: "Float64", Truth: "Bool", JSON: "String",
	},
	arrays: "Array(%)", nullsInArrays: true, records: "Tuple(%)", Nullable: nullable,
}

var PostgreSQL = Dialect{
	Name: "postgresql", Title: "PostgreSQL", quote: `"`, Literal: doubled,
	Types: map[Kind]string{
		Text: "text", Symbol: "text", UUID: "uuid", Day: "date", Moment: "timestamptz", Whole: "bigint", Wide: "numeric",
		Number: "double precision", Truth: "boolean", JSON: "jsonb",
	},
	arrays: "%[]", nullsInArrays: true,
}

var DuckDB = Dialect{
	Name: "duckdb", Title: "DuckDB", quote: `"`, Literal: doubled,
	Types: map[Kind]string{
		Text: "VARCHAR", Symbol: "VARCHAR", UUID: "UUID", Day: "DATE", Moment: "TIMESTAMPTZ", Whole: "BIGINT", Wide: "DECIMAL(38, 0)",
		Number: "DOUBLE", Truth: "BOOLEAN", JSON: "JSON",
	},
	arrays: "%[]", nullsInArrays: true, records: "STRUCT(%)", nullRecords: true,
}

// Dialects lists them in the order of the documentation.
var Dialects = []*Dialect{&BigQuery, &Snowflake, &ClickHouse, &PostgreSQL, &DuckDB}

// Find returns the dialect of a checked option.
func Find(name string) *Dialect {
	for _, d := range Dialects {
		if d.Name == name {
			return d
		}
	}
	return &PostgreSQL
}

// SchemaName is what Schema may be: a schema, dataset or database, perhaps within another
// one.
var SchemaName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_]*)?$`)

// Quote quotes a name, which holds letters, digits and underscores only.
func (d *Dialect) Quote(name string) string { return d.quote + d.Unquoted(name) + d.quote }

// In names something in the schema.
func (d *Dialect) In(name string) string {
	if d.Schema == "" {
		return d.Quote(name)
	}
	var parts []string
	for part := range strings.SplitSeq(d.Schema, ".") {
		parts = append(parts, d.Quote(part))
	}
	return strings.Join(append(parts, d.Quote(name)), ".")
}

// Table is an event's table as the dialect holds it; see TableOf.
func (d *Dialect) Table(e *codegen.Event, name string, o Options) *Table {
	t := TableOf(e, name, o, nil)
	for i := range t.Columns {
		t.Columns[i].Type = d.Hold(t.Columns[i].Type)
	}
	return t
}

// Hold is the type by which the dialect keeps a value.
func (d *Dialect) Hold(t Type) Type {
	if t.List && t.Nulls && (!d.nullsInArrays || t.Kind == Record && !d.nullRecords) {
		return Type{Kind: JSON}
	}
	if t.Kind == Record {
		return d.holdMembers(t)
	}
	return t
}

// TypeOf is the type of a column without what says that it takes NULL.
func (d *Dialect) TypeOf(c Column) string {
	name := d.one(c.Type)
	if !c.Type.List {
		return name
	}
	return strings.ReplaceAll(d.arrays, "%", name)
}

// one is the type of a value, or of an item of a list.
func (d *Dialect) one(t Type) string {
	if t.Kind != Record {
		return d.Types[t.Kind]
	}
	parts := make([]string, len(t.Members))
	for i, m := range t.Members {
		parts[i] = d.Quote(m.Name) + " " + d.TypeOfMember(m.Type)
	}
	return strings.ReplaceAll(d.records, "%", strings.Join(parts, ", "))
}

// TypeOfMember is the type of a part of a record, which takes NULL where the dialect can
// say so.
func (d *Dialect) TypeOfMember(t Type) string {
	name := d.one(t)
	if d.Nullable != nil && t.Kind != Record && (!t.List || t.Nulls) {
		name = d.Nullable(name)
	}
	if !t.List {
		return name
	}
	return strings.ReplaceAll(d.arrays, "%", name)
}

// HasRecords reports whether lists of objects can be lists of records.
func (d *Dialect) HasRecords() bool { return d.records != "" }

// doubled writes a literal in which only the quote is special.
func doubled(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// escaped writes a literal in which backslashes are special too.
func escaped(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// Unquoted is a name as the warehouse keeps it.
func (d *Dialect) Unquoted(name string) string {
	if d.upper {
		return strings.ToUpper(name)
	}
	return name
}

// nullable is how ClickHouse says that a type takes NULL.
func nullable(name string) string {
	if name == "LowCardinality(String)" {
		return "LowCardinality(Nullable(String))"
	}
	return "Nullable(" + name + ")"
}
