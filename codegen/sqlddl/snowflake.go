package sqlddl

import (
	"strings"

	"github.com/evctl/evctl/contracts"
)

// pii is the tag of Snowflake by which masking policies find personal data.
const pii = "pii"

var snowflake = dialect{
	name: "snowflake", title: "Snowflake", quote: `"`, upper: true, literal: escaped, inline: true,
	types: map[kind]string{
		text: "VARCHAR", symbol: "VARCHAR", uuid: "VARCHAR", day: "DATE", moment: "TIMESTAMP_TZ", whole: "NUMBER(38, 0)", wide: "NUMBER(38, 0)",
		number: "FLOAT", truth: "BOOLEAN", document: "VARIANT",
	},
	arrays: "ARRAY", nullsInArrays: true,
	full: notNull,
	options: func(d *dialect, c column) string {
		text := ""
		if personal(c.class) {
			text += " WITH TAG (" + d.in(pii) + " = " + d.literal(string(c.class)) + ")"
		}
		if c.comment != "" {
			text += " COMMENT " + d.literal(c.comment)
		}
		return text
	},
	before: func(d *dialect, t *table) string {
		if !personal(t.class) {
			return ""
		}
		return snowflakeTag(d)
	},
	tail: func(d *dialect, t *table) string { return "\nCOMMENT = " + d.literal(t.comment) },
	describe: func(d *dialect, t *table) []string {
		return []string{d.alter(t, "SET COMMENT = "+d.literal(t.comment))}
	},
	comment: commentOn,
	classify: func(d *dialect, t *table, c column) []string {
		if !personal(c.class) {
			return []string{d.alter(t, "MODIFY COLUMN "+d.id(c.name)+" UNSET TAG "+d.in(pii))}
		}
		return []string{d.alter(t, "MODIFY COLUMN "+d.id(c.name)+" SET TAG "+d.in(pii)+" = "+d.literal(string(c.class)))}
	},
	require: setOrDrop,
	// Snowflake changes the length of types, never types.
	change: func(*dialect, *table, column, column) string { return "" },
	cast:   "CAST({value} AS {type})",
	casts: map[kind]string{
		day: "TO_CHAR({value}, 'YYYY-MM-DD')", moment: `TO_CHAR(CONVERT_TIMEZONE('UTC', {value}), 'YYYY-MM-DD"T"HH24:MI:SS.FF6"Z"')`,
	},
	json: "TO_VARIANT({value})",
	fill: "UPDATE {table} SET {column} = {value} WHERE {where}",
}

// snowflakeTag makes the tag, once for all tables.
func snowflakeTag(d *dialect) string {
	values := make([]string, len(contracts.PIIClasses))
	for i, class := range contracts.PIIClasses {
		values[i] = d.literal(string(class))
	}
	return "CREATE TAG IF NOT EXISTS " + d.in(pii) + " ALLOWED_VALUES " + strings.Join(values, ", ")
}
