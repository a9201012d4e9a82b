package compat

import (
	"cmp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diff"
	"github.com/evctl/evctl/contracts/naming"
)

// language is what source compatibility depends on. Types are compared as text; an
// object, an enum and a union have types with names, whose text does not change with
// what is in them.
type language interface {
	// scalar is the type of values that are neither objects nor lists.
	scalar(s *contracts.Schema) string
	list(element string) string
	dictionary(element string) string
	// element is a type in a place where null may stand, or not.
	element(typ string, nullable bool) string
	// field is the type of a property, with how it tells that it is absent.
	field(typ string, required, nullable bool) string
	// constructs reports whether what is required is a parameter of a function.
	constructs() bool
	// named reports whether the property's name in the language is that of the wire,
	// whatever name: says.
	wireNames() bool
}

// onSource judges by the declarations that generate writes: a program that was
// written against those of the old version must compile with those of the new one.
func onSource(c diff.Change, l language) Effect {
	in := c.At().In
	switch c := c.(type) {
	case *diff.AnnotationChanged:
		return onCodeName(c, l)
	case *diff.Deprecated, *diff.Undeprecated:
		return none("only comments differ")
	case *diff.EventRenamed:
		return breaking("types are named after the event")
	case *diff.PropertyAdded:
		switch {
		case in.Parent != nil && emptied(in) && open(in.Old):
			return breaking("a map becomes a type with fields")
		case c.Required && c.Property.Required && l.wireNames():
			return breaking("values without it no longer compile")
		case c.Required && c.Property.Required && l.constructs() && constructed(in):
			return breaking("its constructor takes one more argument")
		}
		return compatible("a new field")
	case *diff.PropertyRemoved:
		return breaking("the field is gone")
	case *diff.PropertyRenamed:
		if !l.wireNames() && codeName(c.From) == codeName(c.To) {
			return compatible("the field keeps its name")
		}
		return breaking("the field has another name")
	case *diff.RequiredAdded, *diff.RequiredRemoved:
		effect := onField(in, in.Old, l)
		if effect.Level == Breaking || !l.constructs() || !constructed(in.Parent) {
			return effect
		}
		return breaking("its constructor takes other arguments")
	case *diff.EnumValueAdded:
		return compatible("one more value")
	case *diff.EnumValueRemoved:
		return breaking("the value is gone")
	case *diff.EnumOpened, *diff.EnumClosed:
		return onOpen(in, l)
	case *diff.VariantAdded:
		return compatible("one more variant")
	case *diff.VariantRemoved:
		return breaking("the variant is gone")
	case *diff.VariantRenamed:
		if l.wireNames() && in.Old.Union.Discriminator == "" && unnamed(in.Old, c.From) {
			return none("the variant has no name in the code")
		}
		return breaking("the type of the variant has another name")
	case *diff.UnionChanged:
		return none("the same types")
	case *diff.DiscriminatorChanged:
		if l.wireNames() {
			return breaking("another member selects the variant")
		}
		return none("the same types, which are written with another tag")
	case *diff.AdditionalChanged, *diff.PatternPropertyAdded, *diff.PatternPropertyRemoved:
		return onExtra(c, l)
	}
	return onType(c, l)
}

func onCodeName(c *diff.AnnotationChanged, l language) Effect {
	if c.Keyword != "name" {
		return none("only comments differ")
	}
	if old, new := c.In.Properties(); old != nil {
		if l.wireNames() || codeName(old) == codeName(new) {
			return none("the field keeps its name")
		}
		return breaking("the field has another name")
	}
	return breaking("types are named after it")
}

// constructed reports whether code has a constructor for an object: for a payload, and
// where something is required.
func constructed(p *diff.Pair) bool {
	return p.Parent == nil || slices.ContainsFunc(p.Old.Properties, func(p *contracts.Property) bool { return p.Required })
}

// codeName is the same for names that give one identifier.
func codeName(p *contracts.Property) string { return naming.Of(cmp.Or(p.CodeName, p.Name)).Key() }

// onOpen judges that readers must expect values that are not listed, or need not.
func onOpen(p *diff.Pair, l language) Effect {
	if !l.wireNames() {
		return none("the same constants")
	}
	if p.New.Open {
		return breaking("values may be any others, too")
	}
	return breaking("only listed values compile")
}

// onType compares the types of the field that holds the change, or of the members that
// an object does not declare.
func onType(c diff.Change, l language) Effect {
	for p := c.At().In; p.Parent != nil; p = p.Parent {
		object := p.Parent
		if p.Undeclared() && !isMap(object.Old) {
			if extraType(object.Old, l) == extraType(diff.Alone(object, c), l) {
				return none("types stay")
			}
			return breaking("undeclared members have another type")
		}
		if old, _ := p.Properties(); old != nil || p.Variant {
			break
		}
	}
	held := holder(c.At().In)
	return onField(held, diff.Alone(held, c), l)
}

// onField compares the type of the field that holds a pair with the one that it would
// have with another schema, and with the new property's presence where that changed.
func onField(p *diff.Pair, new *contracts.Schema, l language) Effect {
	from, to := typeText(p.Old, l), typeText(new, l)
	old, later := p.Properties()
	if old == nil {
		from, to = l.element(from, p.Old.AcceptsNull()), l.element(to, new.AcceptsNull())
	} else {
		required := old.Required
		if new == p.Old { // the change is that of presence
			required = later.Required
		}
		from, to = l.field(from, old.Required, p.Old.AcceptsNull()), l.field(to, required, new.AcceptsNull())
	}
	if from == to {
		return none("types stay")
	}
	return breaking(from + " becomes " + to)
}

// onExtra judges that an object takes other members than it declares, or takes them no
// longer.
func onExtra(c diff.Change, l language) Effect {
	p := c.At().In
	made := diff.Alone(p, c)
	if p.Parent != nil && (isMap(p.Old) || isMap(made)) {
		return onType(c, l)
	}
	from, to := extraType(p.Old, l), extraType(made, l)
	switch {
	case from == to:
		return none("types stay")
	case from == "":
		return compatible("one more field, for undeclared members")
	case to == "":
		return breaking("the field for undeclared members is gone")
	}
	return breaking("undeclared members have another type")
}

// isMap reports whether an object declares nothing and takes something: code has a
// map for it.
func isMap(s *contracts.Schema) bool {
	return s.Types == contracts.Object && len(s.Properties) == 0 && open(s)
}

// extraType is the type of members that an object does not declare; empty when it
// takes none.
func extraType(s *contracts.Schema, l language) string {
	schemas := make([]*contracts.Schema, 0, 1)
	for _, p := range s.PatternProperties {
		schemas = append(schemas, p.Schema)
	}
	if s.Additional.Allowed {
		schemas = append(schemas, s.Additional.Schema)
	}
	switch len(schemas) {
	case 0:
		return ""
	case 1:
		return placeText(schemas[0], l)
	}
	return placeText(nil, l)
}

// placeText is the type of a place in a list or map.
func placeText(s *contracts.Schema, l language) string {
	if s == nil {
		s = &contracts.Schema{Types: contracts.Any}
	}
	return l.element(typeText(s, l), s.AcceptsNull())
}

// union is the type of every union: an interface in Go, which has nil.
const union = "a union"

// typeText is the type of a schema, null left aside.
func typeText(s *contracts.Schema, l language) string {
	s = diff.Flat(s)
	switch {
	case s.Union != nil:
		return union
	case s.Enum != nil && s.Types&contracts.Scalars != 0:
		return "an enum of " + s.Types.String()
	case isMap(s):
		return l.dictionary(extraType(s, l))
	case s.Types == contracts.Object:
		return "an object"
	case s.Types == contracts.Array:
		return l.list(placeText(s.Items, l))
	case s.Types == contracts.Map:
		return l.dictionary(placeText(s.Values, l))
	}
	return l.scalar(s)
}

// unnamed reports whether a variant is written in the union as something that needs no
// declaration.
func unnamed(s *contracts.Schema, name string) bool {
	for _, v := range s.Union.Variants {
		if v.Name == name {
			return v.Schema.Ref != "" || v.Schema.Union == nil && v.Schema.Enum == nil && (v.Schema.Types != contracts.Object || isMap(v.Schema))
		}
	}
	return false
}

// golang knows the types of codegen/golang, with the options it has by itself.
type golang struct{}

// goFormats are the types of strings with a format.
var goFormats = map[string]string{
	"date-time": "DateTime", "date": "Date", "time": "TimeOfDay", "duration": "Duration", "uuid": "UUID",
}

func (golang) scalar(s *contracts.Schema) string {
	switch s.Types {
	case contracts.String:
		return cmp.Or(goFormats[s.Format], "string")
	case contracts.Integer:
		if s.Minimum != nil && s.Maximum != nil && s.Minimum.Cmp("0") >= 0 && s.Maximum.Cmp("9223372036854775807") > 0 {
			return "uint64"
		}
		return "int64"
	case contracts.Number:
		return "float64"
	case contracts.Boolean:
		return "bool"
	}
	if s.Types&contracts.Any != 0 {
		return "json.RawMessage"
	}
	return "Scalar"
}

func (golang) list(element string) string       { return "[]" + element }
func (golang) dictionary(element string) string { return "map[string]" + element }
func (golang) wireNames() bool                  { return false }

func (golang) constructs() bool { return true }

func (golang) element(typ string, nullable bool) string {
	if nullable && !hasNil(typ) {
		return "Nullable[" + typ + "]"
	}
	return typ
}

func (g golang) field(typ string, required, nullable bool) string {
	switch {
	case required:
		return g.element(typ, nullable)
	case hasNil(typ) && (typ == "json.RawMessage" || !nullable):
		return typ
	case nullable:
		return "OptionalNullable[" + typ + "]"
	}
	return "Optional[" + typ + "]"
}

func hasNil(typ string) bool {
	return typ == "json.RawMessage" || typ == union || strings.HasPrefix(typ, "[]") || strings.HasPrefix(typ, "map[")
}

// typescript knows the types of codegen/typescript.
type typescript struct{}

func (typescript) scalar(s *contracts.Schema) string {
	if s.Types&contracts.Any != 0 || s.Types == 0 {
		return "unknown"
	}
	var words []string
	for _, t := range []struct {
		types contracts.Types
		name  string
	}{{contracts.String, "string"}, {contracts.Numeric, "number"}, {contracts.Boolean, "boolean"}} {
		if s.Types&t.types != 0 {
			words = append(words, t.name)
		}
	}
	return strings.Join(words, " | ")
}

func (typescript) list(element string) string {
	if strings.Contains(element, " ") {
		return "(" + element + ")[]"
	}
	return element + "[]"
}

func (typescript) dictionary(element string) string { return "Record<string, " + element + ">" }
func (typescript) wireNames() bool                  { return true }
func (typescript) constructs() bool                 { return false }

func (typescript) element(typ string, nullable bool) string {
	if nullable && typ != "unknown" {
		return typ + " | null"
	}
	return typ
}

func (t typescript) field(typ string, required, nullable bool) string {
	if required {
		return t.element(typ, nullable)
	}
	return "optional " + t.element(typ, nullable)
}
