package contracts

import (
	"math/bits"
	"strings"

	"github.com/evctl/evctl/contracts/diag"
)

// Types is a set of the JSON types a schema accepts. Null is not among them:
// that is Schema.Nullable.
type Types uint8

const (
	String Types = 1 << iota
	Integer
	Number
	Boolean
	Object
	Array
	Map // an object whose keys are data
	Any // every JSON value, null included

	Scalars = String | Integer | Number | Boolean
	Numeric = Integer | Number
)

// TypeNames lists the type keywords in the order in which they are printed; the
// name at index i is the type 1<<i.
var TypeNames = [...]string{"string", "integer", "number", "boolean", "object", "array", "map", "any"}

// Has reports whether all of u is in t.
func (t Types) Has(u Types) bool { return t&u == u }

// Names lists the types in t.
func (t Types) Names() []string {
	var names []string
	for i, name := range TypeNames {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// single is the name of the type when there is one only, and empty otherwise.
func (t Types) single() string {
	if bits.OnesCount8(uint8(t)) != 1 {
		return ""
	}
	return TypeNames[bits.TrailingZeros8(uint8(t))]
}

func (t Types) String() string {
	if name := t.single(); name != "" {
		return name
	}
	return strings.Join(t.Names(), " or ")
}

// PII is the privacy class of a value. The zero value means "not said", which
// lint rules may object to and everything else treats as NoPII.
type PII string

const (
	NoPII        PII = "none"
	Pseudonymous PII = "pseudonymous" // points to a person only with further data
	Direct       PII = "direct"       // identifies a person
	Sensitive    PII = "sensitive"    // special categories: health, beliefs, payment secrets
)

// PIIClasses lists the classes from the least to the most protected.
var PIIClasses = []PII{NoPII, Pseudonymous, Direct, Sensitive}

// Schema says which JSON values are accepted, and what they mean.
//
// A schema is one of: a reference (Ref), a union (Union), or typed (Types).
// Keywords have JSON Schema's meaning and apply to values of their type only. A
// schema and all it reaches are immutable once linked, and may be shared.
type Schema struct {
	File *diag.File // where it was written; nil for schemas made in memory
	Span diag.Span
	Keys Keys

	Ref    string  // name of a definition
	Target *Schema // what Ref names, set by Link

	Types    Types
	Nullable bool

	// Enum lists the scalars that are accepted; nil accepts all of the type. Null is
	// not in the list: Nullable says it. An empty list that is not nil accepts null only.
	Enum []EnumValue
	Open bool // readers must tolerate unknown values: Enum documents, it does not restrict

	// Strings. Lengths count Unicode code points.
	Format               string
	Pattern              string // RE2 syntax, unanchored
	MinLength, MaxLength *int

	// Numbers, exact decimals.
	Minimum, Maximum                   *Decimal
	ExclusiveMinimum, ExclusiveMaximum *Decimal
	MultipleOf                         *Decimal

	// Arrays.
	Items              *Schema
	MinItems, MaxItems *int
	UniqueItems        bool

	// Objects. Properties keep the order of the file.
	Properties                   []*Property
	PatternProperties            []*PatternProperty
	Additional                   Additional
	MinProperties, MaxProperties *int
	RequireAny                   [][]string // at least one group must be present as a whole
	required, grouped            []requiredName

	// Maps. MinProperties and MaxProperties apply too.
	MapKeys *Schema // a string schema for keys, or nil
	Values  *Schema

	Union *Union

	// What it means.
	Title       string
	Description string
	Examples    []Value
	Default     *Value
	PII         PII
	Unit        string
	Since       string // version that introduced it
	RenamedFrom string // earlier wire name of the property
	Deprecated  *Deprecation
	Extensions  []Extension // x-… keys, in the order of the file
}

// Property is a declared member of an object.
type Property struct {
	Name     string    // wire name
	Key      diag.Span // where the name stands, in Schema.File
	CodeName string    // `name:`, the identifier in generated code; empty: derived from Name
	Required bool
	Schema   *Schema
	From     *Contract // the fragment that contributed it, or nil
}

// PatternProperty constrains the members whose names match Pattern.
type PatternProperty struct {
	Pattern string
	Key     diag.Span
	Schema  *Schema
}

// Additional says what members that are not declared may be. The zero value
// forbids them.
type Additional struct {
	Allowed bool
	Schema  *Schema // nil with Allowed: anything
}

// EnumValue is one value of an enum.
type EnumValue struct {
	Value
	Description string
	Deprecated  *Deprecation
}

// Union is a choice between named schemas.
type Union struct {
	// Exclusive unions (oneOf) accept a value that exactly one variant accepts,
	// the others (anyOf) one that at least one variant accepts.
	Exclusive     bool
	Variants      []*Variant
	Discriminator string // property whose value selects the variant, or empty
}

// Variant is one choice of a union.
type Variant struct {
	Name   string
	Key    diag.Span
	Schema *Schema
	// Tag is the discriminator's value that selects this variant. It is set by
	// Link for unions with a discriminator. When the variant's object does not
	// declare the discriminator itself, TagImplied is true and the variant is
	// read as if it had a required property with that one value.
	Tag        string
	TagImplied bool
}

// Extension is an `x-…` key; the value is JSON text.
type Extension struct {
	Name  string
	Value Value
}

// Resolved follows the reference, if there is one, to the schema it names.
// It returns s itself when a reference is not linked.
func (s *Schema) Resolved() *Schema {
	for s.Ref != "" && s.Target != nil {
		s = s.Target
	}
	return s
}

// AcceptsNull reports whether null is a valid value.
func (s *Schema) AcceptsNull() bool {
	for ; s != nil; s = s.Target {
		if s.Nullable || s.Types&Any != 0 {
			return true
		}
		if s.Union != nil {
			return s.unionAcceptsNull()
		}
	}
	return false
}

func (s *Schema) unionAcceptsNull() bool {
	n := 0
	for _, v := range s.Union.Variants {
		if v.Schema.AcceptsNull() {
			n++
		}
	}
	return n == 1 || n > 1 && !s.Union.Exclusive
}

// Property finds a declared property by wire name.
func (s *Schema) Property(name string) *Property {
	for _, p := range s.Properties {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// At is the location of a keyword's value, or of the whole schema when the
// keyword is not written.
func (s *Schema) At(keyword string) diag.Location {
	if k, ok := s.Keys.Find(keyword); ok {
		return diag.Location{File: s.File, Span: k.Value}
	}
	return diag.Location{File: s.File, Span: s.Span}
}

// At is the location of the property's name.
func (p *Property) At() diag.Location {
	return diag.Location{File: p.Schema.File, Span: p.Key}
}

// Key is a key of a YAML mapping and where it and its value stand.
type Key struct {
	Name  string
	Key   diag.Span
	Value diag.Span
}

// Keys are the keys of one mapping in the order of the file.
type Keys []Key

// Find returns the entry for a key.
func (k Keys) Find(name string) (Key, bool) {
	for i := range k {
		if k[i].Name == name {
			return k[i], true
		}
	}
	return Key{}, false
}
