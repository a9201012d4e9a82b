package contracttest

import (
	"fmt"
	"math/big"
	"slices"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// File is the path and text of a contract file.
type File struct {
	Path, Text string
}

// Contract draws an event, linked and without problems. Its source is
// Contract.File.Data, YAML in block style; definitions and fragments may come from
// files of their own. It fails the test when the parser objects to what it drew.
func Contract() *rapid.Generator[*contracts.Contract] {
	return rapid.Custom(func(t *rapid.T) *contracts.Contract {
		return link(t, Files().Draw(t, "files"))
	})
}

// Files draws the files that one event needs: definitions and fragments, if any,
// and the event last.
func Files() *rapid.Generator[[]File] {
	return rapid.Custom(func(t *rapid.T) []File {
		m := &maker{t: t}
		shared := m.chance(4)
		var files []File
		local := &object{}
		for i := range m.between(0, 3) {
			name := fmt.Sprintf("def_%d", i)
			s := m.schema(2)
			m.definitions = append(m.definitions, definition{name, s})
			if shared {
				files = append(files, file("definitions/"+name+".yaml", prepend(s, "define", text(name))))
				continue
			}
			local.set(name, s)
		}
		event := m.event()
		if shared && m.chance(2) {
			fragment := &object{}
			fragment.set("fragment", text("context"))
			fragment.set("properties", m.properties(1, 3, "ctx_"))
			files = append(files, file("fragments/context.yaml", fragment))
			event.set("include", texts("context"))
			event.drop("maxProperties")
		}
		if len(local.members) > 0 {
			event.set("definitions", local)
		}
		return append(files, file("events/event.yaml", event))
	})
}

func file(path string, o *object) File { return File{path, string(appendYAML(nil, o, 0))} }

func prepend(o *object, key string, value tree) *object {
	return &object{members: append([]member{{key, value}}, o.members...)}
}

// link parses and links files of which the last is the event.
func link(t *rapid.T, files []File) *contracts.Contract {
	var all []*contracts.Contract
	var diags []diag.Diagnostic
	for _, f := range files {
		t.Logf("%s:\n%s", f.Path, f.Text)
		c, more := contracts.Parse(diag.NewFile(f.Path, []byte(f.Text)))
		all, diags = append(all, c), append(diags, more...)
	}
	if len(diags) == 0 {
		library, more := contracts.NewLibrary(all[:len(all)-1])
		diags = append(more, library.Link(all[len(all)-1])...)
	}
	for _, d := range diags {
		p := d.Position()
		t.Fatalf("a drawn contract has problems: %s:%d:%d: %s [%s]\n%s", d.File.Path, p.Line, p.Column, d.Message, d.Rule, d.File.Data)
	}
	return all[len(all)-1]
}

// maker draws parts of contracts.
type maker struct {
	t           *rapid.T
	definitions []definition // those that may be referred to
}

type definition struct {
	name   string
	schema *object
}

// between draws a number in [low, high].
func (m *maker) between(low, high int) int { return rapid.IntRange(low, high).Draw(m.t, "n") }

// chance is true once in n times; shrinking makes it false.
func (m *maker) chance(n int) bool { return m.between(1, n) == n && n > 1 }

func pick[T any](m *maker, from []T) T { return rapid.SampledFrom(from).Draw(m.t, "pick") }

var (
	eventNames = []string{"order.completed", "cart.item_added", "signup", "Plan Changed", "page/viewed", "größe.gewählt", "a#b?c=%2F", "on", "1.10", ".."}
	// Wire names: plain ones, words of the language and of target languages, and
	// what real corpora hold (spaces, prefixes, other scripts).
	propertyNames = []string{
		"id", "sku", "total", "currency", "created_at", "items", "email", "isActive", "HTTPStatus", "page_url",
		"type", "properties", "required", "enum", "name", "class", "func", "default", "package", "message", "constructor", "__proto__", "toString",
		"Plan Name", "$schema", "xdm:pageName", "a/b", "a~b", "größe", "名前", "smile😀", "null", "true", "1", "1.10", "a.b", "quote\"d", "back\\slash", "on",
	}
	descriptions = []string{"What was paid.", "Line one.\nLine two.", "Größe: 名前 😀", "*/ `code` ${x} \\ \"quoted\" <b>", "# not a comment", " leading and trailing "}
	units        = []string{"EUR", "ms", "%"}
	versions     = []string{"0.1.0", "1.0.0", "1.2.0", "10.20.30"}
	patterns     = []string{`^[a-z]+$`, `^[A-Z]{2}-[0-9]{1,4}$`, `[0-9]`, `^(card|invoice)$`, `^x_`, `^$|^[a-f0-9]{8}$`, `a.c`}
	strings_     = []string{"", "a", "card", "Öl 名 😀", "no", "1.10", "0755", "null", "line\nbreak", "tab\t", "\u2028", "quote\"", "2024-01-31", "~", "<<", "\u0085x"}
	integers     = []string{"-10", "-1", "0", "1", "2", "3", "10", "100", "1e3", "9007199254740993"}
	decimals     = []string{"-1e3", "-0.5", "0", "0.1", "0.30", "1", "1.5", "10", "99.99", "1e2", "1e18"}
)

func (m *maker) event() *object {
	o := &object{}
	o.set("event", text(pick(m, eventNames)))
	o.set("version", text(pick(m, versions)))
	if m.chance(3) {
		o.set("owner", text("checkout"))
	}
	if m.chance(4) {
		o.set("status", text(pick(m, []string{"draft", "active", "deprecated", "retired"})))
	}
	if m.chance(4) {
		o.set("retention", text(pick(m, []string{"400d", "26w", "13m", "2y", "forever"})))
	}
	if m.chance(4) {
		o.set("tags", texts("revenue", "größe"))
	}
	if m.chance(4) {
		o.set("name", text("CodeName"))
	}
	m.meaning(o)
	m.object(o, 3, 6)
	return o
}

// schema draws a schema of at most the given depth.
func (m *maker) schema(depth int) *object {
	o := &object{}
	choice := m.between(0, 14)
	if depth == 0 {
		choice = m.between(0, 6)
	}
	switch choice {
	case 0, 1:
		m.string(o)
	case 2:
		m.number(o, "integer", integers, []string{"1", "2", "5", "0.5"})
	case 3:
		m.number(o, "number", decimals, []string{"1", "0.01", "2.5", "1e-3"})
	case 4:
		m.boolean(o)
	case 5:
		m.scalars(o)
	case 6:
		o.set("type", text("any"))
	case 7, 8:
		m.array(o, depth)
	case 9, 10:
		o.set("type", text("object"))
		m.object(o, depth, 4)
	case 11:
		m.mapping(o, depth)
	case 12:
		m.union(o, depth)
	case 13:
		m.tagged(o, depth)
	case 14:
		if len(m.definitions) == 0 {
			m.string(o)
			break
		}
		o.set("$ref", text(pick(m, m.definitions).name))
	}
	if o.get("enum") == nil && m.chance(6) {
		o.set("nullable", flag(true))
	}
	m.meaning(o)
	return o
}

// meaning draws what a schema means beside what it accepts.
func (m *maker) meaning(o *object) {
	if m.chance(3) {
		o.set("description", text(pick(m, descriptions)))
	}
	if !m.chance(5) {
		return
	}
	event := o.get("event") != nil
	switch m.between(0, 6) {
	case 0:
		o.set("title", text("A title"))
	case 1:
		if !event {
			o.set("pii", text(pick(m, []string{"none", "pseudonymous", "direct", "sensitive"})))
		}
	case 2:
		if !event {
			o.set("unit", text(pick(m, units)))
		}
	case 3:
		o.set("since", text(pick(m, versions)))
	case 4:
		o.set("deprecated", m.deprecated())
	case 5:
		o.set("x-team.note", (&object{}).set("a", scalar("1.10")).set("b", texts("on")))
	case 6:
		if !event {
			o.set("renamedFrom", text("old name"))
		}
	}
}

func (m *maker) deprecated() tree {
	if m.chance(2) {
		return flag(true)
	}
	return (&object{}).set("since", text("1.0.0")).set("sunset", text("2027-01-31")).
		set("replacedBy", text("total")).set("reason", text("It was wrong."))
}

func (m *maker) string(o *object) {
	o.set("type", text("string"))
	switch m.between(0, 5) {
	case 1:
		o.set("format", text(pick(m, formatNames())))
	case 2:
		o.set("pattern", text(pick(m, patterns)))
	case 3:
		least := m.between(0, 3)
		if m.chance(2) {
			o.set("minLength", count(least))
		}
		o.set("maxLength", count(least+m.between(0, 8)))
	case 4:
		m.enum(o, quoted(strings_))
	}
	m.instances(o, quoted(strings_))
}

func (m *maker) boolean(o *object) {
	o.set("type", text("boolean"))
	if m.chance(5) {
		m.enum(o, []string{"true"})
	}
	m.instances(o, []string{"false", "true"})
}

func (m *maker) scalars(o *object) {
	names := []string{"string", "integer", "number", "boolean"}
	o.set("type", texts(rapid.Permutation(names).Draw(m.t, "types")[:m.between(2, 3)]...))
	if m.chance(3) {
		values := []string{`"a"`, "1", "2.0", "true", `"1"`}
		m.enum(o, slices.DeleteFunc(values, func(v string) bool { return !accepts(o.get("type").(*list), v) }))
	}
}

// accepts reports whether a list of types has that of a value.
func accepts(types *list, value string) bool {
	names := contracts.Value{JSON: value}.Type().Names()
	return slices.Contains(types.items, tree(text(names[0]))) ||
		names[0] == "integer" && slices.Contains(types.items, tree(text("number")))
}

func (m *maker) number(o *object, kind string, bounds, steps []string) {
	o.set("type", text(kind))
	if m.chance(4) {
		m.enum(o, distinctNumbers(bounds))
		return
	}
	if m.chance(3) {
		o.set(pick(m, []string{"minimum", "exclusiveMinimum"}), scalar(pick(m, bounds[:4])))
	}
	if m.chance(3) {
		o.set(pick(m, []string{"maximum", "exclusiveMaximum"}), scalar(pick(m, bounds[6:])))
	}
	if m.chance(5) {
		o.set("multipleOf", scalar(pick(m, steps)))
	}
	if o.get("multipleOf") == nil {
		m.instances(o, []string{bounds[4], bounds[5]})
	}
}

// distinctNumbers drops numbers equal to an earlier one.
func distinctNumbers(all []string) []string {
	var kept []string
	for _, n := range all {
		same := func(k string) bool { return rat(k).Cmp(rat(n)) == 0 }
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, n)
		}
	}
	return kept
}

func rat(text string) *big.Rat { return contracts.Decimal(text).Rat() }

// enum draws a list of values, or a mapping of values to descriptions; open or
// nullable at times.
func (m *maker) enum(o *object, from []string) {
	if m.chance(12) {
		o.set("enum", &list{[]tree{scalar("null")}}).set("nullable", flag(true))
		if m.chance(3) {
			o.set("open", flag(true))
		}
		return
	}
	values := rapid.Permutation(from).Draw(m.t, "values")
	values = values[:m.between(1, min(4, len(values)))]
	open, nullable := m.chance(4), m.chance(4)
	items := &list{}
	for _, v := range values {
		items.items = append(items.items, m.enumValue(v))
	}
	if nullable && !open {
		items.items = append(items.items, scalar("null"))
	}
	o.set("enum", items)
	if open {
		o.set("open", flag(true))
	}
	if nullable {
		o.set("nullable", flag(true))
	}
}

func (m *maker) enumValue(v string) tree {
	switch m.between(0, 5) {
	case 1:
		return (&object{}).set("value", scalar(v)).set("description", text("Why."))
	case 2:
		return (&object{}).set("value", scalar(v)).set("deprecated", m.deprecated())
	}
	return scalar(v)
}

// instances draws a default and examples out of values that fit.
func (m *maker) instances(o *object, from []string) {
	if e, ok := o.get("enum").(*list); ok {
		from = enumTexts(e)
	} else if len(o.members) > 1 && o.get("type") != tree(text("integer")) && o.get("type") != tree(text("number")) {
		return // constrained: what fits is not known here
	}
	if m.chance(6) {
		o.set("default", scalar(pick(m, from)))
	}
	if m.chance(6) {
		o.set("examples", &list{[]tree{scalar(pick(m, from))}})
	}
}

func enumTexts(e *list) []string {
	var out []string
	for _, item := range e.items {
		if o, ok := item.(*object); ok {
			item = o.get("value")
		}
		out = append(out, string(item.(scalar)))
	}
	return out
}

func (m *maker) array(o *object, depth int) {
	o.set("type", text("array"))
	if !m.chance(8) {
		o.set("items", m.schema(depth-1))
	}
	least := m.between(0, 2)
	if least > 0 && m.chance(2) {
		o.set("minItems", count(least))
	}
	if m.chance(4) {
		o.set("maxItems", count(least+m.between(0, 3)))
	}
	if m.chance(6) {
		o.set("uniqueItems", flag(true))
	}
}

// object draws the keywords of an object with at most the given number of properties.
func (m *maker) object(o *object, depth, most int) {
	properties := m.properties(depth-1, most, "")
	if len(properties.members) > 0 || m.chance(2) {
		o.set("properties", properties)
	}
	names := keysOf(properties)
	if len(names) > 1 && m.chance(6) {
		o.set("requireAny", &list{[]tree{texts(names[:1]...), texts(names[1:]...)}})
	}
	if len(names) > 0 && m.chance(6) {
		o.set("required", texts(pick(m, names)))
	}
	switch m.between(0, 7) {
	case 1:
		o.set("additionalProperties", flag(true))
	case 2:
		o.set("additionalProperties", m.schema(max(0, depth-1)))
	case 3:
		o.set("patternProperties", (&object{}).set("^x_", m.schema(max(0, depth-1))))
	case 4:
		o.set("additionalProperties", flag(false))
	}
	if m.chance(10) {
		o.set("minProperties", count(m.between(0, len(names))))
	}
	if m.chance(10) {
		o.set("maxProperties", count(len(names)+m.between(0, 2)))
	}
}

func (m *maker) properties(depth, most int, prefix string) *object {
	o := &object{}
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(propertyNames), 0, most, rapid.ID[string]).Draw(m.t, "names")
	for i, name := range names {
		s := m.schema(max(0, depth))
		if m.chance(3) {
			s.set("required", flag(true))
		}
		if m.chance(8) {
			s.set("name", text(fmt.Sprintf("code_%s%d", prefix, i)))
		}
		o.set(prefix+name, s)
	}
	return o
}

func keysOf(o *object) []string {
	var keys []string
	for _, m := range o.members {
		keys = append(keys, m.key)
	}
	return keys
}

func (m *maker) mapping(o *object, depth int) {
	o.set("type", text("map"))
	o.set("values", m.schema(depth-1))
	switch m.between(0, 3) {
	case 1:
		o.set("keys", text(pick(m, patterns)))
	case 2:
		o.set("keys", (&object{}).set("type", text("string")).set("maxLength", count(m.between(1, 8))))
	}
	if m.chance(6) {
		o.set("minProperties", count(m.between(0, 2)))
	}
	if m.chance(6) {
		o.set("maxProperties", count(m.between(2, 4)))
	}
}

// union draws variants, mostly of different types.
func (m *maker) union(o *object, depth int) {
	variants := &object{}
	names := rapid.Permutation([]string{"text", "number", "flag", "list", "record", "other one"}).Draw(m.t, "variants")
	for _, name := range names[:m.between(1, 4)] {
		v := &object{}
		switch name {
		case "text":
			m.string(v)
		case "number":
			m.number(v, "number", decimals, []string{"0.01"})
		case "flag":
			m.boolean(v)
		case "list":
			m.array(v, depth)
		case "record":
			v.set("type", text("object"))
			m.object(v, depth, 3)
		default:
			v = m.schema(depth - 1)
		}
		variants.set(name, v)
	}
	o.set(pick(m, []string{"oneOf", "anyOf"}), variants)
}

// tagged draws a union with a discriminator.
func (m *maker) tagged(o *object, depth int) {
	variants := &object{}
	for i := range m.between(1, 3) {
		name := []string{"card", "invoice", "Gift Card"}[i]
		variants.set(name, m.taggedVariant(name, depth))
	}
	o.set(pick(m, []string{"oneOf", "anyOf"}), variants)
	o.set("discriminator", text("method"))
}

func (m *maker) taggedVariant(name string, depth int) *object {
	for _, d := range m.definitions {
		plain := d.schema.get("type") == tree(text("object")) && d.schema.get("nullable") == nil && d.schema.get("enum") == nil
		if plain && m.chance(3) {
			return (&object{}).set("$ref", text(d.name))
		}
	}
	v := (&object{}).set("type", text("object"))
	m.object(v, depth, 3)
	if !m.chance(3) {
		return v
	}
	tag := (&object{}).set("type", text("string")).set("enum", texts(name+"!")).set("required", flag(true))
	v.drop("maxProperties")
	if properties, ok := v.get("properties").(*object); ok {
		properties.set("method", tag)
		return v
	}
	return v.set("properties", (&object{}).set("method", tag))
}

func count(n int) scalar { return scalar(fmt.Sprint(n)) }

func quoted(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(text(s))
	}
	return out
}
