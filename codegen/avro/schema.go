package avro

import (
	"regexp"
	"slices"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// schema is an Avro schema. Records and enums stand once in a file; whoever uses them
// points to the same schema.
type schema struct {
	kind    string // the word of Avro: "record", "long", "union"
	logical string // logicalType, or empty

	// Records and enums.
	name       string // empty until follow decides it
	wanted     string // what it is called when no other one is
	doc        string
	aliases    []string
	elsewhere  []string // aliases in the namespace that before is a word of
	before     string   // of the outermost record: the word for the event in a former namespace, or empty
	attributes []attribute
	origin     codegen.Origin
	fields     []*field
	open       bool // of a record: members that it does not declare are in a field of their own
	symbols    []symbol

	json     bool      // a record that holds JSON text
	elem     *schema   // items of an array, values of a map
	branches []*schema // of a union, null first
}

// attribute is a property that Avro does not know, and passes on.
type attribute struct {
	name  string
	value any // string, or true
}

// field is one of a record.
type field struct {
	wire       string // name of the property in JSON; empty: all that are not declared
	formerly   string // what it was called, where renamedFrom says so
	name       string // empty until follow decides it
	wanted     string
	typ        *schema
	value      string           // default as JSON, or empty
	fallback   *contracts.Value // default of a required property, where Avro can have it; nil: none
	doc        string
	aliases    []string
	attributes []attribute
	origin     codegen.Origin
	former     bool // only earlier versions wrote it
}

// symbol is one of an enum.
type symbol struct {
	text   string // the value in JSON
	name   string // empty until follow decides it
	wanted string
	origin codegen.Origin
}

// Schemas without a name.
func null() *schema           { return &schema{kind: "null"} }
func boolean() *schema        { return &schema{kind: "boolean"} }
func long() *schema           { return &schema{kind: "long"} }
func double() *schema         { return &schema{kind: "double"} }
func text() *schema           { return &schema{kind: "string"} }
func array(e *schema) *schema { return &schema{kind: "array", elem: e} }
func mapOf(e *schema) *schema { return &schema{kind: "map", elem: e} }

// named reports whether a schema has a name by which others refer to it.
func (s *schema) named() bool { return s.kind == "record" || s.kind == "enum" }

// alternatives are the branches of a union, and s itself when it is none.
func (s *schema) alternatives() []*schema {
	if s.kind == "union" {
		return s.branches
	}
	return []*schema{s}
}

// union is a schema of values that any of the given ones takes. Avro has no union within a
// union and no two branches of one kind, but for records and enums: those become one that
// takes the values of both. Null stands first and JSON text last.
func union(list ...*schema) *schema {
	var u schema
	for _, s := range list {
		for _, b := range s.alternatives() {
			u.branches = append(u.branches, b)
		}
	}
	return one(distinct(u.branches))
}

// one is a schema of branches, of which none is like another.
func one(branches []*schema) *schema {
	if len(branches) == 1 {
		return branches[0]
	}
	slices.SortStableFunc(branches, func(a, b *schema) int { return a.rank() - b.rank() })
	return &schema{kind: "union", branches: branches}
}

// rank orders branches. Readers take bytes for a string where that comes first.
func (s *schema) rank() int {
	switch {
	case s.kind == "null":
		return 0
	case s.kind == "bytes":
		return 1
	case s.json:
		return 3
	}
	return 2
}

// distinct are branches of which no two take the same values.
func distinct(list []*schema) []*schema {
	kinds := map[string]bool{}
	for _, b := range list {
		kinds[b.kind+b.logical] = b.kind != "null"
	}
	delete(kinds, "null")
	var u schema
	for _, b := range list {
		if len(kinds) > 1 {
			b = illogical(b)
		}
		u.take(b)
	}
	return u.branches
}

// illogical has times as text: beside a number, they would be taken for one.
func illogical(s *schema) *schema {
	if s.logical != "" && s.kind != "bytes" {
		return text()
	}
	return s
}

// take adds a branch, or makes one of the same kind take its values.
func (s *schema) take(b *schema) {
	for i, other := range s.branches {
		switch {
		case other == b:
			return
		case b.named() || other.named():
		case other.kind == "int" && b.kind == "long":
			s.branches[i] = b
			return
		case other.kind == "long" && b.kind == "int":
			return
		case other.kind != b.kind:
		case b.elem != nil:
			s.branches[i] = &schema{kind: b.kind, elem: union(other.elem, b.elem)}
			return
		default:
			if other.logical != b.logical {
				s.branches[i] = &schema{kind: b.kind}
			}
			return
		}
	}
	s.branches = append(s.branches, b)
}

// optional is a schema with null before everything else.
func optional(s *schema) *schema { return union(null(), s) }

var avroName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// cleaned is text as a name of Avro: itself where it is one.
func cleaned(text, otherwise string) string {
	if avroName.MatchString(text) {
		return text
	}
	return otherwise
}
