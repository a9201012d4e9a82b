package codegen

import (
	"cmp"
	"slices"
	"strings"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/naming"
)

// Sieve finds the contracts among which names may clash, in a fraction of the time that
// naming everything takes. It looks at names without case and separators and takes
// whatever might meet for a clash, so that the clashes in a model of its Suspects are
// those in a model of all contracts.
type Sieve struct {
	affixes  [2][]affix         // around the names of events, and of other types
	tails    []string           // behind the names of variants
	reserved [3]map[string]bool // by keys: what generated code has itself; see kindOf
	opaque   bool               // see Sound

	keys     map[string]string // of names, by their text
	values   map[string]string // of values of enums, by their JSON text
	roots    map[string][]*contracts.Contract
	users    map[*contracts.Contract][]*contracts.Contract // events, by what they use
	owners   map[uint64]*contracts.Contract                // of identifiers of types, by hashes
	units    map[string]*contracts.Contract                // of files
	suspects map[*contracts.Contract]bool

	current *contracts.Contract
	depth   int      // of the object that is looked at
	rest    []member // room for lists
	sorted  []member // room for one list
	around  []string // keys of what has types, of the objects around
}

// affix is what a target writes around the name of a type.
type affix struct{ before, behind string }

// member is a property, a value or a variant.
type member struct {
	key    string
	schema *contracts.Schema // nil for values
}

// NewSieve learns from the jobs what they write around names, and what they have
// themselves. probe is a model of one event with types of all kinds, whose names occur
// nowhere else.
func NewSieve(jobs []Job, probe *Model) *Sieve {
	s := &Sieve{
		reserved: [3]map[string]bool{{}, {}, {}}, keys: map[string]string{}, values: map[string]string{}, roots: map[string][]*contracts.Contract{},
		users: map[*contracts.Contract][]*contracts.Contract{}, owners: map[uint64]*contracts.Contract{},
		units: map[string]*contracts.Contract{}, suspects: map[*contracts.Contract]bool{},
	}
	for _, job := range jobs {
		s.learn(job, probe)
	}
	return s
}

// Kinds of scopes.
const (
	ofMembers = iota // of one object, union or enum
	ofTypes
	ofFiles
)

func (s *Sieve) learn(job Job, probe *Model) {
	kinds, reserved := map[*Scope]int{}, map[*Scope][]string{}
	reserve := func(scope *Scope, identifier string) { reserved[scope] = append(reserved[scope], identifier) }
	job.Names(probe, &Names{reserve: reserve, Visit: func(scope *Scope, identifier string, of Origin) {
		switch {
		case of == Origin{}:
			reserve(scope, identifier)
		case scope.OfFiles():
			kinds[scope] = ofFiles
		case of.What() == "property" || of.What() == "enum value":
		case of.Variant != nil:
			_, tail, _ := strings.Cut(keyOfIdentifier(identifier), of.Variant.Name.Key())
			s.tails = addNew(s.tails, tail)
		default:
			kinds[scope] = ofTypes
			s.affix(identifier, of.Type)
		}
	}})
	for scope, list := range reserved {
		for _, identifier := range list {
			s.reserved[kinds[scope]][keyOfIdentifier(identifier)] = true
		}
	}
}

// affix learns what stands around the name of a type. Types that are named within another
// one have only the last part of their name; events always have all of it.
func (s *Sieve) affix(identifier string, t *Type) {
	kind := 1
	if t.Event != nil {
		kind = 0
	}
	before, behind, found := strings.Cut(keyOfIdentifier(identifier), t.Name.Key())
	if found {
		s.affixes[kind] = addNew(s.affixes[kind], affix{before, behind})
	} else if kind == 0 {
		s.opaque = true
	}
}

// Sound reports whether the jobs write the names of events whole. Otherwise nothing can be
// told from those.
func (s *Sieve) Sound() bool { return !s.opaque }

func addNew[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

// keyOfIdentifier is the key of the name that an identifier is made of.
func keyOfIdentifier(identifier string) string {
	if strings.ContainsAny(identifier, "_-") {
		identifier = strings.NewReplacer("_", "", "-", "").Replace(identifier)
	}
	return strings.ToLower(identifier)
}

// key is that of a name as properties, events and definitions have it.
func (s *Sieve) key(text string) string {
	key, known := s.keys[text]
	if !known {
		key = naming.Of(text).Key()
		s.keys[text] = key
	}
	return key
}

// Sift looks at all contracts of a workspace, which are linked and not broken.
func (s *Sieve) Sift(all []*contracts.Contract) {
	for _, c := range all {
		s.root(c.Name, c)
		if c.CodeName != "" {
			s.root(c.CodeName, c)
		}
		for _, d := range c.Definitions {
			if d.Local {
				s.root(d.Name, c)
			}
		}
	}
	s.owners = make(map[uint64]*contracts.Contract, len(all)*identifiersOfContract)
	s.findUsers(all)
	s.enumDefinitions(all)
	for _, c := range all {
		s.contract(c)
	}
}

// identifiersOfContract is about how many the types of a contract have.
const identifiersOfContract = 24

// root notes who declares something that is named for itself.
func (s *Sieve) root(name string, c *contracts.Contract) {
	key := s.key(name)
	s.roots[key] = addNew(s.roots[key], c)
}

// findUsers finds the events that need each contract; an event needs itself.
func (s *Sieve) findUsers(all []*contracts.Contract) {
	definitions, fragments := map[*contracts.Schema]*contracts.Contract{}, map[string]*contracts.Contract{}
	for _, c := range all {
		switch c.Kind {
		case contracts.Definition:
			definitions[c.Payload] = c
		case contracts.Fragment:
			fragments[c.Name] = c
		}
	}
	for _, e := range all {
		if e.Kind != contracts.Event {
			continue
		}
		s.users[e] = []*contracts.Contract{e}
		for _, d := range e.Definitions {
			if c := definitions[d.Schema]; c != nil {
				s.users[c] = append(s.users[c], e)
			}
		}
		for _, include := range e.Include {
			if c := fragments[include.Name]; c != nil {
				s.users[c] = append(s.users[c], e)
			}
		}
	}
}

// suspect takes a contract with one event that needs it.
func (s *Sieve) suspect(list ...*contracts.Contract) {
	for _, c := range list {
		if users := s.users[c]; len(users) > 0 {
			s.suspects[users[0]] = true
		}
	}
}

// meet takes the first event that needs both contracts, if there is one.
func (s *Sieve) meet(a, b *contracts.Contract) {
	for _, e := range s.users[a] {
		if slices.Contains(s.users[b], e) {
			s.suspects[e] = true
			return
		}
	}
}

// enumDefinitions compares the definitions that are enums: where values stand beside their
// types, those of one may be called as those of another whose name goes on.
func (s *Sieve) enumDefinitions(all []*contracts.Contract) {
	type named struct {
		member
		in *contracts.Contract
	}
	var list []named
	add := func(name string, schema *contracts.Schema, c *contracts.Contract) {
		if schema.Enum != nil {
			list = append(list, named{member{key: s.key(name), schema: schema}, c})
		}
	}
	for _, c := range all {
		if c.Kind == contracts.Definition {
			add(c.Name, c.Payload, c)
		}
		for _, d := range c.Definitions {
			if d.Local {
				add(d.Name, d.Schema, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b named) int { return strings.Compare(a.key, b.key) })
	for i, a := range list {
		for _, b := range list[i+1:] {
			if !strings.HasPrefix(b.key, a.key) {
				break
			}
			s.meet(a.in, b.in)
		}
	}
}

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
			key := s.key(c.Name) + s.key(d.Name)
			s.typeName(1, key)
			s.body(d.Schema, key)
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

// Owner is the contract for whose types some target may use an identifier, or nil.
func (s *Sieve) Owner(identifier string) *contracts.Contract {
	return s.owners[hashOf(keyOfIdentifier(identifier))]
}

// Users are the events that need a contract; an event needs itself.
func (s *Sieve) Users(c *contracts.Contract) []*contracts.Contract { return s.users[c] }

// Suspects are events that together have all names that may clash, in the order of all.
func (s *Sieve) Suspects(all []*contracts.Contract) []*contracts.Contract {
	var list []*contracts.Contract
	for _, c := range all {
		if s.suspects[c] {
			list = append(list, c)
		}
	}
	return list
}
