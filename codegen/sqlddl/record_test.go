package sqlddl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts/golden"
)

// records are what happens to a list of objects when a contract changes.
var records = []struct {
	name, old, next string
	value           map[string]string // by dialect
	want            string
}{
	{
		"parts are added and widened",
		"{sku: {type: string}, pieces: {type: integer}}",
		"{sku: {type: string}, note: {type: string}, pieces: {type: number}, tags: {type: array, items: {type: string}}}",
		map[string]string{"duckdb": "[{'sku': 'a', 'pieces': 2}, {'sku': NULL, 'pieces': NULL}]", "clickhouse": "[('a', 2), (NULL, NULL)]"},
		`[{"sku":"a","note":null,"pieces":2,"tags":-},{"sku":null,"note":null,"pieces":null,"tags":-}]`,
	},
	{
		"parts change their order and their names",
		"{a: {type: integer}, b: {type: integer}}",
		"{b: {type: integer}, c: {type: integer, renamedFrom: a}}",
		map[string]string{"duckdb": "[{'a': 1, 'b': 2}]", "clickhouse": "[(1, 2)]"},
		`[{"b":2,"c":1}]`,
	},
	{
		"objects and lists within are brought along",
		"{price: {type: object, properties: {amount: {type: integer}}}, parts: {type: array, items: {type: object, properties: {n: {type: integer}}}}}",
		"{price: {type: object, properties: {amount: {type: number}, currency: {type: string}}}, parts: {type: array, items: {type: object, properties: {n: {type: number}, m: {type: any}}}}}",
		map[string]string{"duckdb": "[{'price': {'amount': 1}, 'parts': [{'n': 1}, {'n': 2}]}]", "clickhouse": "[(tuple(1), [tuple(1), tuple(2)])]"},
		`[{"price":{"amount":1,"currency":null},"parts":[{"n":1,"m":null},{"n":2,"m":null}]}]`,
	},
	{
		"the rest stays when a part is lost",
		"{gone: {type: string}, kept: {type: string}, other: {type: string}}",
		"{kept: {type: string}, other: {type: integer}}",
		map[string]string{"duckdb": "[{'gone': 'x', 'kept': 'y', 'other': 'z'}]", "clickhouse": "[('x', 'y', 'z')]"},
		`[{"kept":"y","other":null}]`,
	},
	{
		"a scalar becomes anything",
		"{a: {type: integer}, b: {type: string, format: date}}",
		"{a: {type: any}, b: {type: string}}",
		map[string]string{"duckdb": "[{'a': 1, 'b': '2026-01-02'::DATE}, {'a': NULL, 'b': NULL}]", "clickhouse": "[(1, '2026-01-02'), (NULL, NULL)]"},
		`[{"a":1,"b":"2026-01-02"},{"a":null,"b":null}]`,
	},
}

func lineItems(t *testing.T, version, properties string) *codegen.Event {
	t.Helper()
	return eventWith(t, version, "items: {type: array, items: {type: object, properties: "+properties+"}}")
}

// TestSteps_KeepRecords puts a row with a list of records into the former table and reads it
// from the next one.
func TestSteps_KeepRecords(t *testing.T) {
	for name, e := range engines(t) {
		d := find(name)
		if !d.HasRecords() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p := printer{dialect: *d, layout: warehouse.Options{Nested: true}}
			read := map[string]string{"duckdb": "to_json(items)", "clickhouse": "toJSONString(items)"}[name]
			var scripts []string
			for i, c := range records {
				from, to := p.table(lineItems(t, "1.0.0", c.old), fmt.Sprintf("r_%d", i)), p.table(lineItems(t, "2.0.0", c.next), fmt.Sprintf("r_%d", i))
				scripts = append(scripts, string(p.script("", p.create(from), false))+
					"INSERT INTO "+from.Name+" (_event_id, _event_version, _received_at, items) VALUES ('1', '1.0.0', '2026-11-20 10:00:00', "+c.value[name]+");\n"+
					string(p.script("", steps(&p.dialect, from, to), p.transactional))+"SELECT "+read+" FROM "+from.Name+";\n")
			}
			for i, rows := range e.run(t, scripts) {
				// What is absent is an empty list in ClickHouse, and JSON is text.
				got := strings.NewReplacer(`"tags":null`, `"tags":-`, `"tags":[]`, `"tags":-`, ".0", "", `"a":"1"`, `"a":1`, " ", "").Replace(*rows[0][0])
				if diff := cmp.Diff(records[i].want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s\n%s", records[i].name, diff, scripts[i])
				}
			}
		})
	}
}

// TestSteps_GoldensOfRecords keeps what a table with a list of records and its steps look
// like, and has a parser of the dialect read those of BigQuery.
func TestSteps_GoldensOfRecords(t *testing.T) {
	for _, d := range dialects {
		if !d.HasRecords() {
			continue
		}
		p := printer{dialect: *d, layout: warehouse.Options{Nested: true}}
		var scripts []string
		for _, c := range records {
			from, to := p.table(lineItems(t, "1.0.0", c.old), "order_completed"), p.table(lineItems(t, "2.0.0", c.next), "order_completed")
			scripts = append(scripts, string(p.script("1.0.0", p.create(from), false))+string(p.script("1.0.0 to 2.0.0", steps(&p.dialect, from, to), p.transactional)))
		}
		golden.Check(t, "testdata/records_"+d.Name+".sql.golden", []byte(strings.Join(scripts, "\n")))
		if d.Name != bigquery.Name {
			continue
		}
		for i, statements := range python(d.Name).run(t, scripts) {
			for _, s := range statements {
				if *s[0] != "parsed" && !known(*s[1]) {
					t.Errorf("not understood: %s\n%s", *s[1], scripts[i])
				}
			}
		}
	}
}

// TestGenerate_RefusesRecordsWhereThereAreNone wants a dialect that has them.
func TestGenerate_RefusesRecordsWhereThereAreNone(t *testing.T) {
	for _, d := range dialects {
		options, err := codegen.CheckOptions(Target{}, map[string]string{optionDialect: d.Name, optionNested: nested})
		if err != nil {
			t.Fatal(err)
		}
		_, err = codegen.Job{Target: Target{}, Options: options}.Files(codegentest.Model(t, shop))
		if (err == nil) != d.HasRecords() {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
}
