package subschema

// rulings are the facts of objects about members, by the names they speak about.
// Schemas with thousands of properties have as many facts, and as many ways to fail.
type rulings struct {
	named map[string][]formula // facts about a few names, for each of them
	wide  []formula            // all others
}

func (s *solver) rulings(facts map[formula]bool) *rulings {
	r := &rulings{named: map[string][]formula{}}
	for f := range facts {
		n := s.at(f)
		if f < 0 || n.op != opNames {
			continue
		}
		set := s.at(n.kids[0])
		if n.kids[0] < 0 || set.op != opEnum {
			r.wide = append(r.wide, f)
			continue
		}
		for _, v := range set.values {
			if name, ok := v.(string); ok {
				r.named[name] = append(r.named[name], f)
			}
		}
	}
	return r
}

// of is what the facts ask of the member with a name, at least.
func (r *rulings) of(s *solver, name string) formula {
	var all []formula
	for _, f := range r.named[name] {
		all = append(all, s.at(f).kids[1])
	}
	for _, f := range r.wide {
		kids := s.at(f).kids
		if s.holds(kids[0], name) == yes {
			all = append(all, kids[1])
		}
	}
	return s.and(all...)
}

// refute looks for a contradiction between the facts and an alternative that wants a member
// of one name: if no value can stand there, the branch need not be tried. ok says
// whether it found one; the answer is what it rests on.
func (b *branch) refute(f formula) (a answer, ok bool) {
	n := b.s.at(f)
	if f > 0 || n.op != opNames {
		return none(), false
	}
	set := b.s.at(n.kids[0])
	if n.kids[0] < 0 || set.op != opEnum || len(set.values) != 1 {
		return none(), false
	}
	name, isName := set.values[0].(string)
	if !isName {
		return none(), false
	}
	wanted := -n.kids[1]
	if b.rulings == nil {
		b.rulings = b.s.rulings(b.facts)
	}
	b.s.spend(1 + len(b.rulings.wide))
	a = b.s.solve(b.rulings.of(b.s, name), wanted)
	return a, a.state == no
}
