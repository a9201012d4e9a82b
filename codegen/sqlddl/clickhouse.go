package sqlddl

import (
	"strconv"

	"github.com/evctl/evctl/codegen/warehouse"
)

var clickhouse = dialect{
	Dialect: warehouse.ClickHouse, inline: true,
	full: func(d *dialect, c warehouse.Column) string {
		switch {
		case c.Type.List && c.Type.Nulls:
			return "Array(" + warehouse.ClickHouse.Nullable(d.Types[c.Type.Kind]) + ")"
		case c.Type.List || c.Required:
			return d.TypeOf(c)
		}
		return warehouse.ClickHouse.Nullable(d.TypeOf(c))
	},
	options: func(d *dialect, c warehouse.Column) string {
		if c.Comment == "" {
			return ""
		}
		return " COMMENT " + d.Literal(c.Comment)
	},
	tail: func(d *dialect, t *warehouse.Table) string {
		received := d.Quote(warehouse.ColumnReceived)
		text := "\nENGINE = MergeTree\nPARTITION BY toYYYYMM(" + received + ")\nORDER BY (" + received + ", " + d.Quote(warehouse.ColumnID) + ")"
		if expires(t) {
			text += "\nTTL " + lifetime(d, t)
		}
		return text + "\nCOMMENT " + d.Literal(t.Comment)
	},
	describe: func(d *dialect, t *warehouse.Table) []string {
		ttl := "MODIFY TTL " + lifetime(d, t)
		if !expires(t) {
			ttl = "REMOVE TTL"
		}
		return []string{d.alter(t, "MODIFY COMMENT "+d.Literal(t.Comment)), d.alter(t, ttl)}
	},
	comment: func(d *dialect, t *warehouse.Table, c warehouse.Column) []string {
		return []string{d.alter(t, "COMMENT COLUMN "+d.Quote(c.Name)+" "+d.Literal(c.Comment))}
	},
	classify: nothing,
	require: func(d *dialect, t *warehouse.Table, c warehouse.Column) []string {
		switch {
		case c.Type.List:
			return nil
		case c.Required: // it asks for a value that older rows get
			return []string{"-- ClickHouse makes no existing column NOT NULL: " + c.Name + " still takes NULL."}
		}
		return []string{d.alter(t, "MODIFY COLUMN "+d.Quote(c.Name)+" "+d.full(d, c))}
	},
	change: func(d *dialect, t *warehouse.Table, from, to warehouse.Column) string {
		if to.Type.Kind == warehouse.Record || to.Type.Kind == warehouse.JSON || from.Type.Kind == warehouse.Moment {
			return ""
		}
		to.Required = from.Required
		return d.alter(t, "MODIFY COLUMN "+d.Quote(to.Name)+" "+d.full(d, to))
	},
	cast: "CAST({value} AS {type})",
	casts: map[warehouse.Kind]string{
		warehouse.UUID: "toString({value})", warehouse.Day: "toString({value})", warehouse.Moment: "formatDateTime({value}, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC')",
	},
	part: "{value}", record: "CAST(tuple({parts}) AS {type})", blank: "defaultValueOfTypeName({literal})",
	recordList: "arrayMap({item} -> {record}, {value})",
	json:       "toJSONString({value})",
	fill:       "ALTER TABLE {table} UPDATE {column} = {value} WHERE {where} SETTINGS mutations_sync = 1",
}

// lifetime is when a row goes away.
func lifetime(d *dialect, t *warehouse.Table) string {
	return "toDateTime(" + d.Quote(warehouse.ColumnReceived) + ") + INTERVAL " + strconv.Itoa(t.Days) + " DAY"
}

// expires reports whether rows go away within the years that DateTime has, which ends in
// 2106 and starts again.
func expires(t *warehouse.Table) bool { return 0 < t.Days && t.Days <= 50*366 }
