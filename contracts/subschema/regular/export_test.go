package regular

// Walk reads random characters from the first state of a language until one is
// accepted and stop says so, or there are most of them. It stays where there is hope.
func (l *Language) Walk(most int, random func(n int) int) (word string, ok bool) {
	a := l.automaton()
	letters := share([]*alphabet{a.letters()})
	s := a.first
	var out []rune
	for range most {
		if s.verdict&accepts != 0 && random(8) == 0 {
			return string(out), true
		}
		var next *state
		class := 0
		for range 64 {
			class = random(letters.size)
			if next, _ = a.follow(s, letters.of[class]); next.verdict&nothing == 0 {
				break
			}
		}
		s = next
		out = append(out, member(a.letters(), letters.of[class], random))
	}
	return string(out), s.verdict&accepts != 0
}

// member is a random character of a class.
func member(a *alphabet, class int32, random func(n int) int) rune {
	for {
		i := random(len(a.starts))
		if a.class[i] == class {
			return a.starts[i] + rune(random(int(a.end(i)-a.starts[i])+1))
		}
	}
}

// States is how many states of the language were met so far.
func (l *Language) States() int { return l.automaton().size() }

// FindThreads is Find by the search that otherwise takes over when there are too many
// sets of threads.
func (q Query) FindThreads(b Budget) (word string, found bool, err error) {
	p, done, err := q.prepare(b)
	if err != nil || done {
		return "", false, err
	}
	return p.newProduct(p.not != nil).findThreads(p.least, p.most)
}

// Limit bounds the memory of the states that a language keeps.
func (l *Language) Limit(bytes int) { l.automaton().most = bytes }

// Longer finds a word of more than n characters, whatever the language says of its
// longest.
func (l *Language) Longer(n int) (word string, found bool, err error) {
	return newProduct([]*Language{l}, nil, unlimited{}).find(n+1, -1)
}

// Rough is the language that stands for this one in a first search, or nil.
func (l *Language) Rough() *Language { return l.rough }

// Narrow is the language that stands for this one in a second search, or nil.
func (l *Language) Narrow() *Language { return l.narrow }
