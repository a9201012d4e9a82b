package regular

import "math"

// product is automata that read the same word. Its nodes, a state of each automaton,
// are found as far as a search goes, and numbered as they are found.
type product struct {
	languages []*Language
	automata  []*automaton
	in        int // so many of them must accept, the others must not
	letters   *shared
	budget    Budget
	enough    int  // so many nodes are reason to look whether there are too many
	threaded  bool // give up with errExploded when there are too many sets of threads

	nodes  []productNode
	states []*state // those of node i start at i*len(automata)
	table  []int32  // finds nodes by their states: a number plus one, or 0 for free
	edges  []edge
	tuple  []*state
	round  int32
}

type productNode struct {
	first, last int32 // its edges
	expanded    bool
	accepts     bool
	round       int32 // when it was last seen, for those who need each node once
	slot        int32 // and what they keep of it
}

// edge leads to another node. Several may lead to the same one.
type edge struct {
	to, class int32 // the first class that leads there
	weight    int   // how many characters do
}

// Bounds of the memory of a search.
const (
	maxNodes = 1 << 21
	maxEdges = 1 << 23
)

func newProduct(in, out []*Language, b Budget) *product {
	n := len(in) + len(out)
	p := &product{
		in: len(in), budget: b, enough: fewNodes, table: make([]int32, 64),
		languages: append(append(make([]*Language, 0, n), in...), out...),
		automata:  make([]*automaton, n),
		nodes:     make([]productNode, 0, 8), states: make([]*state, 0, 8*n), tuple: make([]*state, n),
	}
	alphabets := make([]*alphabet, n, n+1)
	for i, l := range p.languages {
		p.automata[i] = l.automaton()
		alphabets[i] = p.automata[i].letters()
	}
	if len(alphabets) == 0 {
		alphabets = append(alphabets, oneClass)
	}
	p.letters = share(alphabets)
	return p
}

// oneClass is the alphabet of no automata.
var oneClass, _ = newAlphabet(nil, 0)

func (p *product) release() {
	for i, l := range p.languages {
		l.release(p.automata[i])
	}
}

// start is the node that the empty word reaches; ok is false if no word is accepted.
func (p *product) start() (node int32, ok bool) {
	for i, a := range p.automata {
		p.tuple[i] = a.first
		if p.hopeless(i, a.first) {
			return 0, false
		}
	}
	return p.add(), true
}

// hopeless reports whether no word is accepted if automaton i is in the state.
func (p *product) hopeless(i int, s *state) bool {
	if i < p.in {
		return s.verdict&nothing != 0
	}
	return s.verdict&all != 0
}

// add finds the node of p.tuple, or makes one.
func (p *product) add() int32 {
	slot := p.slot(p.tuple)
	if n := p.table[slot]; n != 0 {
		return n - 1
	}
	node := productNode{accepts: true}
	for i, s := range p.tuple {
		if (s.verdict&accepts != 0) != (i < p.in) {
			node.accepts = false
		}
	}
	n := int32(len(p.nodes))
	p.nodes = append(p.nodes, node)
	p.states = append(p.states, p.tuple...)
	p.table[slot] = n + 1
	if 2*len(p.nodes) > len(p.table) {
		p.grow()
	}
	return n
}

// slot is where the table has these states, or where they belong.
func (p *product) slot(tuple []*state) int {
	h := uint64(len(tuple))
	for _, s := range tuple {
		h = (h ^ uint64(s.number)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	mask := len(p.table) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		if n := p.table[i]; n == 0 || p.equal(n-1, tuple) {
			return i
		}
	}
}

func (p *product) equal(node int32, tuple []*state) bool {
	at := int(node) * len(tuple)
	for i, s := range tuple {
		if p.states[at+i] != s {
			return false
		}
	}
	return true
}

func (p *product) grow() {
	p.table = make([]int32, 2*len(p.table))
	for n := range p.nodes {
		at := n * len(p.tuple)
		p.table[p.slot(p.states[at:at+len(p.tuple)])] = int32(n) + 1
	}
}

// newRound forgets which nodes were seen.
func (p *product) newRound() {
	p.round++
}

// see marks a node with what is kept of it, and reports whether it was not seen in
// this round.
func (p *product) see(node, slot int32) bool {
	n := &p.nodes[node]
	if n.round == p.round {
		return false
	}
	n.round, n.slot = p.round, slot
	return true
}

// edgesOf finds the edges of a node. They are valid until the next call.
func (p *product) edgesOf(node int32) ([]edge, error) {
	if n := &p.nodes[node]; n.expanded {
		return p.edges[n.first:n.last], p.budget.Spend(1)
	}
	if p.threaded && p.exploded() {
		return nil, errExploded
	}
	first := len(p.edges)
	cost := 0
	for class := range p.letters.size {
		to, spent, ok := p.step(node, class)
		if cost += spent; spent < 0 || len(p.nodes) > maxNodes || len(p.edges) > maxEdges {
			return nil, ErrBudget
		}
		if cost > spendEvery {
			if err := p.budget.Spend(cost); err != nil {
				return nil, err
			}
			cost = 0
		}
		if ok {
			p.connect(first, to, int32(class))
		}
	}
	n := &p.nodes[node]
	n.first, n.last, n.expanded = int32(first), int32(len(p.edges)), true
	return p.edges[first:], p.budget.Spend(cost)
}

// connect adds a class to the edges that begin at first.
func (p *product) connect(first int, to, class int32) {
	weight := p.letters.weight[class]
	for i := len(p.edges) - 1; i >= first && i >= len(p.edges)-8; i-- {
		if p.edges[i].to == to {
			p.edges[i].weight += weight
			return
		}
	}
	p.edges = append(p.edges, edge{to: to, class: class, weight: weight})
}

// step is the node that follows, if there is hope behind it. A negative cost says that
// an automaton is full.
func (p *product) step(node int32, class int) (to int32, cost int, ok bool) {
	n := len(p.automata)
	cost = 1 + n
	for i, a := range p.automata {
		s, spent := a.follow(p.states[int(node)*n+i], p.letters.of[class*n+i])
		if s == nil {
			return 0, math.MinInt32, false
		}
		cost += spent
		if p.hopeless(i, s) {
			return 0, cost, false
		}
		p.tuple[i] = s
	}
	return p.add(), cost, true
}
