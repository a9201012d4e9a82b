package warehouse

import (
	"cmp"
	"slices"

	"github.com/evctl/evctl/codegen"
)

// Member is a part of a Record: a property, or all members that are not declared.
type Member struct {
	Wire     string // name of the property in JSON; empty: what is not declared
	Formerly string // what it was called, where renamedFrom says so, and otherwise Wire
	Name     string
	Type     Type
}

// maxDepth is how many records BigQuery takes within each other.
const maxDepth = 15

// nestedType decides a column as typeOf does, and keeps lists of objects as they are where
// that is asked for. Within depth records, objects are records too.
func (b *builder) nestedType(r *codegen.Ref, depth int) Type {
	t := typeOf(r)
	switch {
	case !b.Nested || t.Kind != JSON || depth == maxDepth:
	case r.Kind == codegen.Array:
		elem := r.Elem.Underlying()
		if members := b.members(elem, depth+1); members != nil {
			return Type{Kind: Record, List: true, Nulls: elem.Nullable, Members: members}
		}
	case depth > 0:
		if members := b.members(r, depth+1); members != nil {
			return Type{Kind: Record, Members: members}
		}
	}
	return t
}

// members are the parts of an object, or nil when it is kept as JSON: it has none, is within
// itself, or there are too many below the column.
func (b *builder) members(r *codegen.Ref, depth int) []Member {
	if r.Kind != codegen.Named || r.Named.Kind != codegen.Object || len(r.Named.Fields) == 0 || b.inside[r.Named] {
		return nil
	}
	t := r.Named
	b.inside[t] = true
	defer delete(b.inside, t)
	scope := b.names.Scope(ColumnUndeclared)
	var list []Member
	for _, f := range t.Fields {
		if b.room--; b.room < 0 {
			return nil
		}
		m := Member{Wire: f.Wire, Formerly: cmp.Or(f.Property.Schema.RenamedFrom, f.Wire), Type: b.nestedType(f.Type.Underlying(), depth)}
		m.Name = scope.Name(Shorten(f.Name.Snake()), codegen.Origin{Type: t, Field: f})
		list = append(list, m)
	}
	if b.room < 0 {
		return nil
	}
	if t.Extra != nil {
		list = append(list, Member{Name: ColumnUndeclared, Type: Type{Kind: JSON}})
	}
	return list
}

// holdMembers is Hold for the parts of a record.
func (d *Dialect) holdMembers(t Type) Type {
	t.Members = slices.Clone(t.Members)
	for i := range t.Members {
		t.Members[i].Type = d.Hold(t.Members[i].Type)
	}
	return t
}
