package regular

// count returns how many words of a length within the bounds are accepted, at most
// limit.
//
// It goes from length to length and keeps how many words reach each node. When a length
// reaches no new node, all of them are known, and those from which nothing is accepted are dropped; if some are left
// after as many steps as there are nodes, they lie on a circle, and the words have no
// end.
func (p *product) count(least, most, limit int) (n int, err error) {
	first, ok := p.start()
	if !ok {
		return 0, nil
	}
	c := counter{product: p, limit: limit, layer: []tally{{first, 1}}}
	for length := 0; len(c.layer) > 0; length++ {
		if length >= least {
			if c.collect(); c.total >= limit {
				return limit, nil
			}
		}
		if length == most {
			break
		}
		known := len(p.nodes)
		if err := c.advance(); err != nil {
			return 0, err
		}
		if c.useful == nil && len(p.nodes) == known {
			c.findUseful()
		}
		if c.useful != nil {
			c.drop()
			if most < 0 && length > len(p.nodes) && len(c.layer) > 0 {
				return limit, nil
			}
		}
	}
	return c.total, nil
}

// tally is how many words reach a node.
type tally struct {
	node  int32
	words int
}

type counter struct {
	*product
	limit, total int
	layer, next  []tally
	useful       []bool // by node; nil until all are known
}

func (c *counter) collect() {
	for _, t := range c.layer {
		if c.nodes[t.node].accepts {
			c.total = c.plus(c.total, t.words)
		}
	}
}

// advance reads one character more.
func (c *counter) advance() error {
	c.newRound()
	c.next = c.next[:0]
	for _, t := range c.layer {
		edges, err := c.edgesOf(t.node)
		if err != nil {
			return err
		}
		for _, e := range edges {
			words := c.times(t.words, e.weight)
			if c.see(e.to, int32(len(c.next))) {
				c.next = append(c.next, tally{e.to, words})
				continue
			}
			sum := &c.next[c.nodes[e.to].slot].words
			*sum = c.plus(*sum, words)
		}
	}
	c.layer, c.next = c.next, c.layer
	return nil
}

// findUseful finds the nodes from which something is accepted.
func (c *counter) findUseful() {
	before := newArrows(len(c.nodes))
	var queue []uint32
	for i, n := range c.nodes {
		if n.accepts {
			queue = append(queue, uint32(i))
		}
		for _, e := range c.edges[n.first:n.last] {
			before.add(uint32(e.to), uint32(i))
		}
	}
	c.useful = make([]bool, len(c.nodes))
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !c.useful[i] {
			c.useful[i] = true
			queue = before.appendTo(queue, i)
		}
	}
}

// drop forgets the nodes from which nothing is accepted.
func (c *counter) drop() {
	kept := c.layer[:0]
	for _, t := range c.layer {
		if c.useful[t.node] {
			kept = append(kept, t)
		}
	}
	c.layer = kept
}

// plus and times stop at the limit.
func (c *counter) plus(a, b int) int {
	if a > c.limit-b {
		return c.limit
	}
	return a + b
}

func (c *counter) times(a, b int) int {
	if a > c.limit/b {
		return c.limit
	}
	return min(a*b, c.limit)
}
