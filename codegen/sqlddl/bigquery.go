package sqlddl

import (
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/naming"
)

// bigquery says what columns are in their descriptions; policy tags belong to a taxonomy
// that SQL cannot make, and the highest privacy class of a table is its label pii.
var bigquery = dialect{
	name: "bigquery", title: "BigQuery", quote: "`", literal: escaped, inline: true,
	types: map[kind]string{
		text: "STRING", symbol: "STRING", uuid: "STRING", day: "DATE", moment: "TIMESTAMP", whole: "INT64", wide: "BIGNUMERIC",
		number: "FLOAT64", truth: "BOOL", document: "JSON",
	},
	arrays: "ARRAY<%>",
	full: func(d *dialect, c column) string {
		if c.typ.list {
			return d.typeOf(c) // never NULL
		}
		return notNull(d, c)
	},
	options: func(d *dialect, c column) string {
		if c.comment == "" {
			return ""
		}
		return " OPTIONS (description = " + d.literal(c.comment) + ")"
	},
	tail: func(d *dialect, t *table) string {
		return "\nPARTITION BY DATE(" + d.id(columnReceived) + ")\nOPTIONS (\n  " + strings.Join(bigqueryOptions(d, t, nil), ",\n  ") + "\n)"
	},
	describe: func(d *dialect, t *table) []string {
		return []string{d.alter(t, "SET OPTIONS ("+strings.Join(bigqueryOptions(d, t, []string{"partition_expiration_days = NULL"}), ", ")+")")}
	},
	comment: func(d *dialect, t *table, c column) []string {
		return []string{d.alter(t, "ALTER COLUMN "+d.id(c.name)+" SET OPTIONS (description = "+d.literal(c.comment)+")")}
	},
	classify: nothing,
	require: func(d *dialect, t *table, c column) []string {
		switch {
		case c.typ.list:
			return nil
		case c.required:
			return []string{"-- BigQuery makes no existing column NOT NULL: " + c.name + " still takes NULL."}
		}
		return setOrDrop(d, t, c)
	},
	change: func(d *dialect, t *table, from, to column) string {
		if from.typ.list || to.typ.kind != number && to.typ.kind != wide {
			return ""
		}
		return d.alter(t, "ALTER COLUMN "+d.id(to.name)+" SET DATA TYPE "+d.typeOf(to))
	},
	cast:     "CAST({value} AS {type})",
	castList: "ARRAY(SELECT CAST(item AS {elem}) FROM UNNEST({value}) AS item WITH OFFSET AS position ORDER BY position)",
	casts: map[kind]string{
		day: "CAST({value} AS STRING)", moment: "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', {value}, 'UTC')",
	},
	json: "TO_JSON({value})",
	fill: "UPDATE {table} SET {column} = {value} WHERE {where}",
}

// bigqueryOptions are the options of a table; forever is what is said when rows are kept
// for good, and not nil where options may stand already.
func bigqueryOptions(d *dialect, t *table, forever []string) []string {
	list := []string{"description = " + d.literal(t.comment)}
	var labels []string
	if t.event.Owner != "" {
		labels = append(labels, "('owner', "+d.literal(label(t.event.Owner))+")")
	}
	if personal(t.class) {
		labels = append(labels, "('pii', "+d.literal(string(t.class))+")")
	}
	if len(labels) > 0 || forever != nil {
		list = append(list, "labels = ["+strings.Join(labels, ", ")+"]")
	}
	if t.days > 0 {
		return append(list, "partition_expiration_days = "+strconv.Itoa(t.days))
	}
	return append(list, forever...)
}

// label is text as the value of a label: lower-case letters, digits and underscores.
func label(text string) string { return shorten(naming.Of(text).Snake()) }
