package payload_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/contracttest"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/formats"
)

// near draws payloads at the edges of contracts: about half of them are valid, and what
// decides is written in unusual ways. Small choices are made by a generator of its own,
// because those of rapid prefer small numbers, which would leave most payloads alone.
type near struct {
	t    *rapid.T
	rand *rand.Rand
}

func newNear(t *rapid.T) near {
	seed := rapid.Uint64().Draw(t, "seed")
	return near{t, rand.New(rand.NewPCG(seed, 1))}
}

func (n near) between(low, high int) int { return low + n.rand.IntN(high-low+1) }

// chance is true once in so many times.
func (n near) chance(times int) bool { return n.between(1, times) == times }

func draw[T any](n near, from []T) T { return from[n.between(0, len(from)-1)] }

// place is a value and the schema that it has to satisfy, nil where nothing is said.
type place struct {
	schema *contracts.Schema
	value  *spelled
}

// payload draws a payload: most likely a valid one, then up to two values of it replaced
// by others at the edge of what their schemas accept.
func (n near) payload(c *contracts.Contract) *spelled {
	root := spell(contracttest.Payload(c).Draw(n.t, "payload"))
	for range max(0, n.between(-1, 3)) {
		all := placesOf(nil, c.Payload, root)
		n.nudge(draw(n, all))
	}
	return root
}

// placesOf adds the value and all that is in it.
func placesOf(list []place, s *contracts.Schema, v *spelled) []place {
	list = append(list, place{s, v})
	if s != nil {
		s = s.Resolved()
	}
	for _, c := range v.children {
		list = placesOf(list, below(s, v, c), c.value)
	}
	return list
}

// below is a schema that concerns a child, nil when there is none.
func below(s *contracts.Schema, v *spelled, c child) *contracts.Schema {
	switch {
	case s == nil:
		return nil
	case s.Union != nil:
		return inVariants(s.Union, v, c)
	case !v.object:
		return s.Items
	case s.Types.Has(contracts.Map):
		return s.Values
	}
	name := unquoted(c.name)
	if p := s.Property(name); p != nil {
		return p.Schema
	}
	for _, p := range s.PatternProperties {
		if regexp.MustCompile(p.Pattern).MatchString(name) {
			return p.Schema
		}
	}
	return s.Additional.Schema
}

// inVariants is what some variant says of a child.
func inVariants(u *contracts.Union, v *spelled, c child) *contracts.Schema {
	for _, variant := range u.Variants {
		if s := below(variant.Schema.Resolved(), v, c); s != nil {
			return s
		}
	}
	return nil
}

// nudge replaces a value by one that its schema may or may not accept.
func (n near) nudge(p place) {
	if p.schema == nil || n.chance(8) {
		*p.value = *n.other(p.value)
		return
	}
	s := p.schema.Resolved()
	if s.Union != nil {
		n.nudgeUnion(s.Union, p.value)
		return
	}
	switch {
	case p.value.object:
		n.members(s, p.value)
	case p.value.scalar == "":
		n.items(s, p.value)
	default:
		p.value.scalar = n.scalar(s)
	}
}

// nudgeUnion takes a value of a union for one of a variant, or writes what selects the
// variant in another way.
func (n near) nudgeUnion(u *contracts.Union, v *spelled) {
	if u.Discriminator != "" && v.object && n.chance(2) {
		n.retag(u, v)
		return
	}
	n.nudge(place{draw(n, u.Variants).Schema, v})
}

// retag moves, drops, doubles or changes the discriminator of an object.
func (n near) retag(u *contracts.Union, v *spelled) {
	i := slices.IndexFunc(v.children, func(c child) bool { return unquoted(c.name) == u.Discriminator })
	if i < 0 {
		v.children = append(v.children, child{document.Quote(u.Discriminator), &spelled{scalar: document.Quote(draw(n, u.Variants).Tag)}})
		return
	}
	tag := v.children[i]
	v.children = slices.Delete(slices.Clone(v.children), i, i+1)
	switch n.between(0, 6) {
	case 0: // missing
	case 1: // last
		v.children = append(v.children, tag)
	case 2: // escaped, in another place
		tag = child{n.escaped(u.Discriminator), &spelled{scalar: n.escaped(unquoted(tag.value.scalar))}}
		v.children = slices.Insert(v.children, n.between(0, len(v.children)), tag)
	case 3: // of another variant
		v.children = slices.Insert(v.children, i, child{tag.name, &spelled{scalar: document.Quote(draw(n, u.Variants).Tag)}})
	case 4: // no string
		v.children = slices.Insert(v.children, i, child{tag.name, n.other(tag.value)})
	case 5: // twice
		v.children = append(slices.Insert(v.children, i, tag), tag)
	default: // nearly the same
		v.children = slices.Insert(v.children, i, child{tag.name, &spelled{scalar: n.quoted(n.changed(unquoted(tag.value.scalar)))}})
	}
}

// other draws a value of any type.
func (n near) other(v *spelled) *spelled {
	switch n.between(0, 9) {
	case 0:
		return &spelled{scalar: "null"}
	case 1:
		return &spelled{scalar: "true"}
	case 2:
		return &spelled{scalar: "false"}
	case 3:
		return &spelled{scalar: draw(n, numbers)}
	case 4:
		return &spelled{scalar: n.quoted(draw(n, words))}
	case 5:
		return &spelled{}
	case 6:
		return &spelled{object: true}
	case 7:
		return &spelled{children: []child{{"", v.clone()}}}
	case 8:
		return &spelled{object: true, children: []child{{n.quoted(draw(n, words)), v.clone()}}}
	}
	return &spelled{scalar: document.Quote(string(v.text(nil)))}
}

var (
	numbers = []string{
		"0", "-0", "0.0", "-0.0e0", "1", "-1", "1.0", "1e0", "10e-1", "1E+2", "0.1e1", "100", "1.5", "1e-7", "0.30000000000000004",
		"9007199254740991", "9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "1e308", "1.8e308", "1e400", "-1e400", "1e-400",
		"0.1234567890123456789", "99999999999999999999.99", "1e18", "1e19", "1000000000000000000000e-21", "0e400", "1" + strings.Repeat("0", 399),
		"0." + strings.Repeat("0", 390) + "1", "1e401", "2" + strings.Repeat("0", 400),
	}
	words = []string{
		"", "a", "A", "é", "名", "😀", "e\u0301", "\u0000", "\u001f", "\u007f", "\u2028", "\ufeff", "\uffff", "\U0010ffff", "\"", "\\", "/", "\n",
		"\\u0041", "1", "null", "true", "__proto__", "card", "a b", strings.Repeat("x", 100), strings.Repeat("é", 300), "ß", "ﬁ", "İ",
	}
)

// scalar draws a value for a schema, of one of its types or near to one.
func (n near) scalar(s *contracts.Schema) string {
	if len(s.Enum) > 0 && n.chance(2) {
		return n.respelled(draw(n, s.Enum).JSON)
	}
	switch name := draw(n, s.Types.Names()); name {
	case "string":
		return n.quoted(n.word(s))
	case "integer", "number":
		return n.number(s)
	case "boolean":
		return draw(n, []string{"true", "false"})
	}
	return draw(n, []string{"null", "0", `""`, "true"})
}

// word draws a text at the edge of what a schema accepts.
func (n near) word(s *contracts.Schema) string {
	switch {
	case len(s.Enum) > 0 && draw(n, s.Enum).IsString():
		return n.changed(s.Enum[0].Text())
	case s.Format != "":
		f, _ := formats.Find(s.Format)
		text := draw(n, append([]string{f.Example}, formatSamples[s.Format]...))
		if n.chance(2) {
			text = n.changed(text)
		}
		return text
	case s.Pattern != "":
		text := rapid.StringMatching(s.Pattern).Draw(n.t, "matching")
		if n.chance(2) {
			text = n.changed(text)
		}
		return text
	case s.MinLength != nil && n.chance(2):
		return n.long(*s.MinLength)
	case s.MaxLength != nil:
		return n.long(*s.MaxLength)
	}
	return draw(n, words)
}

// formatSamples are texts that are near to the edge of a format already.
var formatSamples = map[string][]string{
	"date":          {"2024-02-29", "2023-02-29", "0000-01-01", "2100-02-29"},
	"date-time":     {"2024-02-29T23:59:60Z", "2024-06-30T23:59:60Z", "2024-12-31T15:59:60-08:00", "2024-01-31t08:30:00z", "2024-01-31T08:30:00.000000000000+23:59"},
	"time":          {"23:59:60Z", "00:00:00-00:00", "24:00:00Z"},
	"duration":      {"P", "PT", "P1W", "P1WT1H", "P1Y1D", "PT1H1S"},
	"email":         {"a@localhost", `"a b"@example.org`, "a@[192.0.2.1]", "é@example.org", "a..b@example.org"},
	"hostname":      {"a", "a.", "-a", strings.Repeat("a", 63), strings.Repeat("a", 64), "xn--a"},
	"ipv4":          {"255.255.255.255", "256.0.0.1", "01.2.3.4", "1.2.3"},
	"ipv6":          {"::", "::1", "1::", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "fe80::1%en0"},
	"uri":           {"a:", "http://[::1]/", "http://é/", "http://a b/", "urn:uuid:7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b"},
	"iri":           {"http://é/", "http://\u0085/"},
	"uri-reference": {"", "#", "?", "//a", "a%zz"},
	"json-pointer":  {"", "/", "/~0", "/~2", "a"},
	"uri-template":  {"", "{a}", "{a", "{+a,b*}", "}"},
	"uuid":          {"7F0C0A6E-9E0A-4C55-8A39-0D5D4F7A2F0B", "urn:uuid:7f0c0a6e-9e0a-4c55-8a39-0d5d4f7a2f0b", "7f0c0a6e9e0a4c558a390d5d4f7a2f0b"},
}

// long is a text of about so many code points.
func (n near) long(length int) string {
	length = max(0, min(length, 2000)+n.between(-1, 1))
	letters := draw(n, [][]string{{"a"}, {"é"}, {"名"}, {"😀"}, {"e\u0301"}, {"\u0000"}, {"a", "é", "名", "😀"}, {"\""}, {"a", "\n"}})
	var b strings.Builder
	for i := 0; utf8.RuneCountInString(b.String()) < length; i++ {
		b.WriteString(letters[i%len(letters)])
	}
	return string([]rune(b.String())[:length])
}

// changed is a text with one small difference.
func (n near) changed(text string) string {
	runes := []rune(text)
	at := n.between(0, len(runes))
	letter := []rune(draw(n, []string{"a", "Z", "0", "9", " ", "-", ".", ":", "é", "😀", "\n", "\u0000", "T", "/"}))
	switch n.between(0, 5) {
	case 0:
		return string(slices.Insert(runes, at, letter...))
	case 1:
		return string(slices.Delete(runes, min(at, max(0, len(runes)-1)), min(at+1, len(runes))))
	case 2:
		return string(slices.Replace(runes, min(at, max(0, len(runes)-1)), min(at+1, len(runes)), letter...))
	case 3:
		return strings.ToUpper(text)
	case 4:
		return text + "\n"
	}
	return text
}

// number draws a number at the edge of what a schema accepts, in an unusual spelling.
func (n near) number(s *contracts.Schema) string {
	var limits []*contracts.Decimal
	for _, d := range []*contracts.Decimal{s.Minimum, s.Maximum, s.ExclusiveMinimum, s.ExclusiveMaximum, s.MultipleOf} {
		if d != nil {
			limits = append(limits, d)
		}
	}
	if len(limits) == 0 || n.chance(4) {
		return draw(n, numbers)
	}
	v := draw(n, limits).Rat()
	if s.MultipleOf != nil && n.chance(2) {
		step := s.MultipleOf.Rat()
		v = new(big.Rat).Mul(step, big.NewRat(int64(n.between(-1000, 1000)), 1))
	}
	tiny := draw(n, []string{"0", "0", "0", "1", "-1", "0.5", "1e-17", "-1e-17", "1e-30", "0.01", "1e16"})
	step, _ := new(big.Rat).SetString(tiny)
	v = new(big.Rat).Add(v, step)
	if n.chance(10) {
		v.Neg(v)
	}
	digits, _ := v.FloatPrec()
	return n.respelledNumber(v.FloatString(digits))
}

// respelled writes a scalar in another way that means the same.
func (n near) respelled(scalar string) string {
	switch {
	case scalar[0] == '"':
		return n.quoted(unquoted(scalar))
	case scalar[0] == '-' || '0' <= scalar[0] && scalar[0] <= '9':
		return n.respelledNumber(scalar)
	}
	return scalar
}

func (n near) quoted(text string) string {
	if n.chance(3) {
		return n.escaped(text)
	}
	return document.Quote(text)
}

// escaped quotes a text with more escapes than it needs.
func (n near) escaped(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	every := n.between(1, 3)
	for i, c := range []rune(text) {
		short := strings.IndexRune("\"\\/\b\f\n\r\t", c)
		switch {
		case short >= 0 && n.chance(2):
			b.WriteString(`\` + `"\/bfnrt`[short:short+1])
		case c < ' ' || c == '"' || c == '\\' || i%every == 0:
			b.WriteString(n.hex(c))
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (n near) hex(c rune) string {
	verb := draw(n, []string{`\u%04x`, `\u%04X`})
	if c <= 0xffff {
		return fmt.Sprintf(verb, c)
	}
	return fmt.Sprintf(verb+verb, 0xd800+(c-0x10000)>>10, 0xdc00+(c-0x10000)&0x3ff)
}

// respelledNumber writes the same number with the point elsewhere, with zeros at its
// ends or an exponent. Very long numbers stay as they are.
func (n near) respelledNumber(number string) string {
	sign, rest := "", number
	if rest[0] == '-' {
		sign, rest = "-", rest[1:]
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(rest), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	power, _ := strconv.Atoi(exponent)
	digits := strings.TrimLeft(whole+fraction, "0")
	power -= len(fraction)
	if len(digits) > 300 || power > 300 || power < -300 {
		return number
	}
	zeros := n.between(0, 2)
	if n.chance(12) {
		zeros = n.between(15, 40)
	}
	digits += strings.Repeat("0", zeros)
	if power -= zeros; digits == "" {
		digits, power = "0", n.between(-5, 5)
	}
	if n.chance(3) && power > 0 && power < 50 { // as people write it
		digits, power = digits+strings.Repeat("0", power), 0
	}
	return sign + n.pointed(digits, power)
}

// pointed writes digits × 10^power.
func (n near) pointed(digits string, power int) string {
	fraction := n.between(0, min(len(digits)+2, 40))
	if n.chance(2) && power <= 0 && power > -60 {
		fraction = -power // needs no exponent
	}
	power += fraction
	digits = strings.Repeat("0", max(0, fraction-len(digits))) + digits
	whole := strings.TrimLeft(digits[:len(digits)-fraction], "0")
	if whole == "" {
		whole = "0"
	}
	text := whole
	if fraction > 0 {
		text += "." + digits[len(digits)-fraction:]
	}
	if power == 0 && !n.chance(4) {
		return text
	}
	mark := draw(n, []string{"e", "E"})
	switch {
	case power >= 0:
		mark += draw(n, []string{"", "+", "0", "+00"})
	case n.chance(2):
		mark, power = mark+"-0", -power
	}
	return text + mark + strconv.Itoa(power)
}

// items changes how many items an array has, or repeats one in another spelling.
func (n near) items(s *contracts.Schema, v *spelled) {
	want := len(v.children) + n.between(-1, 1)
	switch {
	case s.MaxItems != nil && n.chance(2):
		want = min(*s.MaxItems, 50) + n.between(0, 1)
	case s.MinItems != nil && n.chance(2):
		want = min(*s.MinItems, 50) - n.between(0, 1)
	case n.chance(6):
		want = n.between(7, 20) // where unique items are told apart by hash
	}
	v.children = v.children[:max(0, min(want, len(v.children)))]
	for len(v.children) < want {
		added := n.any(2)
		if k := len(v.children); k > 0 && n.chance(2) {
			added = v.children[n.between(0, k-1)].value.clone()
			n.respell(added)
		} else if s.Items != nil && n.chance(2) {
			added = n.instance(s.Items)
		}
		v.children = append(v.children, child{"", added})
	}
}

// members adds, drops, renames or repeats members.
func (n near) members(s *contracts.Schema, v *spelled) {
	v.children = slices.Clone(v.children)
	if len(v.children) == 0 || n.chance(3) {
		n.addMembers(s, v)
		return
	}
	i := n.between(0, len(v.children)-1)
	switch n.between(0, 6) {
	case 0:
		v.children = slices.Delete(v.children, i, i+1)
	case 1:
		v.children[i].name = n.quoted(n.changed(unquoted(v.children[i].name)))
	case 2:
		v.children[i].value = &spelled{scalar: "null"}
	case 3: // the same name again, perhaps in another spelling
		v.children = slices.Insert(v.children, n.between(0, len(v.children)), child{n.quoted(unquoted(v.children[i].name)), v.children[i].value.clone()})
	case 4: // last becomes first
		v.children = append(v.children[len(v.children)-1:], v.children[:len(v.children)-1]...)
	case 5:
		v.children[i].name = n.escaped(unquoted(v.children[i].name))
	case 6:
		v.children[i].value = n.other(v.children[i].value)
	}
}

// addMembers adds what is not declared, or was left out.
func (n near) addMembers(s *contracts.Schema, v *spelled) {
	add := func(name string, value *spelled) {
		v.children = slices.Insert(v.children, n.between(0, len(v.children)), child{n.quoted(name), value})
	}
	many := 1
	if n.chance(6) {
		many = n.between(16, 70)
	}
	for i := range many {
		switch {
		case len(s.Properties) > 0 && n.chance(2):
			p := draw(n, s.Properties)
			if !slices.ContainsFunc(v.children, func(c child) bool { return unquoted(c.name) == p.Name }) {
				add(p.Name, n.instance(p.Schema))
			}
		case len(s.PatternProperties) > 0 && n.chance(2):
			add(rapid.StringMatching(draw(n, s.PatternProperties).Pattern).Draw(n.t, "name"), n.any(2))
		case many > 1:
			add(fmt.Sprintf("%s%d", draw(n, words), i), n.any(1))
		default:
			add(draw(n, append([]string{"x_", "x_1", "extra", "Id"}, words...)), n.any(2))
		}
	}
}

// instance draws a value that a schema most likely accepts.
func (n near) instance(s *contracts.Schema) *spelled {
	if r := s.Resolved(); r.Enum != nil && len(r.Enum) == 0 && !r.Open {
		return &spelled{scalar: "null"} // leaves nothing to draw
	}
	return spell(contracttest.Instance(s).Draw(n.t, "instance"))
}

// any draws any value of at most the given depth.
func (n near) any(depth int) *spelled {
	kind := n.between(0, 6)
	if depth == 0 {
		kind = min(kind, 4)
	}
	switch kind {
	case 0, 1:
		return &spelled{scalar: draw(n, []string{"null", "true", "false", "1", `"a"`})}
	case 2:
		return &spelled{scalar: draw(n, numbers)}
	case 3, 4:
		return &spelled{scalar: n.quoted(draw(n, words))}
	}
	v := &spelled{object: kind == 6}
	for i := range n.between(0, 3) {
		v.children = append(v.children, child{n.quoted(draw(n, words) + strconv.Itoa(i)), n.any(depth - 1)})
	}
	return v
}

// respell writes all that is in a value in other ways that mean the same: escapes,
// spellings of numbers, and the order of members.
func (n near) respell(v *spelled) {
	for _, part := range v.all() {
		switch {
		case part.scalar != "":
			part.scalar = n.respelled(part.scalar)
		case part.object:
			if part.children = slices.Clone(part.children); n.chance(2) {
				n.rand.Shuffle(len(part.children), func(i, k int) {
					part.children[i], part.children[k] = part.children[k], part.children[i]
				})
			}
			for i := range part.children {
				part.children[i].name = n.quoted(unquoted(part.children[i].name))
			}
		}
	}
}

// spaces draws white space, a little or a lot of it.
func (n near) spaces() func() string {
	style := n.between(0, 4)
	return func() string {
		switch {
		case style == 0 || style < 3 && !n.chance(4):
			return ""
		case style == 4:
			return draw(n, []string{"\n\t\t\t\t", "\r\n                                                                        ", " "})
		}
		return draw(n, []string{" ", "\t", "\n", "\r\n", " \t \r\n"})
	}
}

// corrupted draws bytes that differ from a text in one place.
func (n near) corrupted(raw []byte) []byte {
	if n.chance(3) {
		return contracttest.Corrupt(raw).Draw(n.t, "corrupt")
	}
	at := n.between(0, len(raw)-1)
	switch n.between(0, 5) {
	case 0:
		return slices.Delete(slices.Clone(raw), at, at+1)
	case 1:
		return slices.Insert(slices.Clone(raw), at, raw[at])
	case 2:
		return slices.Replace(slices.Clone(raw), at, at+1, raw[at]^byte(1<<n.between(0, 7)))
	case 3:
		return slices.Replace(slices.Clone(raw), at, at+1, draw(n, []byte("\"\\{}[],:-+.eE09 \n\tntf/u\x00\x7f\x80\xc3\xff")))
	case 4: // two bytes change places
		other := n.between(0, len(raw)-1)
		out := slices.Clone(raw)
		out[at], out[other] = out[other], out[at]
		return out
	}
	end := n.between(at, min(len(raw), at+20))
	return slices.Concat(raw[:end], raw[at:]) // a part twice
}

// someRand is the same on every run.
func someRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
