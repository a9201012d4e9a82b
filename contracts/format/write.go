package format

import (
	"strconv"

	"github.com/evctl/evctl/contracts"
)

// Write is a linked contract as a file. Properties that fragments contribute and
// definitions of other files are left to those files; a contract without its own
// file, such as an imported or released one, is written whole.
func Write(c *contracts.Contract) []byte {
	p := printer{}
	p.mapping(contractTree(c), 0)
	return []byte(p.b.String())
}

func contractTree(c *contracts.Contract) tree {
	t := tree{kind: mapping}
	t.add(string(c.Kind), textOf(c.Name))
	if c.Kind == contracts.Event {
		t.add("version", literalOf(c.Version.String()))
	}
	payload := *c.Payload
	if c.Kind != contracts.Definition {
		payload.Types = 0 // an event or fragment is an object by being one
	}
	w := writer{}
	head, nested := w.schema(&payload, nil)
	t.entries = append(t.entries, take(&head, "title", "description")...)
	t.addText("name", c.CodeName)
	t.addText("owner", c.Owner)
	if c.Status != contracts.Active {
		t.addText("status", string(c.Status))
	}
	t.addText("retention", string(c.Retention))
	t.addTexts("tags", c.Tags)
	t.addTexts("include", includes(c))
	t.entries = append(t.entries, head...)
	t.entries = append(t.entries, take(&nested, "properties")...)
	examples := take(&nested, "examples")
	t.entries = append(t.entries, nested...)
	w.addDefinitions(&t, c.Definitions)
	t.entries = append(t.entries, examples...)
	for i := range t.entries {
		switch t.entries[i].key {
		case "properties", "definitions", "examples":
			t.entries[i].value.block = true
		}
	}
	return t
}

func includes(c *contracts.Contract) []string {
	var names []string
	for _, i := range c.Include {
		names = append(names, i.Name)
	}
	return names
}

// take moves entries with these keys out of a list, in the order of the keys.
func take(list *[]entry, keys ...string) []entry {
	var taken []entry
	for _, key := range keys {
		for i, e := range *list {
			if e.key == key {
				taken = append(taken, e)
				*list = append((*list)[:i:i], (*list)[i+1:]...)
				break
			}
		}
	}
	return taken
}

func (w *writer) addDefinitions(t *tree, definitions []*contracts.NamedSchema) {
	d := tree{kind: mapping}
	for _, named := range definitions {
		if named.Local {
			d.add(named.Name, w.child(named.Schema))
		}
	}
	if len(d.entries) > 0 {
		t.add("definitions", d)
	}
}

// writer turns the parts of a contract into trees.
type writer struct{}

func (w *writer) child(s *contracts.Schema) tree { return w.property(s, nil) }

// property is a schema with what its property says. On one line the description
// comes last, as in a table; in a block it comes before what is nested.
func (w *writer) property(s *contracts.Schema, p *contracts.Property) tree {
	head, nested := w.schema(s, p)
	description := take(&head, "description")
	line := tree{kind: mapping, entries: append(append(append([]entry{}, head...), nested...), description...)}
	if len(nested) == 0 || left(line, width-20) >= 0 {
		return line
	}
	return tree{kind: mapping, entries: append(append(head, description...), nested...)}
}

// schema lists the keywords of a schema: those with short values, and those whose
// values are schemas or examples.
func (w *writer) schema(s *contracts.Schema, p *contracts.Property) (head, nested []entry) {
	t := tree{kind: mapping}
	t.addTypes(s.Types)
	t.addText("$ref", s.Ref)
	t.addFlag("nullable", s.Nullable)
	t.addEnum(s)
	t.addFlag("open", s.Open)
	t.addText("format", s.Format)
	t.addText("pattern", s.Pattern)
	t.addCount("minLength", s.MinLength)
	t.addCount("maxLength", s.MaxLength)
	t.addDecimal("minimum", s.Minimum)
	t.addDecimal("maximum", s.Maximum)
	t.addDecimal("exclusiveMinimum", s.ExclusiveMinimum)
	t.addDecimal("exclusiveMaximum", s.ExclusiveMaximum)
	t.addDecimal("multipleOf", s.MultipleOf)
	t.addCount("minItems", s.MinItems)
	t.addCount("maxItems", s.MaxItems)
	t.addFlag("uniqueItems", s.UniqueItems)
	t.addCount("minProperties", s.MinProperties)
	t.addCount("maxProperties", s.MaxProperties)
	w.addRequireAny(&t, s)
	if s.Additional.Schema == nil {
		t.addFlag("additionalProperties", s.Additional.Allowed)
	}
	if p != nil {
		t.addFlag("required", p.Required)
		t.addText("name", p.CodeName)
	}
	t.addText("unit", s.Unit)
	t.addText("pii", string(s.PII))
	t.addText("since", s.Since)
	t.addText("renamedFrom", s.RenamedFrom)
	t.addDeprecation(s.Deprecated)
	if s.Default != nil {
		t.add("default", jsonOf(s.Default.JSON))
	}
	t.addText("title", s.Title)
	t.addText("description", s.Description)
	return t.entries, w.nested(s)
}

func (w *writer) nested(s *contracts.Schema) []entry {
	t := tree{kind: mapping}
	w.addProperties(&t, s.Properties)
	w.addPatternProperties(&t, s.PatternProperties)
	w.addChild(&t, "additionalProperties", s.Additional.Schema)
	w.addChild(&t, "items", s.Items)
	w.addChild(&t, "keys", s.MapKeys)
	w.addChild(&t, "values", s.Values)
	w.addUnion(&t, s.Union)
	if len(s.Examples) > 0 {
		examples := tree{kind: list}
		for _, v := range s.Examples {
			examples.items = append(examples.items, jsonOf(v.JSON))
		}
		t.add("examples", examples)
	}
	for _, x := range s.Extensions {
		t.add(x.Name, jsonOf(x.Value.JSON))
	}
	return t.entries
}

func (w *writer) addChild(t *tree, key string, s *contracts.Schema) {
	if s != nil {
		t.add(key, w.child(s))
	}
}

func (w *writer) addProperties(t *tree, list []*contracts.Property) {
	properties := tree{kind: mapping}
	for _, p := range list {
		if p.From == nil {
			properties.add(p.Name, w.property(p.Schema, p))
		}
	}
	if len(properties.entries) > 0 {
		t.add("properties", properties)
	}
}

func (w *writer) addPatternProperties(t *tree, list []*contracts.PatternProperty) {
	patterns := tree{kind: mapping}
	for _, p := range list {
		patterns.add(p.Pattern, w.child(p.Schema))
	}
	if len(patterns.entries) > 0 {
		t.add("patternProperties", patterns)
	}
}

// addRequireAny leaves out the groups that came from a fragment.
func (w *writer) addRequireAny(t *tree, s *contracts.Schema) {
	groups := tree{kind: list}
	for _, group := range s.RequireAny {
		if p := s.Property(group[0]); p == nil || p.From == nil {
			groups.items = append(groups.items, textsOf(group))
		}
	}
	if len(groups.items) > 0 {
		t.add("requireAny", groups)
	}
}

func (w *writer) addUnion(t *tree, u *contracts.Union) {
	if u == nil {
		return
	}
	variants := tree{kind: mapping}
	for _, v := range u.Variants {
		variants.add(v.Name, w.child(v.Schema))
	}
	t.add(u.Keyword(), variants)
	t.addText("discriminator", u.Discriminator)
}

// What follows adds entries that are left out when they say nothing.

func (t *tree) addText(key, value string) {
	if value != "" {
		t.add(key, textOf(value))
	}
}

func (t *tree) addTexts(key string, values []string) {
	if len(values) > 0 {
		t.add(key, textsOf(values))
	}
}

func (t *tree) addFlag(key string, value bool) {
	if value {
		t.add(key, literalOf("true"))
	}
}

func (t *tree) addCount(key string, n *int) {
	if n != nil {
		t.add(key, literalOf(strconv.Itoa(*n)))
	}
}

func (t *tree) addDecimal(key string, d *contracts.Decimal) {
	if d != nil {
		t.add(key, literalOf(string(*d)))
	}
}

func (t *tree) addTypes(types contracts.Types) {
	if names := types.Names(); len(names) == 1 {
		t.add("type", textOf(names[0]))
	} else if len(names) > 1 {
		t.add("type", textsOf(names))
	}
}

// addEnum writes the mapping of values to descriptions when every value is a text
// that has one and nothing else, and a list otherwise.
func (t *tree) addEnum(s *contracts.Schema) {
	if s.Enum == nil {
		return
	}
	null := s.Nullable && (!s.Open || len(s.Enum) == 0) // an enum of no values is refused
	described := len(s.Enum) > 0 && !null
	for _, v := range s.Enum {
		described = described && v.IsString() && v.Description != "" && v.Deprecated == nil
	}
	values := tree{kind: list}
	if described {
		values.kind = mapping
	}
	for _, v := range s.Enum {
		switch {
		case described:
			values.add(v.Text(), textOf(v.Description))
		case v.Description != "" || v.Deprecated != nil:
			values.items = append(values.items, enumItem(v))
		default:
			values.items = append(values.items, jsonOf(v.JSON))
		}
	}
	if null {
		values.items = append(values.items, literalOf("null"))
	}
	t.add("enum", values)
}

func enumItem(v contracts.EnumValue) tree {
	item := tree{kind: mapping}
	item.add("value", jsonOf(v.JSON))
	item.addText("description", v.Description)
	item.addDeprecation(v.Deprecated)
	return item
}

func (t *tree) addDeprecation(d *contracts.Deprecation) {
	if d == nil {
		return
	}
	about := tree{kind: mapping}
	about.addText("since", d.Since)
	about.addText("sunset", d.Sunset)
	about.addText("replacedBy", d.ReplacedBy)
	about.addText("reason", d.Reason)
	if len(about.entries) == 0 {
		about = literalOf("true")
	}
	t.add("deprecated", about)
}
