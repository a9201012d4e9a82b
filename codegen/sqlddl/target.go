package sqlddl

import (
	"fmt"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/warehouse"
)

// Target writes SQL.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "sql" }

// Describe is the line of evctl generate --list.
func (Target) Describe() string {
	return "tables of a warehouse, and the statements from each released version to the next"
}

// Names of options.
const (
	optionDialect  = "dialect"
	optionSchema   = "schema"
	optionRequired = "required"
	optionNested   = "nested"
)

// Options lists what evctl.yaml may set.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: optionDialect, Default: postgresql.Name, Values: names(), Describe: "whose SQL it is"},
		{Name: optionSchema, Describe: "schema, dataset or database that the tables are in; none when empty"},
		{Name: optionRequired, Default: "nullable", Values: []string{"nullable", "not_null"}, Describe: "whether columns of required properties take NULL, as rows of older versions may ask for"},
		{Name: optionNested, Default: "json", Values: []string{"json", nested}, Describe: "lists of objects as JSON, or as lists of what the dialect has for objects: BigQuery, ClickHouse and DuckDB"},
	}
}

// nested is the value of optionNested that keeps lists of objects as they are.
const nested = "struct"

// layout is what options say of tables.
func layout(o codegen.Options) warehouse.Options {
	return warehouse.Options{NotNull: o[optionRequired] == "not_null", Nested: o[optionNested] == nested}
}

// Identify tells names what tables and columns are called.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	tables := warehouse.TableNames(m, names)
	for _, e := range m.Events {
		warehouse.TableOf(e, tables[e], layout(options), names)
	}
}

// Generate writes a file for each event, and one for each step between its versions.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	p := printer{dialect: *find(options[optionDialect]), model: m, layout: layout(options)}
	p.Schema = options[optionSchema]
	if p.Schema != "" && !warehouse.SchemaName.MatchString(p.Schema) {
		return fmt.Errorf("option %s is %q, expected a name such as analytics, or two with a dot between them", optionSchema, p.Schema)
	}
	if p.layout.Nested && !p.HasRecords() {
		return fmt.Errorf("option %s is %q, and %s has no columns for that, expected json", optionNested, nested, p.Title)
	}
	tables := warehouse.TableNames(m, nil)
	one := func(i int) error {
		e := m.Events[i]
		return codegen.EmitAll(emit, p.files(e, tables[e])...)
	}
	return codegen.Parallel(len(m.Events), func() func(int) error { return one })
}

// printer writes the files of one dialect.
type printer struct {
	dialect
	model  *codegen.Model
	layout warehouse.Options
}

func (p *printer) files(e *codegen.Event, name string) []codegen.File {
	now := p.table(e, name)
	files := []codegen.File{{Path: codegen.Stem(name) + ".sql", Content: p.script(now.Title(), p.create(now), false)}}
	for i, versions := 0, p.versions(e, now); i+1 < len(versions); i++ {
		old, next := versions[i], versions[i+1]
		title := e.Contract.Name + " from " + old.Event.Version.String() + " to " + next.Event.Version.String()
		files = append(files, codegen.File{
			Path:    "migrations/" + codegen.Stem(name) + "/" + old.Event.Version.String() + "_to_" + next.Event.Version.String() + ".sql",
			Content: p.script(title, steps(&p.dialect, old, next), p.transactional),
		})
	}
	return files
}

// table is an event's table as the dialect holds it.
func (p *printer) table(e *codegen.Event, name string) *warehouse.Table {
	return p.Table(e, name, p.layout)
}

// versions are the tables of all released versions before the present one, and that.
func (p *printer) versions(e *codegen.Event, now *warehouse.Table) []*warehouse.Table {
	var list []*warehouse.Table
	for _, c := range e.Released {
		if c.Version.Compare(now.Event.Version) < 0 {
			list = append(list, p.table(p.model.Version(c), now.Name))
		}
	}
	return append(list, now)
}

func (p *printer) script(title string, statements []string, transaction bool) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "-- %s\n-- %s, for %s.\n", codegen.Marker, warehouse.Sentence([]string{title}), p.Title)
	if len(statements) == 0 {
		b.WriteString("-- The table stays as it is.\n")
		return []byte(b.String())
	}
	if transaction {
		statements = append(append([]string{"BEGIN"}, statements...), "COMMIT")
	}
	before := "\n"
	for _, s := range statements {
		if strings.Contains(before, "\n") || strings.Contains(s, "\n") {
			b.WriteByte('\n') // what has several lines stands apart
		}
		b.WriteString(s)
		if before = s; !strings.HasPrefix(s, "--") || strings.Contains(s, "\n") {
			b.WriteByte(';') // not behind a comment alone
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}
