package sqlddl

import (
	"cmp"
	"strings"

	"github.com/evctl/evctl/contracts"
)

// dialect is the SQL of one warehouse: what differs is a field, what all have in common
// a method. Names are always quoted, so that no word of a dialect is in the way.
type dialect struct {
	name, title string
	// schema is what the tables are in, or empty.
	schema        string
	transactional bool // whether ALTER can be undone
	types         map[kind]string
	quote         string // around names
	upper         bool   // names that are not quoted elsewhere are in upper case
	literal       func(text string) string
	// arrays is the format of the type of a list. nullsInArrays tells whether null may be
	// an element; where it may not, the list is kept as JSON.
	arrays        string
	nullsInArrays bool
	// full is the type with what says that it takes NULL, where that is part of it.
	full func(d *dialect, c column) string
	// options stand behind a column where it is made, such as its comment.
	options func(d *dialect, c column) string
	// tail is what stands behind the columns of a table, and before what is made with it.
	before, tail func(d *dialect, t *table) string
	// describe says what is true of the table as a whole, in statements. When two
	// versions need the same ones there is no step.
	describe func(d *dialect, t *table) []string
	comment  func(d *dialect, t *table, c column) []string
	classify func(d *dialect, t *table, c column) []string
	require  func(d *dialect, t *table, c column) []string
	// inline tells whether comments stand where columns and tables are made.
	inline bool
	// change is the statement that converts a column where it stands, or empty: then
	// another column takes its place.
	change func(d *dialect, t *table, from, to column) string
	// casts are expressions for text from other kinds; cast is that for numbers.
	casts map[kind]string
	cast  string
	// castList is the same for lists, where cast does not do.
	castList string
	json     string // expression of a value as JSON
	fill     string // statement that sets a column: table, column, its type, expression, condition
}

// dialects lists what the option takes.
var dialects = []*dialect{&bigquery, &snowflake, &clickhouse, &postgresql, &duckdb}

func names() []string {
	list := make([]string, len(dialects))
	for i, d := range dialects {
		list[i] = d.name
	}
	return list
}

// find returns the dialect of a checked option.
func find(name string) *dialect {
	for _, d := range dialects {
		if d.name == name {
			return d
		}
	}
	return &postgresql
}

// id quotes a name, which holds letters, digits and underscores only.
func (d *dialect) id(name string) string {
	if d.upper {
		name = strings.ToUpper(name)
	}
	return d.quote + name + d.quote
}

// in names something in the schema.
func (d *dialect) in(name string) string {
	if d.schema == "" {
		return d.id(name)
	}
	var parts []string
	for part := range strings.SplitSeq(d.schema, ".") {
		parts = append(parts, d.id(part))
	}
	return strings.Join(append(parts, d.id(name)), ".")
}

// hold is the type by which the dialect keeps a value.
func (d *dialect) hold(t columnType) columnType {
	if t.list && t.nulls && !d.nullsInArrays {
		return columnType{kind: document}
	}
	return t
}

// typeOf is the type of a column without what says that it takes NULL.
func (d *dialect) typeOf(c column) string {
	name := d.types[c.typ.kind]
	if !c.typ.list {
		return name
	}
	return strings.ReplaceAll(d.arrays, "%", name)
}

// definition is a column where it is made.
func (d *dialect) definition(c column) string {
	text := d.id(c.name) + " " + d.full(d, c)
	if d.options != nil {
		text += d.options(d, c)
	}
	return text
}

// notNull is the type of dialects that say NOT NULL behind it.
func notNull(d *dialect, c column) string {
	if c.required {
		return d.typeOf(c) + " NOT NULL"
	}
	return d.typeOf(c)
}

// create makes the table, with everything that is said about it.
func (d *dialect) create(t *table) []string {
	lines := make([]string, len(t.columns))
	for i, c := range t.columns {
		lines[i] = "  " + d.definition(c)
	}
	create := "CREATE TABLE IF NOT EXISTS " + d.in(t.name) + " (\n" + strings.Join(lines, ",\n") + "\n)"
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
	for _, c := range t.columns {
		if c.comment != "" {
			list = append(list, d.comment(d, t, c)...)
		}
	}
	return list
}

func (d *dialect) alter(t *table, action string) string {
	return "ALTER TABLE " + d.in(t.name) + " " + action
}

// add makes a column that takes NULL, with what is said about it.
func (d *dialect) add(t *table, c column) []string {
	list := []string{d.alter(t, "ADD COLUMN "+d.definition(c))}
	if !d.inline && c.comment != "" {
		list = append(list, d.comment(d, t, c)...)
	}
	return list
}

func (d *dialect) drop(t *table, name string) string {
	return d.alter(t, "DROP COLUMN "+d.id(name))
}

func (d *dialect) rename(t *table, from, to string) string {
	return d.alter(t, "RENAME COLUMN "+d.id(from)+" TO "+d.id(to))
}

// set fills a column where a condition holds.
func (d *dialect) set(t *table, c column, expression, condition string) string {
	return strings.NewReplacer("{table}", d.in(t.name), "{column}", d.id(c.name), "{type}", d.typeOf(c), "{value}", expression, "{where}", condition).Replace(d.fill)
}

// same reports whether a column need not change its type. JSON that is kept as text is
// not text.
func (d *dialect) same(from, to column) bool {
	return d.typeOf(from) == d.typeOf(to) && (from.typ.kind == document) == (to.typ.kind == document)
}

// becomes reports whether a column takes all that a former one holds.
func (d *dialect) becomes(from, to column) bool {
	return d.same(from, to) || d.converted(from, to) != ""
}

// converted is the expression that makes a value of the next type of one of the former
// type, or empty where values would be lost.
func (d *dialect) converted(from, to column) string {
	a, b, name := from.typ, to.typ, d.id(from.name)
	fill := func(format string) string {
		return strings.NewReplacer("{value}", name, "{type}", d.typeOf(to), "{elem}", d.types[to.typ.kind]).Replace(format)
	}
	textual := b.kind == text || b.kind == symbol
	switch {
	case !b.list && b.kind == document:
		return fill(d.json)
	case a.list != b.list:
		return ""
	case a.list && (a.kind == b.kind || widens(a.kind, b.kind) || textual && (a.kind == text || a.kind == symbol || a.kind == uuid || a.kind == day)):
		return fill(cmp.Or(d.castList, d.cast))
	case a.list:
		return ""
	case a.kind == b.kind, widens(a.kind, b.kind):
		return fill(d.cast)
	case textual && (a.kind == text || a.kind == symbol):
		return fill(d.cast)
	case textual:
		return fill(d.casts[a.kind])
	}
	return ""
}

// widens reports whether numbers of one kind are numbers of the other.
func widens(a, b kind) bool {
	return a == whole && (b == wide || b == number) || a == wide && b == number
}

// retype converts a column, where it stands or by way of another one.
func (d *dialect) retype(t *table, from, to column) (list []string, replaced bool) {
	if statement := d.change(d, t, from, to); statement != "" {
		return []string{statement}, false
	}
	made := to
	made.name, made.required = temporary(to.name), false
	list = append(list, d.alter(t, "ADD COLUMN "+d.definition(made)))
	list = append(list, d.set(t, made, d.converted(from, to), d.id(to.name)+" IS NOT NULL"))
	return append(list, d.drop(t, to.name), d.rename(t, made.name, to.name)), true
}

// fallback is the default of the contract as a literal, or empty.
func (d *dialect) fallback(c column) string {
	v := contracts.Value{JSON: c.fallback}
	switch {
	case c.typ.list || c.typ.kind == document || v.Type() == 0:
		return ""
	case v.IsString():
		return d.literal(comment([]string{v.Text()}))
	}
	return v.JSON
}

// doubled writes a literal in which only the quote is special.
func doubled(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// escaped writes a literal in which backslashes are special too.
func escaped(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

func personal(class contracts.PII) bool { return class != "" && class != contracts.NoPII }

// setOrDrop is how most dialects change NOT NULL.
func setOrDrop(d *dialect, t *table, c column) []string {
	action := "DROP"
	if c.required {
		action = "SET"
	}
	return []string{d.alter(t, "ALTER COLUMN "+d.id(c.name)+" "+action+" NOT NULL")}
}

// commentOn is the statement for comments of standard SQL's friends.
func commentOn(d *dialect, t *table, c column) []string {
	return []string{"COMMENT ON COLUMN " + d.in(t.name) + "." + d.id(c.name) + " IS " + d.literal(c.comment)}
}

func commentOnTable(d *dialect, t *table) []string {
	return []string{"COMMENT ON TABLE " + d.in(t.name) + " IS " + d.literal(t.comment)}
}

func nothing(*dialect, *table, column) []string { return nil }
