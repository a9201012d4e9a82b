package importer

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// kinds is a set of JSON types.
type kinds uint8

const (
	isNull kinds = 1 << iota
	isBoolean
	isNumber
	isString
	isArray
	isObject

	scalars   = isBoolean | isNumber | isString
	someValue = scalars | isArray | isObject
	anyKind   = someValue | isNull
)

var kindNames = map[string]kinds{
	"null": isNull, "boolean": isBoolean, "number": isNumber, "integer": isNumber, "string": isString, "array": isArray, "object": isObject,
}

// kindOf is the type of a value.
func kindOf(v contracts.Value) kinds {
	switch v.Type() {
	case contracts.String:
		return isString
	case contracts.Boolean:
		return isBoolean
	case contracts.Integer, contracts.Number:
		return isNumber
	case contracts.Array:
		return isArray
	case contracts.Object:
		return isObject
	}
	if v.JSON != "" && v.JSON[0] == '[' {
		return isArray
	}
	return isNull
}

// shape is the set of JSON values that a schema accepts. It is a reference (ref),
// a choice (union), or the sum of what it accepts of each kind: a kind that is not
// in kinds is not accepted, a kind without constraints is accepted whole. Shapes
// are not changed once they are made.
type shape struct {
	kinds kinds
	ref   *target
	union *union

	whole   bool              // numbers are whole numbers
	values  []contracts.Value // scalars that are accepted, null apart; nil accepts all
	open    []contracts.Value // scalars that are known; others are accepted too
	text    *texts
	numbers *numbers
	arrays  *arrays
	objects *objects

	about about
}

// texts constrains strings; the zero value does not.
type texts struct {
	format, pattern string
	least, most     *int
}

// numbers constrains numbers.
type numbers struct {
	least, most, above, below *contracts.Decimal
	multiple                  *contracts.Decimal
}

// arrays constrains arrays. items is nil when anything goes.
type arrays struct {
	items       *shape
	least, most *int
	unique      bool
}

// objects constrains objects.
type objects struct {
	properties  []property
	patterns    []patterned
	additional  *shape // nil: anything
	required    []string
	requireAny  [][]string
	names       *shape // what keys must be, or nil
	least, most *int
}

type property struct {
	name  string
	shape *shape
}

type patterned struct {
	pattern string
	shape   *shape
}

// union is a choice of at least two shapes.
type union struct {
	exclusive bool
	variants  []*shape
}

// target is what references point to.
type target struct {
	key     string // unique address
	name    string // proposed name of the definition
	shape   *shape
	reading bool
}

// about is what a schema says beside its constraints.
type about struct {
	title, description string
	fallback           string // JSON of default
	examples           []string
	deprecated         bool
	extensions         []contracts.Extension
}

func anything() *shape { return &shape{kinds: anyKind} }
func nothing() *shape  { return &shape{} }

func (s *shape) never() bool { return s.kinds == 0 }

// free reports whether the shape accepts every value of its kinds.
func (s *shape) free() bool {
	return s.ref == nil && s.union == nil && !s.whole && s.values == nil &&
		s.text == nil && s.numbers == nil && s.arrays == nil && s.objects == nil
}

// everything reports whether the shape accepts every value.
func (s *shape) everything() bool { return s.kinds == anyKind && s.free() }

// nullable reports whether null is accepted.
func (s *shape) nullable() bool { return s.kinds&isNull != 0 }

// resolved is the shape without the reference, with the annotations of the place
// that refers.
func (s *shape) resolved() *shape {
	if s.ref == nil {
		return s
	}
	r := *s.ref.shape.resolved()
	r.about = s.about.or(r.about)
	return &r
}

func (s *shape) with(a about) *shape {
	c := *s
	c.about = a.or(s.about)
	return &c
}

func (a about) empty() bool {
	return a.title == "" && a.description == "" && a.fallback == "" && a.examples == nil && !a.deprecated && a.extensions == nil
}

// or fills the gaps of a from b.
func (a about) or(b about) about {
	if a.title == "" {
		a.title = b.title
	}
	if a.description == "" {
		a.description = b.description
	}
	if a.fallback == "" {
		a.fallback = b.fallback
	}
	if a.examples == nil {
		a.examples = b.examples
	}
	a.deprecated = a.deprecated || b.deprecated
	for _, x := range b.extensions {
		if !slices.ContainsFunc(a.extensions, func(y contracts.Extension) bool { return y.Name == x.Name }) {
			a.extensions = append(slices.Clip(a.extensions), x)
		}
	}
	return a
}

// property finds a declared property.
func (o *objects) property(name string) *shape {
	for _, p := range o.properties {
		if p.name == name {
			return p.shape
		}
	}
	return nil
}

// quote is a text as JSON.
func quote(s string) string { return document.Quote(s) }
