package importer

import (
	"fmt"
	"slices"

	"github.com/evctl/evctl/contracts"
)

// emitter says shapes in the contract language.
type emitter struct {
	definitions []*contracts.NamedSchema
	names       map[*target]string
	refusals    []Refusal
	schemas     int
}

// maxEmitted bounds the schemas of a contract; the language itself takes fewer.
const maxEmitted = 100_000

func (e *emitter) refuse(pointer, keyword, reason, hint string) {
	refusal := Refusal{pointer, keyword, reason, hint}
	if !slices.Contains(e.refusals, refusal) {
		e.refusals = append(e.refusals, refusal)
	}
}

// schema says a shape. at is the pointer of the original, as far as it is known.
func (e *emitter) schema(s *shape, at string) *contracts.Schema {
	var out *contracts.Schema
	notes := s.about
	e.schemas++
	switch {
	case e.schemas > maxEmitted:
		e.refuse("", "", "schema is too large with its parts merged", "split the event")
		return &contracts.Schema{Types: contracts.Any}
	case s.ref != nil:
		out = e.reference(s, at)
	case s.everything():
		out = &contracts.Schema{Types: contracts.Any}
	case s.never():
		e.refuse(at, "", "no value is valid here", "leave it out")
		out = &contracts.Schema{Types: contracts.Any}
	case s.kinds == isNull:
		out = &contracts.Schema{Types: contracts.String, Nullable: true, Enum: []contracts.EnumValue{}}
	default:
		out, notes = e.pieces(s, at)
	}
	notes.onto(out)
	return out
}

// onto writes annotations to a schema.
func (a about) onto(s *contracts.Schema) {
	s.Title, s.Description = a.title, a.description
	if a.fallback != "" {
		s.Default = &contracts.Value{JSON: a.fallback}
	}
	for _, x := range a.examples {
		s.Examples = append(s.Examples, contracts.Value{JSON: x})
	}
	if a.deprecated {
		s.Deprecated = &contracts.Deprecation{}
	}
	s.Extensions = a.extensions
}

// reference names a definition, made on its first use.
func (e *emitter) reference(s *shape, at string) *contracts.Schema {
	name, known := e.names[s.ref]
	if !known {
		name = e.free(identifier(s.ref.name))
		e.names[s.ref] = name
		named := &contracts.NamedSchema{Name: name, Local: true}
		e.definitions = append(e.definitions, named)
		named.Schema = e.schema(s.ref.shape, s.ref.key)
	}
	return &contracts.Schema{Ref: name}
}

// free is the name, with a number when it is taken.
func (e *emitter) free(name string) string {
	taken := func(candidate string) bool {
		return slices.ContainsFunc(e.definitions, func(d *contracts.NamedSchema) bool { return d.Name == candidate })
	}
	candidate := name
	for i := 2; taken(candidate); i++ {
		candidate = fmt.Sprintf("%s_%d", name, i)
	}
	return candidate
}

// pieces says a shape that is neither a reference nor anything: what it accepts is cut
// into pieces that have one type, or are a list of scalar types.
func (e *emitter) pieces(s *shape, at string) (*contracts.Schema, about) {
	list, exclusive := cut(s)
	list = simplified(list, exclusive)
	notes := s.about
	var out *contracts.Schema
	if len(list) == 1 {
		out = e.piece(list[0], at)
		notes = notes.or(list[0].about)
	} else {
		out = e.choice(list, exclusive, at)
	}
	out.Nullable = s.nullable() && !(len(list) == 1 && list[0].nullable())
	return out, notes
}

// cut lists pieces of a shape, null aside, of which each is a reference, a nested
// choice, scalars, arrays or objects.
func cut(s *shape) (list []*shape, exclusive bool) {
	if s.union == nil {
		for _, k := range []kinds{scalars, isArray, isObject} {
			if piece := s.only(k); !piece.never() {
				list = append(list, piece)
			}
		}
		return list, true
	}
	for _, v := range s.union.variants {
		list = append(list, cutVariant(v, s.union.exclusive, s.nullable())...)
	}
	return list, s.union.exclusive
}

// cutVariant lists the pieces of a variant without null; a reference that accepts null
// too may stay when null is accepted anyway. A variant that cannot be cut without
// changing how often it counts stays whole.
func cutVariant(v *shape, exclusive, null bool) []*shape {
	if v.ref != nil && (!v.nullable() || null && !exclusive) {
		return []*shape{v}
	}
	v = v.withoutNull()
	if v.union == nil {
		list, _ := cut(v)
		for _, piece := range list {
			piece.about = v.about
			if len(list) > 1 {
				piece.about.fallback, piece.about.examples = "", nil
			}
		}
		return list
	}
	if v.union.exclusive != exclusive || exclusive && !disjoint(v.union.variants) {
		return []*shape{v}
	}
	var list []*shape
	for _, w := range v.union.variants {
		list = append(list, cutVariant(w, exclusive, false)...)
	}
	return list
}

// withoutNull is the shape with everything but null.
func (s *shape) withoutNull() *shape {
	if !s.nullable() && s.ref != nil {
		return s
	}
	bare := *s.resolved()
	bare.kinds &^= isNull
	if bare.union != nil {
		u := union{exclusive: bare.union.exclusive}
		for _, v := range bare.union.variants {
			if w := v.withoutNull(); !w.never() {
				u.variants = append(u.variants, w)
			}
		}
		bare.union = &u
	}
	return &bare
}

// disjoint reports whether the variants accept different kinds.
func disjoint(variants []*shape) bool {
	var seen kinds
	for _, v := range variants {
		if seen&v.kinds != 0 {
			return false
		}
		seen |= v.kinds
	}
	return true
}

// only is the part of a plain shape with these kinds.
func (s *shape) only(k kinds) *shape {
	part := *s
	part.kinds &= k
	part.forget(anyKind &^ part.kinds)
	part.about = about{}
	return &part
}

// simplified joins pieces that say the same together: scalar types become one list of
// types, and a list of values beside its whole type becomes an open enum.
func simplified(list []*shape, exclusive bool) []*shape {
	if !exclusive {
		list = absorbed(list)
	}
	var joined []*shape
	for _, piece := range list {
		i := slices.IndexFunc(joined, func(other *shape) bool { return joinable(other, piece) })
		if i < 0 {
			joined = append(joined, piece)
			continue
		}
		joined[i] = join(joined[i], piece)
	}
	return joined
}

// joinable reports whether two pieces can be one schema with a list of types: their
// keywords do not meet, and neither says more than its constraints.
func joinable(a, b *shape) bool {
	plain := func(s *shape) bool {
		return s.ref == nil && s.union == nil && s.open == nil && s.kinds&^scalars == 0 && s.about.empty()
	}
	return plain(a) && plain(b) && a.kinds&b.kinds == 0 && (a.values == nil) == (b.values == nil)
}

func join(a, b *shape) *shape {
	s := *a
	s.kinds |= b.kinds
	s.whole = a.whole || b.whole
	s.values = append(slices.Clip(a.values), b.values...)
	s.text, s.numbers = either(a.text, b.text), either(a.numbers, b.numbers)
	return &s
}

// absorbed removes pieces of an anyOf that another one includes.
func absorbed(list []*shape) []*shape {
	var kept []*shape
	for i, piece := range list {
		covered := slices.IndexFunc(list, func(other *shape) bool { return other != piece && covers(other, piece) })
		if covered < 0 || covered > i && covers(piece, list[covered]) {
			kept = append(kept, piece)
		}
	}
	if len(kept) == 2 {
		if open, ok := openEnum(kept[0], kept[1]); ok {
			return []*shape{open}
		}
		if open, ok := openEnum(kept[1], kept[0]); ok {
			return []*shape{open}
		}
	}
	return kept
}

// covers reports whether a plainly accepts everything that b does. Lists of values are
// left to openEnum, so that they are not lost.
func covers(a, b *shape) bool {
	return a.free() && b.values == nil && b.ref == nil && b.union == nil && b.kinds&^a.kinds == 0
}

// openEnum is a type whose known values are listed: anyOf with an enum of strings and
// with all strings.
func openEnum(enum, whole *shape) (*shape, bool) {
	if enum.values == nil || whole.values != nil || whole.ref != nil || whole.union != nil || whole.kinds&^scalars != 0 || enum.kinds&^whole.kinds != 0 {
		return nil, false
	}
	if whole.text != nil && whole.text.format != "" || enum.text != nil && enum.text.format != "" {
		return nil, false
	}
	for _, v := range enum.values {
		if !whole.accepts(v) {
			return nil, false
		}
	}
	s := *whole
	s.open = enum.values
	s.about = whole.about.or(enum.about)
	return &s, true
}

// piece says one piece.
func (e *emitter) piece(s *shape, at string) *contracts.Schema {
	switch {
	case s.ref != nil || s.union != nil:
		return e.schema(s, at)
	case s.kinds == isArray:
		return e.array(s, at)
	case s.kinds == isObject:
		return e.object(s, at)
	}
	return scalar(s)
}

func scalar(s *shape) *contracts.Schema {
	out := &contracts.Schema{}
	if s.kinds&isString != 0 {
		out.Types |= contracts.String
	}
	if s.kinds&isBoolean != 0 {
		out.Types |= contracts.Boolean
	}
	switch {
	case s.kinds&isNumber != 0 && s.whole:
		out.Types |= contracts.Integer
	case s.kinds&isNumber != 0:
		out.Types |= contracts.Number
	}
	for _, v := range append(slices.Clip(s.values), s.open...) {
		out.Enum = append(out.Enum, contracts.EnumValue{Value: v})
	}
	out.Open = s.open != nil
	if t := s.text; t != nil {
		out.Format, out.Pattern, out.MinLength, out.MaxLength = t.format, t.pattern, t.least, t.most
	}
	if n := s.numbers; n != nil {
		out.Minimum, out.Maximum, out.ExclusiveMinimum, out.ExclusiveMaximum, out.MultipleOf = n.least, n.most, n.above, n.below, n.multiple
	}
	return out
}

func (e *emitter) array(s *shape, at string) *contracts.Schema {
	out := &contracts.Schema{Types: contracts.Array}
	if a := s.arrays; a != nil {
		out.MinItems, out.MaxItems, out.UniqueItems = a.least, a.most, a.unique
		out.Items = e.optional(a.items, at+"/items")
	}
	return out
}

func (e *emitter) optional(s *shape, at string) *contracts.Schema {
	if s == nil || s.everything() && s.about.empty() {
		return nil
	}
	return e.schema(s, at)
}

// object says an object; one whose keys are data becomes a map.
func (e *emitter) object(s *shape, at string) *contracts.Schema {
	o := s.objects
	if o == nil {
		return &contracts.Schema{Types: contracts.Object, Additional: contracts.Additional{Allowed: true}}
	}
	if out := e.mapping(o, at); out != nil {
		return out
	}
	return e.record(o, at)
}

// mapping says an object without declared properties as a map.
func (e *emitter) mapping(o *objects, at string) *contracts.Schema {
	if len(o.properties)+len(o.required)+len(o.requireAny) > 0 {
		return nil
	}
	out := &contracts.Schema{Types: contracts.Map, MinProperties: o.least, MaxProperties: o.most}
	closed := o.additional != nil && o.additional.never()
	switch {
	case len(o.patterns) == 1 && closed && o.names == nil && !o.patterns[0].shape.never():
		out.MapKeys = &contracts.Schema{Types: contracts.String, Pattern: o.patterns[0].pattern}
		out.Values = e.optional(o.patterns[0].shape, at+"/patternProperties/"+escape(o.patterns[0].pattern))
	case len(o.patterns) > 0 || closed || o.additional == nil && o.names == nil:
		return nil
	default:
		if o.names != nil {
			keys := e.schema(o.names, at+"/propertyNames")
			if keys.Types != contracts.String || keys.Union != nil {
				return nil
			}
			out.MapKeys = keys
		}
		out.Values = e.optional(o.additional, at+"/additionalProperties")
	}
	return out
}

// record says an object with declared properties.
func (e *emitter) record(o *objects, at string) *contracts.Schema {
	out := &contracts.Schema{Types: contracts.Object, MinProperties: o.least, MaxProperties: o.most, RequireAny: o.groups()}
	closed := o.additional != nil && o.additional.never()
	for _, name := range o.declared() {
		member := o.member(name)
		if o.forbids(name) {
			if !closed || o.covered(name) {
				e.refuse(at+"/properties/"+escape(name), "properties", fmt.Sprintf("property %s must not be there, which cannot be said in an object with additional properties", quote(name)),
					"leave it out and close the object")
			}
			continue
		}
		if member == nil {
			member = anything()
		}
		out.Properties = append(out.Properties, &contracts.Property{
			Name: name, Required: slices.Contains(o.required, name), Schema: e.schema(member, at+"/properties/"+escape(name)),
		})
	}
	e.rest(o, out, at, closed)
	return out
}

// declared lists the names that the contract declares: those with a schema of their
// own and those that are required.
func (o *objects) declared() []string {
	names := union2(o.names_(), o.required)
	for _, group := range o.groups() {
		names = union2(names, group)
	}
	return names
}

// groups is requireAny without groups that cannot be there; all of them are always
// present when one is required anyway.
func (o *objects) groups() [][]string {
	var groups [][]string
	for _, group := range o.requireAny {
		if subset(group, o.required) {
			return nil
		}
		if !slices.ContainsFunc(group, o.forbids) {
			groups = append(groups, group)
		}
	}
	groups = slices.DeleteFunc(slices.Clone(groups), func(group []string) bool { // others ask for less
		return slices.ContainsFunc(groups, func(other []string) bool { return len(other) < len(group) && subset(other, group) })
	})
	return groups
}

func (o *objects) covered(name string) bool {
	return slices.ContainsFunc(o.patterns, func(p patterned) bool { return matches(p.pattern, name) && !p.shape.never() })
}

// rest says what members that are not declared may be.
func (e *emitter) rest(o *objects, out *contracts.Schema, at string, closed bool) {
	for _, p := range o.patterns {
		if p.shape.never() {
			if !closed {
				e.refuse(at, "patternProperties", fmt.Sprintf("names that match %s must not be there, which cannot be said in an object with additional properties", quote(p.pattern)), "close the object")
			}
			continue
		}
		out.PatternProperties = append(out.PatternProperties, &contracts.PatternProperty{
			Pattern: p.pattern, Schema: e.schema(p.shape, at+"/patternProperties/"+escape(p.pattern)),
		})
	}
	if o.names != nil && (!closed || len(out.PatternProperties) > 0) {
		e.refuse(at, "propertyNames", "names of properties are constrained beside declared ones", "write type: map with keys, or patternProperties")
	}
	if closed {
		return
	}
	out.Additional = contracts.Additional{Allowed: true, Schema: e.optional(o.additional, at+"/additionalProperties")}
}
