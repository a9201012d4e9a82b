package protobuf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen"
	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
	"github.com/evctl/evctl/contracts/numbers"
)

// file is a proto file with every name and type decided.
type file struct {
	config      config
	event       *codegen.Event
	packageName string
	path        string
	imports     []string
	types       []any // *message or *enum, the event's first
	deep        []any // those of types that are nested too deeply to stand inside

	model       map[*contracts.Schema]*codegen.Type // by where they are written
	names       *codegen.Names                      // nil while code is printed
	top         *namespace
	shared      []*numbers.Scope  // definitions in order of first use
	definitions map[string]string // names of the types that definitions become, by scope
	namer       fieldNamer        // for one message after the other
}

type message struct {
	name       string
	doc        []string
	deprecated bool
	oneof      string // name of the oneof that all fields are in, or empty
	chosen     bool   // whether buf.validate wants one of them set
	fields     []field
	reserved   []int
	names      []string // reserved ones
	types      []any    // declared inside: *message or *enum
}

type field struct {
	number     int
	label      string // "optional ", "repeated " or empty
	typ, name  string
	jsonName   string // when protobuf would derive another one
	deprecated bool
	rules      []string // options of buf.validate
	doc        []string
}

type enum struct {
	name       string
	doc        []string
	deprecated bool
	zero       string
	values     []field // number, name, deprecated, doc
	reserved   []int
	names      []string
}

func newFile(e *codegen.Event, c config, plan *numbers.Scope, names *codegen.Names) *file {
	f := &file{config: c, event: e, model: typesOf(e), names: names, top: newNamespace(nil, naming.Name{}, names)}
	f.packageName, f.path = place(e, c)
	f.top.typeName(f.eventName(), e.Origin())
	f.shared = addDefinitions(nil, plan)
	f.nameDefinitions()
	return f
}

// nameDefinitions names the types that definitions become, ordered by name so that names do
// not depend on the order of properties.
func (f *file) nameDefinitions() {
	list := slices.Clone(f.shared)
	slices.SortFunc(list, func(a, b *numbers.Scope) int { return strings.Compare(a.Key, b.Key) })
	f.definitions = make(map[string]string, len(list))
	for _, scope := range list {
		of := f.shape(scope).origin()
		name, ok := renamedType(of)
		if !ok {
			name = naming.Of(scope.Definition)
		}
		f.definitions[scope.Key] = f.top.typeName(name, of)
	}
}

// addDefinitions adds the definitions below a scope that become types, in order of first use.
func addDefinitions(list []*numbers.Scope, s *numbers.Scope) []*numbers.Scope {
	for i := range s.Fields {
		below := s.Fields[i].Scope
		if below == nil || below.Definition != "" && slices.Contains(list, below) {
			continue
		}
		if below.Definition != "" {
			list = append(list, below)
		}
		list = addDefinitions(list, below)
	}
	return list
}

// eventName depends on the event alone, so that no other contract can change the
// name of its message.
func (f *file) eventName() naming.Name {
	c := f.event.Contract
	if name, ok := renamedType(f.event.Origin()); ok {
		return name
	}
	if c.CodeName != "" {
		return naming.Of(c.CodeName)
	}
	return naming.Of(c.Name)
}

// declare fills in the types: the event's message, then definitions in order of
// first use.
func (f *file) declare(plan *numbers.Scope) {
	m := f.message(plan, pascal(f.eventName()), f.top)
	m.doc = append([]string{fmt.Sprintf("Event %s, version %s.", quoteOdd(f.event.Contract.Name), f.event.Contract.Version)}, m.doc...)
	m.deprecated = m.deprecated || f.event.Contract.Status == contracts.Deprecated || f.event.Contract.Status == contracts.Retired
	f.types = append(f.types, m)
	for _, s := range f.shared {
		f.types = append(f.types, f.scope(s, f.definitions[s.Key], f.top))
	}
	f.types = append(f.types, f.deep...)
	slices.Sort(f.imports)
}

// scope declares the type of a scope, with a name that was taken in namespace ns.
func (f *file) scope(s *numbers.Scope, name string, ns *namespace) any {
	if s.Leaf == numbers.Enum {
		return f.enum(f.shape(s), name, ns)
	}
	return f.message(s, name, ns)
}

// message declares an object or union.
func (f *file) message(s *numbers.Scope, name string, outer *namespace) *message {
	shape := f.shape(s)
	doc, order := shape.doc(), shape.byNumber()
	names := f.nameFields(shape, order)
	m := &message{name: name, doc: doc.lines, deprecated: doc.deprecated, names: names.reserved, fields: make([]field, 0, len(order))}
	for _, e := range s.Reserved {
		m.reserved = append(m.reserved, e.Number)
	}
	in := &inside{f, shape, m, newNamespace(outer, naming.Of(name), f.names), s.Leaf == numbers.Union}
	in.fields(order, names)
	if in.union && len(m.fields) > 0 {
		m.oneof = names.unused("variant")
		m.chosen = f.config.rules
		if m.chosen {
			f.importFile(validateFile)
		}
		m.doc = append(m.doc, unionDoc(s.Schema.Union)...)
	}
	return m
}

func unionDoc(u *contracts.Union) []string {
	if u.Discriminator == "" {
		return nil
	}
	return []string{fmt.Sprintf("In JSON, the property %s says which variant it is.", quoteOdd(u.Discriminator))}
}

// inside is a message whose fields are being declared.
type inside struct {
	*file
	shape
	message *message
	ns      *namespace
	union   bool
}

// fields declares the members of a scope. Types get their names in the order of
// the numbers, those that are not in use included.
func (in *inside) fields(order []int, names members) {
	for i := range in.Fields {
		if wraps := in.Fields[i].Type.Wraps; !in.union && len(wraps) > 0 && wraps[0] == numbers.Dict {
			in.ns.take(names.live[i].With("entry").Key(), codegen.Origin{}) // protobuf declares it for maps
		}
	}
	reserved := 0
	for _, at := range order {
		member, name := in.member(at), names.live[at]
		for ; reserved < len(in.Reserved) && in.Reserved[reserved].Number < member.Number; reserved++ {
			in.reserve(in.Reserved[reserved], names.gone[reserved])
		}
		fld := in.field(member, name)
		fld.number, fld.name = member.Number, name.Snake()
		fld.jsonName = in.jsonName(member, fld.name)
		in.message.fields = append(in.message.fields, fld)
	}
	if n := len(order); n > 0 && in.Fields[order[n-1]].Kind == numbers.Extra {
		slices.SortFunc(in.message.fields, func(a, b field) int { return a.number - b.number })
	}
}

// reserve takes the names of the types that a number had which is not in use now,
// so that no other type appears under a name that readers know.
func (in *inside) reserve(e numbers.Entry, name naming.Name) {
	t := e.Kind.Type()
	for i, wrap := range t.Wraps {
		if i > 0 || in.union {
			in.ns.typeName(name, codegen.Origin{})
		}
		name = name.With(suffix(wrap))
	}
	if t.Scoped() && t.Definition == "" {
		in.ns.typeName(name, codegen.Origin{})
	}
}

// suffix is what the name of a type says about the layer that it stands in.
func suffix(w numbers.Wrap) string {
	if w == numbers.List {
		return "item"
	}
	return "value"
}

// jsonName is the contract's name where protobuf would derive another one from the field's.
func (in *inside) jsonName(m member, field string) string {
	if derived(m.Field) || derives(field, m.Name) {
		return ""
	}
	return m.Name
}

// field decides label, type and documentation of a property or variant.
func (in *inside) field(member member, name naming.Name) field {
	doc := in.memberDoc(member.at)
	out := field{doc: doc.lines, deprecated: doc.deprecated}
	if member.Kind == numbers.Extra {
		out.typ = in.google("Struct")
		out.doc = []string{"Members that the contract does not declare."}
		return out
	}
	wraps := member.Type.Wraps
	switch {
	case in.union:
		out.typ = in.element(member, name, wraps)
	case len(wraps) == 0:
		out.typ = in.leaf(member, name)
		if mayBeAbsent(member.Property) && !in.isMessage(member.Type) {
			out.label = "optional "
		}
	default:
		out.label, out.typ = in.layer(member, name, wraps)
	}
	out.rules = in.rules(member.Field)
	return out
}

func mayBeAbsent(p *contracts.Property) bool { return !p.Required || p.Schema.AcceptsNull() }

// isMessage reports whether a type tells by itself whether it is there.
func (f *file) isMessage(t numbers.Type) bool {
	switch t.Leaf {
	case numbers.Message, numbers.Union, numbers.Struct, numbers.Any:
		return true
	case numbers.Timestamp:
		return !f.config.stringTimestamps
	}
	return false
}

// layer is the label and type of a field whose outermost layer is a list or map.
func (in *inside) layer(member member, name naming.Name, wraps []numbers.Wrap) (label, typ string) {
	if wraps[0] == numbers.Dict {
		return "", "map<string, " + in.element(member, name.With(suffix(wraps[0])), wraps[1:]) + ">"
	}
	return "repeated ", in.element(member, name.With(suffix(wraps[0])), wraps[1:])
}

// element is the type of one value: a leaf, or a message around the layers that
// protobuf cannot nest.
func (in *inside) element(member member, name naming.Name, wraps []numbers.Wrap) string {
	if len(wraps) == 0 {
		return in.leaf(member, name)
	}
	w := &message{name: in.ns.typeName(name, member.of)}
	in.message.types = append(in.message.types, w)
	value := field{number: 1, name: "values"}
	if wraps[0] == numbers.Maybe {
		value.name = "value"
		w.doc = []string{"No value stands for null."}
		value.typ = in.element(member, name.With(suffix(wraps[0])), wraps[1:])
		if len(wraps) == 1 && !in.isMessage(member.Type) {
			value.label = "optional "
		}
	} else {
		value.label, value.typ = in.layer(member, name, wraps)
	}
	w.fields = []field{value}
	return w.name
}

// leaf is the type of a value without layers. A type that is written in place is
// declared in the message.
func (in *inside) leaf(member member, name naming.Name) string {
	t := member.Type
	switch t.Leaf {
	case numbers.Timestamp:
		if in.config.stringTimestamps {
			return "string"
		}
		return in.google("Timestamp")
	case numbers.Any:
		return in.google("Value")
	case numbers.Struct:
		return in.google("Struct")
	case numbers.Message, numbers.Enum, numbers.Union:
		if t.Definition != "" {
			return in.definitions[member.Scope.Key]
		}
		return in.declareLeaf(member.Scope, name)
	}
	return string(t.Leaf)
}

// maxNesting is how deep messages stand inside of each other. Protobuf allows 31;
// people lose track before.
const maxNesting = 16

// declareLeaf declares a type that is written in place: inside the message, or
// beside the event's message when that would be too deep.
func (in *inside) declareLeaf(s *numbers.Scope, name naming.Name) string {
	of := in.file.shape(s).origin()
	if chosen, ok := renamedType(of); ok {
		name = chosen
	}
	if in.ns.depth < maxNesting {
		typ := in.ns.typeName(name, of)
		in.message.types = append(in.message.types, in.scope(s, typ, in.ns))
		return typ
	}
	name = naming.Of(in.message.name).Join(name)
	for in.ns.shadows(name.Key()) {
		name = name.With("type")
	}
	typ := in.top.typeName(name, of)
	in.deep = append(in.deep, in.scope(s, typ, in.top))
	return typ
}

// google is a well-known type, imported.
func (f *file) google(typ string) string {
	from := "google/protobuf/struct.proto"
	if typ == "Timestamp" {
		from = "google/protobuf/timestamp.proto"
	}
	f.importFile(from)
	name := "google.protobuf." + typ
	for part := range strings.SplitSeq(f.packageName, ".") {
		if part == "google" {
			return "." + name // or else it would be looked for inside our own package
		}
	}
	return name
}

// importFile imports a file, once.
func (f *file) importFile(path string) {
	if !slices.Contains(f.imports, path) {
		f.imports = append(f.imports, path)
	}
}

// enum declares a closed list of strings. Its values live beside it.
func (f *file) enum(s shape, name string, outer *namespace) *enum {
	doc := s.doc()
	prefix := valuePrefix(name)
	e := &enum{name: name, doc: doc.lines, deprecated: doc.deprecated, zero: outer.value(prefix+unspecified.UpperSnake(), 0, codegen.Origin{})}
	order := s.byNumber()
	names := f.nameValues(s, order)
	e.values = make([]field, 0, len(order))
	for _, at := range order {
		member, doc := s.member(at), s.memberDoc(at)
		text := names.live[at].UpperSnake()
		if text != strings.ToUpper(member.Name) {
			doc.lines = append([]string{fmt.Sprintf("In JSON: %s.", quote(member.Name))}, doc.lines...)
		}
		e.values = append(e.values, field{number: member.Number, name: outer.value(prefix+text, member.Number, member.of), doc: doc.lines, deprecated: doc.deprecated})
	}
	for _, entry := range s.Reserved {
		e.reserved = append(e.reserved, entry.Number)
	}
	for _, text := range names.reserved {
		e.names = append(e.names, prefix+text)
	}
	return e
}
