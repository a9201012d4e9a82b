package payload

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/formats"
	"github.com/evctl/evctl/contracts/pattern"
	"github.com/evctl/evctl/contracts/rawjson"
)

// Validator is a compiled schema. It may be used from several goroutines.
type Validator struct {
	root *node
}

// ErrBroken says that a contract has errors of the language, and so no meaning to
// validate with.
var ErrBroken = errors.New("contract has errors")

// Compile compiles the payload of a linked event.
func Compile(c *contracts.Contract) (*Validator, error) {
	if c.Broken || c.Payload == nil {
		return nil, fmt.Errorf("compile %s: %w", c.ID(), ErrBroken)
	}
	v, err := CompileSchema(c.Payload)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", c.ID(), err)
	}
	return v, nil
}

// CompileSchema compiles any linked schema: a definition, or that of a property,
// to check examples and defaults with.
func CompileSchema(s *contracts.Schema) (*Validator, error) { return compileWith(nil, s) }

// Definitions keeps compiled definitions, for callers that compile many contracts
// which use the same ones. The zero value is empty. It may be used from several
// goroutines.
type Definitions struct {
	nodes sync.Map // *contracts.Schema to *node, which nobody changes any more
}

// CompileSchema is the function of that name; definitions are compiled once for all
// calls.
func (d *Definitions) CompileSchema(s *contracts.Schema) (*Validator, error) {
	return compileWith(d, s)
}

func compileWith(definitions *Definitions, s *contracts.Schema) (*Validator, error) {
	c := newCompiler(definitions)
	root := c.schema(s)
	if c.err != nil {
		return nil, c.err
	}
	return &Validator{root: root}, nil
}

type compiler struct {
	definitions *Definitions // may be nil
	done        map[*contracts.Schema]*node
	patterns    map[string]*pattern.Matcher
	err         error
}

func newCompiler(definitions *Definitions) compiler {
	return compiler{definitions: definitions, done: map[*contracts.Schema]*node{}, patterns: map[string]*pattern.Matcher{}}
}

// definition compiles what a reference names.
func (c *compiler) definition(s *contracts.Schema) *node {
	if c.definitions == nil {
		return c.schema(s)
	}
	if n, ok := c.definitions.nodes.Load(s); ok {
		return n.(*node)
	}
	alone := newCompiler(c.definitions)
	n := alone.schema(s)
	if alone.err != nil {
		c.fail("%w", alone.err)
		return n
	}
	if !n.shared { // a definition that is another one is kept already
		n.shared = true
	}
	kept, _ := c.definitions.nodes.LoadOrStore(s, n)
	return kept.(*node)
}

func (c *compiler) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// schema compiles s; what is used in several places is compiled once.
func (c *compiler) schema(s *contracts.Schema) *node {
	if n, ok := c.done[s]; ok {
		n.shared = true
		return n
	}
	n := c.compile(s)
	c.done[s] = n
	return n
}

func (c *compiler) compile(s *contracts.Schema) *node {
	switch {
	case s.Ref != "":
		return c.reference(s)
	case s.Union != nil:
		n := &node{}
		n.union = c.union(s.Union)
		for _, v := range n.union.variants {
			n.kinds |= v.node.kinds
		}
		n.op = unionOp
		n.expected = n.union.expected
		if s.Union.Discriminator != "" {
			n.expected = "object"
		}
		c.annotate(n, s)
		return n
	}
	return c.typed(s, nil)
}

// reference is the node of the definition itself, unless something stands beside
// the $ref.
func (c *compiler) reference(s *contracts.Schema) *node {
	if s.Target == nil {
		c.fail("$ref %q is not linked", s.Ref)
		return &node{}
	}
	target := c.definition(s.Target)
	if !s.Nullable && !secret(s.PII) {
		return target
	}
	n := *target
	n.shared = false
	c.annotate(&n, s)
	return &n
}

func (c *compiler) annotate(n *node, s *contracts.Schema) {
	if s.Nullable && n.union != nil && !n.union.nullable {
		u := *n.union
		u.nullable = true
		if u.discriminator == "" {
			u.expected += " or null"
		}
		n.union = &u
	}
	if s.Nullable && n.kinds&nullKind == 0 {
		n.kinds |= nullKind
		n.expected += " or null"
	}
	n.masked = n.masked || secret(s.PII)
}

func secret(class contracts.PII) bool {
	return class == contracts.Direct || class == contracts.Sensitive
}

var typeKinds = [...]struct {
	types contracts.Types
	kinds kinds
}{
	{contracts.String, stringKind},
	{contracts.Numeric, numberKind},
	{contracts.Boolean, boolKinds},
	{contracts.Object | contracts.Map, objectKind},
	{contracts.Array, arrayKind},
	{contracts.Any, allKinds},
}

// tag is the discriminator's property that a variant is read as if it had.
type tag struct{ property, value string }

func (c *compiler) typed(s *contracts.Schema, implied *tag) *node {
	n := &node{}
	if s.Types == 0 {
		c.fail("schema has no type")
	}
	for _, t := range typeKinds {
		if s.Types&t.types != 0 {
			n.kinds |= t.kinds
		}
	}
	n.integer = s.Types.Has(contracts.Integer)
	n.expected = strings.ReplaceAll(s.Types.String(), "map", "object")
	if s.Enum != nil && !s.Open {
		n.enum = c.enum(s)
	}
	if s.Types.Has(contracts.String) {
		n.text = c.text(s)
	}
	if s.Types&contracts.Numeric != 0 {
		n.number = c.number(s)
	}
	switch {
	case s.Types.Has(contracts.Array):
		n.array = c.arrayOf(s)
	case s.Types.Has(contracts.Object):
		n.object = c.objectOf(s, implied)
	case s.Types.Has(contracts.Map):
		n.object = c.mapOf(s)
	}
	c.annotate(n, s)
	return n.prepared()
}

// prepared computes what deciders need.
func (n *node) prepared() *node {
	n.free = n.text == nil && n.enum == nil
	switch k := n.kinds &^ nullKind; {
	case n.op != mixedOp:
	case k&stringKind != 0:
		n.op = n.textOp()
	case k == boolKinds && n.enum == nil:
		n.op = boolOp
	case k == numberKind:
		n.op, n.usual = numberOp, n.usualNumbers()
	case k == objectKind && n.enum == nil:
		n.op = objectOp
	case k == arrayKind && n.enum == nil:
		n.op = arrayOp
	}
	return n
}

// formatOp is the op of a format: the frequent ones have their own.
func (c *textCheck) formatOp() op {
	switch {
	case c.format.Name == "uuid" && c.fits(formats.UUIDSize):
		return uuidOp
	case c.format.Name == "date-time":
		return momentOp
	}
	return formatOp
}

func (n *node) textOp() op {
	switch c := n.text; {
	case n.free:
		return freeOp
	case c == nil:
		return enumOp
	case n.enum != nil || c.format != nil && c.pattern != nil:
		return textOp
	case c.format != nil:
		return c.formatOp()
	case c.pattern != nil:
		return patternOp
	}
	return lengthOp
}

func (c *compiler) enum(s *contracts.Schema) *enumCheck {
	e := &enumCheck{}
	var texts, words []string
	for _, v := range s.Enum {
		words = append(words, v.JSON)
		switch v.Type() {
		case contracts.String:
			texts = append(texts, v.Text())
		case contracts.Boolean:
			e.bools |= map[string]kinds{"false": 1 << rawjson.False, "true": 1 << rawjson.True}[v.JSON]
		default:
			e.numbers = append(e.numbers, rawjson.ParseDecimal([]byte(v.JSON)))
		}
	}
	e.table = newNameTable(texts)
	e.expected = oneOf(words)
	if s.Nullable {
		e.expected = oneOf(append(words, "null"))
	}
	return e
}

// maxListed bounds how many alternatives a message lists.
const maxListed = 10

// oneOf lists alternatives: `"a"`, `one of "a", "b"`.
func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	if more := len(words) - maxListed; more > 0 {
		words = append(words[:maxListed:maxListed], strconv.Itoa(more)+" more")
	}
	return "one of " + strings.Join(words, ", ")
}

func (c *compiler) text(s *contracts.Schema) *textCheck {
	if s.MinLength == nil && s.MaxLength == nil && s.Pattern == "" && s.Format == "" {
		return nil
	}
	t := &textCheck{
		min: least(s.MinLength), max: most(s.MaxLength), pattern: c.pattern(s.Pattern),
		patternText: "text that matches " + s.Pattern, formatText: "format " + s.Format,
	}
	if s.Format != "" {
		f, ok := formats.Find(s.Format)
		if !ok {
			c.fail("format %q is not known", s.Format)
		}
		t.format = &f
	}
	t.sure, t.spread = t.sizes()
	return t
}

// sizes computes sure and spread. A text of n bytes has at least n/4 characters, rounded up,
// and at most n.
func (t *textCheck) sizes() (sure int, spread uint) {
	if t.min > 0 {
		sure = utf8.UTFMax*(t.min-1) + 1
	}
	switch {
	case t.max < 0:
		return sure, math.MaxInt
	case t.max < sure || sure < t.min: // none, or beyond what can be counted
		return math.MaxInt, 0
	}
	return sure, uint(t.max - sure)
}

func (c *compiler) pattern(text string) *pattern.Matcher {
	if text == "" {
		return nil
	}
	if m, ok := c.patterns[text]; ok {
		return m
	}
	m, err := pattern.Compile(text)
	if err != nil {
		c.fail("pattern %q: %w", text, err)
	}
	c.patterns[text] = m
	return m
}

func least(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func most(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

func (c *compiler) number(s *contracts.Schema) *numberCheck {
	n := &numberCheck{}
	for _, b := range []struct {
		rule  string
		limit *contracts.Decimal
		sign  int
		equal bool
		words string
	}{
		{"minimum", s.Minimum, 1, true, "at least "},
		{"exclusiveMinimum", s.ExclusiveMinimum, 1, false, "more than "},
		{"maximum", s.Maximum, -1, true, "at most "},
		{"exclusiveMaximum", s.ExclusiveMaximum, -1, false, "less than "},
	} {
		if b.limit != nil {
			limit := rawjson.ParseDecimal([]byte(*b.limit))
			n.bounds = append(n.bounds, bound{b.rule, limit, b.sign, b.equal, b.words + string(*b.limit)})
		}
	}
	if s.MultipleOf != nil {
		m := rawjson.ParseDecimal([]byte(*s.MultipleOf))
		n.multipleOf, n.multiple = &m, "a multiple of "+string(*s.MultipleOf)
	}
	if n.multipleOf == nil && n.bounds == nil {
		return nil
	}
	n.scale(s)
	return n
}

func (c *compiler) arrayOf(s *contracts.Schema) *arrayCheck {
	a := &arrayCheck{min: least(s.MinItems), max: most(s.MaxItems), unique: s.UniqueItems, each: anyNode}
	if s.Items != nil {
		a.items = c.schema(s.Items)
		a.each = a.items
	}
	return a
}
