package avro

import "slices"

// alias makes a schema read what was written under the names of another one: that of the
// same contracts where nothing is renamed. Nobody knows since when something is, and what
// is read under the names of today needs no alias.
//
// Records of an event that has another name itself are in another namespace: their aliases are
// written with the former one, whose word before holds.
//
// Fields and records have aliases. Symbols of enums have none in Avro: there, the former
// symbol is another one behind the others, for the same value. Writers take the first.
func alias(s, plain *schema, before string) {
	s.before = before
	p := pairing{elsewhere: before != "", met: map[*schema]bool{}}
	p.pair(s, plain)
	all := reach(s)
	settle(all, func(t *schema) string { return t.name }, func(t *schema) *[]string { return &t.aliases })
	for _, t := range all {
		settle(t.fields, func(f *field) string { return f.name }, func(f *field) *[]string { return &f.aliases })
	}
}

// settle leaves out aliases that are names, or aliases of another one before.
func settle[T any](list []T, name func(T) string, aliases func(T) *[]string) {
	used := given(list, name)
	for _, one := range list {
		kept := aliases(one)
		*kept = without(*kept, used)
		used = append(used, *kept...)
	}
}

// pairing finds what stands in the same place of two schemas.
type pairing struct {
	elsewhere bool // the plain one is in another namespace
	met       map[*schema]bool
}

func (p *pairing) pair(s, plain *schema) {
	switch {
	case p.met[s] || s.kind != plain.kind:
	case s.named():
		p.met[s] = true
		into := &s.aliases
		if p.elsewhere {
			into = &s.elsewhere
		}
		*into = including(*into, append([]string{plain.name}, plain.aliases...))
		s.symbols = append(s.symbols, renamedSymbols(s.symbols, plain.symbols)...)
		for _, f := range s.fields {
			g := plain.field(f.wire)
			if g == nil {
				continue
			}
			if !plain.others(g, f.name) {
				f.aliases = including(f.aliases, append([]string{g.name}, g.aliases...))
			}
			p.pair(f.typ, g.typ)
		}
	case s.elem != nil:
		p.pair(s.elem, plain.elem)
	case len(s.branches) == len(plain.branches):
		for i, b := range s.branches {
			p.pair(b, plain.branches[i])
		}
	}
}

// others reports whether a name is that of another field than f. Data may have both then, and a
// reader must not find two fields for one.
func (s *schema) others(f *field, name string) bool {
	return slices.ContainsFunc(s.fields, func(other *field) bool { return other != f && other.name == name })
}

// including are aliases with more of them, each once.
func including(aliases, more []string) []string {
	for _, one := range more {
		if !slices.Contains(aliases, one) {
			aliases = append(aliases, one)
		}
	}
	return aliases
}

// renamedSymbols are those that values have in a plain enum and no value has in this one.
func renamedSymbols(symbols, plain []symbol) []symbol {
	var list []symbol
	for _, v := range plain {
		if !slices.ContainsFunc(symbols, func(other symbol) bool { return other.name == v.name }) {
			list = append(list, v)
		}
	}
	return list
}
