package typescript

import (
	"fmt"
	"math"
	"math/big"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/schema"
)

// call is a function of a value that says what is wrong with it, with its further
// arguments.
type call struct {
	function  string
	arguments []doc
}

// call makes one, with arguments that are kept for the module.
func (c *checker) call(function string, arguments ...doc) call {
	first := len(c.given)
	c.given = append(c.given, arguments...)
	return call{function, c.given[first:len(c.given):len(c.given)]}
}

// calls adds to a list what finds out whether a value is valid, to be asked in that order up to the first
// that finds a fault. The first one refuses null, unless the schema of a type takes
// it. nullable says that null is valid nevertheless.
func (c *checker) calls(list []call, s *contracts.Schema, at place) (_ []call, nullable bool) {
	for s.Ref != "" {
		nullable = nullable || s.Nullable
		if t := c.schemas[s.Target]; t != nil && c.checkNames[t] != "" {
			return append(list, c.call(c.checkOf(t))), nullable
		}
		s = s.Target
	}
	nullable = nullable || s.Nullable
	if s.Types&contracts.Any != 0 {
		return append(list, c.call(c.helper("anything"))), false
	}
	t := c.schemas[s]
	switch {
	case t != nil && c.checkNames[t] != "" && c.current != s:
		return append(list, c.call(c.checkOf(t))), nullable
	case s.Union != nil:
		return append(list, c.call(c.later(at, func(name string) {
			c.open("", name)
			c.null(s)
			c.union(s, at)
			c.close()
		}))), nullable
	case s.Enum != nil && len(s.Enum) == 0 && !s.Open:
		return append(list, c.call(c.helper("nothing"))), nullable
	case s.Types == contracts.Object && len(s.Properties) == 0:
		o := &objectCheck{checker: c, schema: s, at: at}
		return o.whole(append(list, c.call(c.helper("object"))), "0"), nullable
	case s.Types == contracts.Object:
		return append(list, c.call(c.later(at, func(name string) { c.objectCheck("", name, nil, s, at, "") }))), nullable
	case s.Types == contracts.Array:
		return c.array(list, s, at), nullable
	case s.Types == contracts.Map:
		return c.mapping(list, s, at), nullable
	case isOneScalar(s.Types):
		return c.scalar(list, s, s.Types, at), nullable
	}
	return append(list, c.call(c.later(at, func(name string) { c.scalars(name, s, at) }))), nullable
}

// later queues a function of its own for a schema that has no type.
func (c *checker) later(at place, print func(name string)) string {
	name := c.hoisted(at.words.With("value"))
	c.queue = append(c.queue, func() { print(name) })
	return name
}

func isOneScalar(t contracts.Types) bool {
	return t == contracts.String || t == contracts.Boolean || t&contracts.Numeric != 0 && t&^contracts.Numeric == 0
}

// scalar adds the checks of the values of one type, the constraints of which are among
// those of s.
func (c *checker) scalar(list []call, s *contracts.Schema, t contracts.Types, at place) []call {
	return c.constraints(append(list, c.call(c.helper(scalarHelper(t)))), s, t, at)
}

// constraints adds the checks of a value whose type is known.
func (c *checker) constraints(list []call, s *contracts.Schema, t contracts.Types, at place) []call {
	if s.Enum != nil && !s.Open {
		list = append(list, c.call(c.helper("listed"), c.leaf(c.values(s, at))))
	}
	switch {
	case t == contracts.String:
		return c.text(list, s, at)
	case t&contracts.Numeric != 0:
		return c.number(list, s)
	}
	return list
}

func scalarHelper(t contracts.Types) string {
	switch {
	case t == contracts.String:
		return "string"
	case t == contracts.Boolean:
		return "boolean"
	case t&contracts.Integer != 0:
		return "integer"
	}
	return "number"
}

// scalars prints the check of a value of one of several types.
func (c *checker) scalars(name string, s *contracts.Schema, at place) {
	c.open("", name)
	c.null(s)
	if s.Types.Has(contracts.String) {
		c.branch(`typeof value === "string"`, c.constraints(nil, s, contracts.String, at))
	}
	if t := s.Types & contracts.Numeric; t != 0 {
		calls := c.scalar(nil, s, t, at)
		if t&contracts.Integer == 0 && s.Types&contracts.Boolean == 0 {
			c.returnCalls(calls, c.leaf("value"))
			c.close()
			return
		}
		c.branch(`typeof value === "number"`, calls)
	}
	if s.Types.Has(contracts.Boolean) {
		c.returnCalls(c.scalar(nil, s, contracts.Boolean, at), c.leaf("value"))
	} else {
		c.returnCalls([]call{c.call(c.helper("mistyped"))}, c.leaf("value"))
	}
	c.close()
}

// branch prints what is asked of values of one type.
func (c *checker) branch(condition string, calls []call) {
	c.statement(1, c.seq("if (", condition, ") {"))
	c.statement(2, c.returned(calls, c.leaf("value")))
	c.statement(1, c.leaf("}"))
}

func (c *checker) values(s *contracts.Schema, at place) string {
	var of []doc
	numbers := true
	for _, v := range s.Enum {
		text := literal(v.Value)
		if v.Type()&contracts.Numeric != 0 && text == "number" {
			continue // beyond what JavaScript can hold
		}
		numbers = numbers && v.Type()&contracts.Numeric != 0
		of = append(of, c.leaf(text))
	}
	if numbers {
		return c.constant(at.words.With("values"), c.numbers(of))
	}
	return c.constant(at.words.With("values"), c.elements(of, group))
}

func (c *checker) text(list []call, s *contracts.Schema, at place) []call {
	list = c.counts(list, s.MinLength, s.MaxLength, "minLength", "maxLength")
	if s.Format != "" {
		list = append(list, c.call(c.helper("format"), c.leaf(c.use(formatsModule, formatFunction(s.Format), false))))
	}
	if s.Pattern != "" {
		list = append(list, c.call(c.helper("pattern"), c.leaf(c.constant(at.words.With("pattern"), c.leaf(pattern(s.Pattern))))))
	}
	return list
}

// counts adds the checks of two bounds of a count.
func (c *checker) counts(list []call, least, most *int, minimum, maximum string) []call {
	if least != nil && *least > 0 {
		list = append(list, c.call(c.helper(minimum), c.leaf(strconv.Itoa(*least))))
	}
	if most != nil {
		list = append(list, c.call(c.helper(maximum), c.leaf(strconv.Itoa(*most))))
	}
	return list
}

func (c *checker) number(list []call, s *contracts.Schema) []call {
	for _, b := range []struct {
		helper string
		limit  *contracts.Decimal
		up     bool
	}{
		{"minimum", s.Minimum, true}, {"exclusiveMinimum", s.ExclusiveMinimum, false},
		{"maximum", s.Maximum, false}, {"exclusiveMaximum", s.ExclusiveMaximum, true},
	} {
		if b.limit != nil {
			list = append(list, c.call(c.helper(b.helper), c.leaf(bound(*b.limit, b.up))))
		}
	}
	if s.MultipleOf != nil {
		step, digits := scaled(s.MultipleOf.Rat())
		list = append(list, c.call(c.helper("multipleOf"), c.leaf(step), c.leaf(digits)))
	}
	return list
}

// bound is the literal of a limit. JavaScript has the numbers that the doubles are written
// as; a limit between two of them becomes that one which parts them in the same way. up
// says that it is the greater one: values from there on are on the other side.
func bound(d contracts.Decimal, up bool) string {
	f := d.Float64()
	if text := number(d); text != "" {
		switch c := contracts.Decimal(text).Cmp(d); {
		case c < 0 && up:
			f = math.Nextafter(f, math.Inf(1))
		case c > 0 && !up:
			f = math.Nextafter(f, math.Inf(-1))
		}
	}
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return number(contracts.Decimal(strconv.FormatFloat(f, 'g', -1, 64)))
}

// scaled is a decimal as a whole number and how many digits of it stand behind the
// point.
func scaled(r *big.Rat) (step, digits string) {
	n, _ := r.FloatPrec()
	whole := new(big.Rat).Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)))
	return number(contracts.Decimal(whole.Num().String())), fmt.Sprint(n)
}

func (c *checker) array(list []call, s *contracts.Schema, at place) []call {
	list = c.counts(append(list, c.call(c.helper("array"))), s.MinItems, s.MaxItems, "minItems", "maxItems")
	if s.Items != nil && !accepts(s.Items) {
		list = append(list, c.call(c.helper("items"), c.leaf(c.local(s.Items, at.below("item")))))
	}
	if s.UniqueItems {
		list = append(list, c.call(c.helper("uniqueItems")))
	}
	return list
}

func (c *checker) mapping(list []call, s *contracts.Schema, at place) []call {
	list = c.sizes(append(list, c.call(c.helper("object"))), s)
	if s.MapKeys != nil {
		list = append(list, c.call(c.helper("keys"), c.leaf(c.local(s.MapKeys, at.below("key")))))
	}
	if s.Values != nil && !accepts(s.Values) {
		list = append(list, c.call(c.helper("values"), c.leaf(c.local(s.Values, at.below("value")))))
	}
	return list
}

// sizes adds the checks of how many members there are.
func (c *checker) sizes(list []call, s *contracts.Schema) []call {
	return c.counts(list, s.MinProperties, s.MaxProperties, "minProperties", "maxProperties")
}

// pattern is a regular expression that means what the RE2 text means.
func pattern(re2 string) string {
	text := schema.Pattern(re2)
	if strings.Contains(re2, "(?") { // the flag m may be set
		if re, err := syntax.Parse(re2, syntax.Perl); err == nil && anchorsLines(re) {
			text = linePattern(re)
		}
	}
	var b strings.Builder
	b.WriteByte('/')
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\\' && i+1 < len(text):
			_, next := utf8.DecodeRuneInString(text[i+1:])
			b.WriteString(text[i : i+1+next])
			size += next
		case r == '/':
			b.WriteString(`\/`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t' || !invisible(r):
			b.WriteRune(r)
		default:
			writeEscape(&b, r)
		}
		i += size
	}
	b.WriteString("/u")
	return b.String()
}

func anchorsLines(re *syntax.Regexp) bool {
	return re.Op == syntax.OpBeginLine || re.Op == syntax.OpEndLine || slices.ContainsFunc(re.Sub, anchorsLines)
}

// Texts that stand for the anchors of lines while schema.Pattern writes the rest. They are
// no characters, and share none at their ends, so that they stay as they are.
const (
	lineBegin = "\U000FFFFA\U000FFFFB"
	lineEnd   = "\U000FFFFC\U000FFFFD"
)

// linePattern writes the anchors of lines, which have no other spelling in both languages,
// as assertions.
func linePattern(re *syntax.Regexp) string {
	var mark func(re *syntax.Regexp)
	mark = func(re *syntax.Regexp) {
		switch re.Op {
		case syntax.OpBeginLine:
			*re = syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune(lineBegin)}
		case syntax.OpEndLine:
			*re = syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune(lineEnd)}
		}
		for _, sub := range re.Sub {
			mark(sub)
		}
	}
	mark(re)
	return strings.NewReplacer(lineBegin, `(?<=^|\n)`, lineEnd, `(?=\n|$)`).Replace(schema.Pattern(re.String()))
}

// statement prints code, indented by tabs.
func (p *printer) statement(depth int, d doc) {
	p.body.margin(depth * tab)
	p.body.print(d, depth*tab, depth*tab)
	p.body.WriteString("\n")
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.body, format, args...) }

func (c *checker) returnCalls(calls []call, value doc) { c.statement(1, c.returned(calls, value)) }

// returned returns the first fault of several calls.
func (c *checker) returned(calls []call, value doc) doc {
	switch len(calls) {
	case 0:
		return c.leaf("return undefined;")
	case 1:
		return c.seq("return ", c.document(calls[0], value), ";")
	}
	return c.seq("return ", c.parenthesised(c.chained(calls, value)), ";")
}

// assigned is the first fault of several calls, after a "=".
func (c *checker) assigned(calls []call, value doc) doc {
	if len(calls) == 1 {
		return c.of(after, c.document(calls[0], value))
	}
	return c.group(c.indent(space, c.group(c.chained(calls, value))))
}

func (c *checker) chained(calls []call, value doc) doc {
	if len(calls) == 2 {
		return c.operation(c.document(calls[0], value), "??", c.document(calls[1], value))
	}
	var room [16]doc
	d := room[:0]
	for i, one := range calls {
		if i > 0 {
			d = append(d, c.leaf(" ??"), space)
		}
		d = append(d, c.document(one, value))
	}
	return c.list(sequence, d)
}

// document calls a function with a value.
func (c *checker) document(one call, value doc) doc {
	var room [8]doc
	return c.seq(one.function, c.arguments(append(append(room[:0], value), one.arguments...)...))
}

func (d *documents) arguments(list ...doc) doc {
	return d.group("(", d.indent(softLine, d.joined(list)), d.of(ifBroken, ","), softLine, ")")
}

// joined puts commas between documents.
func (d *documents) joined(list []doc) doc {
	if len(list) == 1 {
		return list[0]
	}
	first := len(d.parts)
	for i, one := range list {
		if i > 0 {
			d.parts = append(d.parts, d.leaf(","), space)
		}
		d.parts = append(d.parts, one)
	}
	d.pieces = append(d.pieces, piece{sequence, "", int32(first), int32(len(d.parts))})
	return doc(len(d.pieces) - 1)
}

// parenthesised is an operation that breaks inside of parentheses.
func (d *documents) parenthesised(operation doc) doc {
	return d.group(d.of(ifBroken, "("), d.indent(softLine, d.group(operation)), softLine, d.of(ifBroken, ")"))
}

// operation has two operands.
func (d *documents) operation(left doc, operator string, right doc) doc {
	return d.seq(left, " ", d.group(operator, space, right))
}

// ifStatement is a condition with one short statement.
func (d *documents) ifStatement(condition, then doc) doc {
	return d.group("if (", d.condition(condition), ")", d.indent(space, then))
}

// condition is what stands in the parentheses of a statement.
func (d *documents) condition(of doc) doc {
	return d.group(d.indent(softLine, of), softLine)
}

// texts is an array of strings.
func (d *documents) texts(list []string) doc {
	quoted := make([]doc, len(list))
	for i, text := range list {
		quoted[i] = d.leaf(quote(text))
	}
	return d.elements(quoted, group)
}

// elements is an array: a group, or one that is always broken.
func (d *documents) elements(of []doc, k kind) doc {
	if len(of) == 0 {
		return d.leaf("[]")
	}
	return d.of(k, "[", d.indent(softLine, d.joined(of)), d.of(ifBroken, ","), softLine, "]")
}

// numbers is an array of numbers, of which as many stand on a line as fit.
func (d *documents) numbers(of []doc) doc {
	if len(of) < 2 {
		return d.elements(of, group)
	}
	return d.group("[", d.indent(softLine, d.list(filled, of)), d.of(ifBroken, ","), softLine, "]")
}

// checkOf is the name of a type's check, imported where needed.
func (c *checker) checkOf(t *codegen.Type) string {
	name := c.checkNames[t]
	if t.Unit != c.unit {
		return c.use(c.modules[t.Unit], name, false)
	}
	return name
}
