package regular

// trail is a node on the way from the first one: how it was reached and from where.
type trail struct{ node, parent, class int32 }

// maxTrail bounds the memory of a search.
const maxTrail = 1 << 23

// find returns a shortest word of a length within the bounds.
func (p *product) find(least, most int) (word string, found bool, err error) {
	first, ok := p.start()
	if !ok {
		return "", false, nil
	}
	l, err := p.layers(first, least)
	if err != nil {
		return "", false, err
	}
	classes, found, err := p.shortest(l.at(least), least, most)
	if err != nil || !found {
		return "", false, err
	}
	// classes lead from a node that words of the least length reach.
	if least+len(classes.path) > MaxWord {
		return "", true, ErrTooLong
	}
	return p.spell(l, classes, least), true, nil
}

// route is how a search goes on from a layer: from which trail, by which classes.
type route struct {
	from int32
	path []int32 // last class first
}

// shortest searches breadth first from a layer of words of length least for words of
// at most most characters.
func (p *product) shortest(layer []trail, least, most int) (r route, found bool, err error) {
	p.newRound()
	queue := make([]trail, 0, len(layer)+16)
	for i, t := range layer {
		p.see(t.node, 0)
		queue = append(queue, trail{node: t.node, parent: -1, class: int32(i)})
		if p.nodes[t.node].accepts {
			return route{from: int32(i)}, true, nil
		}
	}
	end := len(queue) // of the words of this length
	for length, i := least, 0; i < len(queue); i++ {
		if i == end {
			length++
			end = len(queue)
		}
		if length == most {
			return route{}, false, nil
		}
		edges, err := p.edgesOf(queue[i].node)
		if err != nil {
			return route{}, false, err
		}
		for _, e := range edges {
			if !p.see(e.to, 0) {
				continue
			}
			queue = append(queue, trail{e.to, int32(i), e.class})
			if p.nodes[e.to].accepts {
				return back(queue), true, nil
			}
		}
		if len(queue) > maxTrail {
			return route{}, false, ErrBudget
		}
	}
	return route{}, false, nil
}

// back follows the trail from the end of a queue.
func back(queue []trail) (r route) {
	t := queue[len(queue)-1]
	for ; t.parent >= 0; t = queue[t.parent] {
		r.path = append(r.path, t.class)
	}
	r.from = t.class
	return r
}

// layers are the nodes that words of each length reach. From some length on they
// repeat: layer again has the nodes of layer first, in another order.
type layers struct {
	list         [][]trail // parents are of the layer before
	first, again int       // again is 0 as long as nothing repeats
}

// layers finds those up to a length, or until they repeat.
func (p *product) layers(start int32, length int) (*layers, error) {
	l := &layers{list: [][]trail{{{node: start, parent: -1}}}}
	if length == 0 {
		return l, nil
	}
	known := map[uint64]int{}
	total := 0
	for k := 1; k <= length; k++ {
		layer, err := p.advance(l.list[k-1])
		if err != nil {
			return nil, err
		}
		l.list = append(l.list, layer)
		if total += len(layer); total > maxTrail || k > maxTrail {
			return nil, ErrBudget
		}
		if len(layer) == 0 {
			l.list = append(l.list, nil)
			l.first, l.again = k, k+1
			break
		}
		h := hashOf(layer)
		if earlier, found := known[h]; found && p.sameNodes(l.list[earlier], layer) {
			l.first, l.again = earlier, k
			break
		}
		known[h] = k
	}
	return l, nil
}

// advance is the layer of the words that have one character more.
func (p *product) advance(layer []trail) ([]trail, error) {
	p.newRound()
	next := make([]trail, 0, len(layer))
	for i, t := range layer {
		edges, err := p.edgesOf(t.node)
		if err != nil {
			return nil, err
		}
		for _, e := range edges {
			if p.see(e.to, 0) {
				next = append(next, trail{e.to, int32(i), e.class})
			}
		}
	}
	return next, nil
}

func hashOf(layer []trail) uint64 {
	h := uint64(len(layer))
	for _, t := range layer {
		x := (uint64(t.node) + 1) * 0x9e3779b97f4a7c15
		h += x ^ x>>32
	}
	return h
}

func (p *product) sameNodes(a, b []trail) bool {
	if len(a) != len(b) {
		return false
	}
	p.newRound()
	for _, t := range a {
		p.see(t.node, 0)
	}
	for _, t := range b {
		if p.see(t.node, 0) {
			return false
		}
	}
	return true
}

// index is which of the layers found stands for those of a length above 0: one that
// has its parents in the layer before.
func (l *layers) index(length int) int {
	if l.again == 0 || length <= l.again {
		return length
	}
	return l.first + 1 + (length-l.first-1)%(l.again-l.first)
}

func (l *layers) at(length int) []trail { return l.list[l.index(length)] }

// spell builds the word of a route that goes on from the layer of a length.
func (p *product) spell(l *layers, r route, length int) string {
	word := make([]rune, length+len(r.path))
	for i, class := range r.path {
		word[len(word)-1-i] = p.letters.sample[class]
	}
	at := r.from
	for k := length; k > 0; k-- {
		t := l.at(k)[at]
		word[k-1] = p.letters.sample[t.class]
		at = t.parent
		if before := l.index(k - 1); before != l.index(k)-1 {
			at = l.find(before, l.list[l.index(k)-1][at].node)
		}
	}
	return string(word)
}

// find is where a layer has a node.
func (l *layers) find(layer int, node int32) int32 {
	for i, t := range l.list[layer] {
		if t.node == node {
			return int32(i)
		}
	}
	return -1
}
