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
}

// BigQuery, Snowflake, ClickHouse, PostgreSQL and DuckDB are the dialects that there are.
var BigQuery = Dialect{
	Name: "bigquery", Title: "BigQuery", quote: "`", Literal: escaped,
	Types: map[Kind]string{
		Text: "STRING", Symbol: "STRING", UUID: "STRING", Day: "DATE", Moment: "TIMESTAMP", Whole: "INT64", Wide: "BIGNUMERIC",
		Number: "FLOAT64", Truth: "BOOL", JSON: "JSON",
	},
	arrays: "ARRAY<%>",
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
	arrays: "Array(%)", nullsInArrays: true,
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
	arrays: "%[]", nullsInArrays: true,
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
func (d *Dialect) Table(e *codegen.Event, name string, notNull bool) *Table {
	t := TableOf(e, name, notNull, nil)
	for i := range t.Columns {
		t.Columns[i].Type = d.Hold(t.Columns[i].Type)
	}
	return t
}

// Hold is the type by which the dialect keeps a value.
func (d *Dialect) Hold(t Type) Type {
	if t.List && t.Nulls && !d.nullsInArrays {
		return Type{Kind: JSON}
	}
	return t
}

// TypeOf is the type of a column without what says that it takes NULL.
func (d *Dialect) TypeOf(c Column) string {
	name := d.Types[c.Type.Kind]
	if !c.Type.List {
		return name
	}
	return strings.ReplaceAll(d.arrays, "%", name)
}

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
