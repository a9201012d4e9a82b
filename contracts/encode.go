package contracts

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
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
	e := encoder{Writer: document.Writer{B: (*buffer)[:0]}, sorted: true}
	e.contract(c)
	*buffer = e.B
	return digestOfBytes(e.B)
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
	return e.B
}

type encoder struct {
	document.Writer
	sorted bool
}

func (e *encoder) contract(c *Contract) {
	e.Open()
	e.Text(string(c.Kind), c.Name)
	if c.Kind == Event {
		e.Text("version", c.Version.String())
	}
	e.Text("name", c.CodeName)
	e.Text("owner", c.Owner)
	if c.Status != Active {
		e.Text("status", string(c.Status))
	}
	e.Text("retention", string(c.Retention))
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
	e.Close()
}

func (e *encoder) definitions(list []*NamedSchema) {
	if len(list) == 0 {
		return
	}
	list = order(e, list, func(d *NamedSchema) string { return d.Name })
	e.Keyword("definitions")
	e.Open()
	for _, d := range list {
		e.Key(d.Name)
		e.schema(d.Schema, nil)
	}
	e.Close()
}

// schema writes a schema; p is the property it belongs to, or nil.
func (e *encoder) schema(s *Schema, p *Property) {
	e.Open()
	e.schemaKeys(s)
	if p != nil {
		e.flag("required", p.Required)
		e.Text("name", p.CodeName)
	}
	e.Close()
}

func (e *encoder) schemaKeys(s *Schema) {
	e.types(s.Types)
	e.Text("$ref", s.Ref)
	e.union(s.Union)
	e.flag("nullable", s.Nullable)
	e.enum(s)
	e.flag("open", s.Open)
	e.Text("format", s.Format)
	e.Text("pattern", s.Pattern)
	e.Count("minLength", s.MinLength)
	e.Count("maxLength", s.MaxLength)
	e.decimal("minimum", s.Minimum)
	e.decimal("maximum", s.Maximum)
	e.decimal("exclusiveMinimum", s.ExclusiveMinimum)
	e.decimal("exclusiveMaximum", s.ExclusiveMaximum)
	e.decimal("multipleOf", s.MultipleOf)
	e.child("items", s.Items)
	e.Count("minItems", s.MinItems)
	e.Count("maxItems", s.MaxItems)
	e.flag("uniqueItems", s.UniqueItems)
	e.properties(s.Properties)
	e.patternProperties(s.PatternProperties)
	e.additional(s.Additional)
	e.requireAny(s.RequireAny)
	e.Count("minProperties", s.MinProperties)
	e.Count("maxProperties", s.MaxProperties)
	e.child("keys", s.MapKeys)
	e.child("values", s.Values)
	e.Text("title", s.Title)
	e.Text("description", s.Description)
	e.Text("pii", string(s.PII))
	e.Text("unit", s.Unit)
	e.Text("since", s.Since)
	e.Text("renamedFrom", s.RenamedFrom)
	e.deprecated(s.Deprecated)
	if s.Default != nil {
		e.Raw("default", s.Default.JSON)
	}
	e.values("examples", s.Examples)
	for _, x := range order(e, s.Extensions, func(x Extension) string { return x.Name }) {
		e.Key(x.Name)
		e.B = append(e.B, x.Value.JSON...)
	}
}

func (e *encoder) types(t Types) {
	if name := t.single(); name != "" {
		e.Text("type", name)
		return
	}
	e.textList("type", t.Names())
}

func (e *encoder) union(u *Union) {
	if u == nil {
		return
	}
	e.Keyword(u.Keyword())
	e.Open()
	for _, v := range order(e, u.Variants, func(v *Variant) string { return v.Name }) {
		e.Key(v.Name)
		e.schema(v.Schema, nil)
	}
	e.Close()
	e.Text("discriminator", u.Discriminator)
}

func (e *encoder) enum(s *Schema) {
	if s.Enum == nil {
		return
	}
	values := order(e, s.Enum, func(v EnumValue) string { return v.JSON })
	if s.Nullable && (!s.Open || len(values) == 0) { // an enum of no values is refused
		values = append(slices.Clip(values), EnumValue{Value: Value{JSON: "null"}})
	}
	e.Keyword("enum")
	e.List(len(values), func(i int) { e.enumValue(&values[i]) })
}

func (e *encoder) enumValue(v *EnumValue) {
	if v.Description == "" && v.Deprecated == nil {
		e.B = append(e.B, v.JSON...)
		return
	}
	e.Open()
	e.Raw("value", v.JSON)
	e.Text("description", v.Description)
	e.deprecated(v.Deprecated)
	e.Close()
}

func (e *encoder) properties(list []*Property) {
	if len(list) == 0 {
		return
	}
	e.Keyword("properties")
	e.Open()
	for _, p := range order(e, list, func(p *Property) string { return p.Name }) {
		e.Key(p.Name)
		e.schema(p.Schema, p)
	}
	e.Close()
}

func (e *encoder) patternProperties(list []*PatternProperty) {
	if len(list) == 0 {
		return
	}
	e.Keyword("patternProperties")
	e.Open()
	for _, p := range order(e, list, func(p *PatternProperty) string { return p.Pattern }) {
		e.Key(p.Pattern)
		e.schema(p.Schema, nil)
	}
	e.Close()
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
	e.Keyword("requireAny")
	e.List(len(sortedGroups), func(i int) {
		e.List(len(sortedGroups[i]), func(j int) { e.Quoted(sortedGroups[i][j]) })
	})
}

func (e *encoder) deprecated(d *Deprecation) {
	if d == nil {
		return
	}
	if d.Since == "" && d.Sunset == "" && d.ReplacedBy == "" && d.Reason == "" {
		e.flag("deprecated", true)
		return
	}
	e.Keyword("deprecated")
	e.Open()
	e.Text("since", d.Since)
	e.Text("sunset", d.Sunset)
	e.Text("replacedBy", d.ReplacedBy)
	e.Text("reason", d.Reason)
	e.Close()
}

func (e *encoder) child(keyword string, s *Schema) {
	if s != nil {
		e.Keyword(keyword)
		e.schema(s, nil)
	}
}

func (e *encoder) values(keyword string, list []Value) {
	if len(list) == 0 {
		return
	}
	e.Keyword(keyword)
	e.List(len(list), func(i int) { e.B = append(e.B, list[i].JSON...) })
}

func (e *encoder) flag(keyword string, value bool) {
	if value {
		e.Raw(keyword, "true")
	}
}

func (e *encoder) decimal(keyword string, d *Decimal) {
	if d != nil {
		e.Raw(keyword, string(*d))
	}
}

func (e *encoder) textList(keyword string, list []string) {
	if len(list) > 0 {
		e.Texts(keyword, list)
	}
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
	return bytes.Equal(ea.B, eb.B)
}

// Short is the digest for people: the first twelve digits.
func (d Digest) Short() string {
	_, hex, _ := strings.Cut(string(d), ":")
	return hex[:min(12, len(hex))]
}
