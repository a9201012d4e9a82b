package subschema

import (
	"encoding/json"
	"math/big"
)

// truth is what is known about a formula and a value.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// holds evaluates a formula for a value. It is unknown only where the answer rests on
// something opaque.
func (s *solver) holds(f formula, v value) truth {
	if f < 0 {
		return -s.holds(-f, v)
	}
	s.spend(1)
	n := s.at(f)
	switch n.op {
	case opTrue:
		return yes
	case opAnd:
		return s.all(n.kids, v)
	case opOne:
		return s.exactlyOne(n.kids, v)
	case opRef:
		return s.holds(s.bodies[n.count], v)
	case opOpaque:
		return unknown
	case opIs:
		return truthOf(n.kinds&kindOf(v) != 0)
	case opEnum:
		return truthOf(n.kinds&kindOf(v) != 0 && n.keys[keyOf(v)])
	}
	if kindsOf[n.op] != kindOf(v) {
		return yes
	}
	switch v := v.(type) {
	case json.Number:
		return truthOf(n.acceptsNumber(s.rational(v)))
	case string:
		return truthOf(n.acceptsString(v))
	case []any:
		return s.holdsForItems(n, v)
	case map[string]any:
		return s.holdsForMembers(n, v)
	}
	return yes
}

func (s *solver) exactlyOne(list []formula, v value) truth {
	sure, open := 0, 0
	for _, f := range list {
		switch s.holds(f, v) {
		case yes:
			sure++
		case unknown:
			open++
		}
	}
	switch {
	case sure > 1 || sure+open == 0:
		return no
	case open > 0:
		return unknown
	}
	return yes
}

func (s *solver) all(list []formula, v value) truth {
	result := yes
	for _, f := range list {
		if result = min(result, s.holds(f, v)); result == no {
			return no
		}
	}
	return result
}

// rational is the value of a number, converted once.
func (s *solver) rational(n json.Number) *big.Rat {
	r, ok := s.rationals[n]
	if !ok {
		r = ratOf(n)
		s.rationals[n] = r
	}
	return r
}

func (n *node) acceptsNumber(r *big.Rat) bool {
	switch n.op {
	case opMin:
		c := r.Cmp(n.bound)
		return c > 0 || c == 0 && !n.strict
	case opMax:
		c := r.Cmp(n.bound)
		return c < 0 || c == 0 && !n.strict
	}
	return isMultiple(r, n.bound)
}

func isMultiple(r, of *big.Rat) bool {
	if of.IsInt() && of.Num().IsInt64() && of.Num().Int64() == 1 {
		return r.IsInt()
	}
	return new(big.Rat).Quo(r, of).IsInt()
}

func (n *node) acceptsString(v string) bool {
	switch n.op {
	case opMinLength:
		return length(v) >= n.count
	case opMaxLength:
		return length(v) <= n.count
	}
	return n.language.Contains(v)
}

func (s *solver) holdsForItems(n *node, v []any) truth {
	switch n.op {
	case opMinItems:
		return truthOf(len(v) >= n.count)
	case opMaxItems:
		return truthOf(len(v) <= n.count)
	case opUnique:
		return truthOf(allDifferent(v))
	case opItems:
		result := yes
		for i := n.count; i < len(v) && (n.end < 0 || i < n.end); i++ {
			if result = min(result, s.holds(n.kids[0], v[i])); result == no {
				return no
			}
		}
		return result
	}
	// The number of items that satisfy the formula lies between sure and possible.
	sure, possible := 0, 0
	for _, item := range v {
		switch s.holds(n.kids[0], item) {
		case yes:
			sure++
			possible++
		case unknown:
			possible++
		}
	}
	least, most := truthOf(sure >= n.count), truthOf(possible >= n.count)
	if n.op == opMaxContains {
		least, most = truthOf(possible <= n.count), truthOf(sure <= n.count)
	}
	if least == most {
		return least
	}
	return unknown
}

func allDifferent(v []any) bool {
	seen := make(map[string]bool, len(v))
	for _, item := range v {
		key := keyOf(item)
		if seen[key] {
			return false
		}
		seen[key] = true
	}
	return true
}

func (s *solver) holdsForMembers(n *node, v map[string]any) truth {
	switch n.op {
	case opMinMembers:
		return truthOf(len(v) >= n.count)
	case opMaxMembers:
		return truthOf(len(v) <= n.count)
	}
	set, f := n.kids[0], n.kids[1]
	if e := s.at(set); set > 0 && e.op == opEnum {
		// The usual case: properties names its members.
		result := yes
		for _, name := range e.values {
			name, _ := name.(string)
			if member, ok := v[name]; ok {
				result = min(result, s.holds(f, member))
			}
		}
		return result
	}
	result := yes
	for name, member := range v {
		in := s.holds(set, name)
		if in == no {
			continue
		}
		// Outside of the set nothing is asked of the member.
		if result = min(result, max(-in, s.holds(f, member))); result == no {
			return no
		}
	}
	return result
}
