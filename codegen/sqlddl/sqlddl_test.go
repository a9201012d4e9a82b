package sqlddl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
)

const (
	torture = "../testdata/torture"
	shop    = "../../testdata/shop"
)

// engines are those in which tables are made, with what lists the columns of all tables:
// schema, table, name, type, whether it takes NULL, and comment.
func engines(t *testing.T) map[string]struct {
	engine
	columns string
} {
	t.Helper()
	return map[string]struct {
		engine
		columns string
	}{
		"postgresql": {startPostgres(t), `SELECT to_json(ARRAY[table_schema::text, table_name::text, column_name::text, data_type::text || ' ' || udt_name::text, is_nullable::text,
			col_description((quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass, ordinal_position), obj_description((quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass)])
			FROM information_schema.columns WHERE table_schema LIKE 't\_%';`},
		"duckdb": {python("duckdb"), `SELECT c.schema_name, c.table_name, c.column_name, c.data_type, c.is_nullable, c.comment, t.comment
			FROM duckdb_columns() c JOIN duckdb_tables() t USING (schema_name, table_name);`},
		"clickhouse": {python("clickhouse"), `SELECT c.database, c.table, c.name, c.type, '', c.comment, t.comment || ' ' || extract(t.engine_full, 'TTL.*')
			FROM system.columns c JOIN system.tables t ON c.database = t.database AND c.table = t.name WHERE c.database LIKE 't\\_%';`},
	}
}

// script puts tables into a schema, made by a path through versions.
func script(d *dialect, schema string, notNull bool, path ...*codegen.Event) string {
	p := printer{dialect: *d, layout: warehouse.Options{NotNull: notNull, Nested: d.HasRecords() && !notNull}}
	p.Schema = schema
	var b strings.Builder
	if d.Name == "clickhouse" {
		fmt.Fprintf(&b, "CREATE DATABASE IF NOT EXISTS %s;\n", schema)
	} else {
		fmt.Fprintf(&b, "CREATE SCHEMA IF NOT EXISTS %s;\n", schema)
	}
	old := p.table(path[0], "events")
	b.Write(p.script(old.Title(), p.create(old), false))
	for _, e := range path[1:] {
		next := p.table(e, "events")
		b.Write(p.script(next.Title(), steps(&p.dialect, old, next), p.transactional))
		old = next
	}
	return b.String()
}

// compare makes each last version in two ways, and wants the same columns.
func compare(t *testing.T, paths [][]*codegen.Event, notNull bool) {
	t.Helper()
	for name, e := range engines(t) {
		if notNull && name == "clickhouse" {
			continue // it can only relax that
		}
		t.Run(name, func(t *testing.T) {
			var scripts []string
			for i, path := range paths {
				scripts = append(scripts, script(find(name), fmt.Sprintf("t_%d_got", i), notNull, path...), script(find(name), fmt.Sprintf("t_%d_want", i), notNull, path[len(path)-1]))
			}
			results := e.run(t, append(scripts, e.columns))
			got, want := tables(results[len(results)-1])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("CREATE and ALTER differ from CREATE (-want +got):\n%s", diff)
			}
			if len(want) != len(paths) {
				t.Errorf("%d tables, expected %d", len(want), len(paths))
			}
		})
	}
}

// tables are the columns of each table, sorted: those that ALTER adds stand last.
func tables(rows [][]*string) (got, want map[string][]string) {
	got, want = map[string][]string{}, map[string][]string{}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cell != nil {
				cells[i] = *cell
			}
		}
		if path, ok := strings.CutSuffix(cells[0], "_got"); ok {
			got[path] = append(got[path], strings.Join(cells[1:], "|"))
		} else {
			path = strings.TrimSuffix(path, "_want")
			want[path] = append(want[path], strings.Join(cells[1:], "|"))
		}
	}
	for _, list := range slices.Concat(slices.Collect(maps.Values(got)), slices.Collect(maps.Values(want))) {
		slices.Sort(list)
	}
	return got, want
}

// releases are the versions of each event of the shop, the present one last.
func releases(t *testing.T) [][]*codegen.Event {
	t.Helper()
	var list [][]*codegen.Event
	for _, e := range codegentest.Released(t, shop).Events {
		var versions []*codegen.Event
		for _, c := range e.Released {
			versions = append(versions, eventOf(c))
		}
		list = append(list, append(versions, e))
	}
	return list
}

// TestSteps_EveryPairOfReleasesGetsTheColumnsOfTheNewOne goes from each version to each
// later one, with all between them and without.
func TestSteps_EveryPairOfReleasesGetsTheColumnsOfTheNewOne(t *testing.T) {
	var paths [][]*codegen.Event
	for _, versions := range releases(t) {
		for i := range versions {
			for j := i + 1; j < len(versions); j++ {
				paths = append(paths, versions[i:j+1])
				if j > i+1 {
					paths = append(paths, []*codegen.Event{versions[i], versions[j]})
				}
			}
		}
	}
	if len(paths) < 25 {
		t.Fatalf("only %d paths", len(paths))
	}
	for _, notNull := range []bool{false, true} {
		t.Run(fmt.Sprint("not null ", notNull), func(t *testing.T) { compare(t, paths, notNull) })
	}
}

// TestSteps_AnyContractBecomesAnyOther goes between contracts that have nothing to do with
// each other but some names.
func TestSteps_AnyContractBecomesAnyOther(t *testing.T) {
	random, _ := codegentest.Random(t, 40, 1)
	tortured := codegentest.Model(t, torture)
	var paths [][]*codegen.Event
	for _, m := range []*codegen.Model{random, tortured} {
		for i := range len(m.Events) - 1 {
			paths = append(paths, m.Events[i:i+2])
		}
	}
	compare(t, paths, true)
	compare(t, paths, false)
}

// eventOf is one version by itself.
func eventOf(c *contracts.Contract) *codegen.Event {
	return codegen.NewModel(codegen.Source{Events: []*contracts.Contract{c}}).Events[0]
}
