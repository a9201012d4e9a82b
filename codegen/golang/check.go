package golang

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
)

// checkObject writes the method that checks a struct.
func (p *printer) checkObject(t *codegen.Type, o *object) {
	p.gap()
	start := len(p.body)
	p.line("func (v *", p.types[t], ") check(c *checker) bool {")
	p.line("n := len(c.found)")
	inner := len(p.body)
	if p.checkMembers(t, o); len(p.body) == inner {
		p.body = p.body[:start]
		p.depth--
		p.short("func (v *"+p.types[t]+") check(*checker) bool", "return true")
		return
	}
	p.line("return len(c.found) == n")
	p.line("}")
}

func (p *printer) checkMembers(t *codegen.Type, o *object) {
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
