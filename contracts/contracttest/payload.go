package contracttest

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/formats"
)

// Payload draws a JSON text that the contract most likely accepts. Where keywords
// work against each other (a pattern and a length, variants of oneOf that overlap)
// it may come out invalid.
func Payload(c *contracts.Contract) *rapid.Generator[[]byte] { return Instance(c.Payload) }

// Instance is Payload for a schema.
func Instance(s *contracts.Schema) *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		f := &filler{&maker{t: t}, 0}
		return appendJSON(nil, f.value(s))
	})
}

// filler draws instances of schemas.
type filler struct {
	*maker
	depth int
}

// maxDepth is the nesting below which optional parts are left out.
const maxDepth = 6

func (f *filler) value(s *contracts.Schema) tree {
	f.depth++
	defer func() { f.depth-- }()
	if s.Nullable && f.chance(5) {
		return scalar("null")
	}
	s = s.Resolved()
	switch {
	case s.Union != nil:
		return f.variant(s.Union)
	case s.Enum != nil && len(s.Enum) == 0 && !s.Open:
		return scalar("null")
	case len(s.Enum) > 0 && !(s.Open && f.chance(4)):
		return scalar(pick(f.maker, s.Enum).JSON)
	}
	return f.typed(s, pick(f.maker, s.Types.Names()))
}

func (f *filler) typed(s *contracts.Schema, name string) tree {
	switch name {
	case "string":
		return text(f.text(s))
	case "integer", "number":
		return f.number(s, name == "integer")
	case "boolean":
		return flag(f.chance(2))
	case "array":
		return f.array(s)
	case "object":
		return f.object(s)
	case "map":
		return f.mapping(s)
	}
	return f.anything()
}

func (f *filler) variant(u *contracts.Union) tree {
	v := pick(f.maker, u.Variants)
	t := f.value(v.Schema)
	if o, ok := t.(*object); ok && v.TagImplied {
		o.set(u.Discriminator, text(v.Tag))
	}
	return t
}

// samplesOf are texts of a format.
func samplesOf(name string) []string {
	format, _ := formats.Find(name)
	return append([]string{format.Example}, samples[name]...)
}

// samples are texts of each format beside its example.
var samples = map[string][]string{
	"date":          {"2024-02-29", "1999-12-31"},
	"date-time":     {"2024-02-29T23:59:59Z", "2024-01-31T08:30:00.123+02:00"},
	"duration":      {"P1D", "PT1H30M", "P1Y2M3DT4H5M6S"},
	"email":         {"a@example.org", "first.last+tag@mail.example.com"},
	"hostname":      {"example.org", "a-b.example.com"},
	"ipv4":          {"192.0.2.1", "0.0.0.0"},
	"ipv6":          {"2001:db8::1", "::"},
	"json-pointer":  {"", "/a/b~1c"},
	"time":          {"23:59:59Z", "08:30:00.5+02:00"},
	"uri":           {"https://example.org/a?b=c#d", "urn:isbn:0451450523"},
	"uri-reference": {"/a/b", "../c?d", "https://example.org"},
	"uuid":          {"7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"},
}

// formatNames are the formats that contracts may name.
func formatNames() []string { return formats.Names() }

func (f *filler) text(s *contracts.Schema) string {
	switch {
	case s.Format != "":
		return pick(f.maker, samplesOf(s.Format))
	case s.Pattern != "":
		return f.matching(s.Pattern)
	}
	word := pick(f.maker, strings_)
	if n := utf8.RuneCountInString(word); s.MinLength != nil && n < *s.MinLength {
		word += strings.Repeat("é", min(*s.MinLength-n, 10_000))
	}
	if r := []rune(word); s.MaxLength != nil && len(r) > *s.MaxLength {
		word = string(r[:*s.MaxLength])
	}
	return word
}

// matching draws a text that a pattern accepts, or any text when the generator
// cannot work with the pattern.
func (f *filler) matching(pattern string) string {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return ""
	}
	for range 5 {
		if s := rapid.StringMatching(pattern).Draw(f.t, "matching"); re.MatchString(s) && len(s) < 1000 {
			return s
		}
	}
	return ""
}

func (f *filler) number(s *contracts.Schema, whole bool) tree {
	step := big.NewRat(1, 1)
	if s.MultipleOf != nil {
		step = s.MultipleOf.Rat()
		if whole && !step.IsInt() {
			step.Mul(step, new(big.Rat).SetInt(step.Denom())) // a whole multiple
		}
	} else if !whole {
		step = pick(f.maker, []*big.Rat{big.NewRat(1, 1), big.NewRat(1, 10), big.NewRat(1, 1000)})
	}
	at := f.start(s, step)
	at.Add(at, new(big.Rat).Mul(step, big.NewRat(int64(f.between(0, 5)), 1)))
	if !within(s, at) {
		at = f.start(s, step)
	}
	return scalar(decimalText(at))
}

// start is the smallest multiple of step that the bounds leave, or the largest
// below the upper bound when there is no lower one.
func (f *filler) start(s *contracts.Schema, step *big.Rat) *big.Rat {
	var candidates []*big.Rat
	for _, d := range []*contracts.Decimal{s.Minimum, s.ExclusiveMinimum, s.Maximum, s.ExclusiveMaximum} {
		if d == nil {
			continue
		}
		quotient := new(big.Rat).Quo(d.Rat(), step)
		floor := new(big.Int).Div(quotient.Num(), quotient.Denom())
		for _, k := range []int64{0, 1, -1, -6} {
			n := new(big.Int).Add(floor, big.NewInt(k))
			candidates = append(candidates, new(big.Rat).Mul(new(big.Rat).SetInt(n), step))
		}
	}
	candidates = append(candidates, new(big.Rat))
	for _, c := range candidates {
		if within(s, c) {
			return new(big.Rat).Set(c)
		}
	}
	return new(big.Rat)
}

func within(s *contracts.Schema, v *big.Rat) bool {
	return (s.Minimum == nil || v.Cmp(s.Minimum.Rat()) >= 0) &&
		(s.ExclusiveMinimum == nil || v.Cmp(s.ExclusiveMinimum.Rat()) > 0) &&
		(s.Maximum == nil || v.Cmp(s.Maximum.Rat()) <= 0) &&
		(s.ExclusiveMaximum == nil || v.Cmp(s.ExclusiveMaximum.Rat()) < 0)
}

// decimalText writes a decimal fraction exactly.
func decimalText(v *big.Rat) string {
	if v.IsInt() {
		return v.Num().String()
	}
	digits, _ := v.FloatPrec()
	return v.FloatString(digits)
}

func (f *filler) array(s *contracts.Schema) tree {
	least := deref(s.MinItems, 0)
	n := least
	if f.depth < maxDepth {
		n = min(least+f.between(0, 3), deref(s.MaxItems, least+3))
	}
	l := &list{}
	seen := map[string]bool{}
	for tries := 0; len(l.items) < n && tries < 4*n; tries++ {
		item := f.anythingOr(s.Items)
		key := string(appendJSON(nil, item))
		if s.UniqueItems && seen[key] {
			continue
		}
		seen[key] = true
		l.items = append(l.items, item)
	}
	return l
}

func deref(n *int, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return min(*n, 1000)
}

func (f *filler) anythingOr(s *contracts.Schema) tree {
	if s == nil {
		return f.anything()
	}
	return f.value(s)
}

func (f *filler) object(s *contracts.Schema) tree {
	o := &object{}
	var group []string
	if len(s.RequireAny) > 0 {
		group = pick(f.maker, s.RequireAny)
	}
	needed := func(p *contracts.Property) bool { return p.Required || slices.Contains(group, p.Name) }
	least := deref(s.MinProperties, 0)
	most := deref(s.MaxProperties, 1000)
	for _, p := range s.Properties {
		if needed(p) {
			o.set(p.Name, f.value(p.Schema))
		}
	}
	for _, p := range s.Properties {
		optional := !needed(p) && len(o.members) < most
		if optional && (len(o.members) < least || f.depth < maxDepth && f.chance(2)) {
			o.set(p.Name, f.value(p.Schema))
		}
	}
	f.others(s, o, least, most)
	if f.chance(3) {
		o.members = rapid.Permutation(o.members).Draw(f.t, "order")
	}
	return o
}

// others adds members that the object does not declare.
func (f *filler) others(s *contracts.Schema, o *object, least, most int) {
	for _, p := range s.PatternProperties {
		name := f.matching(p.Pattern)
		if len(o.members) < most && s.Property(name) == nil && (len(o.members) < least || f.chance(3)) {
			o.set(name, f.value(p.Schema))
		}
	}
	for i := 0; s.Additional.Allowed && i < 3; i++ {
		name := pick(f.maker, []string{"extra", "Extra 2", "größer", "e"})
		if len(o.members) < most && s.Property(name) == nil && (len(o.members) < least || f.chance(4)) {
			o.set(name, f.anythingOr(s.Additional.Schema))
		}
	}
}

func (f *filler) mapping(s *contracts.Schema) tree {
	least := deref(s.MinProperties, 0)
	n := least
	if f.depth < maxDepth {
		n = min(least+f.between(0, 3), deref(s.MaxProperties, least+3))
	}
	o := &object{}
	for tries := 0; len(o.members) < n && tries < 5*n; tries++ {
		o.set(f.mapKey(s.MapKeys), f.anythingOr(s.Values))
	}
	return o
}

func (f *filler) mapKey(s *contracts.Schema) string {
	if s == nil {
		return pick(f.maker, strings_)
	}
	s = s.Resolved()
	if len(s.Enum) > 0 && !s.Open {
		return pick(f.maker, s.Enum).Text()
	}
	return f.text(s)
}

// anything draws any JSON value.
func (f *filler) anything() tree {
	choice := f.between(0, 7)
	if f.depth > maxDepth {
		choice = min(choice, 4)
	}
	switch choice {
	case 0:
		return scalar("null")
	case 1:
		return flag(true)
	case 2:
		return text(pick(f.maker, strings_))
	case 3:
		return scalar(pick(f.maker, integers))
	case 4:
		return scalar(pick(f.maker, decimals))
	case 5:
		return &list{}
	case 6:
		f.depth++
		defer func() { f.depth-- }()
		return &list{[]tree{f.anything(), f.anything()}}
	}
	f.depth++
	defer func() { f.depth-- }()
	return (&object{}).set(pick(f.maker, propertyNames), f.anything())
}
