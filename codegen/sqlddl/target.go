package sqlddl

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/evctl/evctl/codegen"
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
)

// Options lists what evctl.yaml may set.
func (Target) Options() []codegen.Option {
	return []codegen.Option{
		{Name: optionDialect, Default: postgresql.name, Values: names(), Describe: "whose SQL it is"},
		{Name: optionSchema, Describe: "schema, dataset or database that the tables are in; none when empty"},
		{Name: optionRequired, Default: "nullable", Values: []string{"nullable", "not_null"}, Describe: "whether columns of required properties take NULL, as rows of older versions may ask for"},
	}
}

var schemaName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_]*)?$`)

// Identify tells names what tables and columns are called.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	tables := tableNames(m, names)
	for _, e := range m.Events {
		tableOf(e, tables[e], options[optionRequired] == "not_null", names)
	}
}

// tableNames are also those of the files. names learns of them; nil while SQL is printed.
func tableNames(m *codegen.Model, names *codegen.Names) map[*codegen.Event]string {
	all := make(map[*codegen.Event]string, len(m.Events))
	scope := names.Scope()
	for _, e := range m.Events {
		all[e] = scope.Name(e.Name.Snake(), e.Origin())
	}
	return all
}

// Generate writes a file for each event, and one for each step between its versions.
func (Target) Generate(m *codegen.Model, options codegen.Options) ([]codegen.File, error) {
	p := printer{dialect: *find(options[optionDialect]), model: m, notNull: options[optionRequired] == "not_null"}
	p.schema = options[optionSchema]
	if p.schema != "" && !schemaName.MatchString(p.schema) {
		return nil, fmt.Errorf("option %s is %q, expected a name such as analytics", optionSchema, p.schema)
	}
	tables := tableNames(m, nil)
	made := make([][]codegen.File, len(m.Events))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, e := range m.Events {
		group.Go(func() error {
			made[i] = p.files(e, tables[e])
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var files []codegen.File
	for _, list := range made {
		files = append(files, list...)
	}
	return files, nil
}

// printer writes the files of one dialect.
type printer struct {
	dialect
	model   *codegen.Model
	notNull bool
}

func (p *printer) files(e *codegen.Event, name string) []codegen.File {
	now := p.table(e, name)
	files := []codegen.File{{Path: codegen.Stem(name) + ".sql", Content: p.script(now.title(), p.create(now), false)}}
	for i, versions := 0, p.versions(e, now); i+1 < len(versions); i++ {
		old, next := versions[i], versions[i+1]
		title := e.Contract.Name + " from " + old.event.Version.String() + " to " + next.event.Version.String()
		files = append(files, codegen.File{
			Path:    "migrations/" + codegen.Stem(name) + "/" + old.event.Version.String() + "_to_" + next.event.Version.String() + ".sql",
			Content: p.script(title, steps(&p.dialect, old, next), p.transactional),
		})
	}
	return files
}

// table is an event's table as the dialect holds it.
func (p *printer) table(e *codegen.Event, name string) *table {
	t := tableOf(e, name, p.notNull, nil)
	for i := range t.columns {
		t.columns[i].typ = p.hold(t.columns[i].typ)
	}
	return t
}

func (t *table) title() string { return t.event.Name + " " + t.event.Version.String() }

// versions are the tables of all released versions before the present one, and that.
func (p *printer) versions(e *codegen.Event, now *table) []*table {
	var list []*table
	for _, c := range e.Released {
		if c.Version.Compare(now.event.Version) < 0 {
			list = append(list, p.table(p.model.Version(c), now.name))
		}
	}
	return append(list, now)
}

func (p *printer) script(title string, statements []string, transaction bool) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "-- %s\n-- %s, for %s.\n", codegen.Marker, comment([]string{title}), p.title)
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
