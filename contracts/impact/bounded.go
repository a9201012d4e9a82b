package impact

import (
	"slices"
	"strings"
)

// key names what is counted: what events say of themselves, or where and why they fail.
type key [3]string

func (k key) compare(l key) int {
	return slices.CompareFunc(k[:], l[:], strings.Compare)
}

// bounded holds what belongs to the smallest keys, as many as its limit, and the rest in
// one. What senders write can not fill the memory, and the result is the same in whatever
// order keys come: one that was moved to the rest has as many smaller ones for ever.
type bounded[V any] struct {
	limit   int
	merge   func(into, from *V)
	entries map[key]*V
	largest key // of the entries, once they are full
	rest    *V  // nil while nothing was left out
}

func newBounded[V any](limit int, merge func(into, from *V)) *bounded[V] {
	return &bounded[V]{limit: limit, merge: merge, entries: map[key]*V{}}
}

// at is the value to count a key in.
func (b *bounded[V]) at(k key) *V {
	if v := b.entries[k]; v != nil {
		return v
	}
	if len(b.entries) >= b.limit {
		if b.rest == nil {
			b.rest = new(V)
			b.largest = b.findLargest()
		}
		if k.compare(b.largest) > 0 {
			return b.rest
		}
		b.merge(b.rest, b.entries[b.largest])
		delete(b.entries, b.largest)
		defer func() { b.largest = b.findLargest() }()
	}
	v := new(V)
	b.entries[k] = v
	return v
}

func (b *bounded[V]) findLargest() key {
	var most key
	for k := range b.entries {
		if k.compare(most) > 0 {
			most = k
		}
	}
	return most
}

// add takes in what another one holds.
func (b *bounded[V]) add(other *bounded[V]) {
	for k, v := range other.entries {
		b.merge(b.at(k), v)
	}
	if other.rest == nil {
		return
	}
	if b.rest == nil {
		b.rest = new(V)
		b.largest = b.findLargest()
	}
	b.merge(b.rest, other.rest)
}

// keys are those that are held one by one, sorted.
func (b *bounded[V]) keys() []key {
	list := make([]key, 0, len(b.entries))
	for k := range b.entries {
		list = append(list, k)
	}
	slices.SortFunc(list, key.compare)
	return list
}
