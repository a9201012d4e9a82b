package runtime

import (
	"slices"
	"strconv"
)

// schema is what a contract asks of JSON text, where no Go type can tell: which variant
// of a union fits, and members that several patterns describe.
type schema struct {
	kinds      kinds
	size       *[2]int // least and most characters, items or members; most below 0: no bound
	pattern    *pattern
	format     func(string) bool
	limits     *limits
	listed     []string // enum: the strings, not nil when there is one; numbers are in limits
	flags      []string // enum: the booleans
	properties []property
	patterns   []patternProperty
	rest       *schema // of items, and of members that nothing else describes; nil with open: anything
	open       bool
	unique     bool
	keys       *schema
	groups     [][]int // of properties: one group is there as a whole
	variants   []*schema
	exclusive  bool
	selector   string   // member that selects the variant
	tags       []string // its values, by variant
	implied    []bool   // whether the variant does not declare the selector
}

type property struct {
	name     string
	schema   *schema
	required bool
}

type patternProperty struct {
	name   *pattern
	schema *schema
}

// fits reports whether a value that was written satisfies a schema.
func (s *schema) fits(c *checker, pointer string, text []byte) {
	r := reader{data: text, strict: true}
	s.read(&r)
	c.failed(pointer, &r)
}

// accepts reports whether what a function writes satisfies a schema.
func (s *schema) accepts(write func(*encoder)) bool {
	e := borrow()
	defer e.giveBack()
	write(e)
	r := reader{data: e.b, strict: true}
	s.read(&r)
	return e.err == nil && r.done() == nil
}

// try reports whether the next value satisfies the schema, and where it ends; the reader
// goes back to its start.
func (s *schema) try(r *reader) (end int, ok bool) {
	if r.failed != nil {
		return 0, false
	}
	at, depth, tag := r.at, r.depth, r.tag
	s.read(r)
	end, ok = r.at, r.failed == nil
	r.at, r.depth, r.tag, r.failed = at, depth, tag, nil
	return end, ok
}

// pick is the variant that accepts the next value, or -1, and where the value ends.
func (s *schema) pick(r *reader) (found, end int) {
	r.peek()
	start, found := r.at, -1
	for i, v := range s.variants {
		at, ok := v.try(r)
		switch {
		case !ok:
			continue
		case found >= 0:
			r.fail("oneOf", "expected a value that only one variant accepts")
			return -1, 0
		}
		found, end = i, at
		if !s.exclusive || !r.strict {
			break
		}
	}
	if found < 0 && r.failed == nil {
		r.at = start
		r.fail("oneOf", "expected a value that a variant accepts")
	}
	return found, end
}

// pickLoosely is the variant that accepts the next value; when the reader is not strict and
// none does, the first that has its shape.
func (s *schema) pickLoosely(r *reader) int {
	if r.failed != nil {
		return -1
	}
	if r.strict {
		found, _ := s.pick(r)
		return found
	}
	at := r.at
	r.strict = true
	found, _ := s.pick(r)
	r.strict = false
	if found < 0 {
		r.at, r.failed = at, nil
		found, _ = s.pick(r)
	}
	return found
}

// read reads a value and fails where the schema objects.
func (s *schema) read(r *reader) {
	if !r.want(s.kinds, "") {
		return
	}
	switch k := kindOf(r.data[r.at:]); {
	case s.variants != nil && k != isNull:
		s.readUnion(r)
	case k == isText:
		s.readText(r)
	case k == isNumber:
		s.readNumber(r)
	case k == isArray:
		s.readArray(r)
	case k == isObject:
		s.readObject(r)
	case k == isBool:
		s.readBool(r)
	default:
		r.skip()
	}
}

func (s *schema) readText(r *reader) {
	text, ok := r.text()
	if !ok || !r.strict {
		return
	}
	if rule, message := s.objectTo(string(text)); rule != "" {
		r.fail(rule, message)
	}
}

// objectTo is the first keyword that a string does not satisfy, or empty.
func (s *schema) objectTo(text string) (rule, message string) {
	if s.size != nil {
		var c checker
		if c.length("", text, s.size[0], s.size[1]); len(c.found) > 0 {
			return c.found[0].Rule, c.found[0].Message
		}
	}
	switch {
	case s.format != nil && !s.format(text):
		return "format", "expected another format"
	case s.pattern != nil && !s.pattern.matches(text):
		return "pattern", "expected text that matches " + s.pattern.text
	case s.listed != nil && !slices.Contains(s.listed, text):
		return "enum", "expected a listed value"
	}
	return "", ""
}

func (s *schema) readBool(r *reader) {
	start := r.at
	if r.skip() && r.strict && s.listed != nil && !slices.Contains(s.flags, string(r.data[start:r.at])) {
		r.fail("enum", "expected a listed value")
	}
}

func (s *schema) readNumber(r *reader) {
	text, ok := r.number()
	if !ok {
		return
	}
	d := decimalOf(text)
	if s.kinds&isWhole != 0 && !d.whole() {
		r.fail("type", "expected integer")
		return
	}
	if s.limits != nil && r.strict {
		if rule, message := s.limits.broken(d); rule != "" {
			r.fail(rule, message)
		}
	}
}

func (s *schema) readArray(r *reader) {
	var seen map[string]bool
	n := 0
	for ; r.more(n); n++ {
		r.peek()
		start := r.at
		s.readRest(r)
		if s.unique && r.strict && r.failed == nil {
			if seen == nil {
				seen = map[string]bool{}
			}
			key := string(appendCanonical(nil, r.data[start:r.at]))
			if seen[key] {
				r.fail("uniqueItems", "expected unique items")
			}
			seen[key] = true
		}
	}
	s.bound(r, n, "Items", "item")
}

func (s *schema) readRest(r *reader) {
	if s.rest == nil {
		r.skip()
		return
	}
	s.rest.read(r)
}

// bound holds a count to the size.
func (s *schema) bound(r *reader, n int, what, noun string) {
	if s.size == nil || r.failed != nil || !r.strict {
		return
	}
	var c checker
	if c.size("", what, noun, n, s.size[0], s.size[1]); len(c.found) > 0 {
		r.fail(c.found[0].Rule, c.found[0].Message)
	}
}

func (s *schema) readObject(r *reader) {
	var m members
	var names map[string]bool
	n := 0
	for ; r.next(&m); n++ {
		if i := s.property(m.name); i >= 0 {
			if r.first(&m, i) {
				s.readMember(r, &m, s.properties[i].schema, true)
			}
			continue
		}
		if m.tag != "" && string(m.name) == m.tag {
			if m.tagged {
				r.duplicate()
			}
			m.tagged = true
			s.readMember(r, &m, nil, true)
			continue
		}
		if names == nil {
			names = map[string]bool{}
		}
		if names[string(m.name)] {
			r.duplicate()
		}
		names[string(m.name)] = true
		s.readMember(r, &m, nil, false)
	}
	for i, p := range s.properties {
		if p.required {
			r.require(&m, i, pointerToken(p.name))
		}
	}
	if s.groups != nil && r.strict && !slices.ContainsFunc(s.groups, func(g []int) bool { return m.all(g) }) {
		r.fail("requireAny", "expected at least one group of properties")
	}
	s.bound(r, n, "Properties", "property")
}

func (s *schema) property(name []byte) int {
	for i := range s.properties {
		if s.properties[i].name == string(name) {
			return i
		}
	}
	return -1
}

// readMember reads a value as every schema asks that concerns it.
func (s *schema) readMember(r *reader, m *members, declared *schema, described bool) {
	at, depth := r.at, r.depth
	again := func(with *schema) {
		if r.failed != nil {
			return
		}
		r.at, r.depth = at, depth
		if with == nil {
			r.skip()
			return
		}
		with.read(r)
	}
	if s.keys != nil {
		name := reader{data: appendText(nil, string(m.name)), strict: r.strict}
		if s.keys.read(&name); name.failed != nil {
			r.fail(name.failed.Rule, name.failed.Message)
		}
	}
	again(declared)
	for _, p := range s.patterns {
		if p.name.matches(string(m.name)) {
			described = true
			again(p.schema)
		}
	}
	switch {
	case described:
	case s.open:
		again(s.rest)
	case r.strict:
		r.fail("additionalProperties", "the property is not declared")
	}
}

func (m *members) all(group []int) bool {
	for _, i := range group {
		if !m.has(i) {
			return false
		}
	}
	return true
}

func (s *schema) readUnion(r *reader) {
	if s.selector == "" {
		if i, end := s.pick(r); i >= 0 {
			r.at = end
		}
		return
	}
	tag, ok := r.selects(s.selector)
	if !ok {
		return
	}
	i := slices.Index(s.tags, tag)
	if i < 0 {
		r.unknownVariant(s.selector)
		return
	}
	if s.implied[i] {
		r.tag = s.selector
	}
	s.variants[i].read(r)
}

// appendCanonical writes JSON so that equal values have one text.
func appendCanonical(b, text []byte) []byte {
	r := reader{data: text}
	return r.canonical(b)
}

func (r *reader) canonical(b []byte) []byte {
	r.peek()
	switch kindOf(r.data[r.at:]) {
	case isText:
		text, _ := r.text()
		return strconv.AppendQuote(b, string(text))
	case isNumber:
		text, _ := r.number()
		d := decimalOf(text)
		return d.appendCanonical(b)
	case isArray:
		b = append(b, '[')
		for n := 0; r.more(n); n++ {
			b = append(r.canonical(b), ',')
		}
		return append(b, ']')
	case isObject:
		return r.canonicalObject(b)
	}
	start := r.at
	r.skip()
	return append(b, r.data[start:r.at]...)
}

func (r *reader) canonicalObject(b []byte) []byte {
	var m members
	var list []string
	for r.next(&m) {
		list = append(list, string(r.canonical(append(strconv.AppendQuote(nil, string(m.name)), ':'))))
	}
	slices.Sort(list)
	b = append(b, '{')
	for _, member := range list {
		b = append(append(b, member...), ',')
	}
	return append(b, '}')
}
