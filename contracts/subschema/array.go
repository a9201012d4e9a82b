package subschema

import (
	"slices"
)

// items is what the constraints on arrays say together.
type items struct {
	search
	rules            []span
	wanted           []span // items that must exist; those of atLeast come as often as they must
	atMost           []quota
	low, high        int
	unique, repeated bool
	tail             int // from this position on, all rules speak about every item
	length           int // of the array that is being made
}

// span speaks about the items from one position to before another; end < 0 is no end.
type span struct {
	from, end int
	value     formula
	counted   bool // a further item like this must be another one
}

func (r span) covers(i int) bool { return i >= r.from && (r.end < 0 || i < r.end) }

// quota is how many items may satisfy a formula.
type quota struct {
	value formula
	count int
}

// cell is the value of one item, or of two that must be equal.
type cell struct {
	value   formula
	size    int
	counted []formula // spans that it was counted for, once per item
}

// slots are the items of the array that is being made, by position: numbers of cells.
type slots struct {
	at    []int
	cells []cell
}

func (x slots) clone() slots {
	cells := slices.Clone(x.cells)
	for i := range cells {
		cells[i].counted = slices.Clip(cells[i].counted)
	}
	return slots{x.at, cells}
}

// maxDemands bounds the items that are looked for one by one.
const maxDemands = 64

// array is the theory of arrays.
func (s *solver) array(facts []formula) answer {
	m := &items{search: search{s: s, rests: restsOnNothing}, high: maxCount}
	for _, f := range facts {
		m.read(s.at(f), f > 0)
	}
	m.shorten()
	if m.low > m.high || m.unique && m.repeated {
		return m.failed()
	}
	last := min(m.high, max(m.low, m.tail+len(m.wanted)+m.extra()))
	if m.low > maxParts || len(m.wanted) > maxDemands {
		m.undecided("a number of items in the thousands, or many that contains asks for")
		return m.failed()
	}
	for m.length = m.low; m.length <= last; m.length++ {
		if a, ok := m.ofLength(); ok {
			return a
		}
	}
	return m.failed()
}

func (m *items) extra() int {
	if m.repeated {
		return 2
	}
	return 0
}

func (m *items) read(n *node, positive bool) {
	switch {
	case n.op == opMinItems && positive:
		m.low = max(m.low, n.count)
	case n.op == opMinItems:
		m.high = min(m.high, n.count-1)
	case n.op == opMaxItems && positive:
		m.high = min(m.high, n.count)
	case n.op == opMaxItems:
		m.low = max(m.low, n.count+1)
	case n.op == opUnique && positive:
		m.unique = true
	case n.op == opUnique:
		m.repeated = true
	case n.op == opItems && positive:
		m.rules = append(m.rules, span{from: n.count, end: n.end, value: n.kids[0]})
		m.tail = max(m.tail, n.count, n.end)
	case n.op == opItems:
		m.wanted = append(m.wanted, span{from: n.count, end: n.end, value: -n.kids[0]})
		m.tail = max(m.tail, n.count, n.end)
	case n.op == opMinContains && positive:
		m.atLeast(n.kids[0], n.count)
	case n.op == opMinContains:
		m.limit(n.kids[0], n.count-1)
	case n.op == opMaxContains && positive:
		m.limit(n.kids[0], n.count)
	case n.op == opMaxContains:
		m.atLeast(n.kids[0], n.count+1)
	}
}

func (m *items) atLeast(f formula, count int) {
	for range min(count, maxDemands+1) {
		m.wanted = append(m.wanted, span{end: -1, value: f, counted: true})
	}
	m.low = max(m.low, count)
}

func (m *items) limit(f formula, count int) {
	if count == 0 {
		m.rules = append(m.rules, span{end: -1, value: -f})
		return
	}
	m.atMost = append(m.atMost, quota{f, count})
}

// ruling is what the rules ask of the item at a position.
func (m *items) ruling(i int) formula {
	var all []formula
	for _, r := range m.rules {
		if r.covers(i) {
			all = append(all, r.value)
		}
	}
	return m.s.and(all...)
}

// shorten finds the first position that no item can have.
func (m *items) shorten() {
	for i := 0; i <= min(m.tail, maxParts) && i < m.high; i++ {
		a, _ := m.try(m.ruling(i))
		if a.state == no {
			m.high = i
			return
		}
	}
}

// ofLength looks for an array of one length.
func (m *items) ofLength() (answer, bool) {
	x := slots{at: make([]int, m.length), cells: make([]cell, m.length)}
	for i := range x.at {
		x.at[i] = i
		x.cells[i] = cell{value: m.ruling(min(i, m.tail)), size: 1}
	}
	if !m.repeated {
		return m.place(0, x)
	}
	for i := 0; i < m.length && i <= m.tail; i++ {
		for j := i + 1; j < m.length && j <= m.tail+1; j++ {
			twins := x.clone()
			twins.at = slices.Clone(x.at)
			twins.at[j] = i
			twins.cells[i] = cell{value: m.s.and(x.cells[i].value, x.cells[j].value), size: 2}
			twins.cells[j].size = 0
			if _, ok := m.try(twins.cells[i].value); !ok {
				continue
			}
			if a, ok := m.place(0, twins); ok {
				return a, true
			}
		}
	}
	return answer{}, false
}

// place finds an item for every wanted one from number i on.
func (m *items) place(i int, x slots) (answer, bool) {
	m.s.spend(1)
	if i == len(m.wanted) {
		return m.ration(0, 0, 0, x)
	}
	want := m.wanted[i]
	tried := map[formula]bool{}
	for position := want.from; position < m.length && (want.end < 0 || position < want.end); position++ {
		c := x.at[position]
		old := x.cells[c]
		if want.counted && used(old, want.value) {
			continue
		}
		f := m.s.and(old.value, want.value)
		if position >= m.tail && old.size == 1 && len(old.counted) == 0 {
			// Items of the tail are alike until something is asked of them.
			if tried[f] {
				continue
			}
			tried[f] = true
		}
		if _, ok := m.try(f); !ok {
			continue
		}
		next := x.clone()
		next.cells[c].value = f
		if want.counted {
			next.cells[c].counted = append(next.cells[c].counted, want.value)
		}
		if a, ok := m.place(i+1, next); ok {
			return a, true
		}
	}
	return answer{}, false
}

// used reports whether every item of a cell was counted for a formula.
func used(c cell, f formula) bool {
	n := 0
	for _, g := range c.counted {
		if g == f {
			n++
		}
	}
	return n >= c.size
}

// ration keeps to the quotas from number q on: the cells from number i on satisfy the
// formula of the quota or do not; so far, count of them do.
func (m *items) ration(q, i, count int, x slots) (answer, bool) {
	if q == len(m.atMost) {
		return m.build(x)
	}
	if i == len(x.cells) {
		return m.ration(q+1, 0, 0, x)
	}
	m.s.spend(1)
	c, limit := x.cells[i], m.atMost[q]
	if c.size == 0 {
		return m.ration(q, i+1, count, x)
	}
	if f := m.s.and(c.value, -limit.value); f != never {
		if _, ok := m.try(f); ok {
			next := x.clone()
			next.cells[i].value = f
			if a, ok := m.ration(q, i+1, count, next); ok {
				return a, true
			}
		}
	}
	f := m.s.and(c.value, limit.value)
	if count+c.size > limit.count || f == never {
		return answer{}, false
	}
	if _, ok := m.try(f); !ok {
		return answer{}, false
	}
	next := x.clone()
	next.cells[i].value = f
	return m.ration(q, i+1, count+c.size, next)
}

// build gives values to the cells.
func (m *items) build(x slots) (answer, bool) {
	values := make([]value, len(x.cells))
	if m.unique {
		if !m.distinct(x, values) {
			return answer{}, false
		}
	} else {
		for i, c := range x.cells {
			if c.size == 0 {
				continue
			}
			a, ok := m.try(c.value)
			if !ok {
				return answer{}, false
			}
			values[i] = a.value
		}
	}
	array := make([]any, m.length)
	for i, c := range x.at {
		array[i] = values[c]
	}
	return found(array), true
}

// maxDistinct bounds the arrays for which different items are looked for.
const maxDistinct = 256

// distinct finds different values for all cells. A cell with as many values to choose
// from as there are cells never stands in the way; the others are matched.
func (m *items) distinct(x slots, values []value) bool {
	n := len(x.cells)
	if n > maxDistinct {
		m.undecided("uniqueItems with hundreds of items")
		return false
	}
	domains := make([][]value, n)
	listed := map[formula][]value{}
	for i, c := range x.cells {
		if _, ok := listed[c.value]; !ok {
			listed[c.value] = m.list(c.value, n)
		}
		domains[i] = listed[c.value]
	}
	owner := map[string]int{}
	for i := range n {
		if len(domains[i]) < n && !augment(i, domains, owner, map[string]bool{}) {
			return false
		}
	}
	for key, i := range owner {
		values[i] = domains[i][slices.IndexFunc(domains[i], func(v value) bool { return keyOf(v) == key })]
	}
	for i := range n {
		if len(domains[i]) < n {
			continue
		}
		free := slices.IndexFunc(domains[i], func(v value) bool { _, taken := owner[keyOf(v)]; return !taken })
		values[i] = domains[i][free]
		owner[keyOf(values[i])] = i
	}
	return true
}

// list are different values that satisfy a formula, at most limit of them.
func (m *items) list(f formula, limit int) []value {
	var list []value
	for len(list) < limit {
		a, ok := m.try(m.s.and(f, -m.s.enum(list...)))
		if !ok {
			break
		}
		list = append(list, a.value)
	}
	return list
}

// augment finds a value for cell i, moving others that have a choice.
func augment(i int, domains [][]value, owner map[string]int, visited map[string]bool) bool {
	for _, v := range domains[i] {
		key := keyOf(v)
		if visited[key] {
			continue
		}
		visited[key] = true
		j, taken := owner[key]
		if !taken || augment(j, domains, owner, visited) {
			owner[key] = i
			return true
		}
	}
	return false
}
