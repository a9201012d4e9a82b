package sqlddl

var postgresql = dialect{
	name: "postgresql", title: "PostgreSQL", transactional: true, quote: `"`, literal: doubled,
	types: map[kind]string{
		text: "text", symbol: "text", uuid: "uuid", day: "date", moment: "timestamptz", whole: "bigint", wide: "numeric",
		number: "double precision", truth: "boolean", document: "jsonb",
	},
	arrays: "%[]", nullsInArrays: true,
	full: notNull, describe: commentOnTable, comment: commentOn, classify: nothing, require: setOrDrop,
	change: func(d *dialect, t *table, from, to column) string {
		return d.alter(t, "ALTER COLUMN "+d.id(to.name)+" TYPE "+d.typeOf(to)+" USING "+d.converted(from, to))
	},
	cast: "{value}::{type}",
	casts: map[kind]string{
		uuid: "{value}::text", day: "to_char({value}, 'YYYY-MM-DD')",
		moment: `to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
	},
	json: "to_jsonb({value})",
	fill: "UPDATE {table} SET {column} = {value} WHERE {where}",
}
