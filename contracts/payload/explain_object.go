package payload

import (
	"slices"

	"github.com/evctl/evctl/contracts"
	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/contracts/rawjson"
)

func (r *run) object(o *objectCheck, i int) bool {
	var few [1]uint64
	seen := few[:]
	if len(o.properties) > 64 {
		base := len(r.bits)
		r.bits = append(r.bits, make([]uint64, (len(o.properties)+63)/64)...)
		seen = r.bits[base:]
		defer func() { r.bits = r.bits[:base] }()
	}
	ok := true
	count := r.doc.Len(i)
	next := 0 // members mostly come in the order of the contract
	for at, left := i+1, count; left > 0; left-- {
		name := r.doc.Text(at)
		p := -1
		if next < len(o.properties) && o.properties[next].name == string(name) {
			p = next
		} else if k := o.table.find(name); k >= 0 {
			p = k
		}
		switch {
		case p >= 0:
			next = p + 1
			seen[p/64] |= 1 << (p % 64)
		case i == r.root && (r.ownAll || slices.Contains(r.own, string(name))):
			count--
			at = r.doc.Next(at + 1)
			continue
		}
		if i == r.root && r.hole != "" && r.hole == string(name) {
			at = r.doc.Next(at + 1)
			continue
		}
		ok = r.member(o, p, name, at) && ok
		if !ok && r.full() {
			return false
		}
		at = r.doc.Next(at + 1)
	}
	return r.complete(o, r.offset(i), seen, count) && ok
}

// anyName stands in pointers for a name that must not be shown.
var anyName = []byte("*")

// member checks the member whose name is token at, declared property p or -1.
func (r *run) member(o *objectCheck, p int, name []byte, at int) bool {
	var cut int
	if o.keysMasked {
		cut = r.enter(step{name: anyName})
	} else {
		cut = r.enter(step{name: name})
	}
	ok := true
	if p >= 0 {
		ok = r.value(o.properties[p].node, at+1)
	}
	if o.keys != nil {
		ok = r.value(o.keys, at) && ok
	}
	described := p >= 0
	for _, c := range o.patterns {
		if (ok || !r.full()) && c.pattern.Match(name) {
			described = true
			ok = r.value(c.node, at+1) && ok
		}
	}
	switch {
	case described || !ok && r.full():
	case !o.open:
		ok = r.undeclared(o, name, r.offset(at), r.doc.Raw(at))
	case o.additional != nil:
		ok = r.value(o.additional, at+1) && ok
	}
	r.path = r.path[:cut]
	return ok
}

// undeclared records a member that nothing describes, by its name and how that is written
// at an offset.
func (r *run) undeclared(o *objectCheck, name []byte, at int, written []byte) bool {
	if r.full() {
		return false
	}
	expected := declaredProperty
	if near := contracts.Nearest(string(name), o.names[:len(o.names)-o.foreign]); near != "" {
		expected += ", did you mean " + document.Quote(near) + "?"
	}
	return r.failAt(at, "additionalProperties", expected, rawjson.Clip(written))
}

// complete checks what concerns the object at an offset as a whole.
func (r *run) complete(o *objectCheck, at int, seen []uint64, count int) bool {
	ok := true
	for _, p := range o.required {
		if seen[p/64]&(1<<(p%64)) == 0 {
			if r.full() {
				return false
			}
			ok = r.missing(at, o.properties[p].name)
		}
	}
	if len(o.any) > 0 && (ok || !r.full()) && !slices.ContainsFunc(o.any, func(g anyGroup) bool { return g.in(seen) }) {
		ok = r.failAt(at, "requireAny", o.anyText, "none")
	}
	if count < o.min {
		ok = r.count(at, "minProperties", "at least", o.min, count, "property")
	} else if o.max >= 0 && count > o.max {
		ok = r.count(at, "maxProperties", "at most", o.max, count, "property")
	}
	return ok
}

func (g anyGroup) in(seen []uint64) bool {
	for _, p := range g {
		if seen[p/64]&(1<<(p%64)) == 0 {
			return false
		}
	}
	return true
}
