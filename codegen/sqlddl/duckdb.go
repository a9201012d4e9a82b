package sqlddl

import "github.com/evctl/evctl/codegen/warehouse"

var duckdb = dialect{
	Dialect: warehouse.DuckDB, transactional: true,
	full: notNull, describe: commentOnTable, comment: commentOn, classify: nothing, require: setOrDrop,
	change: func(d *dialect, t *warehouse.Table, from, to warehouse.Column) string {
		return d.alter(t, "ALTER COLUMN "+d.Quote(to.Name)+" SET DATA TYPE "+d.TypeOf(to)+" USING "+d.converted(from, to))
	},
	cast: "CAST({value} AS {type})",
	casts: map[warehouse.Kind]string{
		warehouse.UUID: "CAST({value} AS VARCHAR)", warehouse.Day: "strftime({value}, '%Y-%m-%d')",
		warehouse.Moment: "strftime({value} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')",
	},
	part: "{name} := {value}", record: "CASE WHEN {value} IS NOT NULL THEN struct_pack({parts}) END", blank: "CAST(NULL AS {type})",
	recordList: "list_transform({value}, lambda {item}: {record})",
	json:       "CASE WHEN {value} IS NOT NULL THEN to_json({value}) END",
	// After UPDATE, the same transaction may not say NOT NULL.
	fill: "ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE {type} USING CASE WHEN {where} THEN {value} ELSE {column} END",
}
