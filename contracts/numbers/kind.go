package numbers

import (
	"strings"

	"github.com/evctl/evctl/contracts"
)

// Leaf is what a field holds once lists, maps and the nulls in them are taken off.
type Leaf string

const (
	Text      Leaf = "string"
	Bool      Leaf = "bool"
	Int64     Leaf = "int64"
	Uint64    Leaf = "uint64"
	Double    Leaf = "double"
	Timestamp Leaf = "timestamp" // a string of format date-time
	Any       Leaf = "any"       // any JSON value, also one of several scalar types
	Struct    Leaf = "struct"    // an object without declared properties
	Message   Leaf = "message"   // an object with its own scope
	Enum      Leaf = "enum"      // a closed list of strings, with its own scope
	Union     Leaf = "union"     // a choice, with its own scope
)

// Kinds that only occur in scopes, not as the type of a schema.
const (
	// Extra is the field for members that an object does not declare.
	Extra Kind = "extra"
	// EnumValue is a value of an enum.
	EnumValue Kind = "value"
)

// Wrap is a layer around a leaf.
type Wrap string

const (
	List Wrap = "[]"
	Dict Wrap = "{}" // a map with string keys
	// Maybe tells null apart from a value. It occurs within lists and maps only:
	// a field as a whole can be absent.
	Maybe Wrap = "?"
)

// Kind is a wire type as text: the layers from the outside in, the leaf, and the
// definition that declares it, such as "string", "[]?int64" or "{}message:money".
// Two properties of one kind are read alike.
type Kind string

// Type is the shape of a schema on the wire.
type Type struct {
	Wraps []Wrap // from the outside in
	Leaf  Leaf
	// Definition is the one that declares the leaf, for leaves with a scope of
	// their own; empty when the leaf is written in place.
	Definition string
	Schema     *contracts.Schema // of the leaf, references followed
}

// Kind is the type as text.
func (t Type) Kind() Kind {
	if len(t.Wraps) == 0 && t.Definition == "" {
		return Kind(t.Leaf)
	}
	var b strings.Builder
	for _, w := range t.Wraps {
		b.WriteString(string(w))
	}
	b.WriteString(string(t.Leaf))
	if t.Definition != "" {
		b.WriteString(":" + t.Definition)
	}
	return Kind(b.String())
}

// Type reads the text back; the schema is not in it.
func (k Kind) Type() Type {
	var t Type
	text := string(k)
	for found := true; found; {
		found = false
		for _, w := range []Wrap{List, Dict, Maybe} {
			if rest, ok := strings.CutPrefix(text, string(w)); ok {
				t.Wraps, text, found = append(t.Wraps, w), rest, true
			}
		}
	}
	leaf, definition, _ := strings.Cut(text, ":")
	t.Leaf, t.Definition = Leaf(leaf), definition
	return t
}

// Scoped reports whether the leaf has numbers of its own.
func (t Type) Scoped() bool { return t.Leaf == Message || t.Leaf == Enum || t.Leaf == Union }

// TypeOf finds the shape of a linked schema.
func TypeOf(s *contracts.Schema) Type {
	var t Type
	for {
		for s.Ref != "" && s.Target != nil {
			t.Definition = s.Ref
			s = s.Target
		}
		element := s.Items
		switch s.Types {
		case contracts.Array:
			t.Wraps = append(t.Wraps, List)
		case contracts.Map:
			t.Wraps = append(t.Wraps, Dict)
			element = s.Values
		default:
			return t.end(s)
		}
		if element == nil {
			return t.end(&contracts.Schema{Types: contracts.Any})
		}
		if element.AcceptsNull() && !holdsNull(element.Resolved()) {
			t.Wraps = append(t.Wraps, Maybe)
		}
		s = element
	}
}

func (t Type) end(s *contracts.Schema) Type {
	t.Leaf, t.Schema = leafOf(s), s
	if !t.Scoped() {
		t.Definition = ""
	}
	return t
}

// holdsNull reports whether the wire type of s has a null of its own.
func holdsNull(s *contracts.Schema) bool {
	return s.Types != contracts.Array && s.Types != contracts.Map && leafOf(s) == Any
}

func leafOf(s *contracts.Schema) Leaf {
	switch {
	case s.Union != nil:
		return Union
	case s.Types == contracts.String:
		return textLeaf(s)
	case s.Types == contracts.Integer:
		return integerLeaf(s)
	case s.Types == contracts.Number:
		return Double
	case s.Types == contracts.Boolean:
		return Bool
	case s.Types == contracts.Object:
		if len(s.Properties) == 0 && hasExtra(s) {
			return Struct
		}
		return Message
	}
	return Any
}

// textLeaf makes enums of closed lists only: an enum field cannot hold a value
// that its reader does not know, and tolerating those is what open lists are for.
func textLeaf(s *contracts.Schema) Leaf {
	switch {
	case len(s.Enum) > 0 && !s.Open:
		return Enum
	case s.Format == "date-time" && s.Enum == nil:
		return Timestamp
	}
	return Text
}

// Bounds of the integers of protobuf.
const (
	minInt64  contracts.Decimal = "-9223372036854775808"
	maxInt64  contracts.Decimal = "9223372036854775807"
	maxUint64 contracts.Decimal = "18446744073709551615"
)

// integerLeaf is Int64 whatever the bounds are, so that moving a bound does not
// change the type, unless the contract says that larger numbers occur.
func integerLeaf(s *contracts.Schema) Leaf {
	above := func(d contracts.Decimal) bool { return s.Maximum != nil && s.Maximum.Cmp(d) > 0 }
	negative := s.Minimum != nil && s.Minimum.Cmp("0") < 0
	switch {
	case s.Minimum != nil && s.Minimum.Cmp(minInt64) < 0, above(maxUint64), above(maxInt64) && negative:
		return Double
	case above(maxInt64):
		return Uint64
	}
	return Int64
}

func hasExtra(s *contracts.Schema) bool { return s.Additional.Allowed || len(s.PatternProperties) > 0 }

// wireClasses lists the kinds that differ in name and not on the wire. Everything
// else that differs is misread, or read with a loss: protobuf would take a bool for
// an int64 and the last element of a list for a single value, but neither is what
// the producer said.
var wireClasses = map[Kind]Kind{
	"uint64": "int64", "[]uint64": "[]int64", "{}uint64": "{}int64",
}

// Compatible reports whether a field keeps its number when its kind becomes another one:
// readers of either kind read what was written as the other.
func Compatible(a, b Kind) bool { return compatible(a, b) }

func compatible(a, b Kind) bool { return a == b || wireClass(a) == wireClass(b) }

func wireClass(k Kind) Kind {
	if class, ok := wireClasses[k]; ok {
		return class
	}
	return k
}
