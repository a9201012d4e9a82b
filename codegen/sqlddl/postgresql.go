package sqlddl

import "github.com/evctl/evctl/codegen/warehouse"

var postgresql = dialect{
	Dialect: warehouse.PostgreSQL, transactional: true,
	full: notNull, describe: commentOnTable, comment: commentOn, classify: nothing, require: setOrDrop,
	change: func(d *dialect, t *warehouse.Table, from, to warehouse.Column) string {
		return d.alter(t, "ALTER COLUMN "+d.Quote(to.Name)+" TYPE "+d.TypeOf(to)+" USING "+d.converted(from, to))
	},
	cast: "{value}::{type}",
	casts: map[warehouse.Kind]string{
		warehouse.UUID: "{value}::text", warehouse.Day: "to_char({value}, 'YYYY-MM-DD')",
		warehouse.Moment: `to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
	},
	json: "to_jsonb({value})",
	fill: "UPDATE {table} SET {column} = {value} WHERE {where}",
}
