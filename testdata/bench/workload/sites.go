package workload

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts"
)

// sites are the places of one event where a mistake can be made, by mutation.
type sites struct {
	maker
	at map[string][]func()
}

func (s *sites) add(mutation string, change func()) {
	s.at[mutation] = append(s.at[mutation], change)
}

// value adds the places of a value that satisfies its schema; set puts another value
// in its stead.
func (s *sites) value(schema *contracts.Schema, v node, set func(node)) {
	nullable := schema.AcceptsNull()
	schema = schema.Resolved()
	if schema.Types.Has(contracts.Any) {
		return
	}
	s.add("type", func() { set(s.otherType(schema)) })
	if !nullable {
		s.add("null", func() { set(scalar("null")) })
	}
	switch v := v.(type) {
	case *object:
		s.object(schema, v)
	case *list:
		s.list(schema, v)
	case text:
		s.text(schema, string(v), set)
	case scalar:
		s.number(schema, string(v), set)
	}
}

// sample is a value and the types that it is of.
type sample struct {
	types contracts.Types
	value node
}

// otherType is a value of a type that the schema does not list.
func (s *sites) otherType(schema *contracts.Schema) node {
	types := schema.Types
	if schema.Union != nil {
		types = contracts.Object
	}
	samples := []sample{
		{contracts.String, text("17")},
		{contracts.Numeric, scalar("17")},
		{contracts.Boolean, scalar("true")},
		{contracts.Array, &list{}},
		{contracts.Object | contracts.Map, &object{}},
	}
	samples = slices.DeleteFunc(samples, func(a sample) bool { return types&a.types != 0 })
	return pick(s.maker, samples).value
}

func (s *sites) object(schema *contracts.Schema, o *object) {
	if schema.Union != nil {
		s.union(schema.Union, o)
		return
	}
	if schema.Types.Has(contracts.Map) {
		s.mapping(schema, o)
		return
	}
	s.members(schema, o)
}

func (s *sites) members(schema *contracts.Schema, o *object) {
	for _, p := range schema.Properties {
		if p.Required {
			s.add("missing", func() { o.remove(p.Name) })
		}
		if i := o.find(p.Name); i >= 0 {
			s.value(p.Schema, o.members[i].value, func(v node) { o.members[i].value = v })
		}
	}
	for range 3 { // as likely as a member
		s.add("undeclared", func() { s.insert(o, member{s.misspelt(o), text("x")}) })
	}
	for i := range o.members {
		s.add("duplicate", func() { s.insert(o, o.members[i]) })
	}
	if len(schema.RequireAny) > 0 {
		s.add("neither", func() {
			for _, name := range slices.Concat(schema.RequireAny...) {
				o.remove(name)
			}
		})
	}
}

// insert puts a member somewhere.
func (s *sites) insert(o *object, m member) {
	o.members = slices.Insert(o.members, s.IntN(len(o.members)+1), m)
}

// misspelt is a name that is nearly that of a member.
func (s *sites) misspelt(o *object) string {
	if len(o.members) == 0 {
		return "extra"
	}
	name := pick(s.maker, o.members).key
	return pick(s.maker, []string{name + "s2", strings.ToUpper(name), "x_" + name, "extra"})
}

func (s *sites) union(u *contracts.Union, o *object) {
	i := o.find(u.Discriminator)
	s.add("variant", func() { o.members[i].value = text("cash") })
	s.add("missing", func() { o.remove(u.Discriminator) })
	for _, v := range u.Variants {
		if o.members[i].value == text(v.Tag) {
			s.members(v.Schema.Resolved(), o)
		}
	}
}

func (s *sites) mapping(schema *contracts.Schema, o *object) {
	for i := range o.members {
		s.value(schema.Values, o.members[i].value, func(v node) { o.members[i].value = v })
		s.add("duplicate", func() { s.insert(o, o.members[i]) })
	}
	if schema.MapKeys != nil && len(o.members) > 0 {
		s.add("key", func() { s.insert(o, member{"Not a key", o.members[0].value}) })
	}
}

func (s *sites) list(schema *contracts.Schema, l *list) {
	for i := range l.items {
		s.value(schema.Items, l.items[i], func(v node) { l.items[i] = v })
	}
	if len(l.items) == 0 {
		return
	}
	if schema.MinItems != nil && *schema.MinItems > 0 {
		s.add("items", func() { l.items = nil })
	}
	if schema.MaxItems != nil && *schema.MaxItems < 30 {
		s.add("items", func() { s.fill(l, *schema.MaxItems+1) })
	}
	if schema.UniqueItems {
		s.add("unique", func() { l.items = append(l.items, pick(s.maker, l.items).clone()) })
	}
}

func (s *sites) fill(l *list, n int) {
	for len(l.items) < n {
		l.items = append(l.items, pick(s.maker, l.items).clone())
	}
}

func (s *sites) text(schema *contracts.Schema, v string, set func(node)) {
	if len(schema.Enum) > 0 {
		if !schema.Open {
			s.add("enum", func() { set(text(pick(s.maker, []string{"unknown", "", v + v, strings.ToUpper(v) + "_"}))) })
		}
		return
	}
	if schema.MaxLength != nil && *schema.MaxLength <= 512 {
		s.add("long", func() { set(text(v + strings.Repeat("é", *schema.MaxLength+1-utf8.RuneCountInString(v)))) })
	}
	if schema.MinLength != nil {
		s.add("short", func() { set(text(string([]rune(v)[:*schema.MinLength-1]))) })
	}
	if schema.Pattern != "" {
		s.add("pattern", func() { set(text(s.unmatched(schema.Pattern, v))) })
	}
	if schema.Format != "" {
		s.add("format", func() { set(text(misformat[schema.Format](v))) })
	}
	if schema.Pattern == "" && schema.Format == "" {
		s.add("encoding", func() { set(scalar("\"ab\xff\"")) })
		s.add("surrogate", func() { set(scalar(`"ab\ud83d"`)) })
	}
}

// unmatched is a text that a pattern does not match.
func (s *sites) unmatched(pattern, v string) string {
	re := regexp.MustCompile(pattern)
	candidates := []string{v + "!", "!" + v, v + "\n", "é" + v, ""}
	return pick(s.maker, slices.DeleteFunc(candidates, re.MatchString))
}

// misformat breaks a text of a format in a way that no reading of it allows.
var misformat = map[string]func(string) string{
	"uuid":      func(v string) string { return v[:len(v)-1] + "g" },
	"date":      func(v string) string { return v[:5] + "13" + v[7:] },
	"date-time": func(v string) string { return v[:5] + "13" + v[7:] },
	"uri":       func(v string) string { return strings.TrimPrefix(v, "https:") },
	"email":     func(v string) string { return strings.ReplaceAll(v, "@", "") },
	"ipv4":      func(v string) string { return v + ".7" },
}

// number adds the places of a scalar that is no text; booleans and null have none.
func (s *sites) number(schema *contracts.Schema, v string, set func(node)) {
	at, ok := new(big.Rat).SetString(v)
	if !ok || !schema.Types.Has(contracts.Integer) && !schema.Types.Has(contracts.Number) {
		return
	}
	one := big.NewRat(1, 1)
	for _, bound := range []*contracts.Decimal{schema.Minimum, schema.ExclusiveMinimum} {
		if bound != nil {
			s.add("range", func() { set(decimalOf(new(big.Rat).Sub(bound.Rat(), one))) })
		}
	}
	for _, bound := range []*contracts.Decimal{schema.Maximum, schema.ExclusiveMaximum} {
		if bound != nil {
			s.add("range", func() { set(decimalOf(new(big.Rat).Add(bound.Rat(), one))) })
		}
	}
	if !schema.Types.Has(contracts.Number) {
		s.add("fraction", func() { set(decimalOf(at.Add(at, big.NewRat(1, 2)))) })
	}
	if schema.MultipleOf != nil {
		s.add("multiple", func() { set(decimalOf(at.Add(at, new(big.Rat).Mul(schema.MultipleOf.Rat(), big.NewRat(1, 2))))) })
	}
}

func decimalOf(v *big.Rat) scalar {
	digits, _ := v.FloatPrec()
	return scalar(v.FloatString(digits))
}
