package codegen

import (
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
