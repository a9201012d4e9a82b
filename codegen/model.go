package codegen

import (
	"iter"
	"sync"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/numbers"
)

// Model is what contracts mean for code, independent of a language. Every name in
// it is decided: within one scope (all types; the fields of an object; the values of
// an enum; the variants of a union) no two names are equal even when case and
// separators are dropped, so that every casing keeps them apart.
type Model struct {
	Events []*Event // ordered by wire name
	// Shared are the definitions and fragments with types of their own that at
	// least one event uses, ordered by name.
	Shared []*Unit
	// Initialisms are the words that casings such as Go's write in capitals.
	Initialisms naming.Initialisms
	// Collisions are the names that had to be changed, in the order of the types.
	Collisions []Collision

	source Source
	unused []string // keys of Source.Rename that name nothing, sorted

	renaming sync.Mutex
	renamed  map[string]*Model // see Renamed
}

// Units yields what Events and Shared hold.
func (m *Model) Units() iter.Seq[*Unit] {
	return func(yield func(*Unit) bool) {
		for _, e := range m.Events {
			if !yield(&e.Unit) {
				return
			}
		}
		for _, u := range m.Shared {
			if !yield(u) {
				return
			}
		}
	}
}

// Unit is the declarations that belong together: those of one event, definition
// or fragment. Most targets write one file for each.
type Unit struct {
	Name  naming.Name // unique among units
	Types []*Type     // declared here, outer ones first
	Clash *Collision  // in which the name was changed, or nil
}

// Origin is what a unit is named after: its event or definition, or the fragment that it is.
func (u *Unit) Origin() Origin {
	if first := u.Types[0]; first.Event != nil || first.Definition != "" {
		return Origin{Type: first}
	}
	return Origin{Unit: u}
}

// Event is an event with its declarations.
type Event struct {
	Unit
	Contract *contracts.Contract // linked and not broken
	Digest   contracts.Digest    // of Contract
	Payload  *Type               // an Object, Types[0]
	Renamed  bool                // whether the model has other names for single things
	// Reach lists every type the event needs: Payload, then all types used by it in
	// order of first use, definitions of other files included.
	Reach []*Type
	// Ledgers are the numbers that released versions of the event gave to its
	// fields, oldest first.
	Ledgers []numbers.Ledger
	// Released are the released versions of the event, linked, oldest first.
	Released []*contracts.Contract
}

// TypeKind is the form of a declaration.
type TypeKind uint8

const (
	Object TypeKind = iota // Fields, Extra
	Enum                   // Values
	Union                  // Variants
	Alias                  // Of: a definition that is a scalar, a list, a map or another definition
)

// Type is a named declaration.
type Type struct {
	Kind   TypeKind
	Name   naming.Name // unique among all types of the model
	Unit   *Unit       // where it is declared
	Schema *contracts.Schema
	// Pointer is where it is written, for messages: "order.completed#/properties/items/items".
	Pointer string
	At      diag.Location // where to send people: an event's name, or what is written
	Clash   *Collision    // in which the name was changed, or nil
	Event   *Event        // of which it is the payload, or nil
	// Definition is the name of the definition that this type is, or empty.
	Definition string
	Doc        Doc

	Fields []*Field // of an Object, in the order of the file
	Extra  *Extra   // of an Object: members that are not declared; nil when there are none

	Base   contracts.Types // of an Enum: the scalars its values are, one bit or several
	Values []*Value        // of an Enum, in the order of the file; empty: only null is valid
	Open   bool            // of an Enum: unknown values are valid

	Variants      []*Variant // of a Union, in the order of the file
	Discriminator string     // of a Union: wire name of the property that selects, or empty
	Exclusive     bool       // of a Union: exactly one variant fits (oneOf)

	Of *Ref // of an Alias, never nullable itself: each use says whether null is valid there
}

// Uses yields every place in which the declaration uses other types.
func (t *Type) Uses() iter.Seq[*Ref] {
	return func(yield func(*Ref) bool) {
		for _, f := range t.Fields {
			if !yield(f.Type) {
				return
			}
		}
		if t.Extra != nil && !yield(t.Extra.Type) {
			return
		}
		for _, v := range t.Variants {
			if !yield(v.Type) {
				return
			}
		}
		if t.Of != nil {
			yield(t.Of)
		}
	}
}

// Field is a declared property of an object.
type Field struct {
	Wire     string      // property name in JSON
	Name     naming.Name // unique within the object
	Required bool        // present in every valid payload
	Type     *Ref
	Doc      Doc
	Property *contracts.Property
	Clash    *Collision // in which the name was changed, or nil
}

// Extra is what members that are not declared may be.
type Extra struct {
	// Type is what all of them have in common; Any when they may be different.
	Type *Ref
	// Patterns holds their names' patterns when only matching names are valid.
	Patterns []string
}

// Value is one value of an enum.
type Value struct {
	contracts.EnumValue
	Name  naming.Name // unique within the enum, a Part to write after the enum's own name
	Doc   Doc
	Clash *Collision // in which the name was changed, or nil
}

// Variant is one choice of a union.
type Variant struct {
	*contracts.Variant
	Name  naming.Name // unique within the union, a Part to write after the union's own name
	Type  *Ref        // not nullable, unless it is Any: the union's uses carry null
	Doc   Doc
	Clash *Collision // in which the name was changed, or nil
}

// RefKind is the form of a value.
type RefKind uint8

const (
	String  RefKind = iota // Schema.Format may refine it
	Integer                // a whole number
	Number
	Boolean
	Scalar // one of several scalar types: Types
	Any    // every JSON value, null included
	Array  // Elem
	Map    // Elem, with keys that are data
	Named  // Named
)

// Ref says what values stand in one place: a field, an element, a variant.
type Ref struct {
	Kind RefKind
	// Nullable reports whether null is a valid value here. It is about this place:
	// the named type behind it never includes null.
	Nullable bool
	Types    contracts.Types // of a Scalar
	Elem     *Ref            // of an Array or Map
	Named    *Type
	// Schema is what is written here, constraints included, with references
	// followed for every kind but Named.
	Schema *contracts.Schema
}

// Format is the string format, or empty.
func (r *Ref) Format() string {
	if r.Kind != String {
		return ""
	}
	return r.Schema.Format
}

// Underlying follows aliases to the type that is not one. Its Nullable is that of
// the place.
func (r *Ref) Underlying() *Ref {
	nullable := r.Nullable
	for r.Kind == Named && r.Named.Kind == Alias {
		r = r.Named.Of
	}
	if nullable == r.Nullable {
		return r
	}
	at := *r
	at.Nullable = nullable
	return &at
}

// Collision is a name that had to be changed because another one came first.
type Collision struct {
	diag.Location
	What      string // "event", "definition", "type", "property", "enum value", "variant"
	Wire      string // what the name is made of
	OtherWhat string
	Other     string // what has the name already
	First     Origin // the same
	Got       naming.Name
	// Adjustable reports whether name: in the contract can set another name.
	Adjustable bool
}
