package sqlddl

import (
	"strings"

	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
)

// pii is the tag of Snowflake by which masking policies find personal data.
const pii = "pii"

var snowflake = dialect{
	Dialect: warehouse.Snowflake, inline: true,
	full: notNull,
	options: func(d *dialect, c warehouse.Column) string {
		text := ""
		if warehouse.Personal(c.Class) {
			text += " WITH TAG (" + d.In(pii) + " = " + d.Literal(string(c.Class)) + ")"
		}
		if c.Comment != "" {
			text += " COMMENT " + d.Literal(c.Comment)
		}
		return text
	},
	before: func(d *dialect, t *warehouse.Table) string {
		if !warehouse.Personal(t.Class) {
			return ""
		}
		return snowflakeTag(d)
	},
	tail: func(d *dialect, t *warehouse.Table) string { return "\nCOMMENT = " + d.Literal(t.Comment) },
	describe: func(d *dialect, t *warehouse.Table) []string {
		return []string{d.alter(t, "SET COMMENT = "+d.Literal(t.Comment))}
	},
	comment: commentOn,
	classify: func(d *dialect, t *warehouse.Table, c warehouse.Column) []string {
		if !warehouse.Personal(c.Class) {
			return []string{d.alter(t, "MODIFY COLUMN "+d.Quote(c.Name)+" UNSET TAG "+d.In(pii))}
		}
		return []string{d.alter(t, "MODIFY COLUMN "+d.Quote(c.Name)+" SET TAG "+d.In(pii)+" = "+d.Literal(string(c.Class)))}
	},
	require: setOrDrop,
	// Snowflake changes the length of types, never types.
	change: func(*dialect, *warehouse.Table, warehouse.Column, warehouse.Column) string { return "" },
	cast:   "CAST({value} AS {type})",
	casts: map[warehouse.Kind]string{
		warehouse.Day: "TO_CHAR({value}, 'YYYY-MM-DD')", warehouse.Moment: `TO_CHAR(CONVERT_TIMEZONE('UTC', {value}), 'YYYY-MM-DD"T"HH24:MI:SS.FF6"Z"')`,
	},
	json: "TO_VARIANT({value})",
	fill: "UPDATE {table} SET {column} = {value} WHERE {where}",
}

// snowflakeTag makes the tag, once for all tables.
func snowflakeTag(d *dialect) string {
	values := make([]string, len(contracts.PIIClasses))
	for i, class := range contracts.PIIClasses {
		values[i] = d.Literal(string(class))
	}
	return "CREATE TAG IF NOT EXISTS " + d.In(pii) + " ALLOWED_VALUES " + strings.Join(values, ", ")
}
