package contracttest

import (
	"bytes"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/diag"
)

// Mutate draws JSON that differs from raw in one to three places: members removed,
// added or renamed, values of another type, numbers and texts at and beyond their
// bounds. The result is JSON with unique keys whenever raw is.
func Mutate(raw []byte) *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		f := &filler{&maker{t: t}, 0}
		root, ok := parseTree(raw)
		if !ok {
			return raw
		}
		for range f.between(1, 3) {
			places := placesOf(&root)
			at := pick(f.maker, places)
			*at = f.other(*at)
		}
		return appendJSON(nil, root)
	})
}

// placesOf lists where values stand, the root included.
func placesOf(root *tree) []*tree {
	places := []*tree{root}
	switch t := (*root).(type) {
	case *object:
		for i := range t.members {
			places = append(places, placesOf(&t.members[i].value)...)
		}
	case *list:
		for i := range t.items {
			places = append(places, placesOf(&t.items[i])...)
		}
	}
	return places
}

// other draws a value near another one.
func (f *filler) other(t tree) tree {
	if f.chance(5) {
		return f.anything()
	}
	switch t := t.(type) {
	case *object:
		return f.otherObject(t)
	case *list:
		return f.otherList(t)
	}
	v := contracts.Value{JSON: string(t.(scalar))}
	switch {
	case v.IsString():
		return text(f.otherText(v.Text()))
	case v.Type()&contracts.Numeric != 0:
		return scalar(f.otherNumber(v.JSON))
	case v.JSON == "null":
		return f.anything()
	}
	return pick(f.maker, []tree{flag(true), flag(false), scalar("null"), scalar("0"), text("true")})
}

func (f *filler) otherObject(o *object) tree {
	changed := &object{members: slices.Clone(o.members)}
	if len(o.members) == 0 || f.chance(4) {
		return changed.set(pick(f.maker, propertyNames), f.anything())
	}
	i := f.between(0, len(o.members)-1)
	switch f.between(0, 2) {
	case 0:
		changed.members = slices.Delete(changed.members, i, i+1)
	case 1:
		value, name := changed.members[i].value, f.otherText(changed.members[i].key)
		changed.members = slices.Delete(changed.members, i, i+1)
		changed.set(name, value)
	case 2:
		changed.members[i].value = scalar("null")
	}
	return changed
}

func (f *filler) otherList(l *list) tree {
	changed := &list{items: slices.Clone(l.items)}
	switch choice := f.between(0, 3); {
	case len(l.items) == 0 || choice == 0:
		changed.items = append(changed.items, f.anything())
	case choice == 1:
		changed.items = append(changed.items, pick(f.maker, l.items))
	case choice == 2:
		changed.items = changed.items[:len(changed.items)-1]
	default:
		for range 20 {
			changed.items = append(changed.items, l.items[0])
		}
	}
	return changed
}

func (f *filler) otherText(s string) string {
	switch f.between(0, 6) {
	case 0:
		return ""
	case 1:
		return s + "x"
	case 2:
		return strings.ToUpper(s)
	case 3:
		return s + strings.Repeat("名", 70)
	case 4:
		return strings.TrimSuffix(s, s[min(len(s), 1):])
	case 5:
		return s + "\n"
	}
	return " " + s
}

func (f *filler) otherNumber(n string) string {
	d, err := contracts.ParseDecimal(n)
	if err != nil {
		return "0"
	}
	step := pick(f.maker, []string{"1", "-1", "0.5", "0.001", "-1e3", "1e16"})
	v := d.Rat()
	return pick(f.maker, []string{
		decimalText(v.Add(v, rat(step))), decimalText(v.Neg(v)), "-0", "1e400", "0.0000001", "123456789012345678901234567890", `"` + n + `"`,
	})
}

// Corrupt draws bytes that are most likely not JSON, or JSON that parsers disagree
// about: truncated, with a key written twice, with broken UTF-8, trailing text.
func Corrupt(raw []byte) *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		m := &maker{t: t}
		at := m.between(0, len(raw))
		insert := func(s string) []byte { return slices.Concat(raw[:at], []byte(s), raw[at:]) }
		switch m.between(0, 8) {
		case 0:
			return slices.Clone(raw[:at])
		case 1:
			return insert("\xff")
		case 2:
			return insert("\x00")
		case 3:
			return insert(pick(m, []string{",", "]", "}", "\"", "\\", "{", "//", "NaN", "01", "'"}))
		case 4:
			return append(slices.Clone(raw), " {}"...)
		case 5:
			return bytes.Replace(raw, []byte("{"), []byte(`{"twice":1,"twice":2,`), 1)
		case 6:
			return append([]byte("\xef\xbb\xbf"), raw...)
		case 7:
			return bytes.Repeat([]byte("["), 20_000)
		}
		return insert(`\ud800`)
	})
}

// Edit draws a later version of a contract: its definitions and fragments written
// into one file and one to three parts of it changed. The version is the same, so
// that what the change asks for can be compared with what is claimed.
func Edit(c *contracts.Contract) *rapid.Generator[*contracts.Contract] {
	return rapid.Custom(func(t *rapid.T) *contracts.Contract {
		source := contracts.Marshal(c)
		for range 20 {
			root, ok := parseTree(source)
			if !ok {
				t.Fatalf("the canonical form of a contract is not JSON: %s", source)
			}
			m := &maker{t: t}
			for _, d := range c.Definitions {
				m.definitions = append(m.definitions, definition{d.Name, &object{}})
			}
			for range m.between(1, 3) {
				m.edit(root.(*object))
			}
			f := File{"events/edited.yaml", string(appendYAML(nil, root, 0))}
			if edited := tryLink(f); edited != nil {
				return edited
			}
		}
		return tryLink(File{"events/edited.yaml", string(source)})
	})
}

func tryLink(f File) *contracts.Contract {
	c, diags := contracts.Parse(diag.NewFile(f.Path, []byte(f.Text)))
	if c == nil || len(diags) > 0 {
		return nil
	}
	library, _ := contracts.NewLibrary(nil)
	if len(library.Link(c)) > 0 {
		return nil
	}
	return c
}

// edit changes one schema of a contract. What comes out may be wrong; Edit tries again then.
func (m *maker) edit(root *object) {
	schemas := schemasOf(root)
	s := pick(m, schemas)
	switch m.between(0, 5) {
	case 0: // drop a keyword or property
		target := s
		if p, ok := s.get("properties").(*object); ok && m.chance(2) {
			target = p
		}
		if i := m.between(0, max(1, len(target.members))-1); i < len(target.members) {
			target.members = slices.Delete(target.members, i, i+1)
		}
	case 1: // add a property
		p, ok := s.get("properties").(*object)
		if !ok {
			p = &object{}
			s.set("properties", p)
		}
		added := m.schema(1)
		if m.chance(3) {
			added.set("required", flag(true))
		}
		p.set(pick(m, propertyNames), added)
	case 2: // turn a switch
		key := pick(m, []string{"required", "nullable", "open", "uniqueItems", "additionalProperties"})
		s.set(key, flag(s.get(key) != tree(scalar("true"))))
	case 3: // write another schema in its place
		if s != root {
			s.members = m.schema(1).members
		}
	case 4:
		m.bound(s)
	case 5:
		m.editEnum(s)
	}
}

func (m *maker) bound(s *object) {
	counts := []string{"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
	numbers := []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
	if m.chance(2) {
		s.set(pick(m, counts), count(m.between(0, 12)))
		return
	}
	s.set(pick(m, numbers), scalar(pick(m, decimals)))
}

func (m *maker) editEnum(s *object) {
	e, ok := s.get("enum").(*list)
	if !ok {
		return
	}
	if len(e.items) > 1 && m.chance(2) {
		i := m.between(0, len(e.items)-1)
		s.set("enum", &list{slices.Delete(slices.Clone(e.items), i, i+1)})
		return
	}
	s.set("enum", &list{append(slices.Clone(e.items), text("added"))})
}

// schemasOf lists the schemas of a contract, the payload first.
func schemasOf(root *object) []*object {
	all := []*object{root}
	add := func(t tree) {
		if o, ok := t.(*object); ok {
			all = append(all, schemasOf(o)...)
		}
	}
	for _, m := range root.members {
		switch m.key {
		case "properties", "patternProperties", "oneOf", "anyOf", "definitions":
			if o, ok := m.value.(*object); ok {
				for _, child := range o.members {
					add(child.value)
				}
			}
		case "items", "keys", "values", "additionalProperties":
			add(m.value)
		}
	}
	return all
}
