package regular

import (
	"encoding/binary"
	"slices"
	"sort"
	"sync"
	"unicode/utf8"
)

// words is a list of words as a machine: a tree of their prefixes. The key of a state
// is the range of the sorted words that begin with the prefix, and its length in
// bytes, four bytes each. What the machine needs is found when it is first asked for.
type words struct {
	list []string

	lookup  sync.Once
	members map[string]struct{}

	order    sync.Once
	sorted   []string
	alphabet *alphabet
	char     []rune // of each class, or -1 for that of the other characters
}

func newWords(list []string) *words { return &words{list: validAll(list)} }

func (w *words) language() *Language {
	l := &Language{machine: w, finite: w, bounded: true}
	for _, word := range w.list {
		l.longest = max(l.longest, utf8.RuneCountInString(word))
	}
	return l
}

func (w *words) contains(word string) bool {
	if len(w.list) < 8 {
		return slices.Contains(w.list, valid(word))
	}
	w.lookup.Do(func() {
		w.members = make(map[string]struct{}, len(w.list))
		for _, m := range w.list {
			w.members[m] = struct{}{}
		}
	})
	_, found := w.members[valid(word)]
	return found
}

func (w *words) prepare() {
	w.order.Do(func() {
		w.sorted = slices.Clone(w.list)
		slices.Sort(w.sorted)
		w.sorted = slices.Compact(w.sorted)
		known := map[rune]bool{}
		for _, word := range w.sorted {
			for _, r := range word {
				known[r] = true
			}
		}
		sets := make([]ranges, 0, len(known))
		for r := range known {
			sets = append(sets, ranges{r, r})
		}
		slices.SortFunc(sets, func(a, b ranges) int { return int(a[0] - b[0]) })
		w.alphabet, _ = newAlphabet(sets, len(sets))
		w.char = make([]rune, w.alphabet.size)
		for i := range w.char {
			w.char[i] = -1
		}
		for _, set := range sets {
			w.char[w.alphabet.of(set[0])] = set[0]
		}
	})
}

func (w *words) letters() *alphabet {
	w.prepare()
	return w.alphabet
}

func (w *words) start(key []byte, _ *work) []byte {
	w.prepare()
	return appendNode(key, 0, len(w.sorted), 0)
}

func (w *words) next(key []byte, from string, class int32, _ *work) []byte {
	first, last, depth := node(from)
	c := w.char[class]
	if c < 0 {
		return appendNode(key, 0, 0, 0)
	}
	at := func(i int) rune {
		if len(w.sorted[i]) == depth {
			return -1
		}
		r, _ := utf8.DecodeRuneInString(w.sorted[i][depth:])
		return r
	}
	low := first + sort.Search(last-first, func(i int) bool { return at(first+i) >= c })
	high := low + sort.Search(last-low, func(i int) bool { return at(low+i) > c })
	if low == high {
		return appendNode(key, 0, 0, 0)
	}
	return appendNode(key, low, high, depth+utf8.RuneLen(c))
}

func (w *words) verdict(key string, _ *work) verdict {
	first, last, depth := node(key)
	switch {
	case first == last:
		return nothing
	case len(w.sorted[first]) == depth:
		return accepts
	}
	return 0
}

func appendNode(key []byte, first, last, depth int) []byte {
	key = binary.BigEndian.AppendUint32(key, uint32(first))
	key = binary.BigEndian.AppendUint32(key, uint32(last))
	return binary.BigEndian.AppendUint32(key, uint32(depth))
}

func node(key string) (first, last, depth int) {
	return int(number(key, 0)), int(number(key, 4)), int(number(key, 8))
}
