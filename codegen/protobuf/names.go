package protobuf

import (
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/numbers"
)

// namespace hands out the names within one message, or those of the file. Types
// differ in more than case and separators: from those beside them, from the messages around
// them, and from those of the file. What is written in place is referred to from beside it
// and everything else is at the top, so that a last name always finds the right type.
type namespace struct {
	outer  *namespace
	name   naming.Name               // of the message; empty for the file
	key    string                    // of name
	types  map[string]codegen.Origin // without case and separators
	values map[string]codegen.Origin // of enums, which live beside them
	depth  int                       // how many messages it is inside of
	names  *codegen.Names            // learns of all; nil while code is printed
	seen   *codegen.Scope            // for names
}

func newNamespace(outer *namespace, name naming.Name, names *codegen.Names) *namespace {
	n := &namespace{outer: outer, name: name, key: name.Key(), names: names}
	if names != nil {
		n.seen = names.Scope()
	}
	if outer != nil {
		n.depth = outer.depth + 1
	}
	return n
}

// take takes the name of a type, by its key.
func (n *namespace) take(key string, of codegen.Origin) {
	if n.types == nil {
		n.types = map[string]codegen.Origin{}
	}
	n.types[key] = of
}

// taken reports whether a type has the name beside the one that wants it, or at the top,
// where types are from which references come.
func (n *namespace) taken(key string) (by codegen.Origin, taken bool) {
	if by, taken = n.types[key]; taken {
		return by, true
	}
	for n.outer != nil {
		n = n.outer
	}
	by, taken = n.types[key]
	return by, taken
}

// shadows reports whether a type inside of the file's own would be found instead of one at
// the top.
func (n *namespace) shadows(key string) bool {
	for ; n.outer != nil; n = n.outer {
		if _, taken := n.types[key]; taken {
			return true
		}
	}
	return false
}

// encloses reports whether a message around has the name, which Java allows to no class
// within.
func (n *namespace) encloses(key string) bool {
	for ; n != nil; n = n.outer {
		if !n.name.IsZero() && n.key == key {
			return true
		}
	}
	return false
}

// typeName takes the name wanted, or the same with a number. What is called as a message
// around it has the name of the message before its own.
func (n *namespace) typeName(wanted naming.Name, of codegen.Origin) string {
	for n.encloses(wanted.Key()) {
		wanted = n.name.Join(wanted)
	}
	name, key := wanted, wanted.Key()
	if by, taken := n.taken(key); taken {
		n.names.Clash(pascal(name), of, by)
		for i := 2; taken; i++ {
			name = wanted.With(strconv.Itoa(i))
			key = name.Key()
			_, taken = n.taken(key)
		}
	}
	n.take(key, of)
	text := pascal(name)
	n.names.See(n.seen, text, of)
	return text
}

// pascal is the case of types, which linters want without any underscore.
func pascal(name naming.Name) string { return strings.ReplaceAll(name.Pascal(nil), "_", "") }

// value takes the name of an enum value, or the same with the value's number.
func (n *namespace) value(wanted string, number int, of codegen.Origin) string {
	name := wanted
	if by, taken := n.values[name]; taken {
		n.names.Clash(name, of, by)
		for ; taken; _, taken = n.values[name] {
			name += "_" + strconv.Itoa(number)
		}
	}
	if n.values == nil {
		n.values = map[string]codegen.Origin{}
	}
	n.values[name] = of
	n.names.See(n.seen, name, of)
	return name
}

// members are the names of what a scope numbers.
type members struct {
	live []naming.Name // by place in the scope's Fields
	gone []naming.Name // by place in its Reserved
	// reserved are the names that were used and must not come back, in the order of
	// their numbers.
	reserved []string
}

// unused is the name wanted, or the same with a number when a member has it.
func (m members) unused(wanted string) string {
	name := naming.New(wanted)
	for slices.ContainsFunc(slices.Concat(m.live, m.gone), func(n naming.Name) bool { return n.Key() == name.Key() }) {
		name = name.With("1")
	}
	return name.Snake()
}

// fieldNamer names the fields of one message after the other.
type fieldNamer struct {
	members
	file  *file
	seen  *codegen.Scope // for the file's names
	taken taken
	// byWire holds the names of the fields in use by those in JSON; nil when no other name
	// depends on them.
	byWire map[string]naming.Name
}

// nameFields names the fields of a message or union. Earlier numbers come first, in which
// order lists the fields, so that a field that is added never changes the name of another one.
func (f *file) nameFields(s shape, order []int) members {
	n := &f.namer
	n.begin(f, s)
	for _, at := range order {
		n.live[at] = n.name(s.member(at))
	}
	for i, e := range s.Reserved {
		if e.Kind != numbers.Extra {
			n.gone[i] = n.reserve(e)
		}
	}
	return n.members
}

// begin forgets the message before.
func (n *fieldNamer) begin(f *file, s shape) {
	if n.taken == nil {
		n.taken = make(taken, len(s.Fields)+len(s.Reserved))
	}
	clear(n.taken)
	n.file, n.byWire = f, nil
	n.members = members{live: make([]naming.Name, len(s.Fields)), gone: make([]naming.Name, len(s.Reserved))}
	if f.names != nil {
		n.seen = f.names.Scope()
	}
	if len(s.Reserved) == 0 && !slices.ContainsFunc(s.Fields, func(f numbers.Field) bool { return derived(&f) }) {
		return
	}
	n.byWire = make(map[string]naming.Name, len(s.Fields))
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Kind != numbers.Extra {
			n.byWire[f.Name] = naming.Name{}
		}
	}
}

// derived reports whether the JSON name of a field is what protobuf derives from its own,
// because it cannot be set.
func derived(f *numbers.Field) bool { return f.Kind == numbers.Extra || !expressible(f.Name) }

// name names a field that is in use. One whose JSON name cannot be set gets a name
// from which protobuf derives no other field's.
func (n *fieldNamer) name(m member) naming.Name {
	var refused func(naming.Name) bool
	if derived(m.Field) {
		refused = func(name naming.Name) bool {
			_, clash := n.byWire[jsonName(name.Snake())]
			return clash
		}
	}
	name := n.file.take(n.taken, fieldName(m), m.Number, m.of, refused)
	if n.file.names != nil {
		n.file.names.See(n.seen, name.Snake(), m.of)
	}
	if n.byWire != nil && m.Kind != numbers.Extra {
		n.byWire[m.Name] = name
	}
	return name
}

// reserve names a number that is reserved. It has the name of the field in use when
// only the type has changed.
func (n *fieldNamer) reserve(e numbers.Entry) naming.Name {
	name, known := n.byWire[e.Name()]
	if !known {
		name = n.file.take(n.taken, naming.Of(e.Name()), e.Number, codegen.Origin{}, nil)
		n.byWire[e.Name()] = name
		n.reserved = append(n.reserved, name.Snake())
	}
	return name
}

func fieldName(m member) naming.Name {
	if name, ok := renamed(m.of); ok {
		return name
	}
	switch {
	case m.Kind == numbers.Extra:
		return naming.New("extra")
	case m.Property != nil && m.Property.CodeName != "":
		return naming.Of(m.Property.CodeName)
	}
	return naming.Of(m.Name)
}

// taken is what names stand for, by their keys.
type taken map[string]codegen.Origin

// take returns the name wanted, or the same with the member's number when another one
// has it, or when it is refused.
func (f *file) take(used taken, wanted naming.Name, number int, of codegen.Origin, refused func(naming.Name) bool) naming.Name {
	name, key := wanted, wanted.Key()
	by, clash := used[key]
	if clash {
		text := wanted.Snake()
		if of.Value != nil {
			text = wanted.UpperSnake()
		}
		f.names.Clash(text, of, by)
	}
	for clash || refused != nil && refused(name) {
		name = name.With(strconv.Itoa(number))
		key = name.Key()
		_, clash = used[key]
	}
	used[key] = of
	return name
}

// nameValues names the values of an enum, without the enum's name before them; order lists
// them by number.
func (f *file) nameValues(s shape, order []int) members {
	m := members{live: make([]naming.Name, len(s.Fields))}
	taken := taken{unspecified.Key(): {}}
	if f.names != nil {
		f.names.Scope(unspecified.UpperSnake())
	}
	for _, at := range order {
		v := s.member(at)
		name, ok := renamed(v.of)
		if !ok {
			name = naming.Part(v.Name)
		}
		m.live[at] = f.take(taken, name, v.Number, v.of, nil)
	}
	if len(s.Reserved) == 0 {
		return m
	}
	wires := make(map[string]bool, len(s.Fields))
	for i := range s.Fields {
		wires[s.Fields[i].Name] = true
	}
	for _, e := range s.Reserved {
		if !wires[e.Name()] {
			wires[e.Name()] = true
			m.reserved = append(m.reserved, f.take(taken, naming.Part(e.Name()), e.Number, codegen.Origin{}, nil).UpperSnake())
		}
	}
	return m
}

var unspecified = naming.New("unspecified")

// jsonName is the JSON name that protobuf derives from a field's name: the letter
// after an underscore becomes a capital.
func jsonName(field string) string {
	var b strings.Builder
	capital := false
	for i := range len(field) {
		c := field[i]
		switch {
		case c == '_':
			capital = true
			continue
		case capital && isLower(c):
			c -= 'a' - 'A'
		}
		capital = false
		b.WriteByte(c)
	}
	return b.String()
}

// derives reports whether jsonName of a field is this name.
func derives(field, wire string) bool {
	if strings.Contains(wire, "_") {
		return false
	}
	return field == wire || jsonName(field) == wire
}

// expressible reports whether json_name can be this name: protobuf keeps brackets
// for extensions, and has no empty names and no NUL.
func expressible(wire string) bool {
	return wire != "" && !strings.ContainsRune(wire, 0) && !(strings.HasPrefix(wire, "[") && strings.HasSuffix(wire, "]"))
}

// valuePrefix is an enum's name before its values, as linters split it: OrderStatus
// gives ORDER_STATUS_. A capital begins a word unless it follows another one, and
// then still when a small letter comes next.
func valuePrefix(enum string) string {
	var b strings.Builder
	for i := range len(enum) {
		if i > 0 && isUpper(enum[i]) && (!isUpper(enum[i-1]) || i+1 < len(enum) && isLower(enum[i+1])) {
			b.WriteByte('_')
		}
		b.WriteByte(enum[i])
	}
	return strings.ToUpper(b.String()) + "_"
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
