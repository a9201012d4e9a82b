package sqlddl

import "strconv"

var clickhouse = dialect{
	name: "clickhouse", title: "ClickHouse", quote: "`", literal: escaped, inline: true,
	types: map[kind]string{
		text: "String", symbol: "LowCardinality(String)", uuid: "UUID", day: "Date32", moment: "DateTime64(6, 'UTC')", whole: "Int64", wide: "Int256",
		number: "Float64", truth: "Bool", document: "String",
	},
	arrays: "Array(%)", nullsInArrays: true,
	full: func(d *dialect, c column) string {
		switch {
		case c.typ.list && c.typ.nulls:
			return "Array(" + nullable(d.types[c.typ.kind]) + ")"
		case c.typ.list || c.required:
			return d.typeOf(c)
		}
		return nullable(d.typeOf(c))
	},
	options: func(d *dialect, c column) string {
		if c.comment == "" {
			return ""
		}
		return " COMMENT " + d.literal(c.comment)
	},
	tail: func(d *dialect, t *table) string {
		received := d.id(columnReceived)
		text := "\nENGINE = MergeTree\nPARTITION BY toYYYYMM(" + received + ")\nORDER BY (" + received + ", " + d.id(columnID) + ")"
		if expires(t) {
			text += "\nTTL " + lifetime(d, t)
		}
		return text + "\nCOMMENT " + d.literal(t.comment)
	},
	describe: func(d *dialect, t *table) []string {
		ttl := "MODIFY TTL " + lifetime(d, t)
		if !expires(t) {
			ttl = "REMOVE TTL"
		}
		return []string{d.alter(t, "MODIFY COMMENT "+d.literal(t.comment)), d.alter(t, ttl)}
	},
	comment: func(d *dialect, t *table, c column) []string {
		return []string{d.alter(t, "COMMENT COLUMN "+d.id(c.name)+" "+d.literal(c.comment))}
	},
	classify: nothing,
	require: func(d *dialect, t *table, c column) []string {
		switch {
		case c.typ.list:
			return nil
		case c.required: // it asks for a value that older rows get
			return []string{"-- ClickHouse makes no existing column NOT NULL: " + c.name + " still takes NULL."}
		}
		return []string{d.alter(t, "MODIFY COLUMN "+d.id(c.name)+" "+d.full(d, c))}
	},
	change: func(d *dialect, t *table, from, to column) string {
		if to.typ.kind == document || from.typ.kind == moment {
			return ""
		}
		to.required = from.required
		return d.alter(t, "MODIFY COLUMN "+d.id(to.name)+" "+d.full(d, to))
	},
	cast: "CAST({value} AS {type})",
	casts: map[kind]string{
		uuid: "toString({value})", day: "toString({value})", moment: "formatDateTime({value}, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC')",
	},
	json: "toJSONString({value})",
	fill: "ALTER TABLE {table} UPDATE {column} = {value} WHERE {where} SETTINGS mutations_sync = 1",
}

func nullable(name string) string {
	if name == "LowCardinality(String)" {
		return "LowCardinality(Nullable(String))"
	}
	return "Nullable(" + name + ")"
}

// lifetime is when a row goes away.
func lifetime(d *dialect, t *table) string {
	return "toDateTime(" + d.id(columnReceived) + ") + INTERVAL " + strconv.Itoa(t.days) + " DAY"
}

// expires reports whether rows go away within the years that DateTime has, which ends in
// 2106 and starts again.
func expires(t *table) bool { return 0 < t.days && t.days <= 50*366 }
