package dbt

import (
	"slices"
	"strconv"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
)

// test is one of a column.
type test struct {
	name      string
	arguments []argument
	versions  []string // whose rows it is about; nil: all
}

// argument is one of a test: SQL, or several of those.
type argument struct {
	name string
	list bool
	sql  []string
}

// check is a test that a contract asks for. holds tells whether rows of a version with that
// column pass it too.
type check struct {
	test
	holds func(old warehouse.Column) bool
	// absent tells whether rows of a version without the column pass: it is NULL there.
	absent bool
}

// tests are those that the rows of valid events pass.
func (p *project) tests(s *stage, c warehouse.Column) []test {
	if c.Path == warehouse.ColumnID {
		return []test{{name: "not_null"}, {name: "unique"}}
	}
	if c.Field == nil {
		if c.Required {
			return []test{{name: "not_null"}}
		}
		return nil
	}
	var list []test
	for _, found := range []*check{notNull(c), p.oneOf(c), p.limits(c), p.length(c)} {
		if found != nil {
			found.versions = s.versions(c, found)
			list = append(list, found.test)
		}
	}
	return list
}

// versions are those whose rows pass a check of the newest one, or nil when all do.
func (s *stage) versions(c warehouse.Column, of *check) []string {
	var list []string
	for _, old := range s.former {
		if before, found := formerly(old, c); found && of.holds(before) || !found && of.absent {
			list = append(list, old.Event.Version.String())
		}
	}
	if len(list) == len(s.former) {
		return nil
	}
	return append(list, s.table.Event.Version.String())
}

// formerly is the column in an earlier table that became c.
func formerly(old *warehouse.Table, c warehouse.Column) (warehouse.Column, bool) {
	for _, path := range []string{c.Path, c.Formerly} {
		if i := slices.IndexFunc(old.Columns, func(o warehouse.Column) bool { return o.Path == path }); i >= 0 {
			return old.Columns[i], true
		}
	}
	return warehouse.Column{}, false
}

func notNull(c warehouse.Column) *check {
	if !c.Required {
		return nil
	}
	return &check{test: test{name: "not_null"}, holds: func(old warehouse.Column) bool { return old.Required }}
}

// closed is the enum of a column that takes nothing else, or nil.
func closed(c warehouse.Column) *codegen.Type {
	if c.Field == nil || c.Type.List || c.Type.Kind == warehouse.JSON || c.Type.Kind == warehouse.Truth {
		return nil
	}
	r := c.Field.Type.Underlying()
	if r.Kind != codegen.Named || r.Named.Kind != codegen.Enum || r.Named.Open || len(r.Named.Values) == 0 {
		return nil
	}
	return r.Named
}

func (p *project) oneOf(c warehouse.Column) *check {
	enum := closed(c)
	if enum == nil {
		return nil
	}
	a := argument{name: "values", list: true}
	known := map[string]bool{}
	for _, v := range enum.Values {
		known[v.Key()] = true
		if text := v.JSON; !v.IsString() {
			a.sql = append(a.sql, text)
		} else {
			a.sql = append(a.sql, p.dialect.Literal(v.Text()))
		}
	}
	return &check{absent: true, test: test{name: "accepted_values", arguments: []argument{a, {name: "quote", sql: []string{"false"}}}},
		holds: func(old warehouse.Column) bool {
			before := closed(old)
			return before != nil && !slices.ContainsFunc(before.Values, func(v *codegen.Value) bool { return !known[v.Key()] })
		}}
}

// schemaOf is what a column of one value is held to.
func schemaOf(c warehouse.Column) *contracts.Schema {
	if c.Field == nil || c.Type.List {
		return &contracts.Schema{}
	}
	return c.Field.Type.Underlying().Schema
}

func (p *project) limits(c warehouse.Column) *check {
	if k := c.Type.Kind; k != warehouse.Whole && k != warehouse.Wide && k != warehouse.Number || closed(c) != nil {
		return nil
	}
	s := schemaOf(c)
	var list []argument
	for _, a := range []struct {
		name  string
		value *contracts.Decimal
	}{{"minimum", s.Minimum}, {"maximum", s.Maximum}, {"above", s.ExclusiveMinimum}, {"below", s.ExclusiveMaximum}} {
		if a.value != nil {
			list = append(list, argument{name: a.name, sql: []string{string(*a.value)}})
		}
	}
	if list == nil {
		return nil
	}
	return &check{absent: true, test: test{name: p.name + "_within", arguments: list}, holds: func(old warehouse.Column) bool {
		o := schemaOf(old)
		return tighter(o.Minimum, s.Minimum, 1) && tighter(o.Maximum, s.Maximum, -1) &&
			tighter(o.ExclusiveMinimum, s.ExclusiveMinimum, 1) && tighter(o.ExclusiveMaximum, s.ExclusiveMaximum, -1)
	}}
}

// tighter reports whether a limit keeps another one too: sign is 1 for lower limits and -1
// for upper ones.
func tighter(limit, other *contracts.Decimal, sign int) bool {
	return other == nil || limit != nil && sign*limit.Cmp(*other) >= 0
}

func (p *project) length(c warehouse.Column) *check {
	s := schemaOf(c)
	if c.Type.Kind != warehouse.Text || s.MinLength == nil && s.MaxLength == nil {
		return nil
	}
	var list []argument
	if s.MinLength != nil && *s.MinLength > 0 {
		list = append(list, argument{name: "minimum", sql: []string{strconv.Itoa(*s.MinLength)}})
	}
	if s.MaxLength != nil {
		list = append(list, argument{name: "maximum", sql: []string{strconv.Itoa(*s.MaxLength)}})
	}
	if list == nil {
		return nil
	}
	return &check{absent: true, test: test{name: p.name + "_length", arguments: list}, holds: func(old warehouse.Column) bool {
		o := schemaOf(old)
		return (s.MinLength == nil || o.MinLength != nil && *o.MinLength >= *s.MinLength) && (s.MaxLength == nil || o.MaxLength != nil && *o.MaxLength <= *s.MaxLength)
	}}
}
