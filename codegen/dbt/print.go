package dbt

import (
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

const (
	yamlHeader = "# " + codegen.Marker + "\n"
	sqlHeader  = "-- " + codegen.Marker + "\n"
)

// query is the model: all columns by name, so that one more in the table changes nothing.
func (p *project) query(s *stage) codegen.File {
	var b strings.Builder
	b.WriteString(sqlHeader + "\nselect\n")
	for i, c := range p.columns(s) {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("  " + p.dialect.Quote(c.Name))
	}
	from := "{{ source('" + p.name + "', '" + s.table.Name + "') }}"
	if p.options[optionDuplicates] != drop {
		b.WriteString("\nfrom " + from + "\n")
		return codegen.File{Path: "models/" + s.model + ".sql", Content: []byte(b.String())}
	}
	occurrence := p.dialect.Quote("_occurrence")
	b.WriteString("\nfrom (\n  select *, row_number() over (partition by " + p.dialect.Quote(warehouse.ColumnID) + " order by " + p.dialect.Quote(warehouse.ColumnReceived) +
		") as " + occurrence + "\n  from " + from + "\n) as received\nwhere " + occurrence + " = 1\n")
	return codegen.File{Path: "models/" + s.model + ".sql", Content: []byte(b.String())}
}

// settings is what makes a package of the folder.
func (p *project) settings() codegen.File {
	y := newYAML()
	y.pair(0, "name", p.name)
	y.pair(0, "version", "1.0.0")
	y.line(0, "config-version: 2")
	y.pair(0, "require-dbt-version", ">=1.10.5")
	y.line(0, "model-paths: [models]")
	y.line(0, "macro-paths: [macros]")
	y.line(0, "models:")
	y.line(2, quoted(p.name)+":")
	y.line(4, "+materialized: view")
	return y.file("dbt_project.yml")
}

// macros are the tests that dbt does not have.
func (p *project) macros() codegen.File {
	length := map[string]string{
		warehouse.BigQuery.Name: "char_length", warehouse.PostgreSQL.Name: "char_length", warehouse.ClickHouse.Name: "lengthUTF8",
	}[p.dialect.Name]
	if length == "" {
		length = "length"
	}
	return codegen.File{Path: "macros/" + p.name + "_tests.sql", Content: []byte(strings.NewReplacer("NAME", p.name, "LENGTH", length).Replace(generic))}
}

// generic are tests: rows that a contract does not allow. NULL is none of them.
const generic = sqlHeader + `
{% test NAME_within(model, column_name, minimum=none, maximum=none, above=none, below=none) %}
select {{ column_name }}
from {{ model }}
where false
  {% if minimum is not none %} or {{ column_name }} < {{ minimum }} {% endif %}
  {% if maximum is not none %} or {{ column_name }} > {{ maximum }} {% endif %}
  {% if above is not none %} or {{ column_name }} <= {{ above }} {% endif %}
  {% if below is not none %} or {{ column_name }} >= {{ below }} {% endif %}
{% endtest %}

{% test NAME_length(model, column_name, minimum=none, maximum=none) %}
select {{ column_name }}
from {{ model }}
where false
  {% if minimum is not none %} or LENGTH({{ column_name }}) < {{ minimum }} {% endif %}
  {% if maximum is not none %} or LENGTH({{ column_name }}) > {{ maximum }} {% endif %}
{% endtest %}
`

// sources are the tables of all events.
func (p *project) sources(stages []*stage) codegen.File {
	y := newYAML()
	y.line(0, "version: 2")
	y.line(0, "sources:")
	y.pair(2, "- name", p.name)
	y.pair(4, "description", "Events as collectors took them, one table for each.")
	database, schema, found := strings.Cut(p.dialect.Schema, ".")
	if !found {
		database, schema = "", database
	}
	y.unless(4, "database", p.dialect.Unquoted(database))
	if schema == "" {
		y.line(4, `schema: "{{ target.schema }}"`)
	} else {
		y.pair(4, "schema", p.dialect.Unquoted(schema))
		y.line(4, "quoting: {database: true, schema: true, identifier: true}")
	}
	y.line(4, "tables:")
	for _, s := range stages {
		y.pair(6, "- name", s.table.Name)
		if name := p.dialect.Unquoted(s.table.Name); name != s.table.Name {
			y.pair(8, "identifier", name)
		}
		y.pair(8, "description", s.table.Comment)
		y.config(8, s.table.Event.Tags, about(s.table))
		y.line(8, "columns:")
		for _, c := range s.table.Columns {
			p.column(y, 10, s, c)
		}
	}
	return y.file("models/sources.yml")
}

// properties describe the model, and test it.
func (p *project) properties(s *stage) codegen.File {
	y := newYAML()
	y.line(0, "version: 2")
	y.line(0, "models:")
	y.pair(2, "- name", s.model)
	y.pair(4, "description", s.table.Comment)
	if d := s.table.Event.Payload.Deprecated; d != nil && d.Sunset != "" {
		y.pair(4, "deprecation_date", d.Sunset)
	}
	y.config(4, s.table.Event.Tags, about(s.table), p.enforced()...)
	y.line(4, "columns:")
	for _, c := range p.columns(s) {
		p.column(y, 6, s, c)
		p.columnTests(y, 8, p.tests(s, c))
	}
	return y.file("models/" + s.model + ".yml")
}

func (p *project) enforced() []string {
	if p.options[optionContract] == enforced {
		return []string{"contract: {enforced: true}"}
	}
	return nil
}

// column describes one of a table or a model.
func (p *project) column(y *yaml, at int, s *stage, c warehouse.Column) {
	y.pair(at, "- name", p.dialect.Unquoted(c.Name))
	y.line(at+2, "quote: true")
	y.unless(at+2, "description", c.Comment)
	y.pair(at+2, "data_type", p.dialect.TypeOf(c))
	meta := []member{{"pii", classOf(c.Class)}}
	if f := c.Field; f != nil {
		meta = append(meta, member{"property", c.Path}, member{"unit", f.Property.Schema.Unit}, member{"since", f.Property.Schema.Since}, member{"deprecated", f.Doc.Deprecated})
	}
	y.config(at+2, nil, meta)
}

func classOf(class contracts.PII) string {
	if class == contracts.NoPII {
		return ""
	}
	return string(class)
}

// about is what tools should know of a table.
func about(t *warehouse.Table) []member {
	c := t.Event
	return []member{
		{"event", c.Name}, {"version", c.Version.String()}, {"owner", c.Owner}, {"status", string(c.Status)}, {"retention", string(c.Retention)},
		{"pii", classOf(t.Class)},
	}
}

// columnTests are what a column is held to.
func (p *project) columnTests(y *yaml, at int, tests []test) {
	if len(tests) == 0 {
		return
	}
	y.line(at, "data_tests:")
	for _, t := range tests {
		if t.arguments == nil && t.versions == nil {
			y.line(at+2, "- "+t.name)
			continue
		}
		y.line(at+2, "- "+t.name+":")
		if t.arguments != nil {
			y.line(at+6, "arguments:")
		}
		for _, a := range t.arguments {
			switch {
			case a.list:
				y.line(at+8, a.name+": "+flow(a.sql))
			case a.sql[0] == "false":
				y.line(at+8, a.name+": false")
			default:
				y.pair(at+8, a.name, a.sql[0])
			}
		}
		if t.versions != nil {
			literals := make([]string, len(t.versions))
			for i, v := range t.versions {
				literals[i] = p.dialect.Literal(v)
			}
			y.line(at+6, "config:")
			y.pair(at+8, "where", p.dialect.Quote(warehouse.ColumnVersion)+" in ("+strings.Join(literals, ", ")+")")
		}
	}
}

// yaml is a document that is written line by line.
type yaml struct{ strings.Builder }

// member is one of meta, left out when it is empty.
type member struct{ name, text string }

func newYAML() *yaml {
	y := &yaml{}
	y.WriteString(yamlHeader)
	return y
}

func (y *yaml) file(path string) codegen.File {
	return codegen.File{Path: path, Content: []byte(y.String())}
}

func (y *yaml) line(at int, text string) { y.WriteString(strings.Repeat(" ", at) + text + "\n") }

func (y *yaml) pair(at int, key, text string) { y.line(at, key+": "+quoted(text)) }

func (y *yaml) unless(at int, key, text string) {
	if text != "" {
		y.pair(at, key, text)
	}
}

// config is where dbt has tags and what it does not know.
func (y *yaml) config(at int, tags []string, meta []member, more ...string) {
	meta = slices.DeleteFunc(slices.Clone(meta), func(m member) bool { return m.text == "" })
	if len(tags) == 0 && len(meta) == 0 && len(more) == 0 {
		return
	}
	y.line(at, "config:")
	for _, line := range more {
		y.line(at+2, line)
	}
	if len(tags) > 0 {
		y.line(at+2, "tags: "+flow(tags))
	}
	if len(meta) > 0 {
		y.line(at+2, "meta:")
	}
	for _, m := range meta {
		y.pair(at+4, m.name, m.text)
	}
}

func flow(texts []string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = quoted(text)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// quoted is text as dbt reads it: it takes strings of YAML for templates of Jinja.
func quoted(text string) string {
	if strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "{#") {
		text = strings.ReplaceAll(text, "{", "{{ '{' }}")
	}
	return string(document.AppendQuoted(nil, text))
}
