package protobuf

import (
	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/numbers"
)

// origins finds what the model calls something by what it is in the contract. Names of
// protobuf depend on the event alone and not on the model, unless it has other names for
// single things.
type origins struct {
	types    map[*contracts.Schema]codegen.Origin
	fields   map[*contracts.Property]codegen.Origin
	variants map[*contracts.Variant]codegen.Origin
	values   map[*contracts.Schema]map[string]codegen.Origin // by JSON text
}

func originsOf(e *codegen.Event) *origins {
	o := &origins{
		map[*contracts.Schema]codegen.Origin{}, map[*contracts.Property]codegen.Origin{},
		map[*contracts.Variant]codegen.Origin{}, map[*contracts.Schema]map[string]codegen.Origin{},
	}
	for _, t := range e.Reach {
		o.types[t.Schema] = codegen.Origin{Type: t}
		for _, f := range t.Fields {
			o.fields[f.Property] = codegen.Origin{Type: t, Field: f}
		}
		for _, v := range t.Variants {
			o.variants[v.Variant] = codegen.Origin{Type: t, Variant: v}
		}
		values := make(map[string]codegen.Origin, len(t.Values))
		for _, v := range t.Values {
			values[v.JSON] = codegen.Origin{Type: t, Value: v}
		}
		o.values[t.Schema] = values
	}
	return o
}

// member is what a field stands for. o may be nil: then nobody asks.
func (o *origins) member(s *numbers.Scope, f *numbers.Field) codegen.Origin {
	switch {
	case o == nil:
		return codegen.Origin{}
	case f.Variant != nil:
		return o.variants[f.Variant]
	case f.Value != nil:
		return o.values[s.Schema][f.Value.JSON]
	case f.Property != nil:
		return o.fields[f.Property]
	}
	return codegen.Origin{}
}

// scope is what a type stands for.
func (o *origins) scope(s *numbers.Scope) codegen.Origin {
	if o == nil || s == nil {
		return codegen.Origin{}
	}
	return o.types[s.Schema]
}

// renamed is the name of a member that was chosen for this target.
func renamed(of codegen.Origin) (name naming.Name, ok bool) {
	switch {
	case of.Field != nil:
		name = of.Field.Name
	case of.Value != nil:
		name = of.Value.Name
	case of.Variant != nil:
		name = of.Variant.Name
	}
	return name, name.IsExact()
}

// renamedType is the name of a type that was chosen for this target, not one that only
// starts or ends with a chosen one.
func renamedType(of codegen.Origin) (name naming.Name, ok bool) {
	if of.Type == nil || !of.Type.Name.IsExact() {
		return name, false
	}
	name = of.Type.Name
	return name, name == naming.Exactly(name.Pascal(nil))
}
