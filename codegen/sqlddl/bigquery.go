package sqlddl

import (
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts/naming"
)

// bigquery says what columns are in their descriptions; policy tags belong to a taxonomy
// that SQL cannot make, and the highest privacy class of a table is its label pii.
var bigquery = dialect{
	Dialect: warehouse.BigQuery, inline: true,
	full: func(d *dialect, c warehouse.Column) string {
		if c.Type.List {
			return d.TypeOf(c) // never NULL
		}
		return notNull(d, c)
	},
	options: func(d *dialect, c warehouse.Column) string {
		if c.Comment == "" {
			return ""
		}
		return " OPTIONS (description = " + d.Literal(c.Comment) + ")"
	},
	tail: func(d *dialect, t *warehouse.Table) string {
		return "\nPARTITION BY DATE(" + d.Quote(warehouse.ColumnReceived) + ")\nOPTIONS (\n  " + strings.Join(bigqueryOptions(d, t, nil), ",\n  ") + "\n)"
	},
	describe: func(d *dialect, t *warehouse.Table) []string {
		return []string{d.alter(t, "SET OPTIONS ("+strings.Join(bigqueryOptions(d, t, []string{"partition_expiration_days = NULL"}), ", ")+")")}
	},
	comment: func(d *dialect, t *warehouse.Table, c warehouse.Column) []string {
		return []string{d.alter(t, "ALTER COLUMN "+d.Quote(c.Name)+" SET OPTIONS (description = "+d.Literal(c.Comment)+")")}
	},
	classify: nothing,
	require: func(d *dialect, t *warehouse.Table, c warehouse.Column) []string {
		switch {
		case c.Type.List:
			return nil
		case c.Required:
			return []string{"-- BigQuery makes no existing column NOT NULL: " + c.Name + " still takes NULL."}
		}
		return setOrDrop(d, t, c)
	},
	change: func(d *dialect, t *warehouse.Table, from, to warehouse.Column) string {
		if from.Type.List || to.Type.Kind != warehouse.Number && to.Type.Kind != warehouse.Wide {
			return ""
		}
		return d.alter(t, "ALTER COLUMN "+d.Quote(to.Name)+" SET DATA TYPE "+d.TypeOf(to))
	},
	cast:     "CAST({value} AS {type})",
	castList: "ARRAY(SELECT CAST(item AS {elem}) FROM UNNEST({value}) AS item WITH OFFSET AS position ORDER BY position)",
	casts: map[warehouse.Kind]string{
		warehouse.Day: "CAST({value} AS STRING)", warehouse.Moment: "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', {value}, 'UTC')",
	},
	part: "{value} AS {name}", record: "IF({value} IS NULL, NULL, STRUCT({parts}))", blank: "CAST(NULL AS {type})",
	recordList: "ARRAY(SELECT {record} FROM UNNEST({value}) AS {item} WITH OFFSET AS position ORDER BY position)",
	json:       "TO_JSON({value})",
	fill:       "UPDATE {table} SET {column} = {value} WHERE {where}",
}

// bigqueryOptions are the options of a table; forever is what is said when rows are kept
// for good, and not nil where options may stand already.
func bigqueryOptions(d *dialect, t *warehouse.Table, forever []string) []string {
	list := []string{"description = " + d.Literal(t.Comment)}
	var labels []string
	if t.Event.Owner != "" {
		labels = append(labels, "('owner', "+d.Literal(label(t.Event.Owner))+")")
	}
	if warehouse.Personal(t.Class) {
		labels = append(labels, "('pii', "+d.Literal(string(t.Class))+")")
	}
	if len(labels) > 0 || forever != nil {
		list = append(list, "labels = ["+strings.Join(labels, ", ")+"]")
	}
	if t.Days > 0 {
		return append(list, "partition_expiration_days = "+strconv.Itoa(t.Days))
	}
	return append(list, forever...)
}

// label is text as the value of a label: lower-case letters, digits and underscores.
func label(text string) string { return warehouse.Shorten(naming.Of(text).Snake()) }
