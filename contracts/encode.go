package contracts

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/evctl/evctl/contracts/document"
)

// Digest names a contract by its meaning: "sha256:" and 64 hexadecimal digits
// over its canonical form with everything unordered sorted. Two files have one
// digest when they differ only in comments, layout, the order of keys, or in how
// references and fragments are spread over files.
type Digest string

// DigestOf computes the digest of a linked event.
func DigestOf(c *Contract) Digest {
	buffer := encoded.Get().(*[]byte)
	defer encoded.Put(buffer)
	e := encoder{b: (*buffer)[:0], sorted: true}
	e.contract(c)
	*buffer = e.b
	return digestOfBytes(e.b)
}

// encoded are buffers for canonical forms that only their digests are wanted of.
var encoded = sync.Pool{New: func() any { return new([]byte) }}

func digestOfBytes(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// Marshal writes a linked event as one self-contained contract file in JSON:
// fragments mixed in, definitions inside, properties in the order of the source.
// Parse reads it back to an equal contract.
func Marshal(c *Contract) []byte {
	e := encoder{}
	e.contract(c)
	return e.b
}

type encoder struct {
	b      []byte
	sorted bool
}

func (e *encoder) contract(c *Contract) {
	e.open()
	e.text(string(c.Kind), c.Name)
	if c.Kind == Event {
		e.text("version", c.Version.String())
	}
	e.text("name", c.CodeName)
	e.text("owner", c.Owner)
	if c.Status != Active {
		e.text("status", string(c.Status))
	}
	e.text("retention", string(c.Retention))
	e.textList("tags", e.ordered(c.Tags))
	if c.Kind != Definition {
		// An event's payload is always an object and says so by being an event.
		payload := *c.Payload
		payload.Types = 0
		e.schemaKeys(&payload)
	} else {
		e.schemaKeys(c.Payload)
	}
	e.definitions(c.Definitions)
	e.close()
}

func (e *encoder) definitions(list []*NamedSchema) {
	if len(list) == 0 {
		return
	}
	list = order(e, list, func(d *NamedSchema) string { return d.Name })
	e.keyword("definitions")
	e.open()
	for _, d := range list {
		e.key(d.Name)
		e.schema(d.Schema, nil)
	}
	e.close()
}

// schema writes a schema; p is the property it belongs to, or nil.
func (e *encoder) schema(s *Schema, p *Property) {
	e.open()
	e.schemaKeys(s)
	if p != nil {
		e.flag("required", p.Required)
		e.text("name", p.CodeName)
	}
	e.close()
}

func (e *encoder) schemaKeys(s *Schema) {
	e.types(s.Types)
	e.text("$ref", s.Ref)
	e.union(s.Union)
	e.flag("nullable", s.Nullable)
	e.enum(s)
	e.flag("open", s.Open)
	e.text("format", s.Format)
	e.text("pattern", s.Pattern)
	e.count("minLength", s.MinLength)
	e.count("maxLength", s.MaxLength)
	e.decimal("minimum", s.Minimum)
	e.decimal("maximum", s.Maximum)
	e.decimal("exclusiveMinimum", s.ExclusiveMinimum)
	e.decimal("exclusiveMaximum", s.ExclusiveMaximum)
	e.decimal("multipleOf", s.MultipleOf)
	e.child("items", s.Items)
	e.count("minItems", s.MinItems)
	e.count("maxItems", s.MaxItems)
	e.flag("uniqueItems", s.UniqueItems)
	e.properties(s.Properties)
	e.patternProperties(s.PatternProperties)
	e.additional(s.Additional)
	e.requireAny(s.RequireAny)
	e.count("minProperties", s.MinProperties)
	e.count("maxProperties", s.MaxProperties)
	e.child("keys", s.MapKeys)
	e.child("values", s.Values)
	e.text("title", s.Title)
	e.text("description", s.Description)
	e.text("pii", string(s.PII))
	e.text("unit", s.Unit)
	e.text("since", s.Since)
	e.text("renamedFrom", s.RenamedFrom)
	e.deprecated(s.Deprecated)
	if s.Default != nil {
		e.raw("default", s.Default.JSON)
	}
	e.values("examples", s.Examples)
	for _, x := range order(e, s.Extensions, func(x Extension) string { return x.Name }) {
		e.key(x.Name)
		e.b = append(e.b, x.Value.JSON...)
	}
}

func (e *encoder) types(t Types) {
	if name := t.single(); name != "" {
		e.text("type", name)
		return
	}
	e.textList("type", t.Names())
}

func (e *encoder) union(u *Union) {
	if u == nil {
		return
	}
	e.keyword(u.Keyword())
	e.open()
	for _, v := range order(e, u.Variants, func(v *Variant) string { return v.Name }) {
		e.key(v.Name)
		e.schema(v.Schema, nil)
	}
	e.close()
	e.text("discriminator", u.Discriminator)
}

func (e *encoder) enum(s *Schema) {
	if s.Enum == nil {
		return
	}
	e.keyword("enum")
	e.b = append(e.b, '[')
	for i, v := range order(e, s.Enum, func(v EnumValue) string { return v.JSON }) {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		if v.Description == "" && v.Deprecated == nil {
			e.b = append(e.b, v.JSON...)
			continue
		}
		e.open()
		e.raw("value", v.JSON)
		e.text("description", v.Description)
		e.deprecated(v.Deprecated)
		e.close()
	}
	if s.Nullable && !s.Open {
		if len(s.Enum) > 0 {
			e.b = append(e.b, ',')
		}
		e.b = append(e.b, "null"...)
	}
	e.b = append(e.b, ']')
}

func (e *encoder) properties(list []*Property) {
	if len(list) == 0 {
		return
	}
	e.keyword("properties")
	e.open()
	for _, p := range order(e, list, func(p *Property) string { return p.Name }) {
		e.key(p.Name)
		e.schema(p.Schema, p)
	}
	e.close()
}

func (e *encoder) patternProperties(list []*PatternProperty) {
	if len(list) == 0 {
		return
	}
	e.keyword("patternProperties")
	e.open()
	for _, p := range order(e, list, func(p *PatternProperty) string { return p.Pattern }) {
		e.key(p.Pattern)
		e.schema(p.Schema, nil)
	}
	e.close()
}

func (e *encoder) additional(a Additional) {
	if a.Schema != nil {
		e.child("additionalProperties", a.Schema)
		return
	}
	e.flag("additionalProperties", a.Allowed)
}

func (e *encoder) requireAny(groups [][]string) {
	if len(groups) == 0 {
		return
	}
	sortedGroups := make([][]string, len(groups))
	for i, g := range groups {
		sortedGroups[i] = e.ordered(g)
	}
	if e.sorted {
		slices.SortFunc(sortedGroups, slices.Compare[[]string])
	}
	e.keyword("requireAny")
	e.b = append(e.b, '[')
	for i, g := range sortedGroups {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.list(g)
	}
	e.b = append(e.b, ']')
}

func (e *encoder) deprecated(d *Deprecation) {
	if d == nil {
		return
	}
	if d.Since == "" && d.Sunset == "" && d.ReplacedBy == "" && d.Reason == "" {
		e.flag("deprecated", true)
		return
	}
	e.keyword("deprecated")
	e.open()
	e.text("since", d.Since)
	e.text("sunset", d.Sunset)
	e.text("replacedBy", d.ReplacedBy)
	e.text("reason", d.Reason)
	e.close()
}

func (e *encoder) child(keyword string, s *Schema) {
	if s != nil {
		e.keyword(keyword)
		e.schema(s, nil)
	}
}

func (e *encoder) values(keyword string, list []Value) {
	if len(list) == 0 {
		return
	}
	e.keyword(keyword)
	e.b = append(e.b, '[')
	for i, v := range list {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.b = append(e.b, v.JSON...)
	}
	e.b = append(e.b, ']')
}

// What follows writes JSON.

func (e *encoder) open()  { e.b = append(e.b, '{') }
func (e *encoder) close() { e.b = append(e.b, '}') }

// key writes a name that somebody chose.
func (e *encoder) key(name string) {
	e.comma()
	e.b = append(document.AppendQuoted(e.b, name), ':')
}

// keyword writes a word of the language, which needs no escapes.
func (e *encoder) keyword(name string) {
	e.comma()
	e.b = append(append(append(e.b, '"'), name...), '"', ':')
}

func (e *encoder) comma() {
	if e.b[len(e.b)-1] != '{' {
		e.b = append(e.b, ',')
	}
}

func (e *encoder) raw(keyword, json string) {
	e.keyword(keyword)
	e.b = append(e.b, json...)
}

func (e *encoder) text(keyword, value string) {
	if value != "" {
		e.keyword(keyword)
		e.b = document.AppendQuoted(e.b, value)
	}
}

func (e *encoder) flag(keyword string, value bool) {
	if value {
		e.raw(keyword, "true")
	}
}

func (e *encoder) count(keyword string, n *int) {
	if n != nil {
		e.raw(keyword, strconv.Itoa(*n))
	}
}

func (e *encoder) decimal(keyword string, d *Decimal) {
	if d != nil {
		e.raw(keyword, string(*d))
	}
}

func (e *encoder) textList(keyword string, list []string) {
	if len(list) > 0 {
		e.keyword(keyword)
		e.list(list)
	}
}

func (e *encoder) list(list []string) {
	e.b = append(e.b, '[')
	for i, s := range list {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.b = document.AppendQuoted(e.b, s)
	}
	e.b = append(e.b, ']')
}

func (e *encoder) ordered(list []string) []string {
	return order(e, list, func(s string) string { return s })
}

// order is the list sorted by name when the encoder sorts, and as it is otherwise.
func order[T any](e *encoder, list []T, name func(T) string) []T {
	compare := func(a, b T) int { return cmp.Compare(name(a), name(b)) }
	if !e.sorted || slices.IsSortedFunc(list, compare) {
		return list
	}
	list = slices.Clone(list)
	slices.SortFunc(list, compare)
	return list
}

// Equal reports whether two linked contracts have one meaning, version included.
func Equal(a, b *Contract) bool {
	ea, eb := encoder{sorted: true}, encoder{sorted: true}
	ea.contract(a)
	eb.contract(b)
	return bytes.Equal(ea.b, eb.b)
}

// Short is the digest for people: the first twelve digits.
func (d Digest) Short() string {
	_, hex, _ := strings.Cut(string(d), ":")
	return hex[:min(12, len(hex))]
}
