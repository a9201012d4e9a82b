package avro

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evctl/evctl/codegen"
)

// follow names everything in the schema of a version, and makes it read what the former
// version of its major wrote, whose schema is nil for the first.
//
// What stands in the same place keeps its name. Where the new schema would not take a value
// that the former one wrote, the former schema becomes another branch: writers choose the
// first that fits, so that it is only read. An error is a place in which times would be
// read as numbers. names learns of all names; nil while schemas are printed.
func follow(s, former *schema, names *codegen.Names) (*schema, error) {
	e := &evolution{met: map[[2]*schema]bool{}, now: map[*schema]*schema{}}
	if former != nil {
		e.pair(s, former)
	}
	all := reach(s)
	types := names.Scope(given(all, func(t *schema) string { return t.name })...)
	for _, t := range all {
		if t.name == "" {
			t.name = types.Name(t.wanted, t.origin)
		}
		nameFields(t.fields, names)
		nameSymbols(t.symbols, names)
	}
	used := given(all, func(t *schema) string { return t.name })
	for _, t := range all {
		t.aliases = without(t.aliases, used)
	}
	return s, e.problem
}

// given are the names that some have.
func given[T any](list []T, name func(T) string) []string {
	var names []string
	for _, one := range list {
		if name(one) != "" {
			names = append(names, name(one))
		}
	}
	return names
}

// without are the aliases that are not names of something else.
func without(aliases, used []string) []string {
	return slices.DeleteFunc(aliases, func(alias string) bool { return slices.Contains(used, alias) })
}

// reach lists records and enums in the order in which they are written.
func reach(s *schema) []*schema {
	var list []*schema
	seen := map[*schema]bool{}
	var visit func(s *schema)
	visit = func(s *schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if s.named() {
			list = append(list, s)
		}
		for _, f := range s.fields {
			visit(f.typ)
		}
		for _, b := range s.branches {
			visit(b)
		}
		visit(s.elem)
	}
	visit(s)
	return list
}

// nameFields names the fields that have no names from a former version. Properties whose
// names are those of Avro keep them.
func nameFields(fields []*field, names *codegen.Names) {
	name := func(f *field) string { return f.name }
	scope := names.Scope(given(fields, name)...)
	for _, asWritten := range []bool{true, false} {
		for _, f := range fields {
			if f.name == "" && (f.wire == f.wanted) == asWritten {
				f.name = scope.Name(f.wanted, f.origin)
			}
		}
	}
	used := given(fields, name)
	for _, f := range fields {
		f.aliases = without(f.aliases, used)
	}
}

// nameSymbols does the same for the values of an enum.
func nameSymbols(symbols []symbol, names *codegen.Names) {
	scope := names.Scope(given(symbols, func(v symbol) string { return v.name })...)
	for _, asWritten := range []bool{true, false} {
		for i, v := range symbols {
			if v.name == "" && (v.text == v.wanted) == asWritten {
				symbols[i].name = scope.Name(v.wanted, v.origin)
			}
		}
	}
}

// evolution brings what is known of one version to the next.
type evolution struct {
	met map[[2]*schema]bool
	now map[*schema]*schema // what a former record or enum has become

	property string // whose place it is
	problem  error
}

// place is the new schema of a place, with what else the former one wrote there.
func (e *evolution) place(s, former *schema) *schema {
	branches := slices.Clone(s.alternatives())
	var more []*schema
	for _, old := range former.alternatives() {
		switch i := e.reader(branches, s, former, old); {
		case old.kind == "null":
		case i < 0:
			more = append(more, e.copy(old))
		case old.named():
			if e.pair(branches[i], old); e.now[old] != branches[i] {
				more = append(more, e.now[old])
			}
		case old.logical != branches[i].logical && old.kind != "string" && old.kind != "bytes":
			e.problem = cmp.Or(e.problem, fmt.Errorf(
				"property %q is %s in a released version and a number now, or the other way round: Avro reads one as the other; raise the major version, or use %s: string",
				e.property, cmp.Or(old.logical, branches[i].logical), optionFormats))
		case old.elem != nil:
			branches[i] = &schema{kind: old.kind, elem: e.place(branches[i].elem, old.elem)}
		}
	}
	for _, m := range more {
		if !slices.Contains(branches, m) {
			branches = append(branches, m)
		}
	}
	return one(branches)
}

// reader is the index of the branch that reads what a former one wrote, or -1.
func (e *evolution) reader(branches []*schema, s, former, old *schema) int {
	if !old.named() {
		return slices.IndexFunc(branches, func(b *schema) bool { return b.kind == old.kind || promotes(old.kind, b.kind) })
	}
	if i := slices.Index(branches, e.now[old]); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(branches, func(b *schema) bool { return b.like(old) && b.wanted == old.wanted }); i >= 0 {
		return i
	}
	if only(s, old) && only(former, old) {
		return slices.IndexFunc(branches, old.like)
	}
	return -1
}

// only reports whether a place has one schema like that and no other.
func only(s, as *schema) bool {
	n := 0
	for _, b := range s.alternatives() {
		if b.like(as) {
			n++
		}
	}
	return n == 1
}

// like reports whether both are records, or both are enums.
func (s *schema) like(other *schema) bool { return s.kind == other.kind && s.json == other.json }

// promotes reports whether Avro reads numbers of one kind as those of another.
func promotes(from, to string) bool {
	return from == "int" && (to == "long" || to == "double") || from == "long" && to == "double"
}

// pair makes a record or enum go on as what it was. A former one that has become two keeps
// its name in the first, and the other place reads that too.
func (e *evolution) pair(s, former *schema) {
	if e.met[[2]*schema{s, former}] {
		return
	}
	e.met[[2]*schema{s, former}] = true
	if e.now[former] == nil {
		e.now[former] = s
	}
	if e.now[former] != s {
		return
	}
	if s.name == "" {
		s.name = former.name
	} else if s.name != former.name {
		s.aliases = append(s.aliases, former.name)
	}
	for _, alias := range former.aliases {
		if !slices.Contains(s.aliases, alias) {
			s.aliases = append(s.aliases, alias)
		}
	}
	e.symbols(s, former)
	e.fields(s, former)
}

func (e *evolution) symbols(s, former *schema) {
	for i, v := range s.symbols {
		for _, old := range former.symbols {
			if old.text == v.text && v.name == "" {
				s.symbols[i].name = old.name
			}
		}
	}
}

func (e *evolution) fields(s, former *schema) {
	kept := map[*field]bool{}
	for _, f := range s.fields {
		old := former.field(f.wire)
		if old == nil && f.formerly != "" && s.field(f.formerly) == nil {
			if old = former.field(f.formerly); old != nil {
				f.aliases = append(f.aliases, old.name)
			}
		} else if old != nil && f.name == "" {
			f.name = old.name
		}
		if old == nil {
			continue
		}
		kept[old] = true
		f.aliases = append(f.aliases, slices.DeleteFunc(slices.Clone(old.aliases), func(a string) bool { return slices.Contains(f.aliases, a) })...)
		e.property = f.wire
		f.typ = e.place(f.typ, old.typ)
	}
	if !s.open {
		return
	}
	for _, old := range former.fields {
		if !kept[old] {
			s.fields = append(s.fields, &field{
				wire: old.wire, name: old.name, wanted: old.wanted, typ: optional(e.copy(old.typ)), value: "null", former: true,
				doc: "No longer declared.", aliases: old.aliases,
			})
		}
	}
}

// field finds the field of a property, or that of what is not declared.
func (s *schema) field(wire string) *field {
	for _, f := range s.fields {
		if f.wire == wire {
			return f
		}
	}
	return nil
}

// copy is a former schema within the new one.
func (e *evolution) copy(old *schema) *schema {
	if old.named() && e.now[old] != nil {
		return e.now[old]
	}
	made := *old
	if old.named() {
		e.now[old] = &made
	}
	made.fields = slices.Clone(old.fields)
	for i, f := range old.fields {
		g := *f
		g.typ = e.copy(f.typ)
		made.fields[i] = &g
	}
	made.branches = slices.Clone(old.branches)
	for i, b := range old.branches {
		made.branches[i] = e.copy(b)
	}
	if old.elem != nil {
		made.elem = e.copy(old.elem)
	}
	return &made
}
