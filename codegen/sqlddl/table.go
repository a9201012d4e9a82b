package sqlddl

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

// table is an event as a warehouse holds it.
type table struct {
	event    *contracts.Contract
	name     string
	comment  string
	days     int // how long rows are kept; 0: not said, -1: forever
	class    contracts.PII
	columns  []column
	metadata int // how many of the columns stand before those of properties
}

// column holds what stands at one path of the payload.
type column struct {
	path     string // JSON pointer of the property; for metadata, the name
	formerly string // path in earlier versions, where renamedFrom says so
	name     string
	typ      columnType
	required bool // NOT NULL
	comment  string
	class    contracts.PII // empty or none: no personal data
	fallback string        // default of the contract as JSON, or empty
}

// columnType is what a column holds.
type columnType struct {
	kind  kind
	list  bool // an array of kind
	nulls bool // of a list: null is a valid element
}

type kind uint8

const (
	text kind = iota
	symbol
	uuid
	day
	moment
	whole // within 64 bits with a sign
	wide  // whole numbers beyond
	number
	truth
	document // JSON
)

// Columns of the event itself.
const (
	columnID         = "_event_id"
	columnVersion    = "_event_version"
	columnReceived   = "_received_at"
	columnUndeclared = "_undeclared"
)

// maxName is the length of names that all warehouses take: PostgreSQL's.
const maxName = 63

// maxNested is how many columns an object may have before it is kept as JSON.
const maxNested = 200

// tableOf decides the columns of an event. names learns of them; nil while SQL is printed.
func tableOf(e *codegen.Event, name string, notNull bool, names *codegen.Names) *table {
	c := e.Contract
	t := &table{event: c, name: shorten(name), days: c.Retention.Days(), class: contracts.NoPII}
	b := &builder{table: t, notNull: notNull, names: names, scope: names.Scope(), inside: map[*codegen.Type]bool{}}
	b.add(column{path: columnID, typ: columnType{kind: text}, required: true, comment: "Identifier of this one occurrence."}, columnID, codegen.Origin{})
	b.add(column{path: columnVersion, typ: columnType{kind: symbol}, required: true, comment: "Version of the contract it was sent with."}, columnVersion, codegen.Origin{})
	b.add(column{path: columnReceived, typ: columnType{kind: moment}, required: true, comment: "When the collector took it."}, columnReceived, codegen.Origin{})
	t.metadata = len(t.columns)
	b.object(e.Payload, place{required: true})
	if b.open {
		b.add(column{path: columnUndeclared, typ: columnType{kind: document}, comment: "Members that the contract does not declare."}, columnUndeclared, codegen.Origin{})
	}
	t.comment = comment(append(slices.Clone(e.Payload.Doc.Lines), e.Payload.Doc.Deprecated, about(c)))
	return t
}

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

type builder struct {
	table   *table
	notNull bool
	names   *codegen.Names
	scope   *codegen.Scope
	inside  map[*codegen.Type]bool // objects whose columns are being made
	open    bool                   // whether an object with columns takes members that are not declared
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
		c := column{path: in.path, formerly: in.formerly, typ: typeOf(r), required: b.notNull && in.required, class: higher(in.class, within(r))}
		c.comment = comment(withClass(in.docs, c.class))
		if s.Default != nil {
			c.fallback = s.Default.JSON
		}
		b.add(c, in.name.Snake(), of)
	}
}

func (b *builder) add(c column, name string, of codegen.Origin) {
	c.name = b.scope.Name(shorten(name), of)
	if len(c.name) > maxName {
		c.name = b.scope.Take(digested(c.name))
	}
	b.table.columns = append(b.table.columns, c)
	b.table.class = higher(b.table.class, c.class)
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
	if personal(class) {
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
func typeOf(r *codegen.Ref) columnType {
	if r.Kind != codegen.Array {
		return columnType{kind: kindOf(r)}
	}
	elem := r.Elem.Underlying()
	if k := kindOf(elem); k != document {
		return columnType{kind: k, list: true, nulls: elem.Nullable}
	}
	return columnType{kind: document}
}

func kindOf(r *codegen.Ref) kind {
	switch r.Kind {
	case codegen.String:
		switch r.Format() {
		case "uuid":
			return uuid
		case "date":
			return day
		case "date-time":
			return moment
		}
		return text
	case codegen.Integer:
		return integer(r.Schema)
	case codegen.Number:
		return number
	case codegen.Boolean:
		return truth
	case codegen.Named:
		if r.Named.Kind == codegen.Enum {
			return enum(r.Named)
		}
	}
	return document
}

func enum(t *codegen.Type) kind {
	switch t.Base {
	case contracts.String:
		return symbol
	case contracts.Integer:
		return integer(t.Schema)
	case contracts.Number:
		return number
	case contracts.Boolean:
		return truth
	}
	return document
}

// integer is wide when a limit or a value says that the numbers may be.
func integer(s *contracts.Schema) kind {
	for _, limit := range []*contracts.Decimal{s.Minimum, s.Maximum, s.ExclusiveMinimum, s.ExclusiveMaximum} {
		if limit != nil && beyond(*limit) {
			return wide
		}
	}
	for _, v := range s.Enum {
		if beyond(contracts.Decimal(v.JSON)) {
			return wide
		}
	}
	return whole
}

func beyond(d contracts.Decimal) bool {
	r := d.Rat()
	return r.Cmp(new(big.Rat).SetInt64(math.MaxInt64)) > 0 || r.Cmp(new(big.Rat).SetInt64(math.MinInt64)) < 0
}

// shorten keeps names within maxName.
func shorten(name string) string {
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

// comment is sentences as one line.
func comment(lines []string) string {
	line := []rune(strings.Join(codegen.Wrap(strings.Join(lines, " "), math.MaxInt), " "))
	if len(line) > maxComment {
		line = append(line[:maxComment-1], '…')
	}
	return string(line)
}
