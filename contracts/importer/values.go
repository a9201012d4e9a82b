package importer

import "github.com/evctl/evctl/contracts"

// valueSet holds scalars; 1 and 1.0 are one of them.
type valueSet map[string]bool

func setOf(values []contracts.Value) valueSet {
	set := make(valueSet, len(values))
	for _, v := range values {
		set.add(v)
	}
	return set
}

func (s valueSet) add(v contracts.Value)      { s[v.Key()] = true }
func (s valueSet) has(v contracts.Value) bool { return s[v.Key()] }

// commonValues are the values of a that b has too; nil stands for all values.
func commonValues(a, b []contracts.Value) []contracts.Value {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	common := []contracts.Value{}
	wanted := setOf(b)
	for _, v := range a {
		if wanted.has(v) {
			common = append(common, v)
		}
	}
	return common
}
