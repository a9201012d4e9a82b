package regular

import (
	"slices"
	"unicode/utf8"
)

// Query asks for the strings that are in all languages of In and in none of Out, that
// have a length within the bounds, and that are not listed in Not.
type Query struct {
	In, Out []*Language
	// MinLength and MaxLength are code points, both included. There is no upper bound
	// if MaxLength is below zero.
	MinLength, MaxLength int
	Not                  []string
	// Prefer are words that Find returns rather than one it makes up, the first that
	// fits.
	Prefer []string
}

// Find returns a word that the query asks for, or found as false if there is none: the
// first of Prefer, else one of the shortest, made of letters and digits before
// punctuation and that before other characters where there is a choice. Of words that
// are listed in In, it is the first of the shortest.
//
// The error is that of the budget, or [ErrBudget] when memory runs out; then nothing
// is known. With [ErrTooLong] found is true, and the word is not built.
func (q Query) Find(b Budget) (word string, found bool, err error) {
	p, done, err := q.prepare(b)
	if err != nil || done {
		return "", false, err
	}
	if word, found, err = p.preferred(q.Prefer); err != nil || found {
		return word, found, err
	}
	if p.listed != nil {
		return p.shortestListed()
	}
	return p.find()
}

// Empty reports whether no word is what the query asks for. It decides for lengths
// whose words could not be built, too. The error is that of Find.
func (q Query) Empty(b Budget) (bool, error) {
	q.Prefer = nil
	_, found, err := q.Find(b)
	if err == ErrTooLong {
		return false, nil
	}
	return !found, err
}

// Count returns how many words the query asks for, or limit if there are that many or
// more. The error is that of Find.
func (q Query) Count(limit int, b Budget) (n int, err error) {
	p, done, err := q.prepare(b)
	if err != nil || done || limit <= 0 {
		return 0, err
	}
	if p.listed != nil {
		return p.countListed(limit)
	}
	return p.count(limit)
}

// plan is a query in the form that searches work on.
type plan struct {
	in, out []*Language // without those that say nothing
	least   int
	most    int // below zero: no bound
	not     *words
	listed  *words // a list that every word is of; it is not part of in
	budget  Budget
}

// prepare brings a query into the form of a plan. done says that no word is asked for.
func (q Query) prepare(b Budget) (p *plan, done bool, err error) {
	if b == nil {
		b = unlimited{}
	}
	p = &plan{least: max(q.MinLength, 0), most: q.MaxLength, budget: b}
	for _, l := range q.In {
		if n, ok := l.Longest(); ok && (p.most < 0 || n < p.most) {
			p.most = n
		}
	}
	if p.most >= 0 && p.least > p.most {
		return nil, true, nil
	}
	if len(q.Not) > 0 {
		p.not = newWords(q.Not)
	}
	for _, l := range q.In {
		p.include(l)
	}
	for _, l := range q.Out {
		if l.machine == nil || slices.ContainsFunc(q.In, l.same) {
			return nil, true, nil
		}
		if !slices.ContainsFunc(p.out, l.same) {
			p.out = append(p.out, l)
		}
	}
	return p, false, b.Spend(1 + len(q.In) + len(q.Out))
}

// include adds a language of In. Of several lists the shortest is searched.
func (p *plan) include(l *Language) {
	switch {
	case l.machine == nil || slices.ContainsFunc(p.in, l.same):
	case l.finite == nil:
		p.in = append(p.in, l)
	case p.listed == nil:
		p.listed = l.finite
	case len(l.finite.list) < len(p.listed.list):
		p.in = append(p.in, p.listed.language())
		p.listed = l.finite
	default:
		p.in = append(p.in, l)
	}
}

// fits reports whether a word is what the query asks for, lists of In set aside.
func (p *plan) fits(word string) (bool, error) {
	if err := p.budget.Spend(1 + len(word)/8); err != nil {
		return false, err
	}
	n := utf8.RuneCountInString(word)
	if n < p.least || p.most >= 0 && n > p.most || p.not != nil && p.not.contains(word) {
		return false, nil
	}
	for _, l := range p.in {
		if ok, err := l.contains(word, p.budget); !ok || err != nil {
			return false, err
		}
	}
	for _, l := range p.out {
		if ok, err := l.contains(word, p.budget); ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (p *plan) preferred(words []string) (word string, found bool, err error) {
	for _, w := range words {
		w = valid(w)
		if p.listed != nil && !p.listed.contains(w) {
			continue
		}
		if ok, err := p.fits(w); ok || err != nil {
			return w, ok, err
		}
	}
	return "", false, nil
}

func (p *plan) shortestListed() (word string, found bool, err error) {
	shortest := 0
	for _, w := range p.listed.list {
		n := utf8.RuneCountInString(w)
		if found && n >= shortest {
			continue
		}
		ok, err := p.fits(w)
		if err != nil {
			return "", false, err
		}
		if ok {
			word, found, shortest = w, true, n
		}
	}
	return word, found, nil
}

func (p *plan) countListed(limit int) (n int, err error) {
	seen := map[string]struct{}{}
	for _, w := range p.listed.list {
		if _, twice := seen[w]; twice {
			continue
		}
		seen[w] = struct{}{}
		ok, err := p.fits(w)
		if err != nil {
			return 0, err
		}
		if ok {
			if n++; n == limit {
				break
			}
		}
	}
	return n, nil
}

// find searches for a word. What is listed in Not is tried without first: it is
// seldom in the way, and every word of it makes the search larger.
func (p *plan) find() (word string, found bool, err error) {
	if len(p.in)+len(p.out) == 0 && (p.not == nil || p.least > MaxWord) {
		if p.least > MaxWord {
			return "", true, ErrTooLong
		}
		return repeat(p.least), true, p.budget.Spend(p.least / 64)
	}
	if word, found, decided := p.tryRoughly(); decided {
		return word, found, nil
	}
	word, found, err = p.search(false)
	if err != nil || !found || p.not == nil || !p.not.contains(word) {
		return word, found, err
	}
	return p.search(true)
}

// tryRoughly asks languages that stand for those of In. It decides nothing when their
// words are none of the exact ones, or a search fails: then the exact search says the
// same.
func (p *plan) tryRoughly() (word string, found, decided bool) {
	r, ok := p.instead(func(l *Language) *Language { return l.rough })
	if !ok {
		return "", false, false
	}
	word, found, err := r.search(false)
	if err != nil || !found {
		return "", false, err == nil
	}
	if ok, err = p.fits(word); ok || err != nil {
		return word, ok, ok
	}
	n, ok := p.instead(func(l *Language) *Language { return l.narrow })
	if !ok {
		return "", false, false
	}
	n.most = utf8.RuneCountInString(word) // no word is shorter
	word, found, err = n.search(false)
	if err != nil || !found {
		return "", false, false
	}
	ok, err = p.fits(word)
	return word, ok, ok && err == nil
}

// instead is a plan with other languages in the place of those of In that have one.
func (p *plan) instead(of func(*Language) *Language) (other *plan, ok bool) {
	in := slices.Clone(p.in)
	for i, l := range in {
		if o := of(l); o != nil {
			in[i], ok = o, true
		}
	}
	return &plan{in: in, out: p.out, least: p.least, most: p.most, budget: p.budget}, ok
}

func (p *plan) search(without bool) (word string, found bool, err error) {
	s := p.newProduct(without)
	defer s.release()
	s.threaded = p.least <= mostLeast
	word, found, err = s.find(p.least, p.most)
	if err == errExploded {
		return s.findThreads(p.least, p.most)
	}
	return word, found, err
}

func (p *plan) count(limit int) (n int, err error) {
	s := p.newProduct(p.not != nil)
	defer s.release()
	return s.count(p.least, p.most, limit)
}

// newProduct joins the languages of the plan, and Not if it is asked for.
func (p *plan) newProduct(without bool) *product {
	out := p.out
	if without {
		out = append(slices.Clone(out), p.not.language())
	}
	return newProduct(p.in, out, p.budget)
}
