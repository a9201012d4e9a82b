package rules

import (
	"fmt"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/lint"
)

// deprecated is something of a contract that goes away.
type deprecated struct {
	*contracts.Deprecation
	what    string // for messages: `property "total"`
	pointer string
	file    *diag.File
	parent  *contracts.Schema // the object of a property
	name    string
}

// at is where the deprecation stands: one of its keys, or the whole.
func (d *deprecated) at(key string) diag.Location {
	if k, ok := d.Keys.Find(key); ok {
		return diag.Location{File: d.file, Span: k.Value}
	}
	return diag.Location{File: d.file, Span: d.Span}
}

// deprecations lists what is deprecated in a contract: itself, properties, enum values.
func deprecations(p *lint.Pass) []deprecated {
	var list []deprecated
	for _, at := range p.Places() {
		s := at.Schema
		if s.Deprecated != nil {
			d := deprecated{Deprecation: s.Deprecated, pointer: at.Pointer(), file: s.File, parent: at.Parent}
			d.what = nameOf(p.Contract, at)
			if at.Property != nil {
				d.name = at.Property.Name
			}
			list = append(list, d)
		}
		for _, v := range s.Enum {
			if v.Deprecated != nil {
				list = append(list, deprecated{
					Deprecation: v.Deprecated, pointer: at.Pointer() + "/enum/" + v.Text(), file: s.File, what: "enum value " + v.JSON,
				})
			}
		}
	}
	return list
}

// nameOf names a place for messages.
func nameOf(c *contracts.Contract, at *lint.Place) string {
	switch {
	case at.Property != nil:
		return "property " + document.Quote(at.Property.Name)
	case at.Top() && c.Kind == contracts.Definition:
		return "definition " + document.Quote(c.Name)
	case at.Top():
		return fmt.Sprintf("%s %s", c.Kind, document.Quote(c.Name))
	}
	return "schema " + at.Pointer()
}
