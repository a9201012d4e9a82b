package contracts

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/document"
)

// Digest names a contract by its meaning: "sha256:" and 64 hexadecimal digits
// over its canonical form with everything unordered sorted. Two files have one
// digest when they differ only in comments, layout, the order of keys, or in how
// references and fragments are spread over files.
type Digest string

// DigestOf computes the digest of a linked event.
func DigestOf(c *Contract) Digest {
	e := encoder{sorted: true}
	e.contract(c)
	return digestOfBytes(e.b)
}

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
	e.key("definitions")
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
		e.raw(x.Name, x.Value.JSON)
	}
}

func (e *encoder) types(t Types) {
	switch names := t.Names(); len(names) {
	case 0:
	case 1:
		e.text("type", names[0])
	default:
		e.textList("type", names)
	}
}

func (e *encoder) union(u *Union) {
	if u == nil {
		return
	}
	e.key(u.Keyword())
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
	e.key("enum")
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
	e.key("properties")
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
	e.key("patternProperties")
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
	e.key("requireAny")
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
	e.key("deprecated")
	e.open()
	e.text("since", d.Since)
	e.text("sunset", d.Sunset)
	e.text("replacedBy", d.ReplacedBy)
	e.text("reason", d.Reason)
	e.close()
}

func (e *encoder) child(key string, s *Schema) {
	if s != nil {
		e.key(key)
		e.schema(s, nil)
	}
}

func (e *encoder) values(key string, list []Value) {
	if len(list) == 0 {
		return
	}
	e.key(key)
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

func (e *encoder) key(name string) {
	if e.b[len(e.b)-1] != '{' {
		e.b = append(e.b, ',')
	}
	e.b = append(document.AppendQuoted(e.b, name), ':')
}

func (e *encoder) raw(key, json string) {
	e.key(key)
	e.b = append(e.b, json...)
}

func (e *encoder) text(key, value string) {
	if value != "" {
		e.key(key)
		e.b = document.AppendQuoted(e.b, value)
	}
}

func (e *encoder) flag(key string, value bool) {
	if value {
		e.raw(key, "true")
	}
}

func (e *encoder) count(key string, n *int) {
	if n != nil {
		e.raw(key, strconv.Itoa(*n))
	}
}

func (e *encoder) decimal(key string, d *Decimal) {
	if d != nil {
		e.raw(key, string(*d))
	}
}

func (e *encoder) textList(key string, list []string) {
	if len(list) > 0 {
		e.key(key)
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
	if !e.sorted || len(list) < 2 {
		return list
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
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
