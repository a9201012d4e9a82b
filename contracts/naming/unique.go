package naming

import "strconv"

// Unique gives each candidate a name of its own: the first of several with one key
// keeps it, later ones get a number that no candidate has. first holds, for each
// name that was changed, the index of the candidate that kept it, and -1 for the
// others. The result depends on the order of the candidates only.
func Unique(candidates []Name) (names []Name, first []int) {
	owner := make(map[string]int, len(candidates))
	for i, c := range candidates {
		if _, taken := owner[c.Key()]; !taken {
			owner[c.Key()] = i
		}
	}
	next := map[string]int{}
	names, first = make([]Name, len(candidates)), make([]int, len(candidates))
	for i, c := range candidates {
		names[i], first[i] = c, -1
		if owner[c.Key()] == i {
			continue
		}
		first[i] = owner[c.Key()]
		for n := max(next[c.Key()], 2); ; n++ {
			name := c.With(strconv.Itoa(n))
			if _, taken := owner[name.Key()]; !taken {
				names[i] = name
				owner[name.Key()] = i
				next[c.Key()] = n + 1
				break
			}
		}
	}
	return names, first
}

// Collisions groups the names that are the same for code, in the order of their
// first member. Names that stand alone are left out.
func Collisions(names []string) [][]int {
	groups := map[string][]int{}
	for i, name := range names {
		key := Key(name)
		groups[key] = append(groups[key], i)
	}
	var out [][]int
	for i, name := range names {
		if group := groups[Key(name)]; len(group) > 1 && group[0] == i {
			out = append(out, group)
		}
	}
	return out
}
