package naming

import (
	"slices"
	"strconv"
)

// Unique gives each candidate a name of its own: the first of several with one key
// keeps it, later ones get a number that no candidate has. first holds, for each
// name that was changed, the index of the candidate that kept it, and -1 for the
// others. The result depends on the order of the candidates only.
func Unique(candidates []Name) (names []Name, first []int) {
	names, first = slices.Clone(candidates), make([]int, len(candidates))
	owner := make(map[string]int, len(candidates))
	for i, c := range candidates {
		key := c.Key()
		if at, taken := owner[key]; taken {
			first[i] = at
			continue
		}
		owner[key], first[i] = i, -1
	}
	if len(owner) == len(candidates) {
		return names, first
	}
	next := map[string]int{}
	for i, c := range candidates {
		if first[i] < 0 {
			continue
		}
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
