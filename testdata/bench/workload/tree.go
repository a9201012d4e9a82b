package workload

import "slices"

// node is a JSON value whose members keep their order.
type node interface{ clone() node }

type (
	object struct{ members []member }
	member struct {
		key   string
		value node
	}
	list   struct{ items []node }
	text   string // a string, not escaped
	scalar string // any other scalar, as JSON
)

func (o *object) clone() node {
	out := &object{slices.Clone(o.members)}
	for i := range out.members {
		out.members[i].value = out.members[i].value.clone()
	}
	return out
}

func (l *list) clone() node {
	out := &list{slices.Clone(l.items)}
	for i := range out.items {
		out.items[i] = out.items[i].clone()
	}
	return out
}

func (t text) clone() node   { return t }
func (s scalar) clone() node { return s }

// add appends a member.
func (o *object) add(key string, value node) *object {
	o.members = append(o.members, member{key, value})
	return o
}

// find is the place of a member, or -1.
func (o *object) find(key string) int {
	return slices.IndexFunc(o.members, func(m member) bool { return m.key == key })
}

func (o *object) remove(key string) {
	o.members = slices.DeleteFunc(o.members, func(m member) bool { return m.key == key })
}
