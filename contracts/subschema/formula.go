package subschema

import (
	"encoding/binary"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/evctl/evctl/contracts/subschema/regular"
)

// A formula stands for a set of JSON values. Formulas live in a space, which gives
// equal ones the same number; the negative number is the complement. So a formula
// and its negation are recognised at sight, however far apart they were written.
type formula int32

const (
	always formula = 1
	never  formula = -always
)

func (f formula) index() int {
	if f < 0 {
		return int(-f)
	}
	return int(f)
}

// op is what a formula says. Apart from the connectives and opIs, opEnum, each op
// speaks about values of one kind only and holds for all values of other kinds, as the
// keywords of JSON Schema do.
type op uint8

const (
	opTrue        op = iota
	opAnd            // all of kids
	opOne            // one of kids and no more
	opRef            // the definition number count
	opOpaque         // something that is not understood: text says what
	opIs             // the value is of one of kinds
	opEnum           // the value is one of values
	opMin            // number: at least bound, or above it if strict
	opMax            // number: at most bound, or below it if strict
	opMultiple       // number: a multiple of bound
	opMinLength      // string: count code points or more
	opMaxLength      // string: count code points or fewer
	opLanguage       // string: a word of language
	opNames          // object: under every name that satisfies kids[0] stands a value that satisfies kids[1]
	opMinMembers     // object: count members or more
	opMaxMembers     // object: count members or fewer
	opItems          // array: every item from position count to before end satisfies kids[0]; end < 0 is no end
	opMinContains    // array: count items or more satisfy kids[0]
	opMaxContains    // array: count items or fewer satisfy kids[0]
	opMinItems       // array: count items or more
	opMaxItems       // array: count items or fewer
	opUnique         // array: no two items are equal
)

// kindsOf says which kind of value an op speaks about.
var kindsOf = map[op]kind{
	opMin: kindNumber, opMax: kindNumber, opMultiple: kindNumber,
	opMinLength: kindString, opMaxLength: kindString, opLanguage: kindString,
	opNames: kindObject, opMinMembers: kindObject, opMaxMembers: kindObject,
	opItems: kindArray, opMinContains: kindArray, opMaxContains: kindArray,
	opMinItems: kindArray, opMaxItems: kindArray, opUnique: kindArray,
}

// node is a formula with a positive number.
type node struct {
	op       op
	kinds    kind
	strict   bool
	count    int
	end      int
	kids     []formula
	bound    *big.Rat
	text     string // the source of a language, or why a formula is opaque
	language *regular.Language
	values   []value
	keys     map[string]bool // of values
}

// space holds formulas and the definitions that they refer to.
type space struct {
	nodes    []node
	known    map[string]formula
	bodies   []formula // of definitions, by number
	simple   map[restriction]formula
	explicit map[formula][]string
	buffer   []byte
	unknowns int // opaque formulas so far
}

type restriction struct {
	f formula
	k kind
}

func newSpace() *space {
	return &space{
		nodes:    []node{{}, {op: opTrue}}, // number 0 is no formula
		known:    map[string]formula{},
		simple:   map[restriction]formula{},
		explicit: map[formula][]string{},
	}
}

func (s *space) at(f formula) *node { return &s.nodes[f.index()] }

// add gives a node its number: the known one when there is an equal node already.
func (s *space) add(n node) formula {
	b := append(s.buffer[:0], byte(n.op), byte(n.kinds))
	if n.strict {
		b = append(b, 1)
	}
	b = binary.AppendVarint(binary.AppendVarint(b, int64(n.count)), int64(n.end))
	for _, kid := range n.kids {
		b = binary.AppendVarint(b, int64(kid))
	}
	if n.bound != nil {
		b = append(b, n.bound.RatString()...)
	}
	b = append(b, n.text...)
	for _, key := range sortedKeys(n.keys) {
		b = append(strconv.AppendInt(b, int64(len(key)), 10), key...)
	}
	s.buffer = b
	if f, ok := s.known[string(b)]; ok {
		return f
	}
	f := formula(len(s.nodes))
	s.nodes = append(s.nodes, n)
	s.known[string(b)] = f
	return f
}

func sortedKeys(m map[string]bool) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// and is the conjunction; it flattens, and sees what contradicts itself.
func (s *space) and(list ...formula) formula {
	var kids []formula
	for _, f := range list {
		switch {
		case f == never:
			return never
		case f == always:
		case f > 0 && s.at(f).op == opAnd:
			kids = append(kids, s.at(f).kids...)
		default:
			kids = append(kids, f)
		}
	}
	slices.Sort(kids)
	kids = slices.Compact(kids)
	for _, f := range kids {
		if f >= 0 {
			break
		}
		if _, found := slices.BinarySearch(kids, -f); found {
			return never
		}
	}
	switch len(kids) {
	case 0:
		return always
	case 1:
		return kids[0]
	}
	return s.add(node{op: opAnd, kids: kids})
}

// or is the disjunction.
func (s *space) or(list ...formula) formula {
	negated := make([]formula, len(list))
	for i, f := range list {
		negated[i] = -f
	}
	return -s.and(negated...)
}

// one holds where exactly one of a list does. What stands twice counts twice.
func (s *space) one(list ...formula) formula {
	kids := slices.DeleteFunc(slices.Clone(list), func(f formula) bool { return f == never })
	if i := slices.Index(kids, always); i >= 0 {
		others := slices.Delete(kids, i, i+1)
		for j, f := range others {
			others[j] = -f
		}
		return s.and(others...)
	}
	switch len(kids) {
	case 0:
		return never
	case 1:
		return kids[0]
	}
	slices.Sort(kids)
	return s.add(node{op: opOne, kids: kids})
}

// written is one of kids in terms of the other connectives.
func (s *space) written(kids []formula) formula {
	exactly := make([]formula, len(kids))
	for i := range kids {
		all := make([]formula, len(kids))
		for j, f := range kids {
			all[j] = -f
		}
		all[i] = kids[i]
		exactly[i] = s.and(all...)
	}
	return s.or(exactly...)
}

// implies holds where f does not, or g does too.
func (s *space) implies(f, g formula) formula { return -s.and(f, -g) }

func (s *space) is(k kind) formula {
	switch k & anyKind {
	case 0:
		return never
	case anyKind:
		return always
	}
	// One of a set of kinds and its complement has a number.
	if k&kindNull != 0 {
		return -s.add(node{op: opIs, kinds: anyKind &^ k})
	}
	return s.add(node{op: opIs, kinds: k})
}

func (s *space) enum(values ...value) formula {
	n := node{op: opEnum, keys: map[string]bool{}}
	for _, v := range values {
		key := keyOf(v)
		if !n.keys[key] {
			n.keys[key] = true
			n.values = append(n.values, v)
			n.kinds |= kindOf(v)
		}
	}
	if len(n.values) == 0 {
		return never
	}
	return s.add(n)
}

// name is the set of the one string, as the first kid of opNames.
func (s *space) name(name string) formula { return s.enum(name) }

// names is the formula that under every name of a set stands a value that satisfies f.
func (s *space) names(set, f formula) formula {
	if set == never || f == always {
		return always
	}
	return s.add(node{op: opNames, kids: []formula{set, f}})
}

// has is the formula that an object has a member of that name. It holds for what
// is no object.
func (s *space) has(name string) formula {
	return s.or(-s.is(kindObject), -s.names(s.name(name), never))
}

// lacks is the formula that an object has no member of that name.
func (s *space) lacks(name string) formula { return s.names(s.name(name), never) }

// items is the formula that the items of a range of positions satisfy f.
func (s *space) items(from, end int, f formula) formula {
	if f == always || end >= 0 && from >= end {
		return always
	}
	return s.add(node{op: opItems, count: from, end: end, kids: []formula{f}})
}

func (s *space) counted(o op, count int) formula {
	switch {
	case (o == opMinLength || o == opMinMembers || o == opMinItems) && count <= 0:
		return always
	case count < 0:
		return -s.is(kindsOf[o])
	}
	return s.add(node{op: o, count: count})
}

// opaque is a set that nothing is known about, not even whether it equals another one.
func (s *space) opaque(why string) formula {
	s.unknowns++
	return s.add(node{op: opOpaque, text: why, count: s.unknowns})
}

// opaqueSource is a set of which only the source is known: the same source is the same set.
func (s *space) opaqueSource(why string, source value) formula {
	return s.add(node{op: opOpaque, text: why, values: []value{source}, keys: map[string]bool{keyOf(source): true}})
}

// define makes room for a definition whose body comes later.
func (s *space) define() (number int, ref formula) {
	s.bodies = append(s.bodies, 0)
	number = len(s.bodies) - 1
	return number, s.add(node{op: opRef, count: number})
}

// restrict is what remains of a formula for values of one kind: ops of other kinds
// are gone, and references on the way are followed.
func (s *space) restrict(f formula, k kind) formula {
	if f < 0 {
		return -s.restrict(-f, k)
	}
	if f == always {
		return f
	}
	at := restriction{f, k}
	if g, ok := s.simple[at]; ok {
		return g
	}
	g := s.restricted(f, k)
	s.simple[at] = g
	return g
}

func (s *space) restricted(f formula, k kind) formula {
	n := *s.at(f)
	switch n.op {
	case opAnd:
		kids := make([]formula, len(n.kids))
		for i, kid := range n.kids {
			kids[i] = s.restrict(kid, k)
		}
		return s.and(kids...)
	case opOne:
		kids := make([]formula, len(n.kids))
		for i, kid := range n.kids {
			kids[i] = s.restrict(kid, k)
		}
		return s.one(kids...)
	case opRef:
		return s.restrict(s.bodies[n.count], k)
	case opIs:
		if n.kinds&k != 0 {
			return always
		}
		return never
	case opEnum:
		if n.kinds&^k == 0 {
			return f
		}
		return s.enum(slices.DeleteFunc(slices.Clone(n.values), func(v value) bool { return kindOf(v) != k })...)
	case opOpaque:
		return f
	}
	if kindsOf[n.op] != k {
		return always
	}
	return f
}

// String prints a formula for tests and for whoever debugs the engine.
func (s *space) String(f formula) string { return s.print(f, 6) }

func (s *space) print(f formula, depth int) string {
	sign := ""
	if f < 0 {
		sign = "¬"
	}
	n := s.at(f)
	if depth == 0 {
		return sign + "…"
	}
	var kids []string
	for _, kid := range n.kids {
		kids = append(kids, s.print(kid, depth-1))
	}
	body := map[op]string{
		opTrue: "⊤", opAnd: "∧", opOne: "one", opRef: "ref", opOpaque: "opaque", opIs: "is", opEnum: "enum", opMin: "min", opMax: "max",
		opMultiple: "multiple", opMinLength: "minLength", opMaxLength: "maxLength", opLanguage: "language", opNames: "names",
		opMinMembers: "minMembers", opMaxMembers: "maxMembers", opItems: "items", opMinContains: "minContains",
		opMaxContains: "maxContains", opMinItems: "minItems", opMaxItems: "maxItems", opUnique: "unique",
	}[n.op]
	switch {
	case n.op == opIs:
		body += strconv.FormatUint(uint64(n.kinds), 2)
	case n.op == opEnum:
		body += string(writeValue(n.values))
	case n.bound != nil:
		body += n.bound.RatString()
	case n.text != "":
		body += n.text
	case n.op != opAnd && n.op != opTrue:
		body += strconv.Itoa(n.count)
	}
	if len(kids) > 0 {
		body += "(" + strings.Join(kids, " ") + ")"
	}
	return sign + body
}
