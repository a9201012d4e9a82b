package sqlddl

import "slices"

// migration is the statements between two versions of a table.
type migration struct {
	d          *dialect
	old, next  *table
	statements []string
	prepared   bool
}

// steps brings a table from one version to another. Names become free before they are
// taken.
func steps(d *dialect, old, next *table) []string {
	m := &migration{d: d, old: old, next: next}
	pairs, added := m.match()
	m.removed(pairs)
	m.renamed(pairs)
	for _, p := range pairs {
		m.changed(p)
	}
	for _, c := range added {
		m.added(c)
	}
	m.described()
	return m.statements
}

// pair is a column in both versions.
type pair struct{ from, to column }

// match finds the former column of each: by its path, or by the path it had before.
func (m *migration) match() (pairs []pair, added []column) {
	old := map[string]column{}
	for _, c := range m.old.columns {
		old[c.path] = c
	}
	kept := map[string]bool{}
	for _, c := range m.next.columns {
		kept[c.path] = true
	}
	taken := map[string]bool{}
	for _, c := range m.next.columns {
		candidates := []string{c.path}
		if !kept[c.formerly] {
			candidates = append(candidates, c.formerly)
		}
		i := slices.IndexFunc(candidates, func(path string) bool {
			from, ok := old[path]
			return ok && !taken[path] && m.d.becomes(from, c)
		})
		if i < 0 {
			added = append(added, c)
			continue
		}
		taken[candidates[i]] = true
		pairs = append(pairs, pair{old[candidates[i]], c})
	}
	return pairs, added
}

func (m *migration) do(statements ...string) { m.statements = append(m.statements, statements...) }

// removed drops what has no place in the next version.
func (m *migration) removed(pairs []pair) {
	stays := map[string]bool{}
	for _, p := range pairs {
		stays[p.from.path] = true
	}
	for _, c := range m.old.columns {
		if !stays[c.path] {
			m.do("-- Loses the values that were sent up to version " + m.old.event.Version.String() + ".\n" + m.d.drop(m.next, c.name))
		}
	}
}

// renamed gives columns their names. One whose name another column still has waits
// until it is free; those that wait for each other take a temporary name.
func (m *migration) renamed(pairs []pair) {
	names := map[string]bool{}
	for _, p := range pairs {
		names[p.from.name] = true
	}
	rename := func(from, to string) {
		m.do(m.d.rename(m.next, from, to))
		delete(names, from)
		names[to] = true
	}
	var waiting []pair
	for _, p := range pairs {
		switch {
		case p.from.name == p.to.name:
		case names[p.to.name]:
			rename(p.from.name, temporary(p.to.name))
			waiting = append(waiting, p)
		default:
			rename(p.from.name, p.to.name)
		}
	}
	for _, p := range waiting {
		rename(temporary(p.to.name), p.to.name)
	}
}

// temporary is a name that no column of a table has: those of properties start with a
// letter.
func temporary(name string) string { return shorten("_new_" + name) }

// changed brings a column that has its name already to what it is in the next version.
func (m *migration) changed(p pair) {
	from, to := p.from, p.to
	from.name = to.name
	if !m.d.same(from, to) || m.d.full(m.d, from) != m.d.full(m.d, column{typ: to.typ, required: from.required}) {
		statements, replaced := m.d.retype(m.next, from, to)
		m.do(statements...)
		if replaced {
			from.required, from.comment, from.class = false, to.comment, to.class
			if !m.d.inline {
				from.comment = ""
			}
		}
	}
	if from.required != to.required {
		m.require(to)
	}
	if from.comment != to.comment {
		m.do(m.d.comment(m.d, m.next, to)...)
	}
	if personal(from.class) != personal(to.class) || personal(to.class) && from.class != to.class {
		m.prepare()
		m.do(m.d.classify(m.d, m.next, to)...)
	}
}

// require makes a column take NULL or not; older rows get the default of the contract.
func (m *migration) require(c column) {
	if value := m.d.fallback(c); c.required && value != "" {
		m.do(m.d.set(m.next, c, value, m.d.id(c.name)+" IS NULL"))
	}
	m.do(m.d.require(m.d, m.next, c)...)
}

// added makes a column that takes NULL first: there are rows already.
func (m *migration) added(c column) {
	if personal(c.class) {
		m.prepare()
	}
	free := c
	free.required = false
	m.do(m.d.add(m.next, free)...)
	if c.required {
		m.require(c)
	}
}

// prepare makes what columns with personal data need, once.
func (m *migration) prepare() {
	if m.d.before == nil || m.prepared {
		return
	}
	m.prepared = true
	if statement := m.d.before(m.d, m.next); statement != "" {
		m.do(statement)
	}
}

// described says what is new about the table as a whole.
func (m *migration) described() {
	before := m.d.describe(m.d, m.old)
	for i, statement := range m.d.describe(m.d, m.next) {
		if statement != before[i] {
			m.do(statement)
		}
	}
}
