package sqlddl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/codegentest"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/payload"
)

// row is a payload as the columns of a table hold it: a value for each name.
type row map[string]any

// rowOf takes a payload apart by the paths of the columns.
func rowOf(t *testing.T, tab *warehouse.Table, raw []byte, id string) row {
	t.Helper()
	r := row{warehouse.ColumnID: id, warehouse.ColumnVersion: tab.Event.Version.String(), warehouse.ColumnReceived: "2026-11-20T10:00:00Z"}
	root := decode(t, raw)
	for _, c := range tab.Columns[tab.Metadata:] {
		if value := take(root, c.Path); value != nil {
			r[c.Name] = shape(value, c.Type)
		}
	}
	if last := tab.Columns[len(tab.Columns)-1]; last.Path == warehouse.ColumnUndeclared {
		r[warehouse.ColumnUndeclared] = root // what is left
	}
	return r
}

// shape has records with the names of their parts, and what is not declared by itself.
func shape(v any, t warehouse.Type) any {
	if t.Kind != warehouse.Record || v == nil {
		return v
	}
	if list, ok := v.([]any); ok {
		one := t
		one.List = false
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = shape(item, one)
		}
		return out
	}
	object, out := v.(map[string]any), map[string]any{}
	for _, m := range t.Members {
		if m.Wire == "" {
			out[m.Name] = object // what is left
		} else if value, ok := object[m.Wire]; ok {
			out[m.Name] = shape(value, m.Type)
			delete(object, m.Wire)
		}
	}
	return out
}

// take removes what stands at a path.
func take(in any, path string) any {
	for {
		step, rest, more := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		object, ok := in.(map[string]any)
		key := strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		if !ok || !more {
			value := object[key]
			delete(object, key)
			return value
		}
		in, path = object[key], rest
	}
}

func decode(t *testing.T, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

// holds reports whether a row is within what doc.go says that warehouses can hold.
func holds(tab *warehouse.Table, r row) bool {
	for _, c := range tab.Columns[tab.Metadata:] {
		if !held(c.Type, r[c.Name]) {
			return false
		}
	}
	return true
}

func held(t warehouse.Type, v any) bool {
	list, ok := v.([]any)
	if !ok || !t.List {
		list = []any{v}
	}
	for _, v := range list {
		for _, m := range t.Members {
			if object, _ := v.(map[string]any); !held(m.Type, object[m.Name]) {
				return false
			}
		}
		if v != nil && t.Kind != warehouse.Record && !fits(t.Kind, v) {
			return false
		}
	}
	return true
}

func fits(k warehouse.Kind, v any) bool {
	text, _ := json.Marshal(v)
	switch k {
	case warehouse.Moment:
		at, err := time.Parse(time.RFC3339, v.(string))
		_, offset := at.Zone()
		return err == nil && at.Year() >= 1901 && at.Year() < 2299 && -16*3600 < offset && offset < 16*3600
	case warehouse.Day:
		return "1900" < v.(string) && v.(string) < "2299"
	case warehouse.Whole:
		return !warehouse.Beyond(contracts.Decimal(v.(json.Number)))
	case warehouse.Wide:
		n := contracts.Decimal(v.(json.Number)).Rat()
		return n.Abs(n).Cmp(new(big.Rat).SetFloat64(1e38)) < 0
	}
	return !bytes.Contains(text, []byte(`\u0000`))
}

// plain makes what columns of a type hold comparable.
func plain(t warehouse.Type, v any) any {
	if v == nil {
		return nil
	}
	if values, ok := v.([]any); ok && t.List {
		one := t
		one.List = false
		out := make([]any, len(values))
		for i, v := range values {
			out[i] = plain(one, v)
		}
		return out
	}
	if object, ok := v.(map[string]any); ok && t.Kind == warehouse.Record {
		out := map[string]any{}
		for _, m := range t.Members {
			out[m.Name] = plain(m.Type, object[m.Name])
		}
		return out
	}
	return plainOne(t.Kind, v)
}

func plainOne(k warehouse.Kind, v any) any {
	switch k {
	case warehouse.UUID:
		return strings.ToLower(fmt.Sprint(v))
	case warehouse.Moment:
		at, err := time.Parse(time.RFC3339, strings.Replace(fmt.Sprint(v), " ", "T", 1))
		if err != nil {
			if at, err = time.Parse("2006-01-02 15:04:05.999999999", fmt.Sprint(v)); err == nil { // UTC, in ClickHouse
				return at.Round(time.Microsecond).String()
			}
			if at, err = time.Parse("2006-01-02T15:04:05.999999999Z07", strings.Replace(fmt.Sprint(v), " ", "T", 1)); err != nil {
				return v
			}
		}
		return at.UTC().Round(time.Microsecond).String()
	case warehouse.Number:
		f, _ := new(big.Rat).SetString(fmt.Sprint(v))
		short, _ := f.Float64()
		return short
	case warehouse.Whole, warehouse.Wide, warehouse.JSON:
		if text, ok := v.(string); ok && k == warehouse.Wide {
			v = json.Number(text) // so that ClickHouse writes it
		}
		return canonical(v)
	}
	return v
}

func canonical(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, _ := contracts.Decimal(v).Rat().Float64()
		return f
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = canonical(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			out[k] = canonical(v[k])
		}
		return out
	}
	return v
}

// stored are tables with payloads that their contracts accept, as rows.
type stored struct {
	table *warehouse.Table
	rows  []row
}

func storedOf(t *testing.T, d *dialect, m *codegen.Model, prefix string, nested bool) (list []stored) {
	t.Helper()
	p := printer{dialect: *d, layout: warehouse.Options{NotNull: true, Nested: nested}}
	count, left := 0, 0
	for i, e := range m.Events {
		v, err := payload.Compile(e.Contract)
		if err != nil {
			t.Fatal(err)
		}
		s := stored{table: p.table(e, fmt.Sprintf("%s_%d", prefix, i))}
		for seed := range 12 {
			raw := contracttest.Payload(e.Contract).Example(seed)
			if !v.Valid(raw) {
				continue
			}
			r := rowOf(t, s.table, raw, fmt.Sprintf("%02d", len(s.rows)))
			if count++; !holds(s.table, r) {
				left++
				continue
			}
			s.rows = append(s.rows, r)
		}
		list = append(list, s)
	}
	if count < 150 || left > count/4 {
		t.Errorf("%d payloads, %d of them left out", count, left)
	}
	return list
}

// TestCreate_HoldsGeneratedPayloads puts payloads into the tables of every engine and reads
// the same values back.
func TestCreate_HoldsGeneratedPayloads(t *testing.T) {
	models := map[string]*codegen.Model{"shop": codegentest.Released(t, shop), "torture": codegentest.Model(t, torture)}
	for name, e := range engines(t) {
		for from, m := range models {
			t.Run(name+" "+from, func(t *testing.T) {
				d := find(name)
				list := storedOf(t, d, m, from, d.HasRecords())
				var scripts []string
				for _, s := range list {
					scripts = append(scripts, insertion(t, d, s))
				}
				for i, rows := range e.run(t, scripts) {
					same(t, list[i], rows)
				}
			})
		}
	}
}

func insertion(t *testing.T, d *dialect, s stored) string {
	t.Helper()
	p := printer{dialect: *d}
	var b strings.Builder
	b.Write(p.script("", p.create(s.table), false))
	lines := make([]string, len(s.rows))
	for i, r := range s.rows {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = string(line)
	}
	name := d.Quote(s.table.Name)
	if d.Name == "clickhouse" {
		return b.String() + clickhouseRows(t, d, s)
	}
	if d.Name == "postgresql" {
		for _, line := range lines {
			fmt.Fprintf(&b, "INSERT INTO %s SELECT * FROM jsonb_populate_record(NULL::%s, %s);\n", name, name, d.Literal(line))
		}
		fmt.Fprintf(&b, "SELECT to_json(ARRAY[to_jsonb(r)::text]) FROM %s r ORDER BY %s;\n", name, d.Quote(warehouse.ColumnID))
		return b.String()
	}
	file := filepath.Join(t.TempDir(), s.table.Name+".ndjson")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	columns := make([]string, len(s.table.Columns))
	for i, c := range s.table.Columns {
		columns[i] = d.Literal(c.Name) + ": " + d.Literal(d.TypeOf(c))
	}
	if len(lines) > 0 {
		fmt.Fprintf(&b, "INSERT INTO %s BY NAME SELECT * FROM read_json(%s, format = 'newline_delimited', columns = {%s});\n", name, d.Literal(file), strings.Join(columns, ", "))
	}
	fmt.Fprintf(&b, "SELECT to_json(r) FROM %s r ORDER BY %s;\n", name, d.Quote(warehouse.ColumnID))
	return b.String()
}

func same(t *testing.T, s stored, rows [][]*string) {
	t.Helper()
	if len(rows) != len(s.rows) {
		t.Fatalf("%s has %d rows, expected %d", s.table.Title(), len(rows), len(s.rows))
	}
	for i, want := range s.rows {
		var got map[string]any
		if len(rows[i]) == 1 {
			got = decode(t, []byte(*rows[i][0])).(map[string]any)
		} else {
			want, got = clickhouseRow(t, s.table, want, rows[i])
		}
		for _, c := range s.table.Columns {
			if diff := cmp.Diff(plain(c.Type, want[c.Name]), plain(c.Type, got[c.Name])); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", s.table.Title(), c.Name, diff)
			}
		}
	}
}

// clickhouseRows puts rows into a table as JSON, in which JSON is text, and reads each cell
// as JSON.
func clickhouseRows(t *testing.T, d *dialect, s stored) string {
	t.Helper()
	var b strings.Builder
	if len(s.rows) > 0 {
		fmt.Fprintf(&b, "INSERT INTO %s SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow\n", d.Quote(s.table.Name))
	}
	for _, r := range s.rows {
		out := row{}
		for _, c := range s.table.Columns {
			if value, ok := r[c.Name]; ok {
				out[c.Name] = documents(value, c.Type, func(v any) any {
					text, _ := json.Marshal(v)
					return string(text)
				})
			}
		}
		line, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	cells := make([]string, len(s.table.Columns))
	for i, c := range s.table.Columns {
		cells[i] = "toJSONString(" + d.Quote(c.Name) + ")"
	}
	fmt.Fprintf(&b, ";\nSELECT %s FROM %s ORDER BY %s;\n", strings.Join(cells, ", "), d.Quote(s.table.Name), d.Quote(warehouse.ColumnID))
	return b.String()
}

// clickhouseRow is a row that was wanted as ClickHouse keeps it, and the one that it has.
func clickhouseRow(t *testing.T, tab *warehouse.Table, wanted row, cells []*string) (want row, got map[string]any) {
	t.Helper()
	want, got = row{}, map[string]any{}
	for i, c := range tab.Columns {
		want[c.Name] = present(wanted[c.Name], c.Type)
		if cells[i] == nil {
			continue
		}
		got[c.Name] = documents(decode(t, []byte(*cells[i])), c.Type, func(v any) any { return decode(t, []byte(v.(string))) })
	}
	return want, got
}

// documents changes all JSON within a value.
func documents(v any, t warehouse.Type, change func(any) any) any {
	list, many := v.([]any)
	object, _ := v.(map[string]any)
	switch {
	case v == nil:
		return nil
	case t.List && many:
		one := t
		one.List = false
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = documents(item, one, change)
		}
		return out
	case t.Kind == warehouse.JSON:
		return change(v)
	case t.Kind != warehouse.Record:
		return v
	}
	out := map[string]any{}
	for _, m := range t.Members {
		if value, ok := object[m.Name]; ok {
			out[m.Name] = documents(value, m.Type, change)
		}
	}
	return out
}

// present has empty lists and objects where there are none.
func present(v any, t warehouse.Type) any {
	one := t
	one.List = false
	list, many := v.([]any)
	switch {
	case t.List && v == nil:
		return []any{}
	case t.List && many:
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = present(item, one)
		}
		return out
	case t.Kind != warehouse.Record:
		return v
	}
	object, _ := v.(map[string]any)
	out := map[string]any{}
	for _, m := range t.Members {
		out[m.Name] = present(object[m.Name], m.Type)
	}
	return out
}
