package dbt

import (
	"slices"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/codegen/warehouse"
	"github.com/evctl/evctl/contracts"
)

// project is the package that is written.
type project struct {
	model   *codegen.Model
	name    string
	options codegen.Options
	dialect warehouse.Dialect
}

// stage is a table and the model of it.
type stage struct {
	model string // name of the model
	table *warehouse.Table
	// former are the tables of the versions that were released before, whose rows are in
	// the same table.
	former []*warehouse.Table
}

func (p *project) stage(e *codegen.Event, name string) *stage {
	s := &stage{table: p.table(e, name)}
	s.model = warehouse.Shorten("stg_" + p.name + "__" + s.table.Name)
	for _, c := range e.Released {
		if c.Version.Compare(e.Contract.Version) < 0 {
			s.former = append(s.former, p.table(p.model.Version(c), name))
		}
	}
	return s
}

// table has NOT NULL where its version requires a value.
func (p *project) table(e *codegen.Event, name string) *warehouse.Table {
	return p.dialect.Table(e, name, layout(p.options))
}

// columns are those of the model.
func (p *project) columns(s *stage) []warehouse.Column {
	return slices.DeleteFunc(slices.Clone(s.table.Columns), func(c warehouse.Column) bool {
		return p.options[optionPersonal] == leaveOut && (c.Class == contracts.Direct || c.Class == contracts.Sensitive)
	})
}
