package codegen

import (
	"cmp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

func (s *Sieve) contract(c *contracts.Contract) {
	s.current = c
	key := s.key(cmp.Or(c.CodeName, c.Name))
	if other := s.units[key]; other != nil || s.reserved[ofFiles][key] {
		s.suspect(c, other)
	}
	s.units[key] = c
	switch c.Kind {
	case contracts.Event:
		s.typeName(0, key)
	case contracts.Definition:
		s.typeName(1, key)
	}
	s.body(c.Payload, key)
	for _, d := range c.Definitions {
		if d.Local {
			s.alone(s.key(d.Name), key)
			key := s.key(c.Name) + s.key(d.Name)
			s.typeName(1, key)
			s.body(d.Schema, key)
		}
	}
}

// alone compares a definition of one event, which some targets do not name after it, with the
// event and with the definitions that it shares.
func (s *Sieve) alone(key, event string) {
	if key == event {
		s.suspect(s.current)
	}
	for _, other := range s.roots[key] {
		if other != s.current {
			s.meet(s.current, other)
		}
	}
}

// typeName notes what a type is called.
func (s *Sieve) typeName(kind int, key string) {
	for _, a := range s.affixes[kind] {
		s.identifier(a.before, key, a.behind)
	}
}

// identifier notes one identifier by its parts.
func (s *Sieve) identifier(parts ...string) {
	hash, length := hashOf(parts...), 0
	for _, part := range parts {
		length += len(part)
	}
	other, taken := s.owners[hash]
	switch {
	case taken:
		s.suspect(s.current, other)
	case length < maxReserved && s.reserved[ofTypes][strings.Join(parts, "")]:
		s.suspect(s.current)
	}
	s.owners[hash] = s.current
}

// hashOf is FNV-1a of the parts together.
func hashOf(parts ...string) uint64 {
	hash := uint64(14695981039346656037)
	for _, part := range parts {
		for i := range len(part) {
			hash = (hash ^ uint64(part[i])) * 1099511628211
		}
	}
	return hash
}

// deepest is how far types may stand inside of each other before a target may call them in
// another way.
const deepest = 8

// maxReserved is more than the length of what generated code has itself.
const maxReserved = 32

// body looks into a type.
func (s *Sieve) body(schema *contracts.Schema, key string) {
	switch {
	case schema == nil || schema.Ref != "":
	case schema.Union != nil:
		s.union(schema.Union, key)
	case schema.Enum != nil:
		s.enum(schema, key)
	case schema.Types == contracts.Object:
		s.object(schema, key)
	default:
		s.place(schema, key)
	}
}

// place looks at a value that is called by the key.
func (s *Sieve) place(schema *contracts.Schema, key string) {
	for schema != nil && schema.Ref == "" && schema.Union == nil && schema.Enum == nil {
		switch schema.Types {
		case contracts.Array:
			schema, key = schema.Items, key+"item"
			continue
		case contracts.Map:
			schema, key = schema.Values, key+"value"
			continue
		case contracts.Object:
			s.nested(schema, key)
		}
		return
	}
	if schema != nil && schema.Ref == "" {
		s.nested(schema, key)
	}
}

// nested looks at a type that is written inside of another one, whose name may be that of a
// definition of the same event.
func (s *Sieve) nested(schema *contracts.Schema, key string) {
	s.typeName(1, key)
	for _, other := range s.roots[key] {
		s.meet(s.current, other)
	}
	s.body(schema, key)
}

func (s *Sieve) object(schema *contracts.Schema, key string) {
	if s.depth++; s.depth > deepest {
		s.suspect(s.current)
	}
	defer func() { s.depth-- }()
	list, done := s.room(len(schema.Properties))
	defer done()
	for i, p := range schema.Properties {
		list[i] = member{s.key(cmp.Or(p.CodeName, p.Name)), p.Schema}
	}
	s.members(list)
	depth := len(s.around)
	s.gather(list, false)
	for _, m := range list {
		// What came with a fragment is looked at twice: some targets name it after the event.
		if !plainValue(m.schema) {
			s.place(m.schema, key+m.key)
		}
	}
	s.around = s.around[:depth]
	for _, p := range schema.PatternProperties {
		s.place(p.Schema, key+"value")
	}
	if !plainValue(schema.Additional.Schema) {
		s.place(schema.Additional.Schema, key+"value")
	}
}

// plainValue reports whether a schema has no type within.
func plainValue(schema *contracts.Schema) bool {
	return schema == nil || schema.Ref != "" || scalar(schema)
}

func (s *Sieve) union(u *contracts.Union, key string) {
	list, done := s.room(len(u.Variants))
	defer done()
	for i, v := range u.Variants {
		list[i] = member{naming.Part(v.Name).Key(), v.Schema}
	}
	s.members(list)
	depth := len(s.around)
	s.gather(list, true)
	for _, m := range list {
		for _, tail := range s.tails {
			s.identifier(key, m.key, tail)
		}
		s.place(m.schema, key+m.key)
	}
	s.around = s.around[:depth]
}

func (s *Sieve) enum(schema *contracts.Schema, key string) {
	list, done := s.room(len(schema.Enum))
	defer done()
	for i, v := range schema.Enum {
		value := s.value(v)
		s.identifier(key, value)
		if '0' <= value[0] && value[0] <= '9' {
			value = "n" + value // where it stands alone
		}
		list[i] = member{key: value}
	}
	s.members(list)
}

// value is the key of a value of an enum.
func (s *Sieve) value(v contracts.EnumValue) string {
	key, known := s.values[v.JSON]
	if !known {
		key = valueName(v).Key()
		s.values[v.JSON] = key
	}
	return key
}

// room is a list that is used until done is called.
func (s *Sieve) room(n int) (list []member, done func()) {
	const block = 1 << 10
	if len(s.rest) < n {
		s.rest = make([]member, max(n, block))
	}
	list, before := s.rest[:n:n], s.rest
	s.rest = s.rest[n:]
	return list, func() { s.rest = before }
}

// members compares the names of one object, union or enum: with each other, with what
// generated code has itself, and with what could be written inside of another one.
func (s *Sieve) members(list []member) {
	s.sorted = append(s.sorted[:0], list...)
	sorted := s.sorted
	slices.SortFunc(sorted, func(a, b member) int { return strings.Compare(a.key, b.key) })
	for i, m := range sorted {
		if s.reserved[ofMembers][m.key] {
			s.suspect(s.current)
		}
		if i == 0 {
			continue
		}
		// What starts with a name stands right behind it.
		if before := sorted[i-1]; before.key == m.key || !scalar(before.schema) && strings.HasPrefix(m.key, before.key) {
			s.suspect(s.current)
		}
	}
}

// scalar reports whether nothing is named after what a schema describes.
func scalar(schema *contracts.Schema) bool {
	if schema == nil {
		return true
	}
	schema = schema.Resolved()
	return schema.Union == nil && schema.Enum == nil && schema.Types&(contracts.Object|contracts.Array|contracts.Map) == 0
}

// gather compares what the members of an object or union call types with the names around
// them, and puts it among those. Lists within lists, values that may be null within lists,
// and lists in unions are messages.
func (s *Sieve) gather(list []member, union bool) {
	depth := len(s.around)
	for _, m := range list {
		if scalar(m.schema) {
			continue
		}
		inside := union
		for schema, key := m.schema, m.key; schema != nil; inside = true {
			isList := schema.Types&(contracts.Array|contracts.Map) != 0
			if schema.Ref == "" && !isList && !scalar(schema) || inside && (isList || schema.AcceptsNull()) || isList && schema.AcceptsNull() {
				s.local(key, s.around[:depth])
				s.around = append(s.around, key)
			}
			switch {
			case schema.Ref == "" && schema.Types == contracts.Array:
				schema, key = schema.Items, key+"item"
			case schema.Ref == "" && schema.Types == contracts.Map:
				s.around = append(s.around, key+"entry")
				schema, key = schema.Values, key+"value"
			default:
				schema = nil
			}
		}
	}
}

// local compares the name of a type within a message with those around it.
func (s *Sieve) local(key string, around []string) {
	if slices.Contains(around, key) {
		s.suspect(s.current)
	}
	for _, other := range s.roots[key] {
		s.meet(s.current, other)
	}
}
