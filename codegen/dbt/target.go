package dbt

import (
	"fmt"
	"regexp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/warehouse"
)

// Target writes a dbt package.
type Target struct{}

// Name is the word in evctl.yaml.
func (Target) Name() string { return "dbt" }

// Describe is the line of evctl generate --list.
func (Target) Describe() string {
	return "a dbt package: the tables of the target sql as sources, a staging model of each, and their tests"
}

// Names of options.
const (
	optionProject    = "project"
	optionDialect    = "dialect"
	optionSchema     = "schema"
	optionNested     = "nested"
	optionPersonal   = "personal"
	optionDuplicates = "duplicates"
	optionContract   = "contract"
)

// Values of options that differ from the default.
const (
	nested   = "struct"
	leaveOut = "leave_out"
	drop     = "drop"
	enforced = "enforced"
)

// Options lists what evctl.yaml may set.
func (Target) Options() []codegen.Option {
	var dialects []string
	for _, d := range warehouse.Dialects {
		dialects = append(dialects, d.Name)
	}
	return []codegen.Option{
		{Name: optionProject, Default: "events", Describe: "name of the package, of the source, and behind stg_ of the models"},
		{Name: optionDialect, Default: warehouse.PostgreSQL.Name, Values: dialects, Describe: "whose SQL it is, as for the target sql"},
		{Name: optionSchema, Describe: "schema, dataset or database that the tables are in, as for the target sql; that of the profile when empty"},
		{Name: optionNested, Default: "json", Values: []string{"json", nested}, Describe: "what lists of objects are, as for the target sql"},
		{Name: optionPersonal, Default: "keep", Values: []string{"keep", leaveOut}, Describe: "whether models have columns with direct or sensitive personal data"},
		{Name: optionDuplicates, Default: "keep", Values: []string{"keep", drop}, Describe: "whether models have all rows of one event, or the first one that was received"},
		{Name: optionContract, Default: "documented", Values: []string{"documented", enforced}, Describe: "whether dbt holds models to the types of their columns"},
	}
}

// Identify tells names what tables, columns and models are called.
func (Target) Identify(m *codegen.Model, options codegen.Options, names *codegen.Names) {
	tables := warehouse.TableNames(m, names)
	for _, e := range m.Events {
		warehouse.TableOf(e, tables[e], layout(options), names)
	}
}

// layout is what options say of tables. NOT NULL says which columns are tested for that.
func layout(o codegen.Options) warehouse.Options {
	return warehouse.Options{NotNull: true, Nested: o[optionNested] == nested}
}

var projectName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// Generate writes the package: what all events share, and two files for each.
func (Target) Generate(m *codegen.Model, options codegen.Options, emit codegen.Emit) error {
	p := project{model: m, name: options[optionProject], options: options, dialect: *warehouse.Find(options[optionDialect])}
	p.dialect.Schema = options[optionSchema]
	if !projectName.MatchString(p.name) {
		return fmt.Errorf("option %s is %q, expected at most 30 lower-case letters, digits and underscores, a letter first", optionProject, p.name)
	}
	if schema := p.dialect.Schema; schema != "" && !warehouse.SchemaName.MatchString(schema) {
		return fmt.Errorf("option %s is %q, expected a name such as analytics, or two with a dot between them", optionSchema, schema)
	}
	if options[optionNested] == nested && !p.dialect.HasRecords() {
		return fmt.Errorf("option %s is %q, and %s has no columns for that, expected json", optionNested, nested, p.dialect.Title)
	}
	names := warehouse.TableNames(m, nil)
	stages := make([]*stage, len(m.Events))
	one := func(i int) error {
		e := m.Events[i]
		stages[i] = p.stage(e, names[e])
		return codegen.EmitAll(emit, p.query(stages[i]), p.properties(stages[i]))
	}
	if err := codegen.Parallel(len(m.Events), func() func(int) error { return one }); err != nil {
		return err
	}
	return codegen.EmitAll(emit, p.settings(), p.macros(), p.sources(stages))
}
