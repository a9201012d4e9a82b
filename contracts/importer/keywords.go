package importer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
)

// keyword is a word of JSON Schema. Understanding one more is a line in keywords.
type keyword struct {
	since, until draft
	kinds        kinds // whose values it constrains; 0: of all
	constrains   bool
	// read takes the keyword into the shape. It is nil for those that schema reads
	// together with others.
	read func(r *reader, p place, n *document.Node, s *shape)
}

// keywords is the table of what is understood, and keywordNames its words, sorted.
var (
	keywords     map[string]keyword
	keywordNames func() []string
)

// The table is filled by a function because readers of nested schemas refer to it.
var _ = func() bool {
	all := func(k kinds, read func(*reader, place, *document.Node, *shape)) keyword {
		return keyword{draft4, draft2020, k, true, read}
	}
	from := func(since draft, k keyword) keyword { k.since = since; return k }
	until := func(last draft, k keyword) keyword { k.until = last; return k }
	together := keyword{draft4, draft2020, 0, true, nil}
	keywords = map[string]keyword{
		"type": together, "allOf": together, "anyOf": together, "oneOf": together, "not": together, "$ref": together, "unevaluatedProperties": together,
		"enum":  all(0, (*reader).enum),
		"const": from(draft6, all(0, (*reader).constant)),

		"format":    all(isString, func(r *reader, p place, n *document.Node, s *shape) { s.text.format = r.format(n) }),
		"pattern":   all(isString, func(r *reader, p place, n *document.Node, s *shape) { s.text.pattern = r.pattern(p, "pattern", n.Text) }),
		"minLength": all(isString, func(r *reader, p place, n *document.Node, s *shape) { s.text.least = r.count(p, "minLength", n) }),
		"maxLength": all(isString, func(r *reader, p place, n *document.Node, s *shape) { s.text.most = r.count(p, "maxLength", n) }),

		"minimum":          all(isNumber, (*reader).minimum),
		"maximum":          all(isNumber, (*reader).maximum),
		"exclusiveMinimum": all(isNumber, (*reader).exclusiveMinimum),
		"exclusiveMaximum": all(isNumber, (*reader).exclusiveMaximum),
		"multipleOf": all(isNumber, func(r *reader, p place, n *document.Node, s *shape) {
			s.numbers.multiple = r.positive(p, "multipleOf", n)
		}),

		"items":           all(isArray, (*reader).items),
		"prefixItems":     from(draft2020, all(isArray, (*reader).prefixItems)),
		"additionalItems": until(draft2019, all(isArray, (*reader).additionalItems)),
		"minItems": all(isArray, func(r *reader, p place, n *document.Node, s *shape) {
			s.arrays.least = larger(s.arrays.least, r.count(p, "minItems", n))
		}),
		"maxItems": all(isArray, func(r *reader, p place, n *document.Node, s *shape) {
			s.arrays.most = smaller(s.arrays.most, r.count(p, "maxItems", n))
		}),
		"uniqueItems":      all(isArray, func(r *reader, p place, n *document.Node, s *shape) { s.arrays.unique = r.flag(p, "uniqueItems", n) }),
		"contains":         from(draft6, all(isArray, (*reader).contains)),
		"minContains":      from(draft2019, all(isArray, ignore)),
		"maxContains":      from(draft2019, all(isArray, ignore)),
		"unevaluatedItems": from(draft2019, all(isArray, (*reader).unevaluatedItems)),

		"properties":           all(isObject, (*reader).properties),
		"patternProperties":    all(isObject, (*reader).patternProperties),
		"additionalProperties": all(isObject, (*reader).additionalProperties),
		"required":             all(isObject, (*reader).required),
		"minProperties":        all(isObject, func(r *reader, p place, n *document.Node, s *shape) { s.objects.least = r.count(p, "minProperties", n) }),
		"maxProperties":        all(isObject, func(r *reader, p place, n *document.Node, s *shape) { s.objects.most = r.count(p, "maxProperties", n) }),
		"propertyNames":        from(draft6, all(isObject, (*reader).propertyNames)),
		"dependencies":         all(isObject, func(r *reader, p place, n *document.Node, s *shape) { r.dependencies(p, "dependencies", n, s) }),
		"dependentRequired":    from(draft2019, all(isObject, func(r *reader, p place, n *document.Node, s *shape) { r.dependencies(p, "dependentRequired", n, s) })),
		"dependentSchemas":     from(draft2019, all(isObject, func(r *reader, p place, n *document.Node, s *shape) { r.dependencies(p, "dependentSchemas", n, s) })),

		"if":            from(draft7, all(0, (*reader).condition)),
		"then":          from(draft7, all(0, ignore)),
		"else":          from(draft7, all(0, ignore)),
		"$recursiveRef": from(draft2019, until(draft2019, all(0, refuseReference("$recursiveRef")))),
		"$dynamicRef":   from(draft2020, all(0, refuseReference("$dynamicRef"))),
	}
	names := slices.Sorted(maps.Keys(keywords))
	keywordNames = func() []string { return names }
	return true
}()

func ignore(*reader, place, *document.Node, *shape) {}

func refuseReference(name string) func(*reader, place, *document.Node, *shape) {
	return func(r *reader, p place, _ *document.Node, _ *shape) {
		r.refuse(p, name, "references that depend on where a schema is used cannot be said", "use $ref")
	}
}

// format is the format when it is asserted.
func (r *reader) format(n *document.Node) string {
	if r.asserts(n.Text) {
		return n.Text
	}
	return ""
}

func (r *reader) types(p place, n *document.Node, s *shape) {
	s.kinds = 0
	words := []*document.Node{n}
	if n.Kind == document.Sequence {
		words = n.Items
	}
	number := false
	for _, w := range words {
		k := kindNames[w.Text]
		if k == 0 || w.Kind != document.Scalar {
			r.refuse(p, "type", "unknown type "+w.Describe(), "types are null, boolean, integer, number, string, array, object")
			s.kinds = anyKind
			return
		}
		s.kinds |= k
		number = number || w.Text == "number"
	}
	s.whole = s.kinds&isNumber != 0 && !number
}

func (r *reader) count(p place, keyword string, n *document.Node) *int {
	d, err := contracts.ParseDecimal(n.Text)
	if n.Kind != document.Scalar || n.Quoted || err != nil || !d.IsInteger() || d.Rat().Sign() < 0 {
		r.refuse(p, keyword, "expected a whole number from 0 on, found "+n.Describe(), "")
		return nil
	}
	v := d.Rat().Num()
	if !v.IsInt64() || v.Int64() > 1<<31-1 {
		r.refuse(p, keyword, fmt.Sprintf("%s %s is more than the language counts to", keyword, n.Text), "use at most 2147483647")
		return nil
	}
	i := int(v.Int64())
	return &i
}

func (r *reader) decimal(p place, keyword string, n *document.Node) *contracts.Decimal {
	d, err := contracts.ParseDecimal(n.Text)
	if n.Kind != document.Scalar || n.Quoted || err != nil {
		r.refuse(p, keyword, "expected a number, found "+n.Describe(), "")
		return nil
	}
	return &d
}

func (r *reader) positive(p place, keyword string, n *document.Node) *contracts.Decimal {
	d := r.decimal(p, keyword, n)
	if d != nil && d.Rat().Sign() <= 0 {
		r.refuse(p, keyword, "expected a number above 0, found "+n.Describe(), "")
		return nil
	}
	return d
}

func (r *reader) flag(p place, keyword string, n *document.Node) bool {
	v, ok := n.Bool()
	if !ok {
		r.refuse(p, keyword, "expected true or false, found "+n.Describe(), "")
	}
	return v
}

// minimum and its relatives: in draft 4 exclusiveMinimum is a flag that changes the
// meaning of minimum.
func (r *reader) minimum(p place, n *document.Node, s *shape) {
	d := r.decimal(p, "minimum", n)
	if exclusive(p, "exclusiveMinimum") {
		s.numbers.above = d
		return
	}
	s.numbers.least = d
}

func (r *reader) maximum(p place, n *document.Node, s *shape) {
	d := r.decimal(p, "maximum", n)
	if exclusive(p, "exclusiveMaximum") {
		s.numbers.below = d
		return
	}
	s.numbers.most = d
}

func exclusive(p place, keyword string) bool {
	n := p.node.Get(keyword)
	if n == nil || p.resource.draft > draft4 {
		return false
	}
	v, _ := n.Bool()
	return v
}

func (r *reader) exclusiveMinimum(p place, n *document.Node, s *shape) {
	if p.resource.draft == draft4 {
		r.exclusiveFlag(p, "exclusiveMinimum", "minimum", n)
		return
	}
	s.numbers.above = r.decimal(p, "exclusiveMinimum", n)
}

func (r *reader) exclusiveMaximum(p place, n *document.Node, s *shape) {
	if p.resource.draft == draft4 {
		r.exclusiveFlag(p, "exclusiveMaximum", "maximum", n)
		return
	}
	s.numbers.below = r.decimal(p, "exclusiveMaximum", n)
}

func (r *reader) exclusiveFlag(p place, keyword, of string, n *document.Node) {
	r.flag(p, keyword, n)
	if p.node.Get(of) == nil {
		r.refuse(p, keyword, fmt.Sprintf("%s without %s is not valid in draft 4", keyword, of), "")
	}
}

func (r *reader) enum(p place, n *document.Node, s *shape) {
	if n.Kind != document.Sequence {
		r.refuse(p, "enum", "expected a list, found "+n.Describe(), "")
		return
	}
	r.values(p, "enum", n.Items, s)
}

func (r *reader) constant(p place, n *document.Node, s *shape) {
	r.values(p, "const", []*document.Node{n}, s)
}

// values restricts the shape to a list of values.
func (r *reader) values(p place, keyword string, list []*document.Node, s *shape) {
	values := []contracts.Value{}
	var found kinds
	seen := valueSet{}
	for _, item := range list {
		v := contracts.Value{JSON: item.JSON()}
		k := kindOf(v)
		if k&s.kinds&(isArray|isObject) != 0 {
			r.refuse(p, keyword, fmt.Sprintf("%s has %s, and only scalars can be listed", keyword, item.Describe()), "describe it with properties or items")
			continue
		}
		if k == isNumber {
			if _, err := contracts.ParseDecimal(v.JSON); err != nil {
				r.refuse(p, keyword, err.Error(), "")
				continue
			}
		}
		found |= k
		if k != isNull && !seen.has(v) {
			seen.add(v)
			values = append(values, v)
		}
	}
	s.kinds &= found
	if s.kinds&isNull == 0 && strings.Contains(typeText_(p), "null") {
		r.remark(p, keyword, keyword+" does not list null, so null was never valid")
	}
	s.values = commonValues(s.values, values)
	if p.node.Get("type") == nil {
		s.whole = !slices.ContainsFunc(values, func(v contracts.Value) bool { return v.Type() == contracts.Number })
	}
}

func typeText_(p place) string {
	if p.node.Get("type") == nil {
		return ""
	}
	return typeText(p)
}

// maxPattern is the longest pattern that contracts take.
const maxPattern = 1000

// dialect are constructs that RE2 and ECMA-262 read differently for rare characters.
var dialect = regexp.MustCompile(`\\[sS]|\[\[:`)

// pattern checks that a regular expression is RE2 and keeps it as it is.
func (r *reader) pattern(p place, keyword, text string) string {
	if len(text) > maxPattern {
		r.refuse(p, keyword, fmt.Sprintf("pattern has %d bytes, expected at most %d", len(text), maxPattern), "")
		return ""
	}
	if _, err := regexp.Compile(text); err != nil {
		r.refuse(p, keyword, fmt.Sprintf("pattern %s: %s", document.Quote(text), strings.TrimPrefix(err.Error(), "error parsing regexp: ")),
			patternHint(text))
		return ""
	}
	if found := dialect.FindString(text); found != "" {
		r.remark(p, keyword, fmt.Sprintf("%s in a pattern is ASCII in RE2 and wider in ECMAScript; the pattern is kept as it is", found))
	}
	return text
}

func patternHint(text string) string {
	switch {
	case strings.Contains(text, `\u`):
		return `write the character itself, or \x{…}, instead of \u…`
	case bigRepeat.MatchString(text):
		return "RE2 counts to 1000; use minLength and maxLength"
	}
	return "patterns use RE2 syntax: no lookaround, no back references"
}

// bigRepeat finds counts of more than three digits.
var bigRepeat = regexp.MustCompile(`\{[0-9]*,?[0-9]{4,}\}`)

func (r *reader) condition(p place, _ *document.Node, _ *shape) {
	if p.node.Get("then") == nil && p.node.Get("else") == nil {
		r.remark(p, "if", "if without then and else has no effect")
		return
	}
	r.refuse(p, "if", "conditions cannot be said", "write oneOf with one variant for each case, and a discriminator")
}
