package protobuf

import (
	"cmp"
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
	types  map[string]codegen.Origin // without case and separators
	values map[string]codegen.Origin // of enums, which live beside them
	depth  int                       // how many messages it is inside of
	names  *codegen.Names            // learns of all; nil while code is printed
	seen   *codegen.Scope            // for names
}

func newNamespace(outer *namespace, name naming.Name, names *codegen.Names) *namespace {
	n := &namespace{outer: outer, name: name, types: map[string]codegen.Origin{}, values: map[string]codegen.Origin{}, names: names}
	if names != nil {
		n.seen = names.Scope()
	}
	if outer != nil {
		n.depth = outer.depth + 1
	}
	return n
}

// taken reports whether a type has the name beside the one that wants it, or at the top,
// where types are from which references come.
func (n *namespace) taken(name naming.Name) (by codegen.Origin, taken bool) {
	if by, taken = n.types[name.Key()]; taken {
		return by, true
	}
	for n.outer != nil {
		n = n.outer
	}
	by, taken = n.types[name.Key()]
	return by, taken
}

// shadows reports whether a type inside of the file's own would be found instead of one at
// the top.
func (n *namespace) shadows(name naming.Name) bool {
	for ; n.outer != nil; n = n.outer {
		if _, taken := n.types[name.Key()]; taken {
			return true
		}
	}
	return false
}

// encloses reports whether a message around has the name, which Java allows to no class
// within.
func (n *namespace) encloses(name naming.Name) bool {
	for ; n != nil; n = n.outer {
		if !n.name.IsZero() && n.name.Key() == name.Key() {
			return true
		}
	}
	return false
}

// typeName takes the name wanted, or the same with a number. What is called as a message
// around it has the name of the message before its own.
func (n *namespace) typeName(wanted naming.Name, of codegen.Origin) string {
	for n.encloses(wanted) {
		wanted = n.name.Join(wanted)
	}
	name := wanted
	if by, taken := n.taken(name); taken {
		n.names.Clash(pascal(name), of, by)
		for i := 2; taken; i++ {
			name = wanted.With(strconv.Itoa(i))
			_, taken = n.taken(name)
		}
	}
	n.types[name.Key()] = of
	n.names.See(n.seen, pascal(name), of)
	return pascal(name)
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
	n.values[name] = of
	n.names.See(n.seen, name, of)
	return name
}

// members are the names of what a scope numbers, by number.
type members struct {
	names map[int]naming.Name // also of numbers that are reserved
	// reserved are the names that were used and must not come back, in the order of
	// their numbers.
	reserved []string
	// jsonNames holds, for live fields, the contract's name where protobuf would
	// derive another one.
	jsonNames map[int]string
}

// nameFields names the fields of a message or union. Earlier numbers come first, so
// that a field that is added never changes the name of another one.
func (f *file) nameFields(scope *numbers.Scope) members {
	n := fieldNamer{
		file:    f,
		scope:   scope,
		members: members{names: map[int]naming.Name{}, jsonNames: map[int]string{}},
		taken:   taken{},
		byWire:  map[string]naming.Name{},
	}
	if f.names != nil {
		n.seen = f.names.Scope()
	}
	for _, f := range scope.Fields {
		if f.Kind != numbers.Extra {
			n.byWire[f.Name] = naming.Name{}
		}
	}
	for _, f := range byNumber(scope.Fields) {
		n.live(f)
	}
	for _, e := range scope.Reserved {
		if e.Kind != numbers.Extra {
			n.gone(e)
		}
	}
	return n.members
}

type fieldNamer struct {
	members
	file   *file
	scope  *numbers.Scope
	seen   *codegen.Scope // for the file's names
	taken  taken
	byWire map[string]naming.Name // by name in JSON
}

// live names a field that is in use. One whose JSON name cannot be set gets a name
// from which protobuf derives no other field's.
func (n *fieldNamer) live(f numbers.Field) {
	derived := f.Kind == numbers.Extra || !expressible(f.Name)
	of := n.file.origins.member(n.scope, &f)
	name := n.file.take(n.taken, fieldName(f, of), f.Number, of, func(name naming.Name) bool {
		_, clash := n.byWire[jsonName(name.Snake())]
		return derived && clash
	})
	n.names[f.Number] = name
	n.file.names.See(n.seen, name.Snake(), of)
	if f.Kind != numbers.Extra {
		n.byWire[f.Name] = name
	}
	if !derived && jsonName(name.Snake()) != f.Name {
		n.jsonNames[f.Number] = f.Name
	}
}

// gone names a number that is reserved. It has the name of the field in use when
// only the type has changed.
func (n *fieldNamer) gone(e numbers.Entry) {
	name, known := n.byWire[e.Name()]
	if !known {
		name = n.file.take(n.taken, naming.Of(e.Name()), e.Number, codegen.Origin{}, nil)
		n.byWire[e.Name()] = name
		n.reserved = append(n.reserved, name.Snake())
	}
	n.names[e.Number] = name
}

// unused is the name wanted, or the same with a number when a member has it.
func (m members) unused(wanted string) string {
	taken := taken{}
	for _, name := range m.names {
		taken[name.Key()] = codegen.Origin{}
	}
	return (*file)(nil).take(taken, naming.New(wanted), 1, codegen.Origin{}, nil).Snake()
}

// byNumber orders fields by number; the one for members without a name comes last,
// so that it gives way to those with one.
func byNumber(fields []numbers.Field) []numbers.Field {
	fields = slices.Clone(fields)
	slices.SortFunc(fields, func(a, b numbers.Field) int {
		if (a.Kind == numbers.Extra) != (b.Kind == numbers.Extra) {
			if a.Kind == numbers.Extra {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Number, b.Number)
	})
	return fields
}

func fieldName(f numbers.Field, of codegen.Origin) naming.Name {
	if name, ok := renamed(of); ok {
		return name
	}
	switch {
	case f.Kind == numbers.Extra:
		return naming.New("extra")
	case f.Property != nil && f.Property.CodeName != "":
		return naming.Of(f.Property.CodeName)
	}
	return naming.Of(f.Name)
}

// take returns the name wanted, or the same with the field's number when another
// field has it, or when it is refused. f may be nil: then nobody learns of it.
func (f *file) take(used taken, wanted naming.Name, number int, of codegen.Origin, refused func(naming.Name) bool) naming.Name {
	if by, clash := used[wanted.Key()]; clash && f != nil {
		text := wanted.Snake()
		if of.Value != nil {
			text = wanted.UpperSnake()
		}
		f.names.Clash(text, of, by)
	}
	name := wanted
	for used.has(name) || refused != nil && refused(name) {
		name = name.With(strconv.Itoa(number))
	}
	used[name.Key()] = of
	return name
}

// taken is what names stand for, by their keys.
type taken map[string]codegen.Origin

func (t taken) has(name naming.Name) bool {
	_, has := t[name.Key()]
	return has
}

// nameValues names the values of an enum, without the enum's name before them.
func (f *file) nameValues(scope *numbers.Scope) members {
	m := members{names: map[int]naming.Name{}}
	taken := taken{unspecified.Key(): {}}
	if f.names != nil {
		f.names.Scope(unspecified.UpperSnake())
	}
	wires := map[string]bool{}
	for _, v := range byNumber(scope.Fields) {
		wires[v.Name] = true
		of := f.origins.member(scope, &v)
		name, ok := renamed(of)
		if !ok {
			name = naming.Part(v.Name)
		}
		m.names[v.Number] = f.take(taken, name, v.Number, of, nil)
	}
	for _, e := range scope.Reserved {
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
