package golang

import (
	"bytes"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// checkObject writes the method that checks a struct.
func (p *printer) checkObject(t *codegen.Type, o *object) {
	body := p.capture(func() {
		p.depth++
		defer func() { p.depth-- }()
		if hard(t.Schema) {
			p.checkText(p.schemaName(t), `""`, func() { p.line("v.encode(e)") })
			return
		}
		least, most, counted := bounds(t.Schema.MinProperties, t.Schema.MaxProperties)
		if counted {
			p.countMembers(o)
		}
		for _, m := range o.members {
			p.checkField(m)
		}
		if o.extra != "" {
			p.checkExtra(t, o)
		}
		p.checkGroups(t, o)
		if counted {
			p.line(`c.size("", "Properties", "property", count, `, least, ", ", most, ")")
		}
	})
	p.gap()
	head := "func (v *" + p.types[t] + ") check("
	if len(body) == 0 {
		p.short(head+"*checker) bool", "return true")
		return
	}
	p.line(head, "c *checker) bool {")
	p.line("n := len(c.found)")
	p.body = append(p.body, body...)
	p.line("return len(c.found) == n")
	p.line("}")
}

// hard reports whether an object has members that several schemas describe, which are
// checked as JSON text.
func hard(s *contracts.Schema) bool {
	list := s.PatternProperties
	if len(list) == 0 {
		return false
	}
	if len(list) > 1 || s.Additional.Allowed {
		return true
	}
	re, err := regexp.Compile(list[0].Pattern)
	return err != nil || slices.ContainsFunc(s.Properties, func(p *contracts.Property) bool { return re.MatchString(p.Name) })
}

// checkText checks a value as JSON text against a schema.
func (p *printer) checkText(schema, pointer string, write func()) {
	p.line("e := borrow()")
	write()
	p.line(schema, ".fits(c, ", pointer, ", e.b)")
	p.line("e.giveBack()")
}

func (p *printer) checkField(m member) {
	x, pointer := "v."+m.name, pointerToken(m.Wire)
	p.place = m.name
	defer func() { p.place = "" }()
	switch {
	case m.when == ifPresent && m.Type.Nullable:
		p.block("if "+x+".Present && "+x+".Valid", func() { p.checkValue(m.Type, x+".Value", pointer) })
	case m.when == ifPresent:
		p.block("if "+x+".Present", func() { p.checkValue(m.Type, x+".Value", pointer) })
	case m.when == unlessNil:
		p.block("if "+x+" != nil", func() { p.checkValue(m.Type, x, pointer) })
	default:
		p.checkPlace(m.Type, x, pointer)
	}
}

// checkPlace checks x, which may be null.
func (p *printer) checkPlace(r *codegen.Ref, x, pointer string) {
	switch {
	case !r.Nullable || r.Underlying().Kind == codegen.Any:
		p.checkValue(r, x, pointer)
	case nilable(r):
		p.block("if "+x+" != nil", func() { p.checkValue(r, x, pointer) })
	default:
		p.block("if "+x+".Valid", func() { p.checkValue(r, x+".Value", pointer) })
	}
}

// checkValue checks x, which is not null.
func (p *printer) checkValue(r *codegen.Ref, x, pointer string) {
	u := r.Underlying()
	at := strconv.Quote(pointer)
	switch u.Kind {
	case codegen.String:
		p.checkString(u.Schema, p.convert("string", p.goType(r), x), at)
	case codegen.Integer:
		p.checkInteger(u.Schema, p.integer(u.Schema), p.goType(r), x, at)
	case codegen.Number:
		p.checkNumber(u, p.goType(r), x, at)
	case codegen.Scalar:
		p.line("c.scalar(", at, ", ", p.convert("Scalar", p.goType(r), x), ", ", p.schemaVariable(u.Schema), ")")
	case codegen.Any:
		p.line("c.raw(", at, ", ", x, ")")
	case codegen.Array:
		p.checkList(u, x, at)
	case codegen.Map:
		p.checkMap(u, x, at)
	case codegen.Named:
		p.checkNamed(r, u.Named, x, at)
	}
}

func (p *printer) convert(to, from, x string) string {
	if to == from {
		return x
	}
	return p.use(to) + "(" + x + ")"
}

func (p *printer) checkNamed(r *codegen.Ref, t *codegen.Type, x, at string) {
	switch t.Kind {
	case codegen.Object:
		p.checkBelow(x+".check(c)", at)
	case codegen.Union:
		p.checkBelow("check"+p.types[t]+"("+x+", c)", at)
	case codegen.Enum:
		p.checkEnum(r, t, x, at)
	}
}

// checkBelow calls a check whose pointers start at the value.
func (p *printer) checkBelow(call, at string) {
	if at == `""` {
		p.line(call)
		return
	}
	p.line("if n := len(c.found); !", call, " {")
	p.line("c.within(n, ", at, ")")
	p.line("}")
}

// unchecked are the formats whose scanners do not look at every byte.
var unchecked = []string{"", "iri", "iri-reference", "uri-template", "json-pointer"}

func (p *printer) checkString(s *contracts.Schema, x, at string) {
	if slices.Contains(unchecked, s.Format) {
		p.line("c.text(", at, ", ", x, ")")
	}
	p.checkTextLimits(s, x, at)
}

func (p *printer) checkTextLimits(s *contracts.Schema, x, at string) {
	if least, most, ok := bounds(s.MinLength, s.MaxLength); ok {
		p.line("c.length(", at, ", ", x, ", ", least, ", ", most, ")")
	}
	if s.Format != "" {
		p.failUnless(formatCheck(s.Format)+"("+x+")", at, "format", "expected format "+s.Format)
	}
	if s.Pattern != "" {
		p.failUnless(p.pattern(s.Pattern)+".matches("+x+")", at, "pattern", "expected text that matches "+s.Pattern)
	}
}

func (p *printer) failUnless(condition, at, rule, message string) {
	p.fail("!"+condition, at, rule, message)
}

func (p *printer) fail(condition, at, rule, message string) {
	p.line("if ", condition, " {")
	p.line("c.fail(", at, ", ", strconv.Quote(rule), ", ", goString(message), ")")
	p.line("}")
}

// bounds are the arguments for a least and a most count.
func bounds(least, most *int) (low, high string, ok bool) {
	low, high = "0", "-1"
	if least != nil {
		low = strconv.Itoa(*least)
	}
	if most != nil {
		high = strconv.Itoa(*most)
	}
	return low, high, low != "0" || high != "-1"
}

// formatCheck is the scanner of a format in contracts/formats.
func formatCheck(format string) string {
	var b strings.Builder
	b.WriteString("valid")
	for part := range strings.SplitSeq(format, "-") {
		switch part {
		case "uuid", "uri", "iri", "json":
			b.WriteString(strings.ToUpper(part))
		case "ipv4", "ipv6":
			b.WriteString("IP" + part[2:])
		default:
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// pattern is a variable with a regular expression.
func (p *printer) pattern(text string) string {
	return p.variable("patternOf", "&pattern{text: "+goString(text)+"}")
}

func (p *printer) checkInteger(s *contracts.Schema, base, typ, x, at string) {
	if base == "json.Number" {
		p.line("c.number(", at, ", ", p.convert("json.Number", typ, x), ", true, ", p.limitsArgument(s, nil), ")")
		return
	}
	least, most := big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	if base == "uint64" {
		least, most = new(big.Int), new(big.Int).SetUint64(math.MaxUint64)
	}
	for _, b := range []struct {
		limit         *contracts.Decimal
		rule, words   string
		lower, strict bool
	}{
		{s.Minimum, "minimum", "at least", true, false},
		{s.ExclusiveMinimum, "exclusiveMinimum", "more than", true, true},
		{s.Maximum, "maximum", "at most", false, false},
		{s.ExclusiveMaximum, "exclusiveMaximum", "less than", false, true},
	} {
		if b.limit == nil {
			continue
		}
		message := "expected " + b.words + " " + string(*b.limit)
		n := wholeLimit(*b.limit, b.lower, b.strict)
		switch {
		case b.lower && n.Cmp(least) <= 0, !b.lower && n.Cmp(most) >= 0: // every value of the type fits
		case b.lower && n.Cmp(most) > 0, !b.lower && n.Cmp(least) < 0:
			p.line("c.fail(", at, ", ", strconv.Quote(b.rule), ", ", strconv.Quote(message), ")")
		case b.lower:
			p.fail(x+" < "+n.String(), at, b.rule, message)
		default:
			p.fail(x+" > "+n.String(), at, b.rule, message)
		}
	}
	p.checkMultiple(s, x, at, most)
}

// wholeLimit is the first integer within a bound.
func wholeLimit(limit contracts.Decimal, lower, strict bool) *big.Int {
	r := limit.Rat()
	n := new(big.Int).Div(r.Num(), r.Denom()) // rounded down
	switch {
	case lower && (!r.IsInt() || strict):
		n.Add(n, big.NewInt(1))
	case !lower && r.IsInt() && strict:
		n.Sub(n, big.NewInt(1))
	}
	return n
}

// checkMultiple asks for multiples of p/q in lowest terms, which integers are when they
// are multiples of p.
func (p *printer) checkMultiple(s *contracts.Schema, x, at string, most *big.Int) {
	if s.MultipleOf == nil {
		return
	}
	n := s.MultipleOf.Rat().Num()
	message := "expected a multiple of " + string(*s.MultipleOf)
	switch {
	case n.Cmp(big.NewInt(1)) == 0:
	case n.Cmp(most) > 0:
		p.fail(x+" != 0", at, "multipleOf", message)
	default:
		p.fail(x+"%"+n.String()+" != 0", at, "multipleOf", message)
	}
}

func (p *printer) checkNumber(u *codegen.Ref, typ, x, at string) {
	if p.options["number"] == "json.Number" {
		p.line("c.number(", at, ", ", p.convert("json.Number", typ, x), ", false, ", p.limitsArgument(u.Schema, nil), ")")
		return
	}
	p.checkFloat(u.Schema, p.convert("float64", typ, x), at)
}

func (p *printer) checkFloat(s *contracts.Schema, x, at string) {
	type bound struct{ operator, text, rule, words string }
	var list []bound
	simple := s.MultipleOf == nil
	for _, b := range []struct {
		limit                 *contracts.Decimal
		operator, rule, words string
	}{
		{s.Minimum, " < ", "minimum", "at least "},
		{s.ExclusiveMinimum, " <= ", "exclusiveMinimum", "more than "},
		{s.Maximum, " > ", "maximum", "at most "},
		{s.ExclusiveMaximum, " >= ", "exclusiveMaximum", "less than "},
	} {
		if b.limit == nil {
			continue
		}
		text, ok := floatText(*b.limit)
		simple = simple && ok
		list = append(list, bound{b.operator, text, b.rule, b.words + string(*b.limit)})
	}
	if !simple {
		p.line("c.decimal(", at, ", ", x, ", &", p.limitsVariable(s, nil), ")")
		return
	}
	p.line("c.finite(", at, ", ", x, ")")
	for _, b := range list {
		p.fail(x+b.operator+b.text, at, b.rule, "expected "+b.words)
	}
}

// floatLimits is the variable with the limits of a number that is a float64, or empty.
func (p *printer) floatLimits(u *codegen.Ref) string {
	switch {
	case u.Kind == codegen.Number && p.options["number"] == "float64":
		if limitsLiteral(u.Schema, nil) != "limits{}" {
			return p.limitsVariable(u.Schema, nil)
		}
	case u.Kind == codegen.Named && u.Named.Kind == codegen.Enum && !u.Named.Open && p.enumBase(u.Named) == "float64":
		return p.limitsVariable(u.Named.Schema, u.Named.Schema.Enum)
	}
	return ""
}

// limitsArgument is a pointer to limits, or nil when there are none.
func (p *printer) limitsArgument(s *contracts.Schema, values []contracts.EnumValue) string {
	if limitsLiteral(s, values) == "limits{}" {
		return "nil"
	}
	return "&" + p.limitsVariable(s, values)
}

func (p *printer) limitsVariable(s *contracts.Schema, values []contracts.EnumValue) string {
	return p.variable("limitsOf", limitsLiteral(s, values))
}

// limitsLiteral is what a schema asks of numbers; values are nil when any are listed.
func limitsLiteral(s *contracts.Schema, values []contracts.EnumValue) string {
	var parts []string
	for _, l := range []struct {
		name  string
		value *contracts.Decimal
	}{
		{"minimum", s.Minimum}, {"maximum", s.Maximum}, {"above", s.ExclusiveMinimum}, {"below", s.ExclusiveMaximum}, {"multipleOf", s.MultipleOf},
	} {
		if l.value != nil {
			parts = append(parts, l.name+": "+strconv.Quote(string(*l.value)))
		}
	}
	if values != nil {
		var list []string
		for _, v := range values {
			if v.Type()&contracts.Numeric != 0 {
				list = append(list, strconv.Quote(v.JSON))
			}
		}
		parts = append(parts, "values: []string{"+strings.Join(list, ", ")+"}")
	}
	return "limits{" + strings.Join(parts, ", ") + "}"
}

func (p *printer) checkEnum(r *codegen.Ref, t *codegen.Type, x, at string) {
	base, typ := p.enumBase(t), p.goType(r)
	if base == "Scalar" {
		p.line("c.scalar(", at, ", ", p.convert("Scalar", typ, x), ", ", p.schemaVariable(t.Schema), ")")
		return
	}
	if base == "json.Number" {
		var values []contracts.EnumValue
		if !t.Open {
			values = t.Schema.Enum
		}
		whole := strconv.FormatBool(t.Base == contracts.Integer)
		p.line("c.number(", at, ", ", x, ", ", whole, ", ", p.limitsArgument(t.Schema, values), ")")
		return
	}
	if !t.Open {
		if len(t.Values) == 0 {
			p.line("c.fail(", at, `, "enum", "expected null")`)
			return
		}
		p.failUnless(x+".IsKnown()", at, "enum", "expected a listed value")
	}
	switch value := p.convert(base, typ, x); base {
	case "string":
		if t.Open {
			p.checkString(t.Schema, value, at)
		} else {
			p.checkTextLimits(t.Schema, value, at)
		}
	case "int64":
		p.checkInteger(t.Schema, base, typ, x, at)
	case "float64":
		if t.Open || limitsLiteral(t.Schema, nil) != "limits{}" {
			p.checkFloat(t.Schema, value, at)
		}
	}
}

func (p *printer) checkList(u *codegen.Ref, x, at string) {
	s := u.Schema
	if least, most, ok := bounds(s.MinItems, s.MaxItems); ok {
		p.line("c.size(", at, `, "Items", "item", len(`, x, "), ", least, ", ", most, ")")
	}
	p.block("for i := range "+x, func() {
		p.inside(func() { p.checkItem(u.Elem, x) }, "c.item(n, "+at+", i)")
	})
	if !s.UniqueItems {
		return
	}
	if p.comparable(u.Elem) {
		p.line("unique(c, ", at, ", ", x, ")")
		return
	}
	p.line("{")
	p.checkText(p.variable("listOf", "&schema{kinds: isArray, unique: true}"), at, func() { p.encodeList(u, x) })
	p.line("}")
}

func (p *printer) checkItem(elem *codegen.Ref, x string) {
	start := len(p.body)
	item := p.item(elem, x)
	inner := len(p.body)
	switch p.checkPlace(elem, item, ""); {
	case len(p.body) == inner:
		p.body = p.body[:start]
	case item == "item" && !mentions(p.body[inner:], item):
		p.body = append(p.body[:start], p.body[inner:]...)
	}
}

// mentions reports whether code uses a name.
func mentions(code []byte, name string) bool {
	for at := 0; ; {
		i := bytes.Index(code[at:], []byte(name))
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !isWord(code[start-1])) && (end == len(code) || !isWord(code[end])) {
			return true
		}
		at = end
	}
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// inside writes checks of an element, with what puts their violations in their place.
func (p *printer) inside(check func(), place string) {
	start := len(p.body)
	p.line("n := len(c.found)")
	inner := len(p.body)
	if check(); len(p.body) == inner {
		p.body = p.body[:start]
		return
	}
	p.line(place)
}

// comparable reports whether == of Go says what equal means in JSON.
func (p *printer) comparable(r *codegen.Ref) bool {
	if r.Nullable {
		return false
	}
	switch u := r.Underlying(); u.Kind {
	case codegen.String, codegen.Boolean:
		return true
	case codegen.Integer:
		return p.integer(u.Schema) != "json.Number"
	case codegen.Number:
		return p.options["number"] != "json.Number"
	case codegen.Named:
		return u.Named.Kind == codegen.Enum && !isAlias(p.enumBase(u.Named))
	}
	return false
}

func (p *printer) checkMap(u *codegen.Ref, x, at string) {
	s := u.Schema
	if hardMap(s) {
		p.line("{")
		p.checkText(p.schemaVariable(s), at, func() { p.encodeMap(u, x) })
		p.line("}")
		return
	}
	if least, most, ok := bounds(s.MinProperties, s.MaxProperties); ok {
		count := "len(" + x + ")"
		if p.tagged {
			count += "+1"
		}
		p.line("c.size(", at, `, "Properties", "property", `, count, ", ", least, ", ", most, ")")
	}
	p.tagged = false
	start := len(p.body)
	p.line("for name, x := range ", x, " {")
	p.inside(func() {
		p.checkKey(s)
		inner := len(p.body)
		if p.checkPlace(u.Elem, "x", ""); !mentions(p.body[inner:], "x") {
			text := strings.Replace(string(p.body[start:]), "for name, x := range ", "for name := range ", 1)
			p.body = append(p.body[:start], text...)
		}
	}, "c.entry(n, "+at+", name)")
	p.line("}")
}

// hardMap reports whether a map's values are of one type for no reason that Go can say.
func hardMap(s *contracts.Schema) bool {
	return s.Types == contracts.Object && (len(s.PatternProperties) > 1 || len(s.PatternProperties) == 1 && s.Additional.Allowed)
}

// checkKey checks the name of a member of a map.
func (p *printer) checkKey(s *contracts.Schema) {
	p.line(`c.text("", name)`)
	if s.Types == contracts.Object && len(s.PatternProperties) == 1 {
		p.failUnless(p.pattern(s.PatternProperties[0].Pattern)+".matches(name)", `""`, "additionalProperties", "the property is not declared")
		return
	}
	if s.MapKeys == nil {
		return
	}
	keys := s.MapKeys.Resolved()
	if keys.Types == contracts.String && keys.Enum == nil {
		p.checkTextLimits(keys, "name", `""`)
		return
	}
	p.checkText(p.schemaVariable(keys), `""`, func() { p.line("e.text(name)") })
}

// checkExtra checks the members that are not declared.
func (p *printer) checkExtra(t *codegen.Type, o *object) {
	names := make([]string, len(o.members))
	for i, m := range o.members {
		names[i] = strconv.Quote(m.Wire)
	}
	start := len(p.body)
	p.line("for name, x := range v.", o.extra, " {")
	p.inside(func() {
		p.line(`c.text("", name)`)
		if len(names) > 0 {
			p.line("switch name {")
			p.line("case ", strings.Join(names, ", "), ":")
			p.line(`c.fail("", "additionalProperties", "the property is declared")`)
			p.line("}")
		}
		for _, pattern := range t.Extra.Patterns {
			p.failUnless(p.pattern(pattern)+".matches(name)", `""`, "additionalProperties", "the property is not declared")
		}
		inner := len(p.body)
		if p.checkPlace(t.Extra.Type, "x", ""); !mentions(p.body[inner:], "x") {
			text := strings.Replace(string(p.body[start:]), "for name, x := range ", "for name := range ", 1)
			p.body = append(p.body[:start], text...)
		}
	}, `c.entry(n, "", name)`)
	p.line("}")
}

// checkGroups asks for one group of requireAny.
func (p *printer) checkGroups(t *codegen.Type, o *object) {
	if len(t.Schema.RequireAny) == 0 {
		return
	}
	var groups, words []string
	for _, group := range t.Schema.RequireAny {
		var all []string
		for _, name := range group {
			i := slices.IndexFunc(o.members, func(m member) bool { return m.Wire == name })
			if i >= 0 && o.members[i].when != always {
				all = append(all, present(o.members[i]))
			}
		}
		if len(all) == 0 {
			return // what is required makes the group complete
		}
		groups = append(groups, strings.Join(all, " && "))
		words = append(words, strings.Join(group, " with "))
	}
	p.fail("!("+strings.Join(groups, " || ")+")", `""`, "requireAny", "expected at least one of "+strings.Join(words, ", "))
}

func present(m member) string {
	if m.when == ifPresent {
		return "v." + m.name + ".Present"
	}
	return "v." + m.name + " != nil"
}

// countMembers counts those that are there.
func (p *printer) countMembers(o *object) {
	required := 0
	for _, m := range o.members {
		if m.when == always {
			required++
		}
	}
	p.line("count := c.members(", strconv.Itoa(required), ")")
	for _, m := range o.members {
		if m.when != always {
			p.line("if ", present(m), " {")
			p.line("count++")
			p.line("}")
		}
	}
	if o.extra != "" {
		p.line("count += len(v.", o.extra, ")")
	}
}
