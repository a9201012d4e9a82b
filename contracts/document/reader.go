package document

import "github.com/evctl/evctl/contracts/diag"

// Reader reads many files one after the other in the same memory: the nodes of a
// file are gone when the next one is read, and only what was made of them stays.
// Texts may be kept. The zero value is ready; it is not for concurrent use.
type Reader struct {
	nodes   slab[Node]
	entries slab[Entry]
	items   slab[*Node]
}

// Parse is the function of that name. The node is valid until the next call.
func (r *Reader) Parse(f *diag.File) (*Node, []diag.Diagnostic) {
	r.nodes.reset()
	r.entries.reset()
	r.items.reset()
	return parse(f, r)
}

// slab hands out values that live and die together, because a file has hundreds.
type slab[T any] struct {
	last []T // what is handed out at present
	used int // of last
}

const (
	firstSlab = 32   // values, enough for the smallest contracts
	largeSlab = 4096 // values, enough for all but the strangest; a reader keeps no more
)

// take returns n zero values. Room behind them belongs to others.
func (s *slab[T]) take(n int) []T {
	if len(s.last)-s.used < n {
		s.last, s.used = make([]T, max(n, firstSlab, min(2*len(s.last), largeSlab))), 0
	}
	values := s.last[s.used : s.used+n : s.used+n]
	s.used += n
	return values
}

// reset takes everything back.
func (s *slab[T]) reset() {
	if len(s.last) > largeSlab {
		s.last = nil
	}
	clear(s.last[:min(s.used, len(s.last))])
	s.used = 0
}
