package sqlddl

import (
	"slices"
	"strings"

	"github.com/evctl/evctl/codegen/warehouse"
)

// migration is the statements between two versions of a table.
type migration struct {
	d          *dialect
	old, next  *warehouse.Table
	statements []string
	prepared   bool
}

// steps brings a table from one version to another. Names become free before they are
// taken.
func steps(d *dialect, old, next *warehouse.Table) []string {
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
type pair struct{ from, to warehouse.Column }

// match finds the former column of each: by its path, or by the path it had before.
func (m *migration) match() (pairs []pair, added []warehouse.Column) {
	old := map[string]warehouse.Column{}
	for _, c := range m.old.Columns {
		old[c.Path] = c
	}
	kept := map[string]bool{}
	for _, c := range m.next.Columns {
		kept[c.Path] = true
	}
	taken := map[string]bool{}
	for _, c := range m.next.Columns {
		candidates := []string{c.Path}
		if !kept[c.Formerly] {
			candidates = append(candidates, c.Formerly)
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
		stays[p.from.Path] = true
	}
	for _, c := range m.old.Columns {
		if !stays[c.Path] {
			m.do("-- Loses the values that were sent up to version " + m.old.Event.Version.String() + ".\n" + m.d.drop(m.next, c.Name))
		}
	}
}

// renamed gives columns their names. One whose name another column still has waits
// until it is free; those that wait for each other take a temporary name.
func (m *migration) renamed(pairs []pair) {
	names := map[string]bool{}
	for _, p := range pairs {
		names[p.from.Name] = true
	}
	rename := func(from, to string) {
		m.do(m.d.rename(m.next, from, to))
		delete(names, from)
		names[to] = true
	}
	var waiting []pair
	for _, p := range pairs {
		switch {
		case p.from.Name == p.to.Name:
		case names[p.to.Name]:
			rename(p.from.Name, temporary(p.to.Name))
			waiting = append(waiting, p)
		default:
			rename(p.from.Name, p.to.Name)
		}
	}
	for _, p := range waiting {
		rename(temporary(p.to.Name), p.to.Name)
	}
}

// temporary is a name that no column of a table has: those of properties start with a
// letter.
func temporary(name string) string { return warehouse.Shorten("_new_" + name) }

// changed brings a column that has its name already to what it is in the next version.
func (m *migration) changed(p pair) {
	from, to := p.from, p.to
	from.Name = to.Name
	if !m.d.same(from, to) || m.d.full(m.d, from) != m.d.full(m.d, warehouse.Column{Type: to.Type, Required: from.Required}) {
		if lost := m.d.lost(to.Name, from.Type, to.Type); len(lost) > 0 {
			m.do("-- Loses the values that were sent up to version " + m.old.Event.Version.String() + " of: " + strings.Join(lost, ", ") + ".")
		}
		statements, replaced := m.d.retype(m.next, from, to)
		m.do(statements...)
		if replaced {
			from.Required, from.Comment, from.Class = false, to.Comment, to.Class
			if !m.d.inline {
				from.Comment = ""
			}
		}
	}
	if from.Required != to.Required {
		m.require(to)
	}
	if from.Comment != to.Comment {
		m.do(m.d.comment(m.d, m.next, to)...)
	}
	if warehouse.Personal(from.Class) != warehouse.Personal(to.Class) || warehouse.Personal(to.Class) && from.Class != to.Class {
		m.prepare()
		m.do(m.d.classify(m.d, m.next, to)...)
	}
}

// require makes a column take NULL or not; older rows get the default of the contract.
func (m *migration) require(c warehouse.Column) {
	if value := m.d.fallback(c); c.Required && value != "" {
		m.do(m.d.set(m.next, c, value, m.d.Quote(c.Name)+" IS NULL"))
	}
	m.do(m.d.require(m.d, m.next, c)...)
}

// added makes a column that takes NULL first: there are rows already.
func (m *migration) added(c warehouse.Column) {
	if warehouse.Personal(c.Class) {
		m.prepare()
	}
	free := c
	free.Required = false
	m.do(m.d.add(m.next, free)...)
	if c.Required {
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
