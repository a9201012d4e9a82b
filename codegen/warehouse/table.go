package warehouse

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

// Table is an event as a warehouse holds it.
type Table struct {
	Event    *contracts.Contract
	Name     string
	Comment  string
	Days     int // how long rows are kept; 0: not said, -1: forever
	Class    contracts.PII
	Columns  []Column
	Metadata int // how many of the columns stand before those of properties
}

// Column holds what stands at one path of the payload.
type Column struct {
	Path     string // JSON pointer of the property; for metadata, the name
	Formerly string // path in earlier versions, where renamedFrom says so
	Name     string
	Type     Type
	Required bool // NOT NULL
	Comment  string
	Class    contracts.PII  // empty or none: no personal data
	Fallback string         // default of the contract as JSON, or empty
	Field    *codegen.Field // the property; nil for metadata
}

// Type is what a column holds.
type Type struct {
	Kind  Kind
	List  bool // an array of kind
	Nulls bool // of a list: null is a valid element
	// Members are the parts of a Record, at least one.
	Members []Member
}

// Kind is what a value of a column is, independent of a dialect.
type Kind uint8

// Kinds of values.
const (
	Text   Kind = iota
	Symbol      // text of which there are few
	UUID
	Day
	Moment // a day and a time, with an offset from UTC
	Whole  // within 64 bits with a sign
	Wide   // whole numbers beyond
	Number
	Truth
	JSON   // what no other kind takes
	Record // an object within a list, where Options say so
)

// Columns of the event itself.
const (
	ColumnID         = "_event_id"
	ColumnVersion    = "_event_version"
	ColumnReceived   = "_received_at"
	ColumnUndeclared = "_undeclared"
)

// maxName is the length of names that all warehouses take: PostgreSQL's.
const maxName = 63

// maxNested is how many columns an object may have before it is kept as JSON.
const maxNested = 200

// Options are what somebody decides about tables.
type Options struct {
	NotNull bool // columns take no NULL where the version of the table requires a value
	Nested  bool // lists of objects are lists of records, not JSON
}

// TableOf decides the columns of an event. names learns of them; nil while something is printed.
func TableOf(e *codegen.Event, name string, o Options, names *codegen.Names) *Table {
	c := e.Contract
	t := &Table{Event: c, Name: Shorten(name), Days: c.Retention.Days(), Class: contracts.NoPII}
	b := &builder{table: t, Options: o, names: names, scope: names.Scope(), inside: map[*codegen.Type]bool{}}
	b.add(Column{Path: ColumnID, Type: Type{Kind: Text}, Required: true, Comment: "Identifier of this one occurrence."}, ColumnID, codegen.Origin{})
	b.add(Column{Path: ColumnVersion, Type: Type{Kind: Symbol}, Required: true, Comment: "Version of the contract it was sent with."}, ColumnVersion, codegen.Origin{})
	b.add(Column{Path: ColumnReceived, Type: Type{Kind: Moment}, Required: true, Comment: "When the collector took it."}, ColumnReceived, codegen.Origin{})
	t.Metadata = len(t.Columns)
	b.object(e.Payload, place{required: true})
	if b.open {
		b.add(Column{Path: ColumnUndeclared, Type: Type{Kind: JSON}, Comment: "Members that the contract does not declare."}, ColumnUndeclared, codegen.Origin{})
	}
	t.Comment = Sentence(append(slices.Clone(e.Payload.Doc.Lines), e.Payload.Doc.Deprecated, about(c)))
	return t
}

// Title is what the table is of: the event and its version.
func (t *Table) Title() string { return t.Event.Name + " " + t.Event.Version.String() }

// about is the last sentence on a table.
func about(c *contracts.Contract) string {
	text := "Event " + c.Name + " " + c.Version.String()
	if c.Owner != "" {
		text += ", owner " + c.Owner
	}
	if c.Retention != "" {
		text += ", kept " + string(c.Retention)
	}
	return text + "."
}

// TableNames are the names of the tables of all events, before they are shortened.
// names learns of them; nil while something is printed.
func TableNames(m *codegen.Model, names *codegen.Names) map[*codegen.Event]string {
	all := make(map[*codegen.Event]string, len(m.Events))
	scope := names.Scope()
	for _, e := range m.Events {
		all[e] = scope.Name(e.Name.Snake(), e.Origin())
	}
	return all
}

type builder struct {
	table *Table
	Options
	names  *codegen.Names
	room   int // how many members a column may still have
	scope  *codegen.Scope
	inside map[*codegen.Type]bool // objects whose columns are being made
	open   bool                   // whether an object with columns takes members that are not declared
}

// place is where an object stands.
type place struct {
	path, formerly string
	name           naming.Name
	required       bool
	docs           []string // of the objects around
	class          contracts.PII
}

func (b *builder) object(t *codegen.Type, at place) {
	b.inside[t] = true
	defer delete(b.inside, t)
	b.open = b.open || t.Extra != nil
	for _, f := range t.Fields {
		s := f.Property.Schema
		r := f.Type.Underlying()
		of := codegen.Origin{Type: t, Field: f}
		in := place{
			path:     at.path + "/" + contracts.EscapePointer(f.Wire),
			formerly: at.formerly + "/" + contracts.EscapePointer(cmp.Or(s.RenamedFrom, f.Wire)),
			name:     at.name.Join(f.Name),
			required: at.required && f.Required && !f.Type.Nullable,
			docs:     append(slices.Clone(at.docs), docs(f.Doc)...),
			class:    higher(at.class, cmp.Or(s.PII, s.Resolved().PII)),
		}
		if r.Kind == codegen.Named && r.Named.Kind == codegen.Object && b.fits(r.Named) {
			b.names.See(nil, in.name.Snake(), of)
			b.object(r.Named, in)
			continue
		}
		b.room = maxNested
		c := Column{Field: f, Path: in.path, Formerly: in.formerly, Type: b.nestedType(r, 0), Required: b.NotNull && in.required, Class: higher(in.class, within(r))}
		c.Comment = Sentence(withClass(in.docs, c.Class))
		if s.Default != nil {
			c.Fallback = s.Default.JSON
		}
		b.add(c, in.name.Snake(), of)
	}
}

func (b *builder) add(c Column, name string, of codegen.Origin) {
	c.Name = b.scope.Name(Shorten(name), of)
	if len(c.Name) > maxName {
		c.Name = b.scope.Take(digested(c.Name))
	}
	b.table.Columns = append(b.table.Columns, c)
	b.table.Class = higher(b.table.Class, c.Class)
}

// fits reports whether an object has columns of its own.
func (b *builder) fits(t *codegen.Type) bool {
	return len(t.Fields) > 0 && !b.inside[t] && b.count(t, 0) <= maxNested
}

// count adds the columns of an object to n, and stops when they are too many. An object
// within itself is one column.
func (b *builder) count(t *codegen.Type, n int) int {
	b.inside[t] = true
	defer delete(b.inside, t)
	for _, f := range t.Fields {
		if n > maxNested {
			break
		}
		r := f.Type.Underlying()
		if r.Kind == codegen.Named && r.Named.Kind == codegen.Object && len(r.Named.Fields) > 0 && !b.inside[r.Named] {
			n = b.count(r.Named, n)
		} else {
			n++
		}
	}
	return n
}

func docs(d codegen.Doc) []string {
	list := slices.Clone(d.Lines)
	if d.Deprecated != "" {
		list = append(list, "Deprecated: "+d.Deprecated)
	}
	return list
}

// withClass says what is personal once, in the words of Doc.
func withClass(docs []string, class contracts.PII) []string {
	docs = slices.DeleteFunc(slices.Clone(docs), func(line string) bool { return strings.HasPrefix(line, "Personal data: ") })
	if Personal(class) {
		docs = append(docs, "Personal data: "+string(class)+".")
	}
	return docs
}

// within is the highest privacy class of what is kept in one column. It looks at each
// type once.
func within(r *codegen.Ref) contracts.PII {
	class := contracts.NoPII
	seen := map[*codegen.Type]bool{}
	var follow func(r *codegen.Ref)
	follow = func(r *codegen.Ref) {
		if r == nil {
			return
		}
		class = higher(class, cmp.Or(r.Schema.PII, r.Schema.Resolved().PII))
		follow(r.Elem)
		if t := r.Named; t != nil && !seen[t] {
			seen[t] = true
			for use := range t.Uses() {
				follow(use)
			}
		}
	}
	follow(r)
	return class
}

func higher(a, b contracts.PII) contracts.PII {
	if slices.Index(contracts.PIIClasses, b) > slices.Index(contracts.PIIClasses, a) {
		return b
	}
	return a
}

// typeOf decides the column of a value that has no columns of its own.
func typeOf(r *codegen.Ref) Type {
	if r.Kind != codegen.Array {
		return Type{Kind: kindOf(r)}
	}
	elem := r.Elem.Underlying()
	if k := kindOf(elem); k != JSON {
		return Type{Kind: k, List: true, Nulls: elem.Nullable}
	}
	return Type{Kind: JSON}
}

func kindOf(r *codegen.Ref) Kind {
	switch r.Kind {
	case codegen.String:
		switch r.Format() {
		case "uuid":
			return UUID
		case "date":
			return Day
		case "date-time":
			return Moment
		}
		return Text
	case codegen.Integer:
		return integer(r.Schema)
	case codegen.Number:
		return Number
	case codegen.Boolean:
		return Truth
	case codegen.Named:
		if r.Named.Kind == codegen.Enum {
			return enum(r.Named)
		}
	}
	return JSON
}

func enum(t *codegen.Type) Kind {
	switch t.Base {
	case contracts.String:
		return Symbol
	case contracts.Integer:
		return integer(t.Schema)
	case contracts.Number:
		return Number
	case contracts.Boolean:
		return Truth
	}
	return JSON
}

// integer is wide when a limit or a value says that the numbers may be.
func integer(s *contracts.Schema) Kind {
	for _, limit := range []*contracts.Decimal{s.Minimum, s.Maximum, s.ExclusiveMinimum, s.ExclusiveMaximum} {
		if limit != nil && Beyond(*limit) {
			return Wide
		}
	}
	for _, v := range s.Enum {
		if Beyond(contracts.Decimal(v.JSON)) {
			return Wide
		}
	}
	return Whole
}

// Beyond reports whether a number needs more than 64 bits.
func Beyond(d contracts.Decimal) bool {
	r := d.Rat()
	return r.Cmp(new(big.Rat).SetInt64(math.MaxInt64)) > 0 || r.Cmp(new(big.Rat).SetInt64(math.MinInt64)) < 0
}

// Shorten keeps names within what all warehouses take, with room for a number.
func Shorten(name string) string {
	if len(name) <= maxName-3 { // room for a number
		return name
	}
	return digested(name)
}

func digested(name string) string {
	sum := sha256.Sum256([]byte(name))
	return strings.TrimRight(name[:maxName-20], "_") + "_" + hex.EncodeToString(sum[:8])
}

// maxComment is well within what all warehouses take.
const maxComment = 1000

// Sentence is sentences as one line, which is cut where it is too long for a comment.
func Sentence(lines []string) string {
	line := []rune(strings.Join(codegen.Wrap(strings.Join(lines, " "), math.MaxInt), " "))
	if len(line) > maxComment {
		line = append(line[:maxComment-1], '…')
	}
	return string(line)
}

// Personal reports whether a class is one of personal data.
func Personal(class contracts.PII) bool { return class != "" && class != contracts.NoPII }
