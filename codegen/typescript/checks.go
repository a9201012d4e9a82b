package typescript

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

// This file writes the functions that check values. They follow the schemas as they are
// written, not the types: what a type cannot say is checked too.

// checker writes the checks of one module.
type checker struct {
	*printer
	names     *codegen.Scope    // of what the module does not export
	hoistedAs map[string]string // names of constants, by what they are
	queue     []func()          // functions that others need, in order of first use
	current   *contracts.Schema // whose check is printed, and so is not called
}

// helperScope has the names of what checks call.
var helperScope = sync.OnceValue(func() *codegen.Scope { return codegen.NewScope(helperLibrary().names...) })

// place names what is hoisted out of the check of a schema.
type place struct{ words naming.Name }

func (at place) below(word string) place { return place{at.words.With(word)} }

// variant is the place of a variant, the name of which somebody chose.
func (at place) variant(v *contracts.Variant) place { return place{at.words.Join(naming.Part(v.Name))} }

// checks prints the checks of the unit's types.
func (p *printer) checks() {
	c := &checker{printer: p, names: helperScope().Inner(), hoistedAs: map[string]string{}}
	for _, t := range p.unit.Types {
		if name := p.checkNames[t]; name != "" {
			c.typeCheck(t, name)
		}
		for len(c.queue) > 0 {
			next := c.queue[0]
			c.queue = c.queue[1:]
			next()
		}
	}
}

// typeCheck prints the check of a declared type.
func (c *checker) typeCheck(t *codegen.Type, name string) {
	export := ""
	if c.exported(t) {
		c.comment("", codegen.Doc{Lines: []string{"Finds what is wrong with a value as " + c.types[t] + "."}})
		export = "export "
	}
	at := place{t.Name}
	switch s := t.Schema; {
	case s.Union != nil:
		c.open(export, name)
		c.null(s)
		c.union(s, at)
		c.close()
	case t.Kind == codegen.Object || c.tagged[t]:
		c.objectCheck(export, name, t, s, at, "")
	default:
		c.current = s
		c.expression(export, name, s, at)
	}
	if c.branded(t) {
		c.guard(t, name)
	}
}

// guard prints the function that makes a plain value a branded one.
func (c *checker) guard(t *codegen.Type, check string) {
	typ := c.types[t]
	c.comment("", codegen.Doc{Lines: []string{"Tells whether a value is a valid " + typ + "."}})
	c.statement(0, c.seq("export function ", c.guards[t], c.arguments(c.leaf("value: unknown")), ": value is ", typ, " {"))
	test := c.seq(check, "(value) === undefined")
	if t.Schema.AcceptsNull() {
		test = c.seq("value !== null && ", test)
	}
	c.statement(1, c.seq("return ", test, ";"))
	c.close()
}

func (c *checker) open(export, name string, parameters ...string) {
	list := []doc{c.leaf("value: unknown")}
	for _, p := range parameters {
		list = append(list, c.leaf(p))
	}
	c.statement(0, c.seq(export, "function ", name, c.arguments(list...), ": ", c.use(checksModule, "Fault", true), " {"))
}

func (c *checker) close() { c.body.WriteString("}\n\n") }

// null accepts null before anything else is asked.
func (c *checker) null(s *contracts.Schema) {
	if s.Nullable {
		c.body.WriteString("  if (value === null) return undefined;\n")
	}
}

// expression prints a check that is one chain of calls.
func (c *checker) expression(export, name string, s *contracts.Schema, at place) {
	calls, nullable := c.calls(nil, s, at)
	c.chain(export, name, calls, nullable)
}

func (c *checker) chain(export, name string, calls []call, nullable bool) {
	c.open(export, name)
	if nullable {
		c.body.WriteString("  if (value === null) return undefined;\n")
	}
	c.returnCalls(calls, c.leaf("value"))
	c.close()
}

// local is the name of a function that checks s with one argument: a helper, that of a
// type, or one that is printed later.
func (c *checker) local(s *contracts.Schema, at place) string {
	if s == nil {
		return c.helper("anything")
	}
	calls, nullable := c.calls(nil, s, at)
	if len(calls) == 1 && len(calls[0].arguments) == 0 && !nullable {
		return calls[0].function
	}
	name := c.hoisted(at.words)
	c.queue = append(c.queue, func() { c.chain("", name, calls, nullable) })
	return name
}

// hoisted is a free name for something that the module keeps to itself. Names of the
// checks of types begin with check, and are taken all over the plan.
func (c *checker) hoisted(words naming.Name) string {
	name := words.Camel(nil)
	if strings.HasPrefix(name, checkPrefix) {
		name = "of" + words.Pascal(nil)
	}
	return c.names.Take(name)
}

// constant hoists a value, once for every text that it has.
func (c *checker) constant(words naming.Name, value doc) string {
	start := len(c.constants.text)
	c.constants.print(value, 0, 0)
	text := c.constants.text[start:]
	c.constants.text = c.constants.text[:start]
	if name, ok := c.hoistedAs[string(text)]; ok {
		return name
	}
	name := c.hoisted(words)
	c.hoistedAs[string(text)] = name
	c.constants.print(c.seq("const ", name, " =", c.of(after, value), ";"), 0, 0)
	c.constants.WriteString("\n")
	return name
}

// objectCheck prints the check of an object. t is nil for one without a type; tag is a
// discriminator that it is read as if it had, or empty.
func (c *checker) objectCheck(export, function string, t *codegen.Type, s *contracts.Schema, at place, tag string) {
	of := ""
	var parameters []string
	o := &objectCheck{checker: c, schema: s, at: at}
	if tag != "" {
		o.tags = append(o.tags, tag)
	}
	if t != nil {
		o.fields = t.Fields
		if own, ok := c.tags[t]; ok {
			o.tags = append(o.tags, own.name)
		}
		if o.variable = c.tagged[t]; o.variable {
			parameters = append(parameters, "tag?: string")
		}
	}
	if o.named() {
		of = "<" + c.typeOf(t, s) + ">"
	}
	c.open(export, function, parameters...)
	c.null(s)
	c.wantObject(c.leaf(of))
	o.print()
	c.close()
}

// wantObject refuses what is no object.
func (c *checker) wantObject(of doc) {
	value := c.arguments(c.leaf("value"))
	is := c.seq("!", c.helper("isObject"), of, value)
	c.statement(1, c.ifStatement(is, c.seq("return ", c.helper("mistyped"), value, ";")))
}

// typeOf is the type that says which members there are.
func (c *checker) typeOf(t *codegen.Type, s *contracts.Schema) string {
	if t != nil {
		return c.refer(t).(reference).name
	}
	var members string
	for _, p := range s.Properties {
		members += key(p.Name) + ": unknown; "
	}
	return "{ " + members[:len(members)-2] + " }"
}

// objectCheck prints what stands in the check of an object.
type objectCheck struct {
	*checker
	schema   *contracts.Schema
	fields   []*codegen.Field // of the type, when there is one
	at       place
	tags     []string // discriminators that are not declared
	variable bool     // the union that uses the object says which discriminator it adds
	optional bool     // there are properties that count only when they are there
}

// named reports whether any property is asked for by name.
func (o *objectCheck) named() bool {
	return slices.ContainsFunc(o.schema.Properties, func(p *contracts.Property) bool {
		return !inherited(p.Name) && (p.Required || o.counts() || !accepts(p.Schema))
	})
}

// accepts reports whether every value is valid.
func accepts(s *contracts.Schema) bool { return s.Resolved().Types&contracts.Any != 0 }

// counts reports whether the check needs to know how many declared properties there
// are.
func (o *objectCheck) counts() bool {
	return !o.schema.Additional.Allowed && len(o.schema.PatternProperties) == 0
}

func (o *objectCheck) print() {
	required, some := len(o.tags), false
	for _, p := range o.schema.Properties {
		if p.Required {
			required++
		} else {
			o.optional = true
		}
		some = some || p.Required || !accepts(p.Schema)
	}
	if some {
		o.printf("  let fault: %s;\n", o.use(checksModule, "Fault", true))
	}
	known := strconv.Itoa(required)
	if o.variable {
		known = "tag ? " + strconv.Itoa(required+1) + " : " + known
	}
	if o.counts() && o.optional {
		o.printf("  let known = %s;\n", known)
		known = "known"
	}
	for i, p := range o.schema.Properties {
		o.property(i, p)
	}
	o.returnCalls(o.whole(nil, known), o.leaf("value"))
}

// property prints the check of a declared member.
func (o *objectCheck) property(i int, p *contracts.Property) {
	value := o.member("value", p.Name)
	var at place
	if o.fields != nil {
		at.words = o.fields[i].Name
	} else {
		at.words = naming.Of(p.Name)
	}
	depth := 1
	switch {
	case p.Required:
	case o.counts() && accepts(p.Schema):
		o.statement(depth, o.ifStatement(o.operation(value, "!==", o.leaf("undefined")), o.leaf("known++;")))
		return
	case accepts(p.Schema):
		return
	default:
		o.statement(depth, o.seq("if (", o.condition(o.operation(value, "!==", o.leaf("undefined"))), ") {"))
		depth++
		if o.counts() {
			o.statement(depth, o.leaf("known++;"))
		}
	}
	calls, nullable := o.calls(o.ofMember[:0], p.Schema, at)
	o.ofMember = calls
	o.statement(depth, o.seq("fault =", o.assigned(calls, value), ";"))
	fault := o.leaf("fault")
	wrong := fault
	if nullable {
		wrong = o.seq("fault &&", space, value, o.indent(" ", o.group("!==", space, "null")))
	}
	pointer := o.leaf(quote("/" + contracts.EscapePointer(p.Name)))
	o.statement(depth, o.ifStatement(wrong, o.seq("return ", o.parenthesised(o.operation(pointer, "+", fault)), ";")))
	if depth > 1 {
		o.statement(1, o.leaf("}"))
	}
}

// member is the expression for a member of an object.
func (c *checker) member(object, wire string) doc {
	if inherited(wire) {
		return c.seq(c.helper("own"), c.arguments(c.leaf(object), c.leaf(quote(wire))))
	}
	if k := key(wire); k == wire && wire != "" {
		return c.seq(object, ".", wire)
	}
	return c.seq(object, "[", quote(wire), "]")
}

// inherited reports whether every object has something by that name.
func inherited(wire string) bool {
	return slices.Contains([]string{
		"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor", "hasOwnProperty",
		"isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
	}, wire)
}

// whole adds the checks that concern the object as a whole. known is how many
// declared members there are.
func (o *objectCheck) whole(calls []call, known string) []call {
	s := o.schema
	var expressions []doc
	for i, p := range s.PatternProperties {
		at := o.at.below("other")
		if i > 0 {
			at = o.at.below("other" + strconv.Itoa(i+1))
		}
		expression := o.leaf(o.constant(at.words.With("pattern"), o.leaf(pattern(p.Pattern))))
		expressions = append(expressions, expression)
		if !accepts(p.Schema) {
			calls = append(calls, o.call(o.helper("patternProperties"), expression, o.leaf(o.local(p.Schema, at))))
		}
	}
	if additional := o.additional(known, expressions); additional != nil {
		calls = append(calls, *additional)
	}
	calls = o.sizes(calls, s)
	if len(s.RequireAny) > 0 {
		groups := make([]doc, len(s.RequireAny))
		form := group
		if len(groups) > 1 && !slices.ContainsFunc(s.RequireAny, func(names []string) bool { return len(names) < 2 }) {
			form = broken
		}
		for i, names := range s.RequireAny {
			groups[i] = o.texts(names)
		}
		calls = append(calls, o.call(o.helper("requireAny"), o.leaf(o.constant(o.at.words.With("groups"), o.elements(groups, form)))))
	}
	return calls
}

// additional is the check of members that are not declared; nil: they may be anything.
func (o *objectCheck) additional(known string, expressions []doc) *call {
	s := o.schema
	check := ""
	switch {
	case o.counts():
	case !s.Additional.Allowed:
		check = o.helper("undeclared")
	case s.Additional.Schema == nil || accepts(s.Additional.Schema):
		return nil
	default:
		check = o.local(s.Additional.Schema, o.at.below("value"))
	}
	if check != "" && len(s.Properties)+len(o.tags)+len(expressions) == 0 && !o.variable {
		return &call{o.helper("values"), []doc{o.leaf(check)}}
	}
	names := make([]string, 0, len(s.Properties)+len(o.tags))
	for _, p := range s.Properties {
		names = append(names, p.Name)
	}
	members := "[]"
	if names = append(names, o.tags...); len(names) > 0 {
		members = o.constant(o.at.words.With("members"), o.texts(names))
	}
	if check == "" {
		args := []doc{o.leaf(known), o.leaf(members)}
		if o.variable {
			args = append(args, o.leaf("tag"))
		}
		return &call{o.helper("closed"), args}
	}
	args := []doc{o.leaf(check), o.leaf(members)}
	switch {
	case len(expressions) > 0:
		args = append(args, o.leaf(o.constant(o.at.words.With("patterns"), o.elements(expressions, group))))
	case o.variable:
		args = append(args, o.leaf("[]"))
	}
	if o.variable {
		args = append(args, o.leaf("tag"))
	}
	return &call{o.helper("additionalProperties"), args}
}

// union prints the choice between variants.
func (c *checker) union(s *contracts.Schema, at place) {
	u := s.Union
	if u.Discriminator != "" {
		c.discriminated(u, at)
		return
	}
	function := c.helper(u.Keyword())
	checks := make([]doc, len(u.Variants))
	for i, v := range u.Variants {
		checks[i] = c.leaf(c.local(v.Schema, at.variant(v)))
	}
	c.returnCalls([]call{{function, checks}}, c.leaf("value"))
}

// discriminated prints the choice by a property's value.
func (c *checker) discriminated(u *contracts.Union, at place) {
	value := c.member("value", u.Discriminator)
	of := c.leaf("")
	if !inherited(u.Discriminator) {
		of = c.seq("<", c.group("{", c.indent(space, key(u.Discriminator), ": unknown", c.of(ifBroken, ";")), space, "}"), ">")
	}
	c.wantObject(of)
	c.statement(1, c.seq("switch (", c.condition(value), ") {"))
	for _, v := range u.Variants {
		c.statement(2, c.seq("case ", quote(v.Tag), ":"))
		c.statement(3, c.seq("return ", c.document(c.variant(u, v, at), c.leaf("value")), ";"))
	}
	c.statement(1, c.leaf("}"))
	c.statement(1, c.seq("return ", c.parenthesised(c.operation(
		c.leaf(quote("/"+contracts.EscapePointer(u.Discriminator))), "+", c.seq(c.helper("untagged"), c.arguments(value)),
	)), ";"))
}

// variant is the check of a variant that a discriminator selects.
func (c *checker) variant(u *contracts.Union, v *contracts.Variant, at place) call {
	object := v.Schema.Resolved()
	t := c.schemas[object]
	switch {
	case t == nil || c.checkNames[t] == "":
		tag := ""
		if v.TagImplied {
			tag = u.Discriminator
		}
		at := at.variant(v)
		return call{c.later(at, func(name string) { c.objectCheck("", name, nil, object, at, tag) }), nil}
	case v.TagImplied && c.tagged[t]:
		return call{c.checkOf(t), []doc{c.leaf(quote(u.Discriminator))}}
	}
	return call{c.checkOf(t), nil}
}
