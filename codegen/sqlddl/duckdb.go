package sqlddl

var duckdb = dialect{
	name: "duckdb", title: "DuckDB", transactional: true, quote: `"`, literal: doubled,
	types: map[kind]string{
		text: "VARCHAR", symbol: "VARCHAR", uuid: "UUID", day: "DATE", moment: "TIMESTAMPTZ", whole: "BIGINT", wide: "DECIMAL(38, 0)",
		number: "DOUBLE", truth: "BOOLEAN", document: "JSON",
	},
	arrays: "%[]", nullsInArrays: true,
	full: notNull, describe: commentOnTable, comment: commentOn, classify: nothing, require: setOrDrop,
	change: func(d *dialect, t *table, from, to column) string {
		return d.alter(t, "ALTER COLUMN "+d.id(to.name)+" SET DATA TYPE "+d.typeOf(to)+" USING "+d.converted(from, to))
	},
	cast: "CAST({value} AS {type})",
	casts: map[kind]string{
		uuid: "CAST({value} AS VARCHAR)", day: "strftime({value}, '%Y-%m-%d')",
		moment: "strftime({value} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')",
	},
	json: "CASE WHEN {value} IS NOT NULL THEN to_json({value}) END",
	// After UPDATE, the same transaction may not say NOT NULL.
	fill: "ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE {type} USING CASE WHEN {where} THEN {value} ELSE {column} END",
}
