package avro

import (
	"cmp"
	"math"
	"math/big"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

// builder makes the schema of one version of an event.
type builder struct {
	logical bool
	records map[recordKey]*schema
	enums   map[*codegen.Type]*schema
	json    *schema // the record of JSON text, once it is needed
}

// recordKey is an object, or an object as the variant of a union whose discriminator it
// does not declare.
type recordKey struct {
	object, union *codegen.Type
	tag           string
}

// jsonName is what the record of JSON text is called.
const jsonName = "Json"

// undeclared is the field of members that the contract does not declare.
const undeclared = "undeclared"

func (b *builder) event(e *codegen.Event) *schema {
	c := e.Contract
	name := naming.Of(cmp.Or(c.CodeName, c.Name))
	if chosen(e.Payload.Name) {
		name = e.Payload.Name
	}
	s := b.record(e.Payload, recordKey{object: e.Payload}, name)
	s.attributes = append([]attribute{{"comment", codegen.Marker}, {"event", c.Name}, {"version", c.Version.String()}}, s.attributes...)
	if c.Owner != "" {
		s.attributes = append(s.attributes, attribute{"owner", c.Owner})
	}
	if c.Retention != "" {
		s.attributes = append(s.attributes, attribute{"retention", string(c.Retention)})
	}
	return s
}

// value is the schema of a place, null included where it is valid there. What is declared
// there is called name, unless it is a definition: released contracts have fragments and
// definitions of other files inside, and their schemas are the same.
func (b *builder) value(r *codegen.Ref, name naming.Name) *schema {
	s := b.content(r, name)
	if r.Nullable {
		return optional(s)
	}
	return s
}

// content is the schema of what is not null in a place.
func (b *builder) content(r *codegen.Ref, name naming.Name) *schema {
	switch r.Kind {
	case codegen.String:
		return b.text(r.Format())
	case codegen.Integer:
		return integer(r.Schema)
	case codegen.Number:
		return double()
	case codegen.Boolean:
		return boolean()
	case codegen.Scalar:
		return scalars(r.Types)
	case codegen.Array:
		return array(b.value(r.Elem, name.With("item")))
	case codegen.Map:
		return mapOf(b.value(r.Elem, name.With("value")))
	case codegen.Named:
		return b.declared(r.Named, name)
	}
	return b.anything()
}

// declared is the schema of a type.
func (b *builder) declared(t *codegen.Type, name naming.Name) *schema {
	switch {
	case chosen(t.Name):
		name = t.Name
	case t.Definition != "":
		name = naming.Of(t.Definition)
	}
	switch {
	case t.Kind == codegen.Object:
		return b.record(t, recordKey{object: t}, name)
	case t.Kind == codegen.Enum:
		return b.enum(t, name)
	case t.Kind == codegen.Alias:
		return b.content(t.Of, name)
	}
	variants := make([]*schema, len(t.Variants))
	for i, v := range t.Variants {
		variants[i] = b.variant(t, v, name.Join(v.Name))
	}
	return union(variants...)
}

// chosen reports whether somebody chose the whole name for this target.
func chosen(n naming.Name) bool {
	return n == naming.Exactly(n.Pascal(nil)) || n == naming.Exactly(n.Snake()) || n == naming.Exactly(n.Camel(nil))
}

// variant is a record of its own where the discriminator is not a property of the object,
// so that the record holds it.
func (b *builder) variant(u *codegen.Type, v *codegen.Variant, name naming.Name) *schema {
	switch r := v.Type.Underlying(); {
	case !v.TagImplied:
	case r.Kind == codegen.Named && r.Named.Kind == codegen.Object:
		if r.Named.Definition != "" && chosen(r.Named.Name) {
			name = name.Join(r.Named.Name) // behind the variant: others may be of the same definition
		}
		return b.record(r.Named, recordKey{r.Named, u, v.Tag}, name)
	case r.Kind == codegen.Map:
		key := recordKey{nil, u, v.Tag}
		return b.object(key, &schema{kind: "record", doc: sentences(v.Doc), origin: codegen.Origin{Type: u, Variant: v}}, nil, r.Elem, name)
	}
	return b.value(v.Type, name)
}

func (b *builder) text(format string) *schema {
	if b.logical {
		switch format {
		case "uuid":
			return &schema{kind: "string", logical: "uuid"}
		case "date":
			return &schema{kind: "int", logical: "date"}
		case "date-time":
			return &schema{kind: "long", logical: "timestamp-micros"}
		}
	}
	return text()
}

func scalars(t contracts.Types) *schema {
	var list []*schema
	for _, one := range []struct {
		contracts.Types
		*schema
	}{{contracts.Boolean, boolean()}, {contracts.Integer, long()}, {contracts.Number, double()}, {contracts.String, text()}} {
		if t.Has(one.Types) {
			list = append(list, one.schema)
		}
	}
	return union(list...)
}

// anything takes scalars as they are, and everything else as JSON text.
func (b *builder) anything() *schema {
	return union(null(), boolean(), long(), double(), text(), b.jsonText())
}

func (b *builder) jsonText() *schema {
	if b.json == nil {
		b.json = &schema{
			kind: "record", json: true, wanted: jsonName, doc: "A value as JSON text.", attributes: []attribute{{"encoding", "json"}},
			fields: []*field{{wire: "text", wanted: "text", typ: text()}},
		}
	}
	return b.json
}

func (b *builder) enum(t *codegen.Type, name naming.Name) *schema {
	switch {
	case len(t.Values) == 0 && !t.Open:
		return null()
	case t.Base == contracts.Integer:
		return integer(t.Schema)
	case t.Base != contracts.String:
		return scalars(t.Base)
	case t.Open:
		return text()
	case b.enums[t] == nil:
		s := &schema{kind: "enum", wanted: name.Pascal(nil), doc: sentences(t.Doc), origin: codegen.Origin{Type: t}}
		for _, v := range t.Values {
			s.symbols = append(s.symbols, symbolOf(v.Text(), v.Name, codegen.Origin{Type: t, Value: v}))
		}
		b.enums[t] = s
	}
	return b.enums[t]
}

// symbolOf is a value of an enum. What starts with a digit gets an underscore before it.
func symbolOf(text string, name naming.Name, of codegen.Origin) symbol {
	wanted := cleaned(name.Snake(), "_"+name.Snake())
	if !name.IsExact() {
		wanted = cleaned(text, wanted)
	}
	return symbol{text: text, wanted: wanted, origin: of}
}

// integer is the smallest type that takes what the limits allow. Without limits that say
// otherwise, whole numbers have 64 bits.
func integer(s *contracts.Schema) *schema {
	low, high := limits(s)
	switch {
	case exceeds(low, high, big.NewRat(math.MinInt64, 1), big.NewRat(math.MaxInt64, 1)):
		if exceeds(low, high, new(big.Rat).Neg(huge), huge) {
			return double()
		}
		return &schema{kind: "bytes", logical: "decimal"}
	case low != nil && high != nil && !exceeds(low, high, big.NewRat(math.MinInt32, 1), big.NewRat(math.MaxInt32, 1)):
		return &schema{kind: "int"}
	}
	return long()
}

// precision is how many digits a decimal has: the same for all, so that limits can move.
const precision = 38

var huge = new(big.Rat).SetInt(new(big.Int).Sub(new(big.Int).Exp(big.NewInt(10), big.NewInt(precision), nil), big.NewInt(1)))

func exceeds(low, high, min, max *big.Rat) bool {
	for _, limit := range []*big.Rat{low, high} {
		if limit != nil && (limit.Cmp(min) < 0 || limit.Cmp(max) > 0) {
			return true
		}
	}
	return false
}

// limits are the least and the greatest value of integers; nil where there is none.
func limits(s *contracts.Schema) (low, high *big.Rat) {
	for _, d := range []*contracts.Decimal{s.Minimum, s.ExclusiveMinimum} {
		if d != nil && (low == nil || d.Rat().Cmp(low) > 0) {
			low = d.Rat()
		}
	}
	for _, d := range []*contracts.Decimal{s.Maximum, s.ExclusiveMaximum} {
		if d != nil && (high == nil || d.Rat().Cmp(high) < 0) {
			high = d.Rat()
		}
	}
	if s.Enum == nil || s.Open {
		return low, high
	}
	low, high = nil, nil
	for _, v := range s.Enum {
		r := contracts.Decimal(v.JSON).Rat()
		if low == nil || r.Cmp(low) < 0 {
			low = r
		}
		if high == nil || r.Cmp(high) > 0 {
			high = r
		}
	}
	return low, high
}

func (b *builder) record(t *codegen.Type, key recordKey, name naming.Name) *schema {
	s := &schema{kind: "record", doc: sentences(t.Doc), origin: codegen.Origin{Type: t}}
	if t.Extra == nil {
		return b.object(key, s, t.Fields, nil, name)
	}
	return b.object(key, s, t.Fields, t.Extra.Type, name)
}

// object fills in a record, once for a key: the discriminator, fields, and a map of members
// that are not declared unless none are taken.
func (b *builder) object(key recordKey, s *schema, fields []*codegen.Field, extra *codegen.Ref, name naming.Name) *schema {
	if made := b.records[key]; made != nil {
		return made
	}
	b.records[key] = s
	s.wanted = name.Pascal(nil)
	if u := key.union; u != nil {
		tag := naming.Of(u.Discriminator)
		s.fields = append(s.fields, &field{
			wire: u.Discriminator, wanted: cleaned(u.Discriminator, tag.Snake()), doc: "Says which variant it is.",
			origin: s.origin, typ: &schema{kind: "enum", origin: s.origin, wanted: name.Join(tag).Pascal(nil), symbols: []symbol{symbolOf(key.tag, naming.Part(key.tag), s.origin)}},
		})
	}
	for _, f := range fields {
		made := b.field(f, name.Join(f.Name))
		made.origin.Type = s.origin.Type
		s.fields = append(s.fields, made)
	}
	if s.open = extra != nil; s.open {
		s.fields = append(s.fields, &field{
			wanted: undeclared, typ: mapOf(b.value(extra, name.With("value"))), value: "{}",
			doc: "Members that the contract does not declare.", attributes: []attribute{{undeclared, true}},
		})
	}
	return s
}

func (b *builder) field(f *codegen.Field, name naming.Name) *field {
	s := f.Property.Schema
	made := &field{wire: f.Wire, formerly: s.RenamedFrom, wanted: f.Name.Snake(), doc: sentences(f.Doc), origin: codegen.Origin{Field: f}}
	if !f.Name.IsExact() {
		made.wanted = cleaned(f.Wire, made.wanted)
	}
	if f.Required {
		made.typ = b.value(f.Type, name)
		made.fallback = s.Default
	} else {
		made.typ, made.value = optional(b.content(f.Type, name)), "null"
	}
	for _, a := range []attribute{
		{"format", s.Resolved().Format}, {"unit", cmp.Or(s.Unit, s.Resolved().Unit)}, {"pii", string(classOf(s))}, {"deprecated", f.Doc.Deprecated},
	} {
		if a.value != "" {
			made.attributes = append(made.attributes, a)
		}
	}
	return made
}

// classOf is the privacy class of a property, or empty.
func classOf(s *contracts.Schema) contracts.PII {
	if class := cmp.Or(s.PII, s.Resolved().PII); class != contracts.NoPII {
		return class
	}
	return ""
}

// sentences is documentation as one line.
func sentences(d codegen.Doc) string {
	return strings.Join(codegen.Wrap(strings.Join(d.Lines, " "), math.MaxInt), " ")
}
