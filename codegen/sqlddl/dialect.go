package sqlddl

import (
	"cmp"
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
)

// dialect is the SQL of one warehouse: what differs is a field, what all have in common
// a method. Names are always quoted, so that no word of a dialect is in the way.
type dialect struct {
	warehouse.Dialect
	transactional bool // whether ALTER can be undone
	// full is the type with what says that it takes NULL, where that is part of it.
	full func(d *dialect, c warehouse.Column) string
	// options stand behind a column where it is made, such as its comment.
	options func(d *dialect, c warehouse.Column) string
	// tail is what stands behind the columns of a table, and before what is made with it.
	before, tail func(d *dialect, t *warehouse.Table) string
	// describe says what is true of the table as a whole, in statements. When two
	// versions need the same ones there is no step.
	describe func(d *dialect, t *warehouse.Table) []string
	comment  func(d *dialect, t *warehouse.Table, c warehouse.Column) []string
	classify func(d *dialect, t *warehouse.Table, c warehouse.Column) []string
	require  func(d *dialect, t *warehouse.Table, c warehouse.Column) []string
	// inline tells whether comments stand where columns and tables are made.
	inline bool
	// change is the statement that converts a column where it stands, or empty: then
	// another column takes its place.
	change func(d *dialect, t *warehouse.Table, from, to warehouse.Column) string
	// casts are expressions for text from other kinds; cast is that for numbers.
	casts map[warehouse.Kind]string
	cast  string
	// castList is the same for lists, where cast does not do.
	castList string
	json     string // expression of a value as JSON
	// record makes a record of parts, in the order of its type, each of which part writes.
	// recordList makes a list of them. What is absent is blank.
	part, record, recordList, blank string
	fill                            string // statement that sets a column: table, column, its type, expression, condition
}

// dialects lists what the option takes.
var dialects = []*dialect{&bigquery, &snowflake, &clickhouse, &postgresql, &duckdb}

func names() []string {
	list := make([]string, len(dialects))
	for i, d := range dialects {
		list[i] = d.Name
	}
	return list
}

// find returns the dialect of a checked option.
func find(name string) *dialect {
	for _, d := range dialects {
		if d.Name == name {
			return d
		}
	}
	return &postgresql
}

// definition is a column where it is made.
func (d *dialect) definition(c warehouse.Column) string {
	text := d.Quote(c.Name) + " " + d.full(d, c)
	if d.options != nil {
		text += d.options(d, c)
	}
	return text
}

// notNull is the type of dialects that say NOT NULL behind it.
func notNull(d *dialect, c warehouse.Column) string {
	if c.Required {
		return d.TypeOf(c) + " NOT NULL"
	}
	return d.TypeOf(c)
}

// create makes the table, with everything that is said about it.
func (d *dialect) create(t *warehouse.Table) []string {
	lines := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		lines[i] = "  " + d.definition(c)
	}
	create := "CREATE TABLE IF NOT EXISTS " + d.In(t.Name) + " (\n" + strings.Join(lines, ",\n") + "\n)"
	var list []string
	if d.before != nil {
		if text := d.before(d, t); text != "" {
			list = append(list, text)
		}
	}
	if d.tail != nil {
		create += d.tail(d, t)
	}
	list = append(list, create)
	if d.inline {
		return list
	}
	list = append(list, d.describe(d, t)...)
	for _, c := range t.Columns {
		if c.Comment != "" {
			list = append(list, d.comment(d, t, c)...)
		}
	}
	return list
}

func (d *dialect) alter(t *warehouse.Table, action string) string {
	return "ALTER TABLE " + d.In(t.Name) + " " + action
}

// add makes a column that takes NULL, with what is said about it.
func (d *dialect) add(t *warehouse.Table, c warehouse.Column) []string {
	list := []string{d.alter(t, "ADD COLUMN "+d.definition(c))}
	if !d.inline && c.Comment != "" {
		list = append(list, d.comment(d, t, c)...)
	}
	return list
}

func (d *dialect) drop(t *warehouse.Table, name string) string {
	return d.alter(t, "DROP COLUMN "+d.Quote(name))
}

func (d *dialect) rename(t *warehouse.Table, from, to string) string {
	return d.alter(t, "RENAME COLUMN "+d.Quote(from)+" TO "+d.Quote(to))
}

// set fills a column where a condition holds.
func (d *dialect) set(t *warehouse.Table, c warehouse.Column, expression, condition string) string {
	return strings.NewReplacer("{table}", d.In(t.Name), "{column}", d.Quote(c.Name), "{type}", d.TypeOf(c), "{value}", expression, "{where}", condition).Replace(d.fill)
}

// same reports whether a column need not change its type. JSON that is kept as text is
// not text.
func (d *dialect) same(from, to warehouse.Column) bool {
	return d.TypeOf(from) == d.TypeOf(to) && alike(from.Type, to.Type)
}

// alike reports whether both have JSON in the same places.
func alike(a, b warehouse.Type) bool {
	return (a.Kind == warehouse.JSON) == (b.Kind == warehouse.JSON) &&
		slices.EqualFunc(a.Members, b.Members, func(a, b warehouse.Member) bool { return alike(a.Type, b.Type) })
}

// becomes reports whether a column takes all that a former one holds.
func (d *dialect) becomes(from, to warehouse.Column) bool {
	return d.same(from, to) || d.converted(from, to) != ""
}

// converted is the expression that makes a value of the next type of one of the former
// type, or empty where values would be lost.
func (d *dialect) converted(from, to warehouse.Column) string {
	return d.conversion(d.Quote(from.Name), from.Type, to.Type, d.TypeOf(to), 1)
}

// conversion is converted for an expression, and the name of the type that it is to have.
// Records are within depth others.
func (d *dialect) conversion(value string, a, b warehouse.Type, name string, depth int) string {
	fill := func(format string) string {
		return strings.NewReplacer("{value}", value, "{type}", name, "{elem}", d.Types[b.Kind]).Replace(format)
	}
	textual := b.Kind == warehouse.Text || b.Kind == warehouse.Symbol
	switch {
	case a.Kind == warehouse.Record || b.Kind == warehouse.Record:
		if a.Kind != b.Kind || a.List != b.List {
			return ""
		}
		return d.reshaped(value, a, b, depth)
	case !b.List && b.Kind == warehouse.JSON && depth > 1: // no condition keeps NULL from it
		return fill("CASE WHEN {value} IS NOT NULL THEN " + d.json + " END")
	case !b.List && b.Kind == warehouse.JSON:
		return fill(d.json)
	case a.List != b.List:
		return ""
	case a.List && (a.Kind == b.Kind || widens(a.Kind, b.Kind) || textual && (a.Kind == warehouse.Text || a.Kind == warehouse.Symbol || a.Kind == warehouse.UUID || a.Kind == warehouse.Day)):
		return fill(cmp.Or(d.castList, d.cast))
	case a.List:
		return ""
	case a.Kind == b.Kind, widens(a.Kind, b.Kind):
		return fill(d.cast)
	case textual && (a.Kind == warehouse.Text || a.Kind == warehouse.Symbol):
		return fill(d.cast)
	case textual:
		return fill(d.casts[a.Kind])
	}
	return ""
}

// widens reports whether numbers of one kind are numbers of the other.
func widens(a, b warehouse.Kind) bool {
	return a == warehouse.Whole && (b == warehouse.Wide || b == warehouse.Number) || a == warehouse.Wide && b == warehouse.Number
}

// retype converts a column, where it stands or by way of another one.
func (d *dialect) retype(t *warehouse.Table, from, to warehouse.Column) (list []string, replaced bool) {
	if statement := d.change(d, t, from, to); statement != "" {
		return []string{statement}, false
	}
	made := to
	made.Name, made.Required = temporary(to.Name), false
	list = append(list, d.alter(t, "ADD COLUMN "+d.definition(made)))
	list = append(list, d.set(t, made, d.converted(from, to), d.Quote(to.Name)+" IS NOT NULL"))
	return append(list, d.drop(t, to.Name), d.rename(t, made.Name, to.Name)), true
}

// fallback is the default of the contract as a literal, or empty.
func (d *dialect) fallback(c warehouse.Column) string {
	v := contracts.Value{JSON: c.Fallback}
	switch {
	case c.Type.List || c.Type.Kind == warehouse.JSON || v.Type() == 0:
		return ""
	case v.IsString():
		return d.Literal(warehouse.Sentence([]string{v.Text()}))
	}
	return v.JSON
}

// setOrDrop is how most dialects change NOT NULL.
func setOrDrop(d *dialect, t *warehouse.Table, c warehouse.Column) []string {
	action := "DROP"
	if c.Required {
		action = "SET"
	}
	return []string{d.alter(t, "ALTER COLUMN "+d.Quote(c.Name)+" "+action+" NOT NULL")}
}

// commentOn is the statement for comments of standard SQL's friends.
func commentOn(d *dialect, t *warehouse.Table, c warehouse.Column) []string {
	return []string{"COMMENT ON COLUMN " + d.In(t.Name) + "." + d.Quote(c.Name) + " IS " + d.Literal(c.Comment)}
}

func commentOnTable(d *dialect, t *warehouse.Table) []string {
	return []string{"COMMENT ON TABLE " + d.In(t.Name) + " IS " + d.Literal(t.Comment)}
}

func nothing(*dialect, *warehouse.Table, warehouse.Column) []string { return nil }
